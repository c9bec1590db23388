"""Rules that any benchmark has use for: chance and turns."""

import numpy as np

from agents.peers.chooser import Booleans, Chooser, Floats, Integers
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners


def lowest(key: Floats | Integers, among: Booleans) -> Integers:
    """The item of the lowest key (N, C) among some (N, C); the first of equals."""
    choice: Integers = np.where(among, key, np.inf).argmin(axis=1)
    return choice


class RandomItem(Chooser):
    """Draws evenly, from all items or from those allowed (a mask can look like learning).

    Args:
        legal: Whether from those allowed.
        seed: Of its own randomness; every `begin` starts it anew.
    """

    def __init__(self, *, legal: bool, seed: int = 0) -> None:
        super().__init__("random, legal" if legal else "random over all")
        self._legal = legal
        self._seed = seed
        self._rng = np.random.default_rng(seed)

    def begin(self, learners: Learners) -> None:
        """Start the random numbers anew."""
        del learners
        self._rng = np.random.default_rng(self._seed)

    def choose(self, history: AnswerHistory) -> Integers:
        """Draw."""
        among = history.allowed if self._legal else np.ones_like(history.allowed)
        return lowest(self._rng.random(among.shape), among)


class RoundRobin(Chooser):
    """One item after the other in a fixed order, whether allowed or not.

    Args:
        order: (C,) the items in their order.
    """

    def __init__(self, order: Integers) -> None:
        super().__init__("round robin")
        self._order = order

    def choose(self, history: AnswerHistory) -> Integers:
        """The same item for everybody."""
        item = self._order[history.taken % len(self._order)]
        return np.full(len(history.answers), item)


class LeastRecent(Chooser):
    """Round robin among those allowed: the item whose last answer is longest ago, new ones first.

    Args:
        order: (C,) the order of items not answered yet.
    """

    def __init__(self, order: Integers) -> None:
        super().__init__("round robin, legal")
        self._rank = np.argsort(order) - len(order)

    def choose(self, history: AnswerHistory) -> Integers:
        """The least recent item of each learner."""
        return lowest(recency(history, self._rank), history.allowed)


def recency(history: AnswerHistory, rank: Integers) -> Integers:
    """When each item was last answered (N, C); items without answer have their rank (C,) < 0."""
    return np.where(history.attempts > 0, history.last_at, rank)
