"""What a tracer is, and which there are."""

from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.events import Events
from envs.tracing.bkt import BKTTracer
from envs.tracing.gaussian import GaussianTracer

TRACERS: Final = ("gaussian", "bkt", "none", "truth")
"""What can fill the belief: two tracers; nothing; the hidden state (a privileged reference)."""


class Tracer(Protocol):
    """Turns events into a belief about each learner and concept; B classrooms at once."""

    belief: NDArray[np.float32]  # (B, S, C, 2) mean and sd of the logit mastery now
    understanding: NDArray[np.float32]  # (B, S, C, 2) mean and sd of understanding in [0, 1]
    predicted: NDArray[np.float32]  # (B, S, M) probability given to the last decision's answers

    def reset(self, started: NDArray[np.bool_]) -> None:
        """Restart the chosen classrooms, (B,)."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a later update depends on, by name: views, to be saved and written back."""

    def update(self, events: Events) -> None:
        """Take in one decision's events and move to `events.clock`, forgetting included."""


def make_tracer(
    name: str,
    curriculum: CurriculumArrays,
    constants: Constants,
    batch: int,
    learners: int,
    *,
    belief: NDArray[np.float32] | None = None,
    understanding: NDArray[np.float32] | None = None,
    threads: int = 1,
) -> Tracer:
    """Make a tracer by its name.

    Args:
        name: gaussian or bkt.
        curriculum: Easiness, depth, prerequisites and item difficulties.
        constants: Of the population that the learners come from.
        batch: Classrooms B.
        learners: Learners S in each.
        belief: Written in place where given, (B, S, C, 2) float32.
        understanding: Written in place where given, (B, S, C, 2) float32.
        threads: Threads among which the classrooms are divided.

    Returns:
        The tracer, at the prior.

    Raises:
        ValueError: The name is unknown, or a size or an array does not fit.
    """
    if name == "gaussian":
        return GaussianTracer(
            curriculum,
            constants,
            batch,
            learners,
            belief=belief,
            understanding=understanding,
            threads=threads,
        )
    if name == "bkt":
        concepts = curriculum.easiness.shape[0]
        return BKTTracer(
            concepts,
            batch,
            learners,
            belief=belief,
            understanding=understanding,
            threads=threads,
        )
    raise ValueError(f"tracer is {name!r}; expected gaussian or bkt")
