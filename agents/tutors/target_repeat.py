"""Target repeat: every learner always works on the concept believed weakest."""

from dataclasses import dataclass

import numpy as np

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings, study_tasks
from agents.tutors.protocol import Observation
from agents.tutors.reading import feature
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord


@dataclass(frozen=True, kw_only=True)
class TargetRepeatSettings(StudySettings):
    """What counts as weakest."""

    weighted: bool = False
    """Whether weakness (1 - believed probability of success) counts by the syllabus weight."""


class TargetRepeat(RuleTutor):
    """Repeats the weakest concept, whether or not its prerequisites are there."""

    name = "target repeat"

    def __init__(self, settings: TargetRepeatSettings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._weighted = settings.weighted

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """Everybody works on their weakest concept."""
        weakness = 1.0 / (1.0 + np.exp(feature(observation, "belief", "mean")))  # (B, S, C)
        if self._weighted:
            weakness = weakness * feature(observation, "concepts", "syllabus_weight")[:, None, :]
        there = observation["concept_present"][:, None, :] > 0
        concepts = np.where(there, weakness, -np.inf).argmax(axis=2)  # (B, S)
        return Decision.circulate(study_tasks(record, concepts, self.study), concepts)
