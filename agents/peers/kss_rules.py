"""Rules for benchmarks with prerequisites and target items."""

import numpy as np

from agents.peers.chooser import Booleans, Chooser, Floats, Integers
from agents.peers.item_rules import lowest, recency
from envs.peers.answer_history import AnswerHistory


class TargetRepeat(Chooser):
    """Always the target item with the lowest share of right answers, the least recent of equals.

    Args:
        legal: Whether among those allowed; where no target is, the least recent item that is.
    """

    def __init__(self, *, legal: bool) -> None:
        super().__init__("target repeat" + ", legal" * legal)
        self._legal = legal

    def choose(self, history: AnswerHistory) -> Integers:
        """The weakest target of each learner."""
        share = history.successes / np.maximum(1, history.attempts)
        items = history.allowed.shape[1]
        last = recency(history, np.arange(items) - items)
        key = share + last * 1e-6  # recency decides between equal shares
        return _allowed_first(history, key, history.weights > 0, legal=self._legal)


class FirstUnmastered(Chooser):
    """The first item in order that the targets build on and whose last answer was not right.

    Where all are mastered, the first target in order. A right last answer is proof in KSS, whose
    answers have no chance and whose learners do not forget.

    Args:
        order: (C,) a topological order.
        prerequisites: (C, C) 1 where row is a prerequisite of column.
        legal: Whether among those allowed; where no such item is, the least recent one that is.
    """

    def __init__(self, order: Integers, prerequisites: Floats, *, legal: bool) -> None:
        super().__init__("first unmastered prerequisite" + ", legal" * legal)
        self._legal = legal
        self._rank = np.argsort(order)
        steps = np.eye(len(order)) + prerequisites
        self._leads_to = np.linalg.matrix_power(steps, len(order)) > 0  # (C, C) row to column

    def choose(self, history: AnswerHistory) -> Integers:
        """The first such item of each learner."""
        targets = history.weights > 0
        needed = (targets[:, None, :] & self._leads_to).any(axis=2) & ~history.last_correct
        some = needed.any(axis=1, keepdims=True)
        rank = np.broadcast_to(self._rank, needed.shape)
        return _allowed_first(history, rank, np.where(some, needed, targets), legal=self._legal)


def _allowed_first(
    history: AnswerHistory, key: Floats | Integers, among: Booleans, *, legal: bool
) -> Integers:
    """The lowest key among some; if legal, among those allowed, else the least recent allowed."""
    if not legal:
        return lowest(key, among)
    possible = among & history.allowed
    items = possible.shape[1]
    other = lowest(recency(history, np.arange(items) - items), history.allowed)
    return np.where(possible.any(axis=1), lowest(key, possible), other)
