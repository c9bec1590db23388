"""The exact optimum of KSS for every learner, by branch and bound on its true state.

The best E_p over all action sequences. Items that are not allowed need not be tried: ability never
falls, so a path with a step that does nothing is never better than the same path without that
step and with a repeated, always allowed, item at its end.
"""

from typing import NamedTuple

import networkx as nx
import numpy as np

from agents.peers.chooser import Booleans, Floats, Integers
from agents.peers.kss_beam import KssBeam, search
from envs.compiled import compiled
from envs.peers.kss import KssLearners
from envs.peers.kss_learning import (
    ALLOWED_AFTER,
    FULL_ABILITY,
    ITEMS,
    MASTERY_ABILITY,
    PREREQUISITES,
    RATE,
    SHARES,
    learn,
    masters,
)

NAME = "optimum or best found"
_BEAM_WIDTH = 64


class Rules(NamedTuple):
    """KSS as kernels read it."""

    prerequisites: Floats  # (C, C)
    shares: Floats  # (C, C)
    allowed: Booleans  # (C, C)
    wait: Integers  # (C, C) steps until column can be learnt after row, at least 1
    need: Floats  # (C,) ability from which an item is mastered


class Task(NamedTuple):
    """One learner's search."""

    targets: Floats  # (C,) over 0: a target
    path: Integers  # (steps,) scratch
    best_path: Integers  # (steps,) overwritten where a better one is found
    nodes: Integers  # (1,) states that may still be visited; below 0 the search was given up


class Optimum(NamedTuple):
    """Bounds on the best E_p of each learner; equal where the search was finished."""

    lower: Floats  # (N,) reached by `paths`
    upper: Floats  # (N,) no path reaches more
    paths: Integers  # (N, steps)


def _rules() -> Rules:
    after = nx.DiGraph(zip(*np.nonzero(ALLOWED_AFTER), strict=True))
    hops = dict(nx.all_pairs_shortest_path_length(after))
    wait = [[max(1, hops[i][j]) for j in range(ITEMS)] for i in range(ITEMS)]
    return Rules(PREREQUISITES, SHARES, ALLOWED_AFTER, np.array(wait), MASTERY_ABILITY)


@compiled
def _increment(ability: Floats, ready: Floats, item: int, rules: Rules) -> float:
    """What learning an item adds to it, its prerequisites being at `ready`."""
    unready = 0.0
    for p in range(len(ready)):
        if rules.prerequisites[p, item] > 0.0:
            unready += FULL_ABILITY - ready[p]
    return float(RATE * (FULL_ABILITY - ability[item]) * np.exp(-unready))


@compiled
def _mastered(ability: Floats, targets: Floats, rules: Rules) -> int:
    """How many targets are mastered."""
    count = 0
    for i in range(len(ability)):
        if targets[i] > 0.0 and ability[i] >= rules.need[i]:
            count += 1
    return count


@compiled
def _raise_all(highest: Floats, ability: Floats, reach: Booleans, rules: Rules) -> None:
    """Raise every item as much as learning any item within reach (C,) could at most raise it."""
    items = len(ability)
    increment = np.zeros(items)
    for j in range(items):
        if reach[j]:
            increment[j] = _increment(ability, highest, j, rules)
    for i in range(items):
        best = 0.0
        for j in range(items):
            best = max(best, rules.shares[j, i] * increment[j])
        highest[i] = min(FULL_ABILITY, highest[i] + best)


@compiled
def _may_master(
    ability: Floats, last: int, steps: int, targets: Floats, more_than: int, rules: Rules
) -> bool:
    """Whether more targets than this might be mastered within some steps: no means no.

    Every item gets, at every step, the largest increment that any allowed item could give it, with
    prerequisites as high as they could be by then: each item for itself, as if all had every step.
    What an item itself lacks, which only shrinks, is taken as it is now.
    """
    highest = ability.copy()
    for step in range(1, steps + 1):
        if _mastered(highest, targets, rules) > more_than:
            return True
        _raise_all(highest, ability, rules.wait[last] <= step, rules)
    return _mastered(highest, targets, rules) > more_than


@compiled
def _successors(
    ability: Floats, last: int, targets: Floats, rules: Rules
) -> tuple[Floats, Integers]:
    """States after each item (C, C), and the allowed items, those that bring targets near first."""
    items = len(ability)
    grown, distance = np.zeros((items, items)), np.zeros(items)
    for j in range(items):
        increment = _increment(ability, ability, j, rules)
        for i in range(items):
            grown[j, i] = min(FULL_ABILITY, ability[i] + rules.shares[j, i] * increment)
            if targets[i] > 0.0:
                distance[j] += max(0.0, rules.need[i] - grown[j, i])
    order = np.argsort(distance)
    return grown, order[rules.allowed[last][order]]


@compiled
def _explore(ability: Floats, last: int, done: int, best: int, task: Task, rules: Rules) -> int:
    """Depth first below a state; returns the most targets mastered, at least `best`."""
    mastered, steps = _mastered(ability, task.targets, rules), len(task.path)
    if mastered > best:
        best = mastered
        task.best_path[:done], task.best_path[done:] = task.path[:done], last
    task.nodes[0] -= 1
    left = steps - done
    if task.nodes[0] < 0 or not _may_master(ability, last, left, task.targets, best, rules):
        return best
    grown, items = _successors(ability, last, task.targets, rules)
    for j in items:
        task.path[done] = j
        best = _explore(grown[j], j, done + 1, best, task, rules)
    return best


def optimum(learners: KssLearners, most_nodes: int) -> Optimum:
    """Solve every learner, starting from what beam search finds.

    Args:
        learners: Before their first decision; not changed.
        most_nodes: States visited per learner; where that does not suffice, the upper bound is
            that of `_may_master` at the root.
    """
    rules, weights = _rules(), learners.history.weights
    paths = search(learners, _BEAM_WIDTH)
    ability, last = learners.ability, learners.last
    start = (weights * masters(ability)).sum(axis=1).astype(np.int64)
    for item in paths.T:
        ability, last = learn(ability, last, item)
    lower = (weights * masters(ability)).sum(axis=1).astype(np.int64)
    upper = lower.copy()
    for n in range(len(lower)):
        state = learners.ability[n], learners.last[n]
        task = Task(weights[n], paths[n].copy(), paths[n], np.array([most_nodes]))
        upper[n] = lower[n] = _explore(*state, 0, lower[n], task, rules)
        while task.nodes[0] < 0 and _may_master(
            *state, learners.steps, weights[n], upper[n], rules
        ):
            upper[n] += 1
    return Optimum((lower - start) / learners.to_gain, (upper - start) / learners.to_gain, paths)


class KssOptimum(KssBeam):
    """Walks the best paths that there are, by branch and bound.

    Args:
        most_nodes: As of `optimum`.
    """

    def __init__(self, most_nodes: int) -> None:
        super().__init__()
        self.name = NAME
        self.most_nodes = most_nodes
        self.upper: Floats = np.zeros(0)  # (N,) upper bound on E_p

    def plan(self, learners: KssLearners) -> Integers:
        """Solve."""
        found = optimum(learners, self.most_nodes)
        self.upper = found.upper
        return found.paths
