"""The shared frame of every rule: remember, decide, go round, care for attention, stay legal."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import AttentionCare, CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings, go_round
from agents.tutors.protocol import Actions, Kind, Observation
from agents.tutors.study_record import StudyRecord


class RuleTutor(ABC):
    """A tutor that reads the observation and its own record of the course, and nothing else.

    Args:
        study: How chosen concepts become tasks, and whom the tutor explains to.
        care: When to cue and to rest; None never does.
    """

    kind: Kind = "rule"
    name: str
    tracer: str | None = None
    """`Course.tracer` that must fill the belief, or None for whichever the course has."""
    on_illegal: ClassVar[str] = "error"

    def __init__(self, study: StudySettings, care: CareSettings | None) -> None:
        self.study = study
        self._care = None if care is None else AttentionCare(care)
        self._record: StudyRecord | None = None

    def reset(self, batch: int) -> None:
        """Forget the course."""
        if batch < 1:
            raise ValueError(f"batch is {batch}; expected at least 1 classroom")
        self._record = None
        if self._care is not None:
            self._care.reset()

    def act(self, observation: Observation) -> Actions:
        """One legal action per classroom: (B, 3 + 2 S)."""
        if self._record is None:
            self._record = StudyRecord.blank(observation)
            self.begin(self._record)
        else:
            fresh = self._record.observe(observation)
            if fresh.any():
                self.restart(fresh)
        record = self._record
        decision = self.decide(observation, record)
        go_round(decision, observation, record, self.study)
        if self._care is not None:
            self._care.adjust(decision, observation, record)
        action = decision.action(observation)
        record.note(action)
        return action

    def begin(self, record: StudyRecord) -> None:  # noqa: B027
        """Allocate what the rule remembers besides the record; by default nothing."""

    def restart(self, fresh: NDArray[np.bool_]) -> None:  # noqa: B027
        """Forget it in the rows (B,) where a new course has begun; by default nothing."""

    @abstractmethod
    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """Choose everybody's task, and the tutor's activity where it is not just going round."""
