"""The best path for everybody: what the order of a curriculum achieves without any adaptation."""

import numpy as np

from agents.peers.chooser import Chooser, Integers
from agents.peers.kss_beam import worth
from envs.peers.answer_history import AnswerHistory
from envs.peers.kss import KssLearners
from envs.peers.kss_learning import ITEMS, learn

_TEMPERATURE = 0.3
"""Worth per target to gain that a change may lose, at first; falls to 0. Chosen on tuning
learners."""


def anneal(learners: KssLearners, tries: int, restarts: int, seed: int = 0) -> Integers:
    """Look for one path (steps,) of the highest mean worth, by simulated annealing.

    Args:
        learners: On whom the path is tuned, before their first decision; not changed.
        tries: Changes tried from each start.
        restarts: Random starts, of which the best result is taken.
        seed: Of the changes.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(restarts):
        path = np.sort(rng.integers(0, ITEMS, learners.steps))
        now = mean_worth(learners, path)
        best, best_path = now, path
        for k in range(tries):
            changed = _change(path, rng)
            value = mean_worth(learners, changed)
            if value >= now - _TEMPERATURE * (1.0 - k / tries) * rng.exponential():
                now, path = value, changed
            if value > best:
                best, best_path = value, changed
        found.append((best, best_path))
    return max(found, key=lambda pair: pair[0])[1]


def mean_worth(learners: KssLearners, path: Integers) -> float:
    """What the path leads these learners to; where an item is not allowed, they skip it."""
    ability, last = learners.ability, learners.last
    for item in path:
        ability, last = learn(ability, last, np.full(len(last), item))
    return float((worth(ability, learners.history.weights) / learners.to_gain).mean())


def _change(path: Integers, rng: np.random.Generator) -> Integers:
    """Another path: one item replaced, two exchanged, or one moved and replaced."""
    changed = path.copy()
    here, there = rng.integers(len(path), size=2)
    item, kind = rng.integers(ITEMS), rng.integers(3)
    if kind == 0:
        changed[here] = item
    elif kind == 1:
        changed[here], changed[there] = path[there], path[here]
    else:
        changed = np.insert(np.delete(path, there), here, item)
    return changed


class KssFixedPath(Chooser):
    """Leads everybody along one path.

    Args:
        path: (steps,) items.
    """

    def __init__(self, path: Integers) -> None:
        super().__init__("best fixed path")
        self.path = path

    def choose(self, history: AnswerHistory) -> Integers:
        """The path's next item for everybody."""
        return np.full(len(history.answers), self.path[history.taken])
