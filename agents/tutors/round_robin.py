"""Round robin: the whole class goes through the concepts in turn, again and again."""

from dataclasses import dataclass

import numpy as np

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings, study_tasks
from agents.tutors.protocol import Observation
from agents.tutors.reading import topological_order
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord


@dataclass(frozen=True, kw_only=True)
class RoundRobinSettings(StudySettings):
    """How long the class stays on each concept."""

    turn_decisions: int = 3
    """Decisions on a concept before the next one's turn."""


class RoundRobin(RuleTutor):
    """Equal time for every concept, in rounds; examples until the introduction is over."""

    name = "round robin"

    def __init__(self, settings: RoundRobinSettings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._turn = settings.turn_decisions

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """Everybody works on the concept whose turn it is."""
        order = topological_order(observation)
        concepts_there = np.maximum(1, (observation["concept_present"] > 0).sum(axis=1))
        place = (record.decisions // self._turn) % concepts_there  # (B,)
        concept = np.take_along_axis(order, place[:, None], axis=1)  # (B, 1)
        concepts = np.broadcast_to(concept, observation["learner_present"].shape)
        return Decision.circulate(study_tasks(record, concepts, self.study), concepts)
