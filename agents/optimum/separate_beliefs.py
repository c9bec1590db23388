"""Situations of hidden mastery where concepts are separate: neither prerequisites nor forgetting.

What is known of a concept then depends on its own answers alone. After t decisions a situation is
how many of them went to each concept (n_1, ..., n_C) and each concept's sequence of answers: a
block of 2^n_1 x ... x 2^n_C = 2^t situations for every composition of t. Nothing is stored but
C short tables; 4 concepts and 12 decisions take seconds.
"""

from itertools import combinations, pairwise
from typing import Final

import numpy as np

from agents.optimum.situations import check_size
from envs.drill.instance import DrillConcept, Instance
from envs.drill.mastery import Floats

MOST_BELIEFS: Final = 2**20
"""Beliefs of one level; 4 concepts and 12 decisions have 745,472, in 2 seconds and 100 MB."""


def compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    """All tuples of `parts` whole numbers >= 0 that sum to `total`, in a fixed order."""
    found = []
    for bars in combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        found.append(tuple(b - a - 1 for a, b in pairwise(edges)))
    return found


def mastered_by_answers(concept: DrillConcept, most: int) -> list[Floats]:
    """P(mastered) after 0 to `most` answers: (2^n,) by sequence, the first answer the highest bit.

    Corbett & Anderson (1995), equations 1 to 3.
    """
    known = [np.array([concept.prior])]
    for _ in range(most):
        p = known[-1][:, None]  # (2^n, 1)
        if_known = np.array([concept.slip, 1.0 - concept.slip])  # wrong, correct
        if_not = np.array([1.0 - concept.guess, concept.guess])
        posterior = p * if_known / (p * if_known + (1.0 - p) * if_not)  # (2^n, 2)
        known.append((posterior + (1.0 - posterior) * concept.learn).ravel())
    return known


class SeparateBeliefs:
    """Beliefs that are products over concepts.

    Args:
        instance: With hidden mastery, without prerequisites and forgetting.
        levels: Levels to enumerate, up to the instance's decisions.

    Raises:
        ValueError: The instance is of another kind, or too large.
    """

    def __init__(self, instance: Instance, levels: int) -> None:
        if instance.prerequisites or instance.forgetting:
            raise ValueError(f"instance is {instance}; expected no prerequisites, no forgetting")
        check_size(instance, levels, self.most(instance))
        self.levels, size = levels, len(instance.concepts)
        self._known = [mastered_by_answers(concept, levels) for concept in instance.concepts]
        self._concepts = instance.concepts
        self._blocks = [compositions(t, size) for t in range(levels + 1)]
        self._places = [{block: k for k, block in enumerate(level)} for level in self._blocks]

    @staticmethod
    def most(instance: Instance) -> int:
        """Beliefs of one level that are taken on."""
        del instance
        return MOST_BELIEFS

    @property
    def start(self) -> Floats:
        """The one situation without answers."""
        return np.ones(1)

    def gains(self, t: int) -> Floats:
        """Expected change of the score: what is learnt, times what mastery changes."""
        size = len(self._concepts)
        gains = np.empty((len(self._blocks[t]), 2**t, size))
        for place, block in enumerate(self._blocks[t]):
            for c, concept in enumerate(self._concepts):
                worth = concept.learn * (1.0 - concept.guess - concept.slip) / size
                gain = worth * (1.0 - self._known[c][block[c]])
                gains[place, :, c] = self._spread(gain, block, c)
        return gains.reshape(-1, size)

    def ahead(self, t: int, values: Floats) -> Floats:
        """Expectation over the answer."""
        size = len(self._concepts)
        after = values.reshape(-1, 2 ** (t + 1))
        ahead = np.empty((len(self._blocks[t]), 2**t, size))
        for place, block in enumerate(self._blocks[t]):
            for c in range(size):
                longer = self._places[t + 1][_longer(block, c)]
                before, behind = 2 ** sum(block[:c]), 2 ** sum(block[c + 1 :])
                wrong, right = np.moveaxis(after[longer].reshape(before, -1, 2, behind), 2, 0)
                p = self._correct(c, block[c])[None, :, None]
                ahead[place, :, c] = (wrong + p * (right - wrong)).ravel()
        return ahead.reshape(-1, size)

    def _correct(self, c: int, answers: int) -> Floats:
        """P(next answer correct) by sequence so far, (2^answers,)."""
        known, concept = self._known[c][answers], self._concepts[c]
        return known * (1.0 - concept.slip) + (1.0 - known) * concept.guess

    @staticmethod
    def _spread(values: Floats, block: tuple[int, ...], c: int) -> Floats:
        """Values (2^n_c,) by the sequence of concept c, for all situations of its block (2^t,)."""
        return np.tile(np.repeat(values, 2 ** sum(block[c + 1 :])), 2 ** sum(block[:c]))


def _longer(block: tuple[int, ...], c: int) -> tuple[int, ...]:
    return (*block[:c], block[c] + 1, *block[c + 1 :])
