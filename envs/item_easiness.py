"""How easy the items of a log are, as seen by other learners than the one who answers.

An item that ten learners answered looks easy to each of them partly because of their own answers.
Whoever trains on such easiness learns to trust it too much: so every learner's items are judged by
the answers of others.
"""

import numpy as np
from numpy.typing import NDArray

from envs.logs import AnswerLog, Floats
from envs.mixed_logistic import Group, fit


def easiness_from_others(
    log: AnswerLog, known: NDArray[np.bool_], *, folds: int = 4, draws: int = 40, seed: int = 0
) -> Floats:
    """Easiness of every answer's item and skill together, (N,) logits about 0.

    Posterior means of mixed logistic models with learner, skill, item and learner-by-skill effects
    and practice: one on all known learners for those who are not, and for those who are one on each
    `folds` - 1 of `folds` parts of them. An item that none of them met has its skill's easiness.

    Args:
        log: The answers.
        known: (N,) True for answers of learners from whom easiness may be learnt.
        folds: Parts, at least 2.
        draws: Posterior draws kept of each model.
        seed: Of the samplers.
    """
    easiness = _easiness(log, known, draws, seed)
    part = log.learner % folds
    for fold in range(folds):
        own = known & (part == fold)
        easiness[own] = _easiness(log, known & ~own, draws, seed + 1 + fold)[own]
    return easiness


def _easiness(log: AnswerLog, rows: NDArray[np.bool_], draws: int, seed: int) -> Floats:
    pair = np.unique(log.pair[rows], return_inverse=True)[1]
    groups = (
        Group("learner", log.learner[rows]),
        Group("skill", log.skill[rows]),
        Group("item", log.item[rows]),
        Group("learner by skill", pair),
    )
    fixed = {"intercept": np.ones(pair.size), "practice": np.log(log.opportunity[rows])}
    model = fit(log.correct[rows], fixed, groups, draws=draws, warm_up=draws, seed=seed)
    total = np.zeros(log.learner.size)
    for name, level in (("skill", log.skill), ("item", log.item)):
        effects = np.zeros(int(level.max()) + 1)
        effects[: model.effects[name].size] = model.effects[name]
        total += effects[level]
    return total
