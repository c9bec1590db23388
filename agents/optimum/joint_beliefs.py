"""Situations of hidden mastery in general: all beliefs that answers can lead to, each once.

With prerequisites or forgetting, what is learnt of one concept tells of others: a belief is a
distribution over all 2^C states of mastery.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.optimum.situations import check_size
from envs.drill.instance import Instance
from envs.drill.mastery import Floats, Mastery, after_answer, mastery

DIGITS: Final = 12
"""Beliefs that are equal to so many digits are one: orders of practice that come to the same differ
in the last of float64's 15 to 16."""
MOST_PROBABILITIES: Final = 2**24
"""Beliefs of one level times their 2^C probabilities."""


class Level(NamedTuple):
    """The situations after t decisions."""

    gains: Floats  # (N, C)
    correct: Floats  # (N, C) P(correct answer)
    children: NDArray[np.int32]  # (N, C, 2) next level's situation by concept and answer


class JointBeliefs:
    """Reachable beliefs, merged where equal.

    Args:
        instance: With hidden mastery.
        levels: Levels to enumerate, up to the instance's decisions.

    Raises:
        ValueError: The instance is too large.

    Attributes:
        beliefs: (N, X) of the last level.
    """

    def __init__(self, instance: Instance, levels: int) -> None:
        check_size(instance, levels, self.most(instance))
        self.levels, m = levels, mastery(instance)
        self.beliefs = m.start[None]
        self._levels: list[Level] = []
        for t in range(levels):
            beliefs, children = self.beliefs, np.zeros((0, 0, 2), np.int32)
            if t + 1 < levels:
                self.beliefs, children = _expand(m, beliefs)
            self._levels.append(Level(beliefs @ m.gains, beliefs @ m.correct.T, children))

    @staticmethod
    def most(instance: Instance) -> int:
        """Beliefs of one level that fit into memory (1.2 GB in all)."""
        return MOST_PROBABILITIES >> len(instance.concepts)

    @property
    def start(self) -> Floats:
        """The one belief without answers."""
        return np.ones(1)

    def gains(self, t: int) -> Floats:
        """Expected change of the score."""
        return self._levels[t].gains

    def ahead(self, t: int, values: Floats) -> Floats:
        """Expectation over the answer."""
        level = self._levels[t]
        wrong, right = np.moveaxis(values[level.children], 2, 0)
        expected: Floats = wrong + level.correct * (right - wrong)
        return expected


def _expand(m: Mastery, beliefs: Floats) -> tuple[Floats, NDArray[np.int32]]:
    """All beliefs one answer later (N', X), and which one each answer leads to (N, C, 2)."""
    concepts = len(m.correct)
    nexts = np.empty((len(beliefs), concepts, 2, beliefs.shape[1]))
    for concept in range(concepts):
        for answer in (False, True):
            correct = np.full(len(beliefs), answer)
            nexts[:, concept, int(answer)] = after_answer(m, beliefs, concept, correct)
    distinct, which = merged(nexts.reshape(-1, beliefs.shape[1]))
    return nexts.reshape(-1, beliefs.shape[1])[distinct], which.reshape(-1, concepts, 2)


def merged(rows: Floats) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Find equal rows: where each distinct one first is (N',), and which of them each is (N,)."""
    rounded = np.ascontiguousarray(np.round(rows, DIGITS)) + 0.0  # no negative zeros
    whole = rounded.view(np.dtype((np.void, rounded.itemsize * rounded.shape[1]))).ravel()
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    return first, which.astype(np.int32)
