"""What guard-rails must remember of a class: readings, rests, whom the tutor turned to, errors."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.decision.forecast import present_tasks
from agents.tutors.attention_care import CareSettings
from agents.tutors.protocol import Actions, Observation
from agents.tutors.reading import feature, present, sensor
from agents.tutors.study_record import StudyRecord
from envs.learners.calibrated import LOGISTIC_NORMAL

Floats = NDArray[np.float64]
LEVELS: Final = np.array([-1.0, 0.0, 1.0])
"""Easier, matched and harder items, in OUTER_THIRD spreads of a concept's difficulties."""
OUTER_THIRD: Final = 1.091
"""Mean of the outer third of a standard normal distribution: phi(.4307) / (1 / 3)."""


class Signs(NamedTuple):
    """What can be seen of B classes, in the units of the guard-rails' limits."""

    sway: Floats  # (B, S) smoothed head sway, sensor units; -inf for the absent
    since_rest: Floats  # (B,) minutes of lesson since its start or the last rest
    since_addressed: Floats  # (B, S) teaching minutes since the tutor turned to the learner
    streak: Floats  # (B, S, C) errors in a row with no instruction in between, at least so many
    success: Floats  # (B, S, 3, C) expected share right on easier, matched and harder items
    task: NDArray[np.int64]  # (B, S) present task
    concept: NDArray[np.int64]  # (B, S) and its concept


class ClassWatch:
    """Watches B classes decision by decision, through the observation alone."""

    def __init__(self) -> None:
        self._record: StudyRecord | None = None
        self._keep = CareSettings().smoothing
        self._sway = np.zeros((0, 0))  # (B, S)
        self._since_addressed = np.zeros((0, 0))  # (B, S)
        self._streak = np.zeros((0, 0, 0))  # (B, S, C)
        self._taught = np.zeros((0, 0, 0))  # (B, S, C) log minutes

    def reset(self) -> None:
        """Forget the classes."""
        self._record = None

    def observe(self, observation: Observation) -> Signs:
        """Take in what has happened since the last decision."""
        if self._record is None:
            self._record = StudyRecord.blank(observation)
            batch, learners, concepts = self._record.attempts.shape
            self._sway, self._since_addressed = np.zeros((2, batch, learners))
            self._streak, self._taught = np.zeros((2, batch, learners, concepts))
        else:
            fresh = self._record.observe(observation)
            for memory in (self._sway, self._since_addressed, self._streak, self._taught):
                memory[fresh] = 0.0
            self._record.since_rest[fresh] = 0.0
        self._read_head(observation)
        self._count_errors(self._record, observation)
        task, concept = present_tasks(observation)
        return Signs(
            sway=np.where(observation["learner_present"] > 0, self._sway, -np.inf),
            since_rest=self._record.since_rest.copy(),
            since_addressed=self._since_addressed.copy(),
            streak=self._streak.copy(),
            success=expected_success(observation),
            task=task,
            concept=concept,
        )

    def note(self, actions: Actions) -> None:
        """Remember what was decided (B, 3 + 2 S)."""
        if self._record is None:
            raise RuntimeError("nothing was observed yet; expected observe before note")
        before = self._record.since_rest.copy()
        self._record.note(actions)
        minutes = np.maximum(0.0, self._record.since_rest - before)  # (B,) 0 for a rest
        self._since_addressed += minutes[:, None]
        learners = np.arange(1, 1 + self._since_addressed.shape[1])
        self._since_addressed[actions[:, 1:2] == learners] = 0.0

    def _read_head(self, observation: Observation) -> None:
        reading = sensor(observation, "head", "sway").astype(np.float64)
        there = present(observation, "head") > 0
        mixed = self._keep * self._sway + (1 - self._keep) * reading
        self._sway = np.where(there, mixed, self._sway)

    def _count_errors(self, record: StudyRecord, observation: Observation) -> None:
        """Errors since the last right answer; of a batch that had one, only the last is known."""
        last = feature(observation, "evidence", "last_result")
        none_right = record.new_successes == 0
        streak = np.where(none_right, self._streak + record.new_attempts, last < 0)
        self._streak = np.where(record.new_attempts > 0, streak, self._streak)
        taught = feature(observation, "evidence", "log1p_minutes_taught").astype(np.float64)
        self._streak[taught > self._taught] = 0.0
        self._taught = taught


def expected_success(observation: Observation) -> Floats:
    """Expected share right on easier, matched and harder items of every concept (B, S, 3, C).

    MacKay's (1992) mean of a logistic of the belief; a half where there is no belief.
    """
    mean = feature(observation, "belief", "mean").astype(np.float64)[:, :, None, :]
    spread = feature(observation, "belief", "spread").astype(np.float64)[:, :, None, :]
    items = feature(observation, "concepts", "difficulty_spread").astype(np.float64)
    difficulty = OUTER_THIRD * LEVELS[:, None] * items[:, None, None, :]  # (B, 1, 3, C)
    logit = (mean - difficulty) / np.sqrt(1.0 + LOGISTIC_NORMAL * spread**2)
    share: Floats = 1.0 / (1.0 + np.exp(-logit))
    return share
