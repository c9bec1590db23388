"""SM-2 (Wozniak 1990): intervals of 1 day, 6 days, then times the card's easiness factor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.spaced_review import SpacedReview, SpacedSettings
from agents.tutors.study_record import StudyRecord

FIRST_EASINESS, LOWEST_EASINESS = 2.5, 1.3
FIRST_DAYS, SECOND_DAYS = 1.0, 6.0
PASSING_QUALITY = 3.0


@dataclass(frozen=True, kw_only=True)
class Sm2Settings(SpacedSettings):
    """SM-2 as published has interval_scale 1."""

    interval_scale: float = 1.0
    """Factor on every interval; lower values review more often."""


def next_sm2(
    quality: NDArray[np.float64],
    repetitions: NDArray[np.int64],
    easiness: NDArray[np.float64],
    interval: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """One review of each card by the published rule.

    Args:
        quality: Of the answer, 0 to 5; under 3 the card starts again, its easiness kept.
        repetitions: Passed reviews in a row so far.
        easiness: Easiness factor so far, at least 1.3.
        interval: Present interval in days.

    Returns:
        Repetitions, easiness and interval in days after the review.
    """
    passed = quality >= PASSING_QUALITY
    miss = 5.0 - quality
    changed = np.maximum(LOWEST_EASINESS, easiness + 0.1 - miss * (0.08 + miss * 0.02))
    later = np.where(repetitions == 1, SECOND_DAYS, interval * easiness)
    grown = np.where(repetitions == 0, FIRST_DAYS, later)
    return (
        np.where(passed, repetitions + 1, 0),
        np.where(passed, changed, easiness),
        np.where(passed, grown, FIRST_DAYS),
    )


class Sm2(SpacedReview):
    """SM-2 on learner-concept cards; quality is five times the share of right answers.

    As published, a card of quality under 4 is repeated within the same session.
    """

    name = "SM-2"

    def __init__(self, settings: Sm2Settings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._settings = settings
        self.repetitions = np.zeros((0, 0, 0), np.int64)  # (B, S, C)
        self.easiness = np.zeros((0, 0, 0))  # (B, S, C)
        self.interval = np.zeros((0, 0, 0))  # (B, S, C) days

    def begin(self, record: StudyRecord) -> None:
        """Every card is new."""
        super().begin(record)
        shape = record.attempts.shape
        self.repetitions = np.zeros(shape, np.int64)
        self.easiness = np.full(shape, FIRST_EASINESS)
        self.interval = np.zeros(shape)

    def restart(self, fresh: NDArray[np.bool_]) -> None:
        """Make the cards of these classrooms (B,) new."""
        super().restart(fresh)
        self.repetitions[fresh], self.interval[fresh] = 0, 0.0
        self.easiness[fresh] = FIRST_EASINESS

    def review(
        self,
        cards: tuple[NDArray[np.int64], ...],
        right_share: NDArray[np.float64],
        days: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Apply the rule; quality under 4 is due at once."""
        quality = 5.0 * right_share
        self.repetitions[cards], self.easiness[cards], self.interval[cards] = next_sm2(
            quality, self.repetitions[cards], self.easiness[cards], self.interval[cards]
        )
        again = quality < PASSING_QUALITY + 1.0
        wait = self._settings.interval_scale * self.interval[cards]
        return days + np.where(again, 0.0, wait)
