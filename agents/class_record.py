"""What learners did in their course, tallied decision by decision from the events alone."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.activities import OCCUPATIONS
from envs.compiled import compiled
from envs.events import Events

Floats = NDArray[np.float64]
ENOUGH: Final = 10
"""Opportunities after which a learner who has not mastered a concept spins wheels."""
IN_A_ROW: Final = 3
"""Right answers in a row that count as mastering (Beck and Gong 2013, for both numbers)."""
BELIEF_BINS: Final = 12
"""Even bins of the believed mastery over [0, 1]; a multiple of 3, for thirds."""


class ClassRecord:
    """Tallies of N classes of S learners and C concepts over one course.

    Attributes:
        minutes: (N, OCCUPATIONS, BELIEF_BINS) learners' minutes of each occupation that is about a
            concept, by what the tutor believed of the learner's mastery of it beforehand.
    """

    def __init__(self, classes: int, learners: int, concepts: int) -> None:
        pairs = (classes, learners, concepts)
        self._answers = np.zeros(pairs, np.int64)
        self._streak = np.zeros(pairs, np.int64)
        self._longest = np.zeros(pairs, np.int64)
        self.minutes: Floats = np.zeros((classes, OCCUPATIONS, BELIEF_BINS))

    def note(
        self, events: Events, belief: NDArray[np.float32], going_on: NDArray[np.bool_]
    ) -> None:
        """Add one decision.

        Args:
            events: Of the decision.
            belief: (N, S, C) mean of the believed logit mastery before it.
            going_on: (N,) False where the class's course was over already.
        """
        _note_answers(events, going_on, self._answers, self._streak, self._longest)
        _note_minutes(events, belief, going_on, self.minutes)

    def wheel_spinning(self) -> tuple[Floats, Floats]:
        """Learner-concept pairs (N,) with ENOUGH answers, and those of them never IN_A_ROW right.

        Beck and Gong (2013) ask whether the row came within the first ten opportunities; here it
        may come at any time of the course, so that fewer pairs count as spinning.
        """
        enough = self._answers >= ENOUGH
        stuck = enough & (self._longest < IN_A_ROW)
        return enough.sum(axis=(1, 2)).astype(float), stuck.sum(axis=(1, 2)).astype(float)


@compiled
def _note_answers(
    events: Events,
    going_on: NDArray[np.bool_],
    answers: NDArray[np.int64],
    streak: NDArray[np.int64],
    longest: NDArray[np.int64],
) -> None:
    for b in range(answers.shape[0]):
        if not going_on[b]:
            continue
        for i in range(answers.shape[1]):
            for m in range(events.answers[b, i]):
                c = events.concept[b, i, m]
                answers[b, i, c] += 1
                streak[b, i, c] = streak[b, i, c] + 1 if events.correct[b, i, m] == 1 else 0
                longest[b, i, c] = max(longest[b, i, c], streak[b, i, c])


@compiled
def _note_minutes(
    events: Events, belief: NDArray[np.float32], going_on: NDArray[np.bool_], minutes: Floats
) -> None:
    for b in range(minutes.shape[0]):
        if not going_on[b]:
            continue
        for i in range(events.on_concept.shape[1]):
            about = events.on_concept[b, i]
            if about >= 0:
                mastery = 1.0 / (1.0 + math.exp(-belief[b, i, about]))
                place = min(BELIEF_BINS - 1, int(mastery * BELIEF_BINS))
                minutes[b, events.occupation[b, i], place] += events.minutes[b, i]
