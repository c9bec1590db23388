"""What a benchmark's learners must offer; many at once, the environment has one of them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from envs.peers.answer_history import AnswerHistory

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


class Learners(ABC):
    """N simulated learners, each of whom is given one of C items at every step.

    Tutors may read `history`, `items`, `steps` and what a subclass calls public; all else is
    hidden. Learner n depends on its own generator alone, not on who else is there.

    Args:
        items: C.
        warm_up: Most answers before the first decision.
        steps: Decisions in an episode.
    """

    def __init__(self, items: int, warm_up: int, steps: int) -> None:
        if steps < 1:
            raise ValueError(f"steps is {steps}; expected at least 1")
        self.items = items
        self.steps = steps
        self.warm_up = warm_up
        self.history = AnswerHistory(0, items, warm_up, steps)

    def start(self, generators: Sequence[np.random.Generator]) -> None:
        """Draw a new learner from each generator and let it give the answers before the first."""
        self.history = AnswerHistory(len(generators), self.items, self.warm_up, self.steps)
        self.draw(generators)

    def practise(self, items: Integers) -> Floats:
        """Give learner n item items[n]; its answer enters the history.

        Args:
            items: (N,) in 0 to C - 1.

        Returns:
            (N,) rewards.

        Raises:
            ValueError: An item does not exist.
            RuntimeError: No learner was drawn, or the episode is over.
        """
        if self.over:
            raise RuntimeError("the episode has not started or is over; start a new one first")
        if (
            items.shape != self.history.answers.shape
            or (items < 0).any()
            or (items >= self.items).any()
        ):
            raise ValueError(
                f"items are {items}; expected one in 0 to {self.items - 1} for each of the "
                f"{len(self.history.answers)} learners"
            )
        self.history.taken += 1
        return self.teach(items)

    @property
    def over(self) -> bool:
        """Whether no decision is left."""
        return not len(self.history.answers) or self.history.taken >= self.steps

    @abstractmethod
    def draw(self, generators: Sequence[np.random.Generator]) -> None:
        """Draw hidden state, weights and warm-up into the fresh history."""

    @abstractmethod
    def teach(self, items: Integers) -> Floats:
        """Let every learner learn from and answer its item (N,); returns rewards (N,)."""

    @abstractmethod
    def prospects(self) -> Floats:
        """Expected reward of each item were it given now, (N, C): reads the hidden state."""
