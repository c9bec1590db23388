"""Privileged references: they read the learners' hidden state."""

import numpy as np

from agents.peers.chooser import Chooser, Floats, Integers
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners
from envs.peers.spaced_repetition import FlashcardLearners


class OneStepOracle(Chooser):
    """The item of the highest expected reward, chance deciding between equals that are allowed."""

    kind = "reference"

    def __init__(self, seed: int = 0) -> None:
        super().__init__("one-step oracle")
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        self._learners: Learners | None = None

    def begin(self, learners: Learners) -> None:
        """Keep the learners."""
        self._learners = learners
        self._rng = np.random.default_rng(self._seed)

    def choose(self, history: AnswerHistory) -> Integers:
        """The best item of each learner for this step alone."""
        if self._learners is None:
            raise RuntimeError("the oracle has no learners; call begin() first")
        value = np.where(history.allowed, self._learners.prospects(), -np.inf)
        best = value >= value.max(axis=1, keepdims=True) - 1e-12
        choice: Integers = np.where(best, self._rng.random(best.shape), -1.0).argmax(axis=1)
        return choice


class LookAhead(Chooser):
    """The flashcard whose review adds most to its own recall over a span of presentations.

    Args:
        span: First and last presentation after the next decision at which recall counts; eight
            points between are averaged.
    """

    kind = "reference"
    _POINTS = 8

    def __init__(self, span: tuple[int, int] = (1, 5)) -> None:
        super().__init__("look-ahead on truth")
        self.span = span
        self._learners: FlashcardLearners | None = None

    def begin(self, learners: Learners) -> None:
        """Keep the learners.

        Raises:
            ValueError: They have no flashcards.
        """
        if not isinstance(learners, FlashcardLearners):
            raise ValueError(f"learners are {type(learners).__name__}; expected FlashcardLearners")
        self._learners = learners

    def choose(self, history: AnswerHistory) -> Integers:
        """The card of the largest expected gain."""
        del history
        if self._learners is None:
            raise RuntimeError("the look-ahead has no learners; call begin() first")
        ahead = self._learners.presented + np.linspace(*self.span, self._POINTS)
        when = np.minimum(np.unique(ahead.round().astype(int)), self._learners.presentations)
        gain: Floats = self._learners.gain(np.unique(when).tolist())
        choice: Integers = gain.argmax(axis=1)
        return choice
