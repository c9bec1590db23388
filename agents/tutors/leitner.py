"""Leitner boxes: a passed card moves up one box, a failed one goes back to the first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.spaced_review import MINUTES_PER_DAY, SpacedReview, SpacedSettings
from agents.tutors.study_record import StudyRecord


@dataclass(frozen=True, kw_only=True)
class LeitnerSettings(SpacedSettings):
    """Interval of box k: first_minutes * ratio**k."""

    boxes: int = 5
    """Number of boxes."""
    first_minutes: float = 10.0
    """Minutes until a card in the first box is due; in real time, nights included."""
    ratio: float = 4.0
    """Factor from box to box; higher values review a known card more rarely."""


class Leitner(SpacedReview):
    """Leitner (1972) with a due time per box, on learner-concept cards."""

    name = "Leitner"

    def __init__(self, settings: LeitnerSettings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._settings = settings
        self.box = np.zeros((0, 0, 0), np.int64)  # (B, S, C)

    def begin(self, record: StudyRecord) -> None:
        """Every card is in the first box."""
        super().begin(record)
        self.box = np.zeros(record.attempts.shape, np.int64)

    def restart(self, fresh: NDArray[np.bool_]) -> None:
        """Put the cards of these classrooms (B,) back."""
        super().restart(fresh)
        self.box[fresh] = 0

    def review(
        self,
        cards: tuple[NDArray[np.int64], ...],
        right_share: NDArray[np.float64],
        days: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Move the cards; due after their box's interval."""
        passed = right_share >= self._settings.pass_share
        up = np.minimum(self.box[cards] + 1, self._settings.boxes - 1)
        self.box[cards] = np.where(passed, up, 0)
        minutes = self._settings.first_minutes * self._settings.ratio ** self.box[cards]
        return days + minutes / MINUTES_PER_DAY
