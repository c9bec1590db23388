"""FSRS review: due times by the `fsrs` package's scheduler, one card per learner and concept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from fsrs import Card, Rating, Scheduler, State
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.spaced_review import SpacedReview, SpacedSettings
from agents.tutors.study_record import StudyRecord

_START = datetime(2000, 1, 1, tzinfo=UTC)
"""Any instant will do: the scheduler only looks at differences."""
_SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, kw_only=True)
class FsrsSettings(SpacedSettings):
    """The scheduler's own settings and how answers become ratings."""

    retention: float = 0.9
    """Desired probability of recall; higher values review more often."""
    easy_share: float = 2.0
    """Share of right answers from which a review is rated easy; above 1, never."""


class Memory(NamedTuple):
    """A card between reviews, as the package keeps it."""

    state: State = State.Learning
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None


class FsrsReview(SpacedReview):
    """FSRS-6 with the package's default parameters, without fuzzing.

    The package is asked only for cards with new answers, and remembers its replies: the scheduler
    depends on a card's memory, the rating and the whole days since the last review alone.
    """

    name = "FSRS"

    def __init__(self, settings: FsrsSettings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._settings = settings
        scheduler = Scheduler(desired_retention=settings.retention, enable_fuzzing=False)
        self._next = lru_cache(maxsize=200_000)(lambda *card: _review(scheduler, *card))
        self._cards: dict[tuple[int, int, int], tuple[Memory, float]] = {}

    def begin(self, record: StudyRecord) -> None:
        """Every card is new."""
        super().begin(record)
        self._cards = {}

    def restart(self, fresh: NDArray[np.bool_]) -> None:
        """Make the cards of these classrooms (B,) new."""
        super().restart(fresh)
        self._cards = {card: kept for card, kept in self._cards.items() if not fresh[card[0]]}

    def review(
        self,
        cards: tuple[NDArray[np.int64], ...],
        right_share: NDArray[np.float64],
        days: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Ask the package for every card's next due time."""
        good = np.where(right_share >= self._settings.easy_share, Rating.Easy, Rating.Good)
        ratings = np.where(right_share >= self._settings.pass_share, good, Rating.Again).tolist()
        keys = zip(*(index.tolist() for index in cards), strict=True)
        due = np.empty(len(ratings))
        for number, (key, rating, now) in enumerate(zip(keys, ratings, days.tolist(), strict=True)):
            memory, last = self._cards.get(key, (Memory(), now))
            new = memory.stability is None
            memory, interval = self._next(memory, rating, None if new else int(now - last))
            self._cards[key] = (memory, now)
            due[number] = now + interval
        return due


def _review(
    scheduler: Scheduler, memory: Memory, rating: int, whole_days: int | None
) -> tuple[Memory, float]:
    """The package's reply: the card's memory after the review, and days until it is due."""
    last = None if whole_days is None else _START - timedelta(days=whole_days)
    card = Card(card_id=0, due=_START, last_review=last, **memory._asdict())
    card, _ = scheduler.review_card(card, Rating(rating), _START)
    wait = (card.due - _START).total_seconds() / _SECONDS_PER_DAY
    return Memory(card.state, card.step, card.stability, card.difficulty), wait
