"""What a tutor remembers of a class: who studied what for how long, and who answered what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Actions, Observation
from agents.tutors.reading import days_to_test, feature
from envs.activities import CLAIMS_CLASS, MINUTES, Activity, Task

_INSTRUCTION = (Activity.PRESENT, Activity.DEMONSTRATE)
_NEW_COURSE = 0.25
"""A share of the course left that rose by more than this means that a new course has begun."""


@dataclass(kw_only=True)
class StudyRecord:
    """Counts kept from the tutor's own decisions and from the evidence it is shown."""

    instructed: NDArray[np.float64]  # (B, S, C) minutes of example, explanation, exposition
    practised: NDArray[np.float64]  # (B, S, C) minutes of practice
    attempts: NDArray[np.float64]  # (B, S, C) answers so far
    successes: NDArray[np.float64]  # (B, S, C) of them right
    new_attempts: NDArray[np.float64]  # (B, S, C) answers since the last decision
    new_successes: NDArray[np.float64]  # (B, S, C) of them right
    since_addressed: NDArray[np.float64]  # (B, S) minutes since the tutor turned to the learner
    since_rest: NDArray[np.float64]  # (B,) minutes of lesson since the last rest
    days: NDArray[np.float64]  # (B,) days since the course began
    first_days: NDArray[np.float64]  # (B,) days to the delayed test when the course began
    lesson_left: NDArray[np.float64]  # (B,) share of the lesson left
    course_left: NDArray[np.float64]  # (B,) share of the course left
    task: NDArray[np.int64]  # (B, S) present task
    concept: NDArray[np.int64]  # (B, S) and its concept
    decisions: NDArray[np.int64]  # (B,) decisions taken in this course

    @classmethod
    def blank(cls, observation: Observation) -> "StudyRecord":
        """A record of classes about which nothing is known yet."""
        batch, learners, concepts = observation["belief"].shape[:3]
        arrays: dict[str, NDArray[np.float64]] = {
            name: np.zeros((batch, learners, concepts))
            for name in (
                "instructed",
                "practised",
                "attempts",
                "successes",
                "new_attempts",
                "new_successes",
            )
        }
        record = cls(
            **arrays,
            since_addressed=np.zeros((batch, learners)),
            since_rest=np.zeros(batch),
            days=np.zeros(batch),
            first_days=days_to_test(observation),
            lesson_left=np.ones(batch),
            course_left=np.zeros(batch),
            task=np.zeros((batch, learners), np.int64),
            concept=np.zeros((batch, learners), np.int64),
            decisions=np.zeros(batch, np.int64),
        )
        record.observe(observation)
        return record

    def observe(self, observation: Observation) -> NDArray[np.bool_]:
        """Take in a new observation; returns the rows in which a new course has begun: (B,)."""
        course_left = feature(observation, "course", "course_left").astype(np.float64)
        lesson_left = feature(observation, "course", "lesson_left").astype(np.float64)
        fresh = course_left > self.course_left + _NEW_COURSE
        if fresh.any():
            self._forget(fresh, observation)
        new_lesson = lesson_left > self.lesson_left
        for clock in (self.since_rest, self.since_addressed):
            clock[new_lesson] = 0.0
        attempts = _count(observation, "log1p_attempts")
        successes = _count(observation, "log1p_successes")
        self.new_attempts = np.maximum(attempts - self.attempts, 0.0)
        self.new_successes = np.clip(successes - self.successes, 0.0, self.new_attempts)
        self.attempts, self.successes = attempts, successes
        self.course_left, self.lesson_left = course_left, lesson_left
        self.days = self.first_days - days_to_test(observation)
        return fresh

    def _forget(self, fresh: NDArray[np.bool_], observation: Observation) -> None:
        for array in (self.instructed, self.practised, self.attempts, self.successes):
            array[fresh] = 0.0
        self.task[fresh], self.concept[fresh], self.decisions[fresh] = 0, 0, 0
        self.lesson_left[fresh] = 0.0
        self.first_days = np.where(fresh, days_to_test(observation), self.first_days)

    def note(self, action: Actions) -> None:
        """Write down what has just been decided, as if it will be carried out to its end."""
        activity, target, concept = action[:, 0], action[:, 1], action[:, 2]
        plan = action[:, 3:].reshape(len(action), -1, 2)
        changed = plan[:, :, 0] != Task.KEEP
        self.task = np.where(changed, plan[:, :, 0], self.task)
        self.concept = np.where(changed, plan[:, :, 1], self.concept)
        minutes = MINUTES[activity]  # (B,)
        learners = np.arange(self.task.shape[1])
        addressed = (target[:, None] == learners + 1) & (target > 0)[:, None]  # (B, S)
        explained = addressed & (activity == Activity.EXPLAIN)[:, None]
        free = ~CLAIMS_CLASS[activity][:, None] & ~explained
        example = free & (self.task == Task.WORKED_EXAMPLE)
        practice = free & (self.task > Task.WORKED_EXAMPLE)
        presented = np.isin(activity, _INSTRUCTION)[:, None] | explained
        _add(self.instructed, example, self.concept, minutes)
        _add(self.practised, practice, self.concept, minutes)
        _add(self.instructed, presented, np.broadcast_to(concept[:, None], free.shape), minutes)
        self._advance(activity, minutes, addressed | CLAIMS_CLASS[activity][:, None])

    def _advance(
        self,
        activity: NDArray[np.int64],
        minutes: NDArray[np.float64],
        addressed: NDArray[np.bool_],
    ) -> None:
        self.since_addressed = np.where(addressed, 0.0, self.since_addressed + minutes[:, None])
        self.since_rest = np.where(activity == Activity.REST, 0.0, self.since_rest + minutes)
        self.decisions = self.decisions + 1

    def success_rate(self) -> NDArray[np.float64]:
        """Share of right answers so far, a half where there is none: (B, S, C)."""
        return (self.successes + 1.0) / (self.attempts + 2.0)


def at(values: NDArray[np.float64], concept: NDArray[np.int64]) -> NDArray[np.float64]:
    """Values (B, S, C) at one concept per learner (B, S): (B, S)."""
    return np.take_along_axis(values, concept[:, :, None], axis=2)[:, :, 0]


def _count(observation: Observation, name: str) -> NDArray[np.float64]:
    return np.rint(np.expm1(feature(observation, "evidence", name).astype(np.float64)))


def _add(
    total: NDArray[np.float64],
    where: NDArray[np.bool_],
    concept: NDArray[np.int64],
    minutes: NDArray[np.float64],
) -> None:
    rows, learners = np.nonzero(where)
    total[rows, learners, concept[rows, learners]] += minutes[rows]
