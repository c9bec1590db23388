"""Rules for benchmarks with prerequisites and target items."""

import numpy as np

from agents.peers.chooser import Booleans, Chooser, Floats, Integers
from agents.peers.item_rules import lowest, recency
from envs.peers.answer_history import AnswerHistory

_TIE = 1e-9
"""Weight of recency: too small to outweigh a difference of shares, after any number of answers."""


class TargetRepeat(Chooser):
    """The target item of the lowest share of right answers, the least recent of equals.

    Among the items allowed; where no target is, the least recent item that is. Where every item is
    a target, as with flashcards, that is the weakest of all: new items first, then those never
    answered right in turns. It repeats a single item only where that one alone is weakest.

    Args:
        name: In tables.
    """

    def __init__(self, name: str = "target repeat") -> None:
        super().__init__(name)

    def choose(self, history: AnswerHistory) -> Integers:
        """The weakest target of each learner."""
        share = history.successes / np.maximum(1, history.attempts)
        last = recency(history, _by_number(history))
        key = share + last * _TIE  # recency decides between equal shares
        return _among_allowed(history, key, history.weights > 0)


class FirstUnmastered(Chooser):
    """The first item in order that the targets build on and whose last answer was not right.

    Where all are mastered, the first target in order. Among the items allowed (else it would soon
    repeat one item that is not for ever); where no such item is, the least recent one that is. A
    right last answer is proof in KSS, whose answers have no chance and whose learners do not
    forget.

    Args:
        order: (C,) a topological order.
        prerequisites: (C, C) 1 where row is a prerequisite of column.
    """

    def __init__(self, order: Integers, prerequisites: Floats) -> None:
        super().__init__("first unmastered prerequisite")
        self._rank = np.argsort(order)
        steps = np.eye(len(order)) + prerequisites
        self._leads_to = np.linalg.matrix_power(steps, len(order)) > 0  # (C, C) row to column

    def choose(self, history: AnswerHistory) -> Integers:
        """The first such item of each learner."""
        targets = history.weights > 0
        needed = (targets[:, None, :] & self._leads_to).any(axis=2) & ~history.last_correct
        some = needed.any(axis=1, keepdims=True)
        rank = np.broadcast_to(self._rank, needed.shape)
        return _among_allowed(history, rank, np.where(some, needed, targets))


def _among_allowed(history: AnswerHistory, key: Floats | Integers, among: Booleans) -> Integers:
    """The lowest key among some that are allowed; where none is, the least recent allowed item."""
    possible = among & history.allowed
    other = lowest(recency(history, _by_number(history)), history.allowed)
    return np.where(possible.any(axis=1), lowest(key, possible), other)


def _by_number(history: AnswerHistory) -> Integers:
    items = history.allowed.shape[1]
    return np.arange(-items, 0)
