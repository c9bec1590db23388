"""The frame of the spaced-repetition rules: introduce in order, review when due."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings, owes_instruction, study_tasks
from agents.tutors.protocol import Observation
from agents.tutors.reading import first_in_order, topological_order
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord, at

MINUTES_PER_DAY = 1440.0


@dataclass(frozen=True, kw_only=True)
class SpacedSettings(StudySettings):
    """What the spaced-repetition rules share."""

    pass_share: float = 0.5
    """Share of right answers in a decision from which the review counts as passed."""
    learning_answers: int = 3
    """Answers that a new concept gets, after its introduction, before the next one may start."""


class SpacedReview(RuleTutor):
    """Cards are learner-concept pairs; a decision's answers on a card are one review.

    Every learner: finish the introduction of the present concept; else review the card that is
    longest overdue; else introduce the next concept in order; else review the card due soonest.

    Args:
        settings: Of the rule.
        care: When to cue and to rest.
    """

    def __init__(self, settings: SpacedSettings, care: CareSettings | None) -> None:
        super().__init__(settings, care)
        self._spaced = settings
        self.due_days = np.zeros((0, 0, 0))  # (B, S, C) days since the course began
        self.introduced = np.zeros((0, 0, 0), np.bool_)  # (B, S, C)

    def begin(self, record: StudyRecord) -> None:
        """No card is introduced."""
        shape = record.attempts.shape
        self.due_days = np.zeros(shape)
        self.introduced = np.zeros(shape, np.bool_)

    def restart(self, fresh: NDArray[np.bool_]) -> None:
        """Take the cards of these classrooms (B,) away."""
        self.due_days[fresh] = 0.0
        self.introduced[fresh] = False

    @abstractmethod
    def review(
        self,
        cards: tuple[NDArray[np.int64], ...],
        right_share: NDArray[np.float64],
        days: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Take in reviews and say when the cards are due next.

        Args:
            cards: Indices (rows, learners, concepts) of the R reviewed cards.
            right_share: (R,) share of right answers in the review, in [0, 1].
            days: (R,) time of the review in days since the course began.

        Returns:
            Due time of each card in days since the course began, (R,).
        """

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """Take in the answers since the last decision, then choose everybody's card."""
        cards = np.nonzero(record.new_attempts)
        if len(cards[0]):
            share = record.new_successes[cards] / record.new_attempts[cards]
            self.due_days[cards] = self.review(cards, share, record.days[cards[0]])
            self.introduced[cards] = True
        concepts = self._choose(observation, record)
        rows, learners = np.indices(concepts.shape)
        self.introduced[rows, learners, concepts] = True
        return Decision.circulate(study_tasks(record, concepts, self.study), concepts)

    def _choose(self, observation: Observation, record: StudyRecord) -> NDArray[np.int64]:
        there = np.broadcast_to(observation["concept_present"][:, None, :] > 0, self.due_days.shape)
        now = record.days[:, None, None]
        order = topological_order(observation)
        due = np.where(self.introduced & there, self.due_days, np.inf)  # (B, S, C)
        overdue = due.argmin(axis=2)  # (B, S)
        is_due = due.min(axis=2) <= now[:, :, 0]
        new, has_new = first_in_order(~self.introduced & there, order)
        choice = np.where(is_due | ~has_new, overdue, new)
        present = record.concept
        started = record.task > 0
        unfinished = owes_instruction(record, present, self.study)
        unfinished |= at(record.attempts, present) < self._spaced.learning_answers
        return np.where(started & unfinished, present, choice)
