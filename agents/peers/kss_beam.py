"""Paths through KSS by beam search on every learner's true state."""

import numpy as np

from agents.peers.chooser import Chooser, Floats, Integers
from envs.peers.answer_history import AnswerHistory
from envs.peers.kss import KssLearners
from envs.peers.kss_learning import ITEMS, MASTERY_ABILITY, learn, masters
from envs.peers.learners import Learners

_MASTERED = 10.0
"""Worth of a mastered target against one unit of ability that is missing on another; chosen, after
smaller and larger ones and terms for prerequisites had led to lower gains."""
_CHUNK = 100
"""Learners searched together: memory stays small."""


def worth(ability: Floats, weights: Floats) -> Floats:
    """What a state promises: targets mastered, then nearness of the others; (..., C) to (...)."""
    near = np.minimum(0.0, ability - MASTERY_ABILITY)
    value: Floats = (weights * (_MASTERED * masters(ability) + near)).sum(axis=-1)
    return value


def search(learners: KssLearners, width: int) -> Integers:
    """The best path found for each learner over its whole episode, (N, steps).

    Args:
        learners: Before their first decision; not changed.
        width: States kept of each learner at every step.
    """
    weights = learners.history.weights
    starts = range(0, len(weights), _CHUNK)
    parts = [slice(start, start + _CHUNK) for start in starts]
    return np.concatenate(
        [
            _search(learners.ability[p], learners.last[p], weights[p], learners.steps, width)
            for p in parts
        ]
    )


def _search(ability: Floats, last: Integers, weights: Floats, steps: int, width: int) -> Integers:
    """Beam search from states (n, C), (n,) with targets (n, C): paths (n, steps)."""
    n = len(ability)
    beam, ends = ability[:, None], last[:, None]  # (n, W, C), (n, W)
    paths = np.zeros((n, 1, 0), np.int64)  # (n, W, steps so far)
    for _ in range(steps):
        states = beam.shape[1]
        before = np.repeat(ends.reshape(-1), ITEMS)
        items = np.tile(np.arange(ITEMS), n * states)
        grown, after = learn(np.repeat(beam.reshape(-1, ITEMS), ITEMS, axis=0), before, items)
        grown, after = grown.reshape(n, states * ITEMS, ITEMS), after.reshape(n, -1)
        kept = _best_distinct(worth(grown, weights[:, None]), after, width)
        beam = np.take_along_axis(grown, kept[:, :, None], axis=1)
        ends = np.take_along_axis(after, kept, axis=1)
        parents = np.take_along_axis(paths, kept[:, :, None] // ITEMS, axis=1)
        paths = np.concatenate([parents, kept[:, :, None] % ITEMS], axis=2)
    return paths[:, 0]


def _best_distinct(value: Floats, last: Integers, width: int) -> Integers:
    """Indices of the best states, best first (n, W); of equal value and last item only one."""
    order = np.lexsort((last, -value), axis=1)
    sorted_value = np.take_along_axis(value, order, axis=1)
    same = np.zeros(value.shape, np.bool_)
    same[:, 1:] = sorted_value[:, 1:] == sorted_value[:, :-1]
    same[:, 1:] &= np.diff(np.take_along_axis(last, order, axis=1), axis=1) == 0
    kept = np.argsort(np.where(same, np.inf, -sorted_value), axis=1, kind="stable")[:, :width]
    return np.take_along_axis(order, kept, axis=1)


class KssBeam(Chooser):
    """Plans every learner's whole path on its true state by beam search.

    Args:
        width: States kept of each learner at every step.
    """

    kind = "reference"

    def __init__(self, width: int = 64) -> None:
        super().__init__("beam search on truth")
        self.width = width
        self.paths: Integers = np.zeros((0, 0), np.int64)  # (N, steps)

    def begin(self, learners: Learners) -> None:
        """Search.

        Raises:
            ValueError: The learners are not of KSS.
        """
        if not isinstance(learners, KssLearners):
            raise ValueError(f"learners are {type(learners).__name__}; expected KssLearners")
        self.paths = self.plan(learners)

    def choose(self, history: AnswerHistory) -> Integers:
        """The next item of each path."""
        item: Integers = self.paths[:, history.taken]
        return item

    def plan(self, learners: KssLearners) -> Integers:
        """Paths (N, steps) of the learners."""
        return search(learners, self.width)
