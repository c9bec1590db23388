"""Should the belief be told what kind of learners a stream has? Held-back classes decide.

Learners are estimated from the live classes; where their estimate foretells the answers of classes
that it never saw surely better than usual learners' constants do, belief and prospects should be
computed with it (`believed`). The policy stays as it is: it reads what it was trained to read, of
others. To foretell better is not to teach better; what it is worth is measured (`scripts.adapt`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.adaptation.class_estimate import (
    NOTHING_SEEN,
    ClassEvents,
    Estimate,
    at_shift,
    estimate,
    likelier,
)
from agents.adaptation.guard import confidence_at, verdict
from envs.constants import Constants
from envs.curriculum import Curriculum
from envs.events import Events


class ToldBelief:
    """What is known of the learners of one stream, and whether it is put to use.

    Args:
        curriculum: What the classes are taught.
        of_usual: What usual classes under the same tutor give (`class_estimate.estimate`).
    """

    def __init__(self, curriculum: Curriculum, of_usual: Estimate) -> None:
        self._curriculum, self._of_usual, self._usual = curriculum, of_usual, Constants()
        self._live: list[ClassEvents] = []
        self._held_back: list[ClassEvents] = []
        self.estimate = NOTHING_SEEN
        self.likelier = verdict(np.empty(0))
        """Nats a held-back class, by what was estimated."""

    def finish(self, live: Sequence[Events], held_back: Sequence[Events], look: int) -> None:
        """A round is over: estimate anew, and judge.

        Args:
            live: Decisions of the classes to estimate from.
            held_back: Of those to judge by.
            look: Number of this judgement among those of the stream, from 1.
        """
        self._live.append(ClassEvents(tuple(live)))
        self._held_back.append(ClassEvents(tuple(held_back)))
        known, usual, of_usual = self._curriculum, self._usual, self._of_usual
        self.estimate = found = estimate(self._live, known, usual, of_usual, self.estimate)
        more = [likelier(each, known, usual, found, of_usual) for each in self._held_back]
        self.likelier = verdict(np.concatenate(more), confidence_at(look))

    @property
    def told(self) -> bool:
        """Whether the belief is told."""
        return bool(self.likelier.low > 0)

    @property
    def estimated(self) -> Constants:
        """The learners' constants as estimated."""
        return at_shift(self._usual, self.estimate.shift)

    @property
    def believed(self) -> Constants:
        """What the belief should take the learners for."""
        return self.estimated if self.told else self._usual

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found = self.estimate.as_dict(self._usual)
        return found | {"likelier": self.likelier.as_dict(), "told": self.told}
