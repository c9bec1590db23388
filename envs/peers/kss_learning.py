"""The equations of KSS: what may be learnt next, what it adds, who answers right.

Liu et al. (2019), Exploiting Cognitive Structure for Adaptive Learning, KDD; constants as in the
authors' EduSim (bigdata-ustc/EduSim, 2b348e0).
"""

from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

ITEMS: Final = 10
EDGES: Final = (
    *((0, 1), (0, 2), (1, 3), (2, 4), (2, 8), (3, 4)),
    *((4, 8), (5, 4), (5, 9), (6, 7), (7, 8), (8, 9)),
)
"""(prerequisite, item)."""
DIFFICULTY: Final = np.array([0.0, 1.0, 2.0, 3.0, 3.0, 0.0, 3.0, 3.0, 4.0, 4.0])  # (C,)
"""As EduSim draws them from its default seed, 10."""
FULL_ABILITY: Final = 5.0
RATE: Final = 0.5
"""Share of what is missing that is learnt where every prerequisite is at full ability."""
SPREAD: Final = 0.5
"""Share of an increment that passes on to each successor, and from there on again."""
GUESS: Final = 0.25
SLOPE: Final = 1.7 * 5.0
"""Scale times discrimination of the three-parameter logistic model."""
PASS: Final = 0.5
"""Probability from which an answer is right; there is no chance in it."""
MASTERY_ABILITY: Final = DIFFICULTY - np.log((1.0 - PASS) / (PASS - GUESS)) / SLOPE  # (C,)
"""Ability at which the answer probability is PASS."""


def graph() -> "nx.DiGraph[int]":
    """The prerequisite graph, nodes and edges in the order of EDGES."""
    return nx.DiGraph(EDGES)


def _prerequisites() -> Floats:
    matrix = np.zeros((ITEMS, ITEMS))
    matrix[tuple(np.transpose(EDGES))] = 1.0
    return matrix


PREREQUISITES: Final = _prerequisites()  # (C, C) 1 where row is a prerequisite of column
SHARES: Final = np.linalg.inv(np.eye(ITEMS) - SPREAD * PREREQUISITES).astype(np.float64)
"""(C, C) what column gains by an increment of 1 on row: SPREAD to the path's length, all paths."""


def _allowed_after() -> Booleans:
    """Itself, successors, prerequisites, theirs, and their other successors."""
    after = np.eye(ITEMS, dtype=np.bool_)
    near = PREREQUISITES > 0
    after |= near  # successors
    after |= near.T  # prerequisites
    after |= (near.T @ near.T) | (near.T @ near)  # their prerequisites, their successors
    return after


ALLOWED_AFTER: Final = _allowed_after()  # (C, C) may column be learnt after row?


def initial_ability(generator: np.random.Generator, learners: int) -> Floats:
    """Of new learners, (N, C): -3, -2, -1 or 0, less 0.1 for every item before it."""
    return generator.integers(-3, 1, (learners, ITEMS)) - 0.1 * np.arange(ITEMS)


def answer_probability(ability: Floats) -> Floats:
    """Of a right answer on each item, (N, C) to (N, C)."""
    logit = SLOPE * (ability - DIFFICULTY)
    probability: Floats = GUESS + (1.0 - GUESS) / (1.0 + np.exp(-logit))
    return probability


def masters(ability: Floats) -> Booleans:
    """Whether each item is answered right, (N, C)."""
    mastered: Booleans = ability >= MASTERY_ABILITY
    return mastered


def learn(ability: Floats, last: Integers, items: Integers) -> tuple[Floats, Integers]:
    """Let each learner learn an item; nothing happens where it is not allowed after the last.

    Args:
        ability: (N, C), at most FULL_ABILITY.
        last: (N,) the item accepted last, -1 before the first.
        items: (N,) the item to learn.

    Returns:
        Ability (N, C) and the item accepted last (N,), new arrays.
    """
    rows = np.arange(len(items))
    accepted = (last < 0) | ALLOWED_AFTER[last, items]
    missing = FULL_ABILITY - ability
    unready = (missing * PREREQUISITES.T[items]).sum(axis=1)
    increment = np.where(accepted, RATE * missing[rows, items] * np.exp(-unready), 0.0)
    grown = np.minimum(FULL_ABILITY, ability + increment[:, None] * SHARES[items])
    return grown, np.where(accepted, items, last)
