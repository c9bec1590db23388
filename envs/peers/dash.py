"""DASH: difficulty, ability and study history by time window, and forgetting as a power of time.

Reddy, Levine and Dragan (2017), after Lindsey, Shroyer, Pashler and Mozer (2014).
"""

import numpy as np
from numpy.typing import NDArray

from envs.peers.memory import Booleans, Floats, Memory, Parameters

WINDOWS = 5
"""Equal parts of the episode. Only windows that are over count, later ones more."""
WINDOW_WEIGHT: NDArray[np.float64] = 1.0 / np.arange(WINDOWS, 0, -1.0) ** 2  # (W,)


class Dash(Memory):
    """p = m / (1 + pace * elapsed) ** exponent; m: logistic in study history minus difficulty.

    Study history: sum over the windows that are over of their weight times
    log(1 + successes) + log(1 + attempts) in them.
    """

    def __init__(self, parameters: Parameters, presentations: int) -> None:
        super().__init__(parameters, presentations)
        self.windowed: Floats = np.zeros((2, WINDOWS, *self.last.shape))
        """(2, W, N, C) successes and attempts in every window."""

    @staticmethod
    def draw(generator: np.random.Generator, items: int) -> Parameters:
        """Difficulty and forgetting exponent of every item; the learner's pace of time."""
        return {
            "difficulty": generator.normal(1.0, 1.0, items),
            "exponent": np.exp(-np.exp(generator.normal(1.0, 1.0, items))),
            "pace": np.exp(generator.normal(0.0, 0.01, 1)),
            "first_seen": np.exp(generator.normal(0.0, 0.01, items)),
        }

    @staticmethod
    def typical(items: int) -> Parameters:
        """The median item."""
        return {
            "difficulty": np.ones(items),
            "exponent": np.full(items, np.exp(-np.e)),
            "pace": np.ones(1),
            "first_seen": np.ones(items),
        }

    def review(self, chosen: Booleans, correct: Booleans, presentation: int) -> None:
        """Count the reviews in their window."""
        super().review(chosen, correct, presentation)
        window = self.window(presentation)
        self.windowed[0, window] += chosen & correct
        self.windowed[1, window] += chosen

    def window(self, presentation: int) -> int:
        """The window that so many presentations have led to."""
        return min(WINDOWS - 1, WINDOWS * presentation // self.presentations)

    def recall(self, presentation: int) -> Floats:
        """Recall probability, (N, C)."""
        over = slice(0, self.window(presentation))
        counts = np.log1p(self.windowed[:, over]).sum(axis=0)  # (w, N, C)
        history = np.tensordot(WINDOW_WEIGHT[over], counts, axes=1)  # (N, C)
        learnt = 1.0 / (1.0 + np.exp(self.parameters["difficulty"] - history))
        waited = 1.0 + self.parameters["pace"] * self.elapsed(presentation)
        forgotten: Floats = waited ** self.parameters["exponent"]
        return learnt / forgotten
