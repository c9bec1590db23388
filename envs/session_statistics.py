"""A few numbers that say what the learners of some sessions are like.

An auxiliary model, wrong but quickly fitted, whose coefficients differ where learners differ
(indirect inference: Gourieroux, Monfort and Renault 1993, J. Applied Econometrics 8): right or
wrong by least squares on the logarithm of earlier answers on the concept, of the hours since the
last of them, and on the item's difficulty; then what is left over, by learner and from answer to
answer.
"""

import math
from typing import Final

import numpy as np

from envs.constants import SensorConstants
from envs.curriculum import Curriculum
from envs.logs import Floats, Ints
from envs.session_log import SessionLog
from envs.spaces import MODALITIES

STATISTICS: Final = (
    "share correct",
    "growth",
    "forgetting",
    "difficulty",
    "learner spread",
    "persistence",
    "attention",
)
"""Names of what `statistics` gives, in order."""
FEWEST_ANSWERS: Final = 200
"""Fewer say nothing of seven statistics; chosen: some thirty answers for each."""
SAME_SESSION_HOURS: Final = 1.0
"""Answers of one learner further apart than this do not share a momentary state."""


def require_answers(log: SessionLog) -> None:
    """Refuse records that say too little.

    Raises:
        ValueError: There are fewer answers than FEWEST_ANSWERS.
    """
    if log.correct.size < FEWEST_ANSWERS:
        raise ValueError(
            f"the sessions hold {log.correct.size} answers; expected at least {FEWEST_ANSWERS}"
        )


def statistics(log: SessionLog, curriculum: Curriculum) -> Floats:
    """The numbers (7,) named in `STATISTICS`; NaN for attention where no sensor ever was there."""
    known = curriculum.arrays()
    earlier, since = _practice(log, curriculum.size)
    hard = known.difficulties[log.concept, log.item] - known.easiness[log.concept]
    features = np.column_stack([np.log1p(earlier), np.log1p(since), hard])  # (N, 3)
    features -= features.mean(axis=0)
    correct = log.correct.astype(np.float64)
    level = float(correct.mean())
    slopes = np.linalg.lstsq(features, correct - level, rcond=None)[0]  # (3,)
    left = correct - level - features @ slopes  # (N,)
    apart = [level, *slopes, _learner_spread(log.learner, left), _persistence(log, left)]
    return np.array([*apart, _attention(log)])


def _practice(log: SessionLog, concepts: int) -> tuple[Floats, Floats]:
    """Earlier answers on the pair (N,), and hours since the last of them, 0 for the first (N,)."""
    pair = log.learner * concepts + log.concept
    order = np.argsort(pair, kind="stable")
    sorted_ = pair[order]
    first = np.concatenate([[True], sorted_[1:] != sorted_[:-1]])
    place = np.arange(pair.size)
    start = np.maximum.accumulate(np.where(first, place, 0))
    hours = log.hours[order]
    gap = np.where(first, 0.0, hours - np.concatenate([hours[:1], hours[:-1]]))
    earlier, since = np.empty(pair.size), np.empty(pair.size)
    earlier[order], since[order] = place - start, gap
    return earlier, since


def _learner_spread(learner: Ints, left: Floats) -> float:
    """Standard deviation between learners of their mean residual, less what chance alone makes."""
    counts = np.bincount(learner)
    counts, sums = counts[counts > 0], np.bincount(learner, left)[counts > 0]
    between = float(np.mean((sums / counts) ** 2))
    chance = float(np.mean(left.var() / counts))
    return math.copysign(math.sqrt(abs(between - chance)), between - chance)


def _persistence(log: SessionLog, left: Floats) -> float:
    """Mean product of a learner's successive residuals: momentary state, lapses among it."""
    order = np.argsort(log.learner, kind="stable")
    learner, hours, value = log.learner[order], log.hours[order], left[order]
    near = np.diff(hours) < SAME_SESSION_HOURS
    together = (learner[1:] == learner[:-1]) & near
    products = value[1:] * value[:-1]
    return float(products[together].mean()) if together.any() else 0.0


def _attention(log: SessionLog) -> float:
    """Attending share above the usual, from all sensors: means over d', the surest weighing most.

    A modality's mean over d' has an error that falls with d' squared (`envs.sensors`).
    """
    means = {}
    for place, name in enumerate(MODALITIES):
        there = log.readings[:, place]
        there = there[~np.isnan(there)]
        if there.size:
            means[name] = float(there.mean())
    weights = {name: getattr(SensorConstants(), name) ** 2 for name in means}
    if not weights:
        return math.nan
    shares = sum(
        weights[name] * mean / getattr(SensorConstants(), name) for name, mean in means.items()
    )
    return float(shares / sum(weights.values()))
