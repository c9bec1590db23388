"""The best that any tutor can do in a drill, and what simple rules do: by dynamic programming.

After t decisions, in situation s, with none left: V_T = 0, and otherwise

    V_t(s) = max over concepts c of gain(s, c) + E V_t+1(situation after s, c)

The same recursion with a rule's choice in place of the maximum gives the rule's value. All values
are exact up to rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.optimum.joint_beliefs import DIGITS, JointBeliefs
from agents.optimum.separate_beliefs import SeparateBeliefs
from agents.optimum.situations import ObservedMastery, Situations, situation_counts
from envs.drill.instance import Instance
from envs.drill.mastery import Floats

Rule = Callable[[int, Floats, Floats], Floats]
"""(t, gains (N, C), values by concept (N, C)) -> values of the rule's choices (N,)."""


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """Expected gains of the score from start to end, in [-1, 1]."""

    gain: float
    """Of the best tutor there is."""
    rules: dict[str, float]
    """Of the rules in RULES."""


def solve(instance: Instance) -> Optimum:
    """Compute the optimum, and what rules reach.

    Raises:
        ValueError: Too many beliefs are reachable; the message says how many decisions are
            feasible.
    """
    situations = _enumerate(instance)
    last = situations.levels - 1
    best = np.zeros(0)
    of_rules = dict.fromkeys(RULES, best)
    for t in reversed(range(situations.levels)):
        gains = situations.gains(t)

        def by_concept(values: Floats, t: int = t, gains: Floats = gains) -> Floats:
            return gains if t == last else gains + situations.ahead(t, values)

        best = by_concept(best).max(1)
        of_rules = {
            name: rule(t, gains, by_concept(of_rules[name])) for name, rule in RULES.items()
        }
    return Optimum(
        gain=float(situations.start @ best),
        rules={name: float(situations.start @ values) for name, values in of_rules.items()},
    )


def solvable(instance: Instance) -> bool:
    """Whether `solve` can take an instance on."""
    return not instance.hidden or situation_counts(instance)[-1] <= _form(instance).most(instance)


def _enumerate(instance: Instance) -> Situations:
    if not instance.hidden:
        return ObservedMastery(instance)
    return _form(instance)(instance, instance.decisions)


def _form(instance: Instance) -> type[SeparateBeliefs | JointBeliefs]:
    """The smallest form of an instance's beliefs."""
    related = instance.prerequisites or instance.forgetting
    return JointBeliefs if related else SeparateBeliefs


def first_best(worth: Floats) -> NDArray[np.int64]:
    """The lowest index among the best of every row of (N, C), rounding errors aside."""
    choice: NDArray[np.int64] = np.round(worth, DIGITS).argmax(1)
    return choice


def _greedy(t: int, gains: Floats, worth: Floats) -> Floats:
    del t
    return np.take_along_axis(worth, first_best(gains)[:, None], axis=1)[:, 0]


def _round_robin(t: int, gains: Floats, worth: Floats) -> Floats:
    return worth[:, t % gains.shape[1]]


def _random(t: int, gains: Floats, worth: Floats) -> Floats:
    del t, gains
    mean: Floats = worth.mean(1)
    return mean


RULES: Final[dict[str, Rule]] = {
    "greedy": _greedy,
    "round robin": _round_robin,
    "random": _random,
}
"""Greedy practises what gains most at once, by the exact belief."""
