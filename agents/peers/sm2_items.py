"""SM-2 on flashcards that follow each other without days: its intervals in presentations."""

import numpy as np

from agents.peers.chooser import Chooser, Floats, Integers
from agents.tutors.sm2 import FIRST_EASINESS, next_sm2
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners

RIGHT, WRONG = 4.0, 1.0
"""Quality of answers whose only grade is right or wrong: 4 leaves the easiness as it is."""


class Sm2Items(Chooser):
    """The card longest overdue; where none is due a new one; else the one due soonest.

    Args:
        day: Presentations that count as one day of SM-2's intervals, over 0.
    """

    def __init__(self, day: float) -> None:
        super().__init__("SM-2")
        self.day = day
        self._repetitions: Integers = np.zeros((0, 0), np.int64)  # (N, C)
        self._easiness: Floats = np.zeros((0, 0))  # (N, C)
        self._interval: Floats = np.zeros((0, 0))  # (N, C) days
        self._due: Floats = np.zeros((0, 0))  # (N, C) number of the presentation

    def begin(self, learners: Learners) -> None:
        """Make every card new."""
        shape = learners.history.allowed.shape
        self._repetitions = np.zeros(shape, np.int64)
        self._easiness = np.full(shape, FIRST_EASINESS)
        self._interval, self._due = np.zeros(shape), np.zeros(shape)

    def choose(self, history: AnswerHistory) -> Integers:
        """Schedule the card just answered; wrong ones are due at once, as published."""
        item, correct = history.latest()
        card = np.arange(len(item)), item
        self._repetitions[card], self._easiness[card], self._interval[card] = next_sm2(
            np.where(correct, RIGHT, WRONG),
            self._repetitions[card],
            self._easiness[card],
            self._interval[card],
        )
        now = float(history.answers[0])
        self._due[card] = now + np.where(correct, self.day * self._interval[card], 0.0)
        seen = history.attempts > 0
        due = np.where(seen, self._due, np.inf)
        soonest: Integers = due.argmin(axis=1)
        introduce = ~seen.all(axis=1) & (due.min(axis=1) > now)
        return np.where(introduce, seen.argmin(axis=1), soonest)
