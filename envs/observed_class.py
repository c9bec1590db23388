"""A class that is only observed: people, or another simulation's learners, in a Unity scene.

Such a scene sends the tutor's books and the sensors, and tells answers; what follows from them
(belief, understanding, prospects) and what only the curriculum knows are filled in here, by the
very code with which the simulation fills its own. Nothing is read that a scene cannot see.

An exact copy of the simulation's own numbers is not possible: observations are float32. They agree
within that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import STEPS_PER_MINUTE, Task
from envs.belief import Belief
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.events import ANSWERS_PER_DECISION, Events
from envs.lessons import _announce as announce  # its file holds kernels: a new name compiles all
from envs.new_world import new_world
from envs.observing import empty_views
from envs.sensors import FIRST_CHANNEL, attended_share
from envs.spaces import COURSE, EVIDENCE, MODALITIES
from envs.teaching import clock_hours, follow_plan

Single = NDArray[np.float32]
Observation = Mapping[str, Single]
FILLED_IN: Final = ("belief", "understanding", "prospects", "concepts")
"""Fields that a scene leaves to Python."""
_LEFT, _MINUTES = COURSE.index("course_left"), COURSE.index("decision_minutes")


class ObservedAnswer(NamedTuple):
    """One answer of one learner."""

    learner: int
    """From 0."""
    concept: int
    item: int
    correct: bool
    """At the first attempt."""
    quiz: bool
    """Without feedback."""
    seconds: float
    """Time on the item."""
    hours: float
    """Course clock when answered, nights and gaps included."""


class ObservedClass:
    """Knowledge tracing of one class from what it shows, decision by decision.

    Args:
        course: That the scene plays; its tracer fills the belief.
        curriculum: What is taught.
        constants: Of the population that the learners are taken to be from.

    Raises:
        ValueError: The tracer is the hidden truth, which nobody observes.
    """

    def __init__(
        self,
        course: Course,
        curriculum: Curriculum,
        constants: Constants = Constants(),  # noqa: B008  # immutable
    ) -> None:
        if course.tracer == "truth":
            raise ValueError("course.tracer is 'truth'; expected one that traces what is observed")
        self._steps = course.lessons * course.steps_per_lesson
        self._world = new_world(1, replace(course, family="calibrated"), curriculum, constants)
        seats, known = self._world.seats, self._world.curriculum
        self._views = empty_views(1, course.learners, known, seats)
        self._belief = Belief(course.tracer, self._world, self._views, lambda work: work(0, 1))

    @property
    def events(self) -> Events:
        """What the class did in the last decision, a batch of one."""
        return self._world.events

    @property
    def lesson(self) -> int:
        """Of the course, from 0."""
        return int(self._world.state.clock.lesson[0])

    @property
    def hours(self) -> float:
        """Course clock, nights and gaps included."""
        return min(clock_hours(0, self._world), self._world.timetable.end_hours)

    def begin(self, observation: Observation) -> dict[str, Single]:
        """Start a course: nothing is known of anybody.

        Args:
            observation: Of `envs.spaces`, without a batch axis; `FILLED_IN` may be zeros.

        Returns:
            The same with all fields filled in.
        """
        self._read(observation)
        self._belief.begin(np.ones(1, np.int64))
        return self._completed(observation)

    def follow(
        self,
        action: NDArray[np.int64],
        answers: Sequence[ObservedAnswer],
        observation: Observation,
        windows: NDArray[np.integer] | None = None,
    ) -> dict[str, Single]:
        """Take in a decision that has been played.

        Args:
            action: (3 + 2 S,) what was decided.
            answers: Since then, of each learner in order.
            observation: After it, as in `begin`.
            windows: (S, modalities) windows of 30 s in which each sensor was read; None: all, where
                the sensor was there at all.

        Returns:
            The observation with all fields filled in.

        Raises:
            ValueError: An answer is of no such learner, concept or item.
        """
        self._check(answers)
        world = self._world
        steps = round(float(observation["course"][_MINUTES]) * STEPS_PER_MINUTE)
        follow_plan(0, action, world)
        announce(0, int(action[0]), int(action[1]), int(action[2]), steps, world)
        self._estimate_attention(observation, steps, windows)
        self._read(observation)
        self._take(answers)
        return self._completed(observation)

    def _check(self, answers: Sequence[ObservedAnswer]) -> None:
        concepts, items = self._world.curriculum.difficulties.shape
        sizes = {"learner": len(self._world.seats), "concept": concepts, "item": items}
        for answer in answers:
            for name, size in sizes.items():
                if not 0 <= getattr(answer, name) < size:
                    raise ValueError(
                        f"{name} of an answer is {getattr(answer, name)}; expected 0 to {size - 1}"
                    )

    def _estimate_attention(
        self, observation: Observation, steps: int, windows: NDArray[np.integer] | None
    ) -> None:
        """Estimate whom the sensors saw attend, from each attention channel's mean."""
        channels, constants = self._world.state.channels, self._world.constants
        for place, modality in enumerate(MODALITIES):
            seen, own = observation[modality], FIRST_CHANNEL[modality]
            there = seen[:, -1] > 0
            read = np.where(there, steps if windows is None else windows[:, place], 0)  # (S,)
            channels.windows[0, :, own] = read
            channels.total[0, :, own] = read * seen[:, 0].astype(np.float64)
        usual = constants.attention.usual_share
        for i in range(len(self._world.seats)):
            share = attended_share(0, i, channels, usual, constants.sensors)
            self._world.events.attended[0, i] = share

    def _read(self, observation: Observation) -> None:
        """Write into the world what the tutor's books say: clock, presence, tasks, evidence."""
        state, per_lesson = self._world.state, self._world.timetable.steps_per_lesson
        done = round((1.0 - float(observation["course"][_LEFT])) * self._steps)
        state.clock.lesson[0], state.clock.step[0] = divmod(done, per_lesson)
        state.mind.present[0] = observation["learner_present"] > 0
        state.work.task[0] = observation["behaviour"][:, : len(Task)].argmax(axis=1)
        books = observation["evidence"].astype(np.float64)  # (S, C, E)
        column = {name: books[..., n] for n, name in enumerate(EVIDENCE)}
        state.work.concept[0] = column["working_on"].argmax(axis=1)
        state.evidence.attempts[0] = np.rint(np.expm1(column["log1p_attempts"]))
        state.evidence.taught[0] = np.expm1(column["log1p_minutes_taught"])
        since = column["log1p_hours_since_event"]
        last = np.maximum(0.0, self.hours - np.expm1(since))
        state.evidence.last_hours[0] = np.where(since >= 0, last, -1.0)

    def _take(self, answers: Sequence[ObservedAnswer]) -> None:
        """Trace the answers, in parts where somebody gave more than `Events` has room for."""
        events = self._world.events
        on_concept = events.on_concept.copy()
        *early, last = _parts(answers, len(self._world.seats))
        for part in early:
            events.on_concept[:] = -1  # instruction counts once, with the last part
            self._trace(part, max(answer.hours for answer in part))
        events.on_concept[:] = on_concept
        self._trace(last, self.hours)

    def _trace(self, answers: Sequence[ObservedAnswer], clock: float) -> None:
        events = self._world.events
        events.answers[:] = 0
        for answer in answers:
            place = (0, answer.learner, int(events.answers[0, answer.learner]))
            for name in ("concept", "item", "correct", "quiz", "seconds", "hours"):
                getattr(events, name)[place] = getattr(answer, name)
            events.answers[0, answer.learner] += 1
        events.clock[0] = clock
        self._belief.update()

    def _completed(self, observation: Observation) -> dict[str, Single]:
        own = {name: getattr(self._views, name)[0].copy() for name in FILLED_IN}
        return {**observation, **own}


def _parts(answers: Sequence[ObservedAnswer], learners: int) -> list[list[ObservedAnswer]]:
    """The answers in as few parts as leave no learner more than there is room for; at least one."""
    given, parts = [0] * learners, [list[ObservedAnswer]()]
    for answer in answers:
        part = given[answer.learner] // ANSWERS_PER_DECISION
        given[answer.learner] += 1
        parts += [[] for _ in range(1 + part - len(parts))]
        parts[part].append(answer)
    return parts
