"""Mastery learning: the first concept in order whose believed mastery is under the threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings, practice_level
from agents.tutors.protocol import Observation
from agents.tutors.reading import feature, first_in_order, topological_order
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord, at
from envs.activities import Task


@dataclass(frozen=True, kw_only=True)
class MasterySettings(StudySettings):
    """When a concept counts as mastered, and when examples give way to practice."""

    threshold: float = 0.7
    """Believed probability of success from which a concept is mastered; higher values stay longer
    (.95 is the customary value for BKT)."""
    understood: float = 0.6
    """Believed understanding from which the learner practises instead of studying examples."""
    patience_minutes: float = 16.0
    """Minutes on a concept after which the learner moves on, mastered or not."""


class MasteryThreshold(RuleTutor):
    """Individual mastery learning in topological order, then review of the weakest.

    Args:
        settings: Thresholds.
        care: When to cue and to rest.
        tracer: `Course.tracer` whose belief it reads.
    """

    def __init__(
        self, settings: MasterySettings, care: CareSettings | None = None, tracer: str = "gaussian"
    ) -> None:
        super().__init__(settings, care)
        self.name = "mastery (BKT)" if tracer == "bkt" else "mastery"
        self.tracer = tracer
        self._settings = settings

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """Everybody works on their first concept that is not mastered."""
        mastery = 1.0 / (1.0 + np.exp(-feature(observation, "belief", "mean")))  # (B, S, C)
        there = observation["concept_present"][:, None, :] > 0
        minutes = record.instructed + record.practised
        wanted = there & (mastery < self._settings.threshold)
        wanted &= minutes < self._settings.patience_minutes
        first, found = first_in_order(wanted, topological_order(observation))
        weakest = np.where(there, mastery, np.inf).argmin(axis=2)
        concepts = np.where(found, first, weakest)
        return Decision.circulate(self._tasks(observation, record, concepts), concepts)

    def _tasks(
        self, observation: Observation, record: StudyRecord, concepts: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        understanding = at(
            feature(observation, "understanding", "mean").astype(np.float64), concepts
        )
        examples = understanding < self._settings.understood
        return np.where(examples, Task.WORKED_EXAMPLE, practice_level(record, concepts))
