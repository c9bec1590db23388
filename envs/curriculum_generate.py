"""Random curricula whose graphs resemble measured ones, and the drawing of difficulties.

The targets are the statistics of the Junyi topic graph and of four transitively reduced AL-CPL
textbooks (`envs/data/fitted/prereq_graph_stats.json`): mean in-degree 1.24 to 1.44, 4 to 27 % of
the concepts without prerequisites, depth 6 to 9, a few concepts that lead to 10 or 20 others.
"""

import math
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.curriculum import Concept, Curriculum

ITEMS: Final = 24
"""Items a concept: eight for each third of the difficulties. Chosen."""

EASINESS_SD: Final = 0.90
"""Logit; fitted on ASSISTments 2009-10 (`envs/data/fitted/smm4_params.json`)."""

ITEM_SD: Final = 1.1
"""Logit, items around their concept. With it, and `LogDesign.item_run`, the mixed model of
`python -m scripts.calibrate` finds in a simulated log what it finds in ASSISTments 2009: an item
deviation of .86 (.98 there) and correlations of .25, .15 and .11 between the items 1, 2 and 3 apart
in a learner's practice of a skill (.32, .24 and .19 there; items with 20 answers). More would make
answers two apart more alike than they are."""

IN_DEGREE_SHARES: Final = (0.10, 0.58, 0.22, 0.07, 0.03)
"""Shares of concepts with 0, 1, ... 4 prerequisites: mean 1.35, within the measured ones."""

DEPTHS: Final = (6, 7, 8, 9)
"""Edges on the longest path, one of these for each graph of 18 concepts or more; measured."""

WIDTH_PER_LEVEL: Final = 3
"""Smaller graphs are no deeper than one level for each three concepts. Chosen."""

BUSIEST: Final = (10, 20)
"""Fewest and most concepts that the busiest concept leads to; measured 12 to 22."""

BUSIEST_FROM_SIZE: Final = 40
"""Concepts from which on the fewest of `BUSIEST` is asked for; smaller graphs have no room."""

ATTRACTION: Final = 1.2
"""A parent is drawn in proportion to (1 + children) ** ATTRACTION: preferential attachment
(Price 1976), a little stronger, so that 40 concepts can have a busiest one. Chosen; see
`test_generated_graphs_match_the_measured_statistics`."""

HEAVIEST_WEIGHT: Final = 3
"""Syllabus weights are 1, 2 or 3 with equal chance. Assumed."""


def drawn_concept(name: str, text: str, weight: float, seed: int) -> Concept:
    """Give a concept an easiness and items drawn from the fitted distributions.

    Easiness is N(0, .90^2); 24 difficulties are N(0, 1.1^2), recentred to mean 0 and sorted; all
    are rounded to 3 decimals. The draw depends on the seed and the name only, so that a concept
    is the same in every curriculum.
    """
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    easiness = rng.normal(0, EASINESS_SD)
    items = rng.normal(0, ITEM_SD, ITEMS)  # (Q,)
    rounded = np.sort(items - items.mean()).round(3)
    return Concept(
        name=name,
        text=text,
        weight=weight,
        easiness=round(easiness, 3),
        items=tuple(rounded.tolist()),
    )


def generate(size: int, seed: int) -> Curriculum:
    """Draw a connected random curriculum.

    Concepts without prerequisites come first, and every prerequisite comes before its concept. No
    edge is implied by others (the graph is its own transitive reduction).

    Args:
        size: Number of concepts, at least 1. The statistics named above hold from 40 on.
        seed: At least 0; the same size and seed give the same curriculum.

    Raises:
        ValueError: Size or seed is no whole number or below its least value.
    """
    for field, value, least in (("size", size, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{field} must be a whole number of at least {least}, got {value!r}")
    rng = np.random.default_rng(seed)
    graph = _grow(size, rng)
    while size >= BUSIEST_FROM_SIZE and graph.children.max() < BUSIEST[0]:
        graph = _grow(size, rng)
    names = [f"concept-{index + 1:03d}" for index in range(size)]
    weights = rng.integers(1, HEAVIEST_WEIGHT + 1, size)  # (C,)
    return Curriculum(
        f"generated-{size}-{seed}",
        tuple(
            drawn_concept(name, "", float(weight), seed)
            for name, weight in zip(names, weights, strict=True)
        ),
        tuple((names[parent], names[concept]) for parent, concept in graph.edges),
    )


@dataclass
class _Graph:
    """A graph while it grows: what the choice of the next concept's parents depends on."""

    edges: list[tuple[int, int]]
    children: NDArray[np.int64]  # (C,)
    level: NDArray[np.int64]  # (C,) longest path from a root so far
    precedes: NDArray[np.bool_]  # (C, C) row is column or one of its ancestors
    open: NDArray[np.bool_]  # (C,) may become a parent: placed and joined to the first root

    def pick(self, allowed: NDArray[np.bool_], rng: np.random.Generator) -> int:
        """Draw one of the allowed, the more likely the more children it has."""
        attraction = allowed * (1.0 + self.children) ** ATTRACTION  # (C,)
        return int(rng.choice(attraction.size, p=attraction / attraction.sum()))

    def unrelated(self, parents: list[int]) -> NDArray[np.bool_]:
        """Return which concepts are neither before nor after any of these, shape (C,)."""
        related = self.precedes[parents] | self.precedes[:, parents].T  # (P, C)
        return np.asarray(~related.any(0))

    def place(self, concept: int, parents: list[int]) -> None:
        """Put a concept after its parents."""
        self.edges += [(parent, concept) for parent in parents]
        self.children[parents] += 1
        self.level[concept] = self.level[parents].max() + 1
        self.precedes[:, concept] |= self.precedes[:, parents].any(1)
        self.open[[*parents, concept]] = True


def _grow(size: int, rng: np.random.Generator) -> _Graph:
    """Add concepts one by one: first a chain as long as the depth, then by attraction."""
    in_degrees = _in_degrees(size, rng)  # (C,)
    roots = int(np.count_nonzero(in_degrees == 0))
    deepest = min(int(rng.choice(DEPTHS)), math.ceil(size / WIDTH_PER_LEVEL))
    graph = _Graph(
        edges=[],
        children=np.zeros(size, np.int64),
        level=np.zeros(size, np.int64),
        precedes=np.eye(size, dtype=bool),
        open=np.arange(size) == 0,
    )
    for concept in range(roots, size):
        free = graph.open & (graph.level < deepest) & (graph.children < BUSIEST[1])  # (C,)
        on_chain = concept - roots < deepest
        previous = concept - 1 if concept > roots else 0
        parents = [previous if on_chain else graph.pick(free, rng)]
        for _ in range(1, in_degrees[concept]):
            waiting = set(np.flatnonzero(~graph.open[:roots]).tolist()) - set(parents)
            allowed = free & graph.unrelated(parents)  # (C,)
            if waiting:
                parents.append(min(waiting))
            elif allowed.any():
                parents.append(graph.pick(allowed, rng))
        graph.place(concept, parents)
    return graph


def _in_degrees(size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Share the in-degrees out by largest remainder, roots first, the others shuffled."""
    exact = np.array(IN_DEGREE_SHARES) * size
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: size - counts.sum()]] += 1
    if counts[0] == 0:
        counts[counts.argmax()] -= 1
        counts[0] = 1
    in_degrees = np.repeat(np.arange(counts.size), counts)  # (C,)
    rng.shuffle(in_degrees[counts[0] :])
    return in_degrees
