"""B classrooms as arrays: reset, step, save; no Gymnasium here."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.activities import MINUTES, Activity
from envs.belief import Belief
from envs.compiled import announce
from envs.constants import Constants
from envs.course import LARGEST_CURRICULUM, Course
from envs.curriculum import Curriculum
from envs.events import Events
from envs.legal_actions import legal
from envs.legality import Masks, empty_masks
from envs.lessons import (
    Outcome,
    Report,
    close_course,
    empty_outcome,
    empty_report,
    play_decisions,
    start_course,
)
from envs.new_world import new_world
from envs.observing import Views, empty_views
from envs.state import Ints, plain_arrays
from envs.world import compact

NamedArrays = Views | Masks | Events | Outcome
ILLEGAL_RULES = ("error", "circulate")


class Simulation:
    """B classrooms that follow the same course and curriculum, each with its own seed.

    Trajectories depend on the seed, the episode number and the actions alone: not on B, not on the
    number of threads. A classroom of 8 learners and 16 concepts takes 57 kB.

    Args:
        batch: B, number of classrooms, >= 1.
        course: Size and length of the course, and what fills the belief.
        curriculum: What is taught; at most 256 concepts.
        constants: The population and its classroom.
        believed: What the tutor's belief takes the constants to be: tracing and prospects use them,
            the learners do not. Default: the same as `constants`.
        on_illegal: "error" raises ValueError on an illegal action; "circulate" replaces it.
        threads: Threads that share the classrooms of a step, >= 1.

    Raises:
        ValueError: An argument is outside its range; the message names it.
    """

    def __init__(
        self,
        batch: int,
        course: Course,
        curriculum: Curriculum,
        constants: Constants,
        *,
        believed: Constants | None = None,
        on_illegal: str = "error",
        threads: int = 1,
    ) -> None:
        announce()
        _expect(Course, course=course)
        _expect(Curriculum, curriculum=curriculum)
        _expect(Constants, constants=constants, believed=believed or constants)
        _check(batch, curriculum, on_illegal, threads)
        constants.check()
        believed = believed or constants
        believed.check()
        self.batch, self.course, self.curriculum = batch, course, curriculum
        self.constants, self.on_illegal, self.threads = constants, on_illegal, threads
        learners, concepts = course.learners, curriculum.size
        self.world = world = new_world(batch, course, curriculum, constants)
        self.views = empty_views(batch, learners, world.curriculum, world.seats)
        self.masks = empty_masks(batch, learners, concepts)
        self.outcome = empty_outcome(batch, learners)
        self.report = empty_report(batch, learners)
        self.actions = np.zeros((batch, 3 + 2 * learners), np.int64)
        self._privileged = int(course.tracer == "truth")
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        seen = world._replace(constants=compact(believed))
        self._belief = Belief(course.tracer, seen, self.views, self._share)

    @property
    def observation(self) -> dict[str, NDArray[np.float32]]:
        """The contract's observation, (B, ...) each, overwritten by the next step."""
        return {**self.views._asdict(), **self.masks._asdict()}

    @property
    def done(self) -> NDArray[np.bool_]:
        """(B,) True where the course is over."""
        over: NDArray[np.bool_] = self.outcome.done == 1
        return over

    def seed(self, seeds: Ints, episode: int = 0) -> None:
        """Give every classroom its seed (B,) >= 0; the next start is its episode of that number."""
        self.world.state.clock.seed[:] = seeds
        self.world.state.clock.episode[:] = episode - 1

    def start(self, chosen: NDArray[np.bool_] | None = None) -> None:
        """Start the next episode in the chosen (B,) classrooms (default: all)."""
        mask = np.ones(self.batch, np.int64) if chosen is None else chosen.astype(np.int64)
        self.world.state.clock.episode[:] += mask
        args = (mask, self._privileged, self.world, self.views, self.masks)
        self._share(lambda start, stop: start_course(start, stop, *args))
        self.outcome.done[mask == 1] = 0
        self._belief.begin(mask)

    def spread(self, part: int = 0, parts: int = 1) -> None:
        """Start anew, classroom i of B being i / B of the way into a course with nothing taught.

        With several parts: as classroom `part` B + i of `parts` B.
        """
        lesson = math.ceil(self.course.minutes / MINUTES[Activity.CIRCULATE])
        decisions = self.course.lessons * lesson
        place = part * self.batch + np.arange(self.batch)
        ahead = place * decisions // (parts * self.batch)
        watch = np.zeros_like(self.actions)
        for left in range(decisions, 0, -1):
            self.start(ahead == left)
            self.step(watch)
        self.start(ahead == 0)

    def step(self, actions: NDArray[np.integer]) -> None:
        """Play one decision in every classroom; read `observation`, `outcome` and `done` after.

        Args:
            actions: (B, 3 + 2 S) integers of envs.spaces.action_space.

        Raises:
            ValueError: Wrong shape or type, or an action that the masks forbid (on_illegal
                "error"); the message names classroom, part, value and what is allowed. The
                classrooms are then as they were.
        """
        self.actions[:] = legal(actions, self.masks, self.on_illegal)
        weights = self.course.reward
        args = (
            self.actions,
            weights.equity,
            weights.wellbeing,
            self._privileged,
            self.world,
            self.views,
            self.masks,
            self.outcome,
        )
        self._share(lambda start, stop: play_decisions(start, stop, *args))
        self._belief.update()

    def finish(self) -> Report:
        """Report of the classrooms that are done; rows of the others are stale."""
        for b in np.flatnonzero(self.outcome.done):
            close_course(int(b), self.world, self.report, self.outcome.share[b])
        return self.report

    def _share(self, work: Callable[[int, int], None]) -> None:
        """Do the work on blocks of classrooms, in threads where there are several."""
        if self._pool is None or self.batch < self.threads:
            work(0, self.batch)
            return
        edges = np.linspace(0, self.batch, self.threads + 1).astype(int)
        blocks = list(pairwise(edges.tolist()))
        list(self._pool.map(lambda block: work(*block), blocks))

    def take(self, source: "Simulation", rows: Ints) -> None:
        """Become copies of another simulation's classrooms `rows` (B,), their dice included.

        Both must have the same course and curriculum; B may differ.
        """
        theirs = source._arrays()  # noqa: SLF001  # of the same class
        for name, array in self._arrays().items():
            array[...] = theirs[name][rows]

    def _arrays(self) -> dict[str, NDArray[Any]]:
        arrays = plain_arrays(self.world.state._asdict()) | {"family": self.world.family}
        groups: tuple[tuple[str, NamedArrays], ...] = (
            ("views", self.views),
            ("masks", self.masks),
            ("events", self.world.events),
            ("outcome", self.outcome),
        )
        for name, group in groups:
            arrays |= {f"{name}.{field}": array for field, array in group._asdict().items()}
        return arrays | {f"tracer.{n}": array for n, array in self._belief.arrays().items()}

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Copies of all arrays that a later step depends on, by name."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def load_state_dict(self, saved: Mapping[str, NDArray[Any]]) -> None:
        """Go back to a saved state.

        Raises:
            ValueError: A name is missing or a shape differs.
        """
        for name, array in self._arrays().items():
            if name not in saved or saved[name].shape != array.shape:
                found = saved[name].shape if name in saved else "missing"
                raise ValueError(f"state {name} is {found}; expected shape {array.shape}")
            array[...] = saved[name]


def _expect(kind: type, **values: object) -> None:
    """Refuse what is of another kind: a curriculum's name, say, in place of the curriculum."""
    for name, value in values.items():
        if not isinstance(value, kind):
            raise ValueError(f"{name} is {value!r}; expected {kind.__module__}.{kind.__name__}")


def _check(batch: int, curriculum: Curriculum, on_illegal: str, threads: int) -> None:
    for name, number in (("batch", batch), ("threads", threads)):
        if not isinstance(number, Integral) or number < 1:
            raise ValueError(f"{name} is {number!r}; expected an integer, at least 1")
    if curriculum.size > LARGEST_CURRICULUM:
        raise ValueError(f"curriculum has {curriculum.size} concepts; at most {LARGEST_CURRICULUM}")
    if on_illegal not in ILLEGAL_RULES:
        raise ValueError(f"on_illegal is {on_illegal!r}; expected one of {ILLEGAL_RULES}")
