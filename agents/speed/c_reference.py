"""One kernel of a decision beside the same equations in C, compiled on the spot.

`envs.prospects.foresee` takes about a third of a decision, more than any other single kernel;
`foresee.c` is a plain translation that `cc -O3` compiles into a temporary folder. It is for the
ratio alone, and it must agree. The lesson, which takes more in many small kernels, has no such
translation.
"""

import ctypes
import logging
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.instruction import neighbour, opportunity_rate, understanding_rate
from envs.prospects import (
    ATTENDED,
    HORIZON_MINUTES,
    KINDS,
    OPTIMISM,
    PER_MINUTES,
    deepest_first,
    foresee,
)
from envs.simulation import Simulation
from envs.spaces import LIMIT
from envs.teaching import clock_hours
from envs.world import World, test_noise

SOURCE: Final = Path(__file__).parent / "foresee.c"
PRACTICE: Final = 1
"""Position of practice in `envs.prospects.OCCUPATIONS`."""
Array = NDArray[Any]


class Contest(NamedTuple):
    """The same work twice: both read one simulation, and write prospects (B, S, C, 10) float32."""

    numba: Callable[[], Array]
    c: Callable[[], Array]


def compiler() -> str | None:
    """Path of the system's C compiler; None where there is none."""
    return shutil.which("cc")


def contest(simulation: Simulation, folder: Path) -> Contest:
    """Compile the C reference into a folder, and set both to the simulation's present state.

    Raises:
        ValueError: There is no C compiler, or it fails.
    """
    found = compiler()
    if found is None:
        raise ValueError("cc is not on the path; expected a C compiler")
    library = folder / "foresee.so"
    flags = ("-O3", "-march=native", "-shared", "-fPIC", "-o", str(library))
    words = [found, *flags, str(SOURCE), "-lm"]
    done = subprocess.run(words, check=False, capture_output=True, text=True)  # noqa: S603  # our own file
    if done.returncode != 0:
        raise ValueError(f"{found} fails; expected one that compiles:\n{done.stderr.strip()}")
    kernel = ctypes.CDLL(str(library)).foresee
    inputs, written = _inputs(simulation), np.zeros_like(simulation.views.prospects)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (*inputs, written)]
    batch, learners, concepts, _ = written.shape
    sizes = (batch, learners, concepts, simulation.world.curriculum.parents.shape[1])

    def in_c() -> Array:
        kernel(*sizes, *pointers)
        assert len(inputs) == len(pointers) - 1  # noqa: S101  # and keeps them alive
        return written

    return Contest(lambda: everybody_foreseen(simulation), in_c)


def everybody_foreseen(simulation: Simulation) -> Array:
    """Run our kernel once on all classrooms; gives the prospects (B, S, C, 10) it wrote."""
    batch = simulation.batch
    foresee(0, batch, np.ones(batch, np.int64), simulation.views, simulation.world)
    return simulation.views.prospects


def ratio_to_c(simulation: Simulation, repeats: int) -> float | None:
    """Speed of our kernel as a share of C's, median of turns; None where nothing compiles it."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            both = contest(simulation, Path(folder))
        except ValueError as why:
            logging.getLogger(__name__).warning("not compared with C: %s", why)
            return None
        both.numba(), both.c()
        return statistics.median(_seconds(both.c) / _seconds(both.numba) for _ in range(repeats))


def _seconds(work: Callable[[], Array]) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def _inputs(simulation: Simulation) -> tuple[Array, ...]:
    """What C reads, contiguous, in the order of its arguments."""
    world, views = simulation.world, simulation.views
    learners, columns = world.seats.shape[0], world.timetable.columns
    books, curriculum = world.state.evidence, world.curriculum
    return (
        np.array([clock_hours(b, world) for b in range(simulation.batch)]),
        views.belief.copy(),
        views.understanding.copy(),
        np.stack([books.attempts, books.taught, books.last_hours], axis=-1).astype(np.float64),
        world.state.mind.present.astype(np.float64),
        np.array([neighbour(i, columns, learners) for i in range(learners)]),
        curriculum.weight.astype(np.float64),
        curriculum.spread.astype(np.float64),
        np.ascontiguousarray(curriculum.parents, np.int64),
        np.asarray(deepest_first(world), np.int64),
        _constants(world),
    )


def _constants(world: World) -> Array:
    k, a, m = world.constants.knowledge, world.constants.acquisition, world.constants.memory
    rates = [understanding_rate(kind, 0.0, 0.0, a) for kind in KINDS]
    opportunities = [opportunity_rate(kind, a) for kind in KINDS]
    opportunities[PRACTICE] = a.practise_opportunities
    numbers = (
        (k.first_exposure_jump, k.growth, m.forgetting, m.retrieval_saving, test_noise(world)),
        (world.timetable.test_hours, world.timetable.end_hours),
        (a.gap, a.scale, a.blind_practice, a.readiness_slope, a.readiness_floor),
        (a.example_opportunities, a.novice_logit, a.expert_logit),
        (a.novice_multiplier, a.expert_multiplier),
        (OPTIMISM, HORIZON_MINUTES, PER_MINUTES, LIMIT),
        (*ATTENDED, *rates, *opportunities),
    )
    return np.array([number for group in numbers for number in group], np.float64)
