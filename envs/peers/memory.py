"""What every memory model of the spaced-repetition benchmark offers."""

from abc import ABC, abstractmethod
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Parameters = dict[str, Floats]

DELAY: Final = 5.0
"""Time from one presentation to the next, in the unit of the models' rates (Reddy et al.: 5 s)."""


class Memory(ABC):
    """What N learners remember of C items. Items do not affect each other.

    Args:
        parameters: Of `draw` or `typical`, stacked: (N, C) each, or (N, 1) for a learner's own.
            "first_seen" is when every item was seen before the first presentation, in time after
            the start; it never lies ahead in the sense that elapsed time is at least 0.
        presentations: In the whole episode.
    """

    def __init__(self, parameters: Parameters, presentations: int) -> None:
        self.parameters = parameters
        self.presentations = presentations
        self.last: Floats = parameters["first_seen"].copy()  # (N, C) time of the last review
        self.attempts: Floats = np.zeros(self.last.shape)  # (N, C)
        self.successes: Floats = np.zeros(self.last.shape)  # (N, C)

    @staticmethod
    @abstractmethod
    def draw(generator: np.random.Generator, items: int) -> Parameters:
        """Parameters of a learner and its items, (C,) or (1,) each."""

    @staticmethod
    @abstractmethod
    def typical(items: int) -> Parameters:
        """Medians of what `draw` gives: what somebody assumes who knows the population alone."""

    @abstractmethod
    def recall(self, presentation: int) -> Floats:
        """Recall probability of each item after so many presentations, (N, C)."""

    def review(self, chosen: Booleans, correct: Booleans, presentation: int) -> None:
        """Review items.

        Args:
            chosen: (N, C) what is reviewed.
            correct: (N, C) whether it is recalled; read where chosen.
            presentation: Number of this presentation, from 1.
        """
        self.attempts += chosen
        self.successes += chosen & correct
        self.last = np.where(chosen, DELAY * presentation, self.last)

    def elapsed(self, presentation: int) -> Floats:
        """Time since the last review of each item, (N, C).

        The original's first review times lie a little after the start, where it has probabilities
        over 1 and powers of negative numbers; here time since is never negative.
        """
        return np.maximum(0.0, DELAY * presentation - self.last)
