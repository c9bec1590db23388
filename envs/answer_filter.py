"""An ideal observer of a log: how well can the next answer be predicted when items are known?

A simulator whose answers are easier or harder to predict than real ones teaches tutors the wrong
thing about evidence. The filter holds ability and momentary state (autoregressive from answer to
answer) as a Gaussian, and each skill's learner-by-skill effect beside them (assumed density).
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from envs.compiled import compiled
from envs.constants import Constants
from envs.learners.calibrated import LOGISTIC_NORMAL, sigmoid
from envs.logs import AnswerLog, Floats, Ints

LAPSED_SHARE = 0.3
"""Share of time lapsed (Wong 2022), for the mean and variance of the momentary state."""


class Observer(NamedTuple):
    """What the filter assumes."""

    intercept: float  # logit
    jump: float  # logit, once anything was practised
    slope: float  # logit per ln(1 + n)
    ability_variance: float
    skill_variance: float
    state_variance: float
    state_correlation: float  # from answer to answer


def observer(constants: Constants) -> Observer:
    """Take the filter's assumptions from the constants of the learner family."""
    k, a = constants.knowledge, constants.attention
    lapses = a.lapse_cost**2 * LAPSED_SHARE * (1.0 - LAPSED_SHARE)
    return Observer(
        intercept=k.intercept - a.lapse_cost * LAPSED_SHARE,
        jump=k.first_exposure_jump + constants.memory.boost,
        slope=k.growth,
        ability_variance=k.ability_sd**2,
        skill_variance=k.learner_concept_sd**2,
        state_variance=k.context_sd**2 + a.engagement_sd**2 + a.session_sd**2 + lapses,
        state_correlation=k.context_correlation,
    )


def predict(log: AnswerLog, easiness: Floats, assumed: Observer) -> Floats:
    """Probability of every answer given the learner's earlier ones, (N,).

    Args:
        log: The answers.
        easiness: (N,) known logit of each answer's item: skill's easiness less difficulty.
        assumed: Variances and growth.
    """
    skills = int(log.skill.max()) + 1
    probability = np.zeros(log.learner.size)
    effects = np.zeros((2, skills))
    _filter(
        log.learner,
        log.skill,
        log.opportunity,
        log.correct,
        easiness,
        assumed,
        effects,
        probability,
    )
    return probability


@compiled
def _filter(
    learner: Ints,
    skill: Ints,
    opportunity: Ints,
    correct: Ints,
    easiness: Floats,
    assumed: Observer,
    effects: Floats,
    probability: Floats,
) -> None:
    """Run along the log; `effects` (2, skills) holds mean and variance of the present learner's."""
    ability = state = ability_var = state_var = shared = 0.0
    keep = assumed.state_correlation
    for n in range(learner.shape[0]):
        k = skill[n]
        if n == 0 or learner[n] != learner[n - 1]:
            ability = state = shared = 0.0
            ability_var, state_var = assumed.ability_variance, assumed.state_variance
            effects[0, :] = 0.0
            effects[1, :] = assumed.skill_variance
        else:
            state *= keep
            shared *= keep
            state_var = keep * keep * state_var + (1.0 - keep * keep) * assumed.state_variance
        grown = assumed.slope * math.log(opportunity[n])
        grown += assumed.jump if opportunity[n] > 1 else 0.0
        mean = assumed.intercept + easiness[n] + grown + ability + state + effects[0, k]
        to_ability, to_state, to_skill = ability_var + shared, state_var + shared, effects[1, k]
        variance = to_ability + to_state + to_skill
        scale = 1.0 / math.sqrt(1.0 + LOGISTIC_NORMAL * variance)
        p = sigmoid(mean * scale)
        probability[n] = p
        gradient = (correct[n] - p) * scale
        curvature = p * (1.0 - p) * scale * scale
        ability += to_ability * gradient
        state += to_state * gradient
        effects[0, k] += to_skill * gradient
        ability_var -= curvature * to_ability * to_ability
        state_var -= curvature * to_state * to_state
        shared -= curvature * to_ability * to_state
        effects[1, k] -= curvature * to_skill * to_skill


def area_under_curve(score: Floats, outcome: Ints) -> float:
    """Chance that a random positive scores above a random negative (ties count half)."""
    positives = int(outcome.sum())
    negatives = outcome.size - positives
    if not positives or not negatives:
        raise ValueError(f"outcome has {positives} ones of {outcome.size}; expected both kinds")
    ranks = rankdata(score)[outcome == 1].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def log_loss(probability: Floats, correct: Ints) -> float:
    """Mean negative log likelihood in nats."""
    return float(-np.log(np.where(correct == 1, probability, 1.0 - probability)).mean())
