"""The drills that are reported, and some to train on by name: `envs.drill.suite:ordered`."""

from typing import Final

import numpy as np

from envs.drill.drawing import InstanceDraw
from envs.drill.environment import DrillEnv
from envs.drill.instance import Instance

CONNECTED: Final = 0.5
"""Probability of a prerequisite between two concepts, so that most drills have one. Chosen."""


def _kind(
    sizes: tuple[tuple[int, int], ...],
    *,
    prerequisites: float = 0.0,
    forgetting: bool = False,
    hidden: bool = True,
) -> tuple[InstanceDraw, ...]:
    return tuple(
        InstanceDraw(
            concepts=concepts,
            decisions=decisions,
            prerequisites=prerequisites,
            forgetting=forgetting,
            hidden=hidden,
        )
        for concepts, decisions in sizes
    )


LONG: Final = ((2, 12), (3, 12), (4, 12))
SHORT: Final = ((2, 10), (3, 8), (4, 7))
"""(concepts, decisions); the longest that are solved in a few seconds whatever is related."""

SUITE: Final = (
    *_kind(LONG, prerequisites=CONNECTED, forgetting=True, hidden=False),
    *_kind(LONG),
    *_kind(SHORT, prerequisites=1.0),
    *_kind(SHORT, forgetting=True),
    *_kind(SHORT, prerequisites=CONNECTED, forgetting=True),
    *_kind(LONG[1:], prerequisites=CONNECTED, forgetting=True),
)
"""Mastery observed; hidden with separate concepts; with prerequisites between all; with forgetting;
with both; and two too long to solve, of which only bounds are known."""


def first_of(draw: InstanceDraw, seed: int = 0) -> Instance:
    """The instance that a seed draws."""
    return draw.instance(np.random.default_rng(seed))


def separate() -> DrillEnv:
    """One fixed drill: 3 separate concepts, hidden mastery, 12 decisions."""
    return DrillEnv(instance=first_of(InstanceDraw(concepts=3, decisions=12)))


def ordered() -> DrillEnv:
    """One fixed drill: 3 concepts in an order, forgotten meanwhile, hidden, 8 decisions."""
    draw = InstanceDraw(concepts=3, decisions=8, prerequisites=1.0, forgetting=True)
    return DrillEnv(instance=first_of(draw))


def observed() -> DrillEnv:
    """One fixed drill: 3 concepts in an order, forgotten meanwhile, observed, 12 decisions."""
    draw = InstanceDraw(concepts=3, decisions=12, prerequisites=1.0, forgetting=True, hidden=False)
    return DrillEnv(instance=first_of(draw))


def pair() -> DrillEnv:
    """One fixed drill: 2 concepts in an order, hidden, 10 decisions.

    The second instance: in the first greedy choices are optimal, so that it would tell little.
    """
    draw = InstanceDraw(concepts=2, decisions=10, prerequisites=1.0)
    return DrillEnv(instance=first_of(draw, seed=1))


def four() -> DrillEnv:
    """One fixed drill: 4 concepts in an order, hidden, 7 decisions."""
    return DrillEnv(instance=first_of(InstanceDraw(concepts=4, decisions=7, prerequisites=1.0)))


def drawn() -> DrillEnv:
    """A new drill every episode: 3 concepts with or without prerequisites, hidden, 8 decisions."""
    draw = InstanceDraw(concepts=3, decisions=8, prerequisites=CONNECTED, forgetting=True)
    return DrillEnv(instance=draw)
