"""What the Gaussian tracer assumes of learners: the population's priors and its own noise terms."""

import math
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import OCCUPATIONS, Occupation
from envs.constants import AcquisitionConstants, AttentionConstants, Constants
from envs.tags import Assumed

MINUTES_PER_HOUR = 60.0

Floats = NDArray[np.float64]


class NoiseConstants(NamedTuple):
    """What the tracer cannot see, as standard deviations; set so that its intervals are honest."""

    new_session_hours: Annotated[
        float, Assumed(0.5, 12.0, "h", "a longer pause starts a new session")
    ] = 1.0
    growth: Annotated[
        float, Assumed(0.0, 1.0, "ratio", "opportunities: attention and worth unseen")
    ] = 0.5
    attention: Annotated[
        float, Assumed(0.0, 0.4, "share", "error of the attended share that sensors give")
    ] = 0.2
    instruction: Annotated[
        float, Assumed(0.0, 1.0, "ratio", "instruction: affect, novelty, cues, partner unseen")
    ] = 0.2
    answer: Annotated[
        float, Assumed(0.0, 1.0, "logit", "drift, affect and sickness at the answer")
    ] = 0.3
    mastery: Annotated[float, Assumed(0.0, 0.3, "logit", "least spread of a belief")] = 0.2


class Model(NamedTuple):
    """What every answer needs, numbers only (few, because kernels pass them by value)."""

    intercept: float  # logit
    jump: float  # logit at the first opportunity
    growth: float  # logit per ln(1 + n), mean over learners
    growth_variance: float  # of the slope: learner, concept, unseen worth of practice
    transfer: float  # logit per learned logit of the prerequisites
    gap: float  # logit lost where nothing is understood
    slip: float
    context_variance: float  # logit^2
    context_correlation: float  # from one answer to the next
    session_variance: float  # logit^2: slow engagement and session effect
    session_decay: float  # per hour
    lapse_cost: float  # logit
    forgetting: float  # logit per ln(1 + h), mean over learners
    forgetting_cv: float  # sd over mean
    spacing: float
    spacing_floor: float
    retrieval_saving: float
    boost: float  # logit
    boost_decay: float  # per hour
    practice_worth: float  # opportunities of an answer with feedback
    quiz_worth: float  # and without
    failure_ratio: float
    unexplained_failure_ratio: float
    blind_practice: float
    readiness_slope: float
    readiness_floor: float
    lapsed_learning: float
    novelty_cost: float
    novelty_lessons: float
    new_session_hours: float
    answer_variance: float  # logit^2
    mastery_variance: float  # logit^2


class Lessons(NamedTuple):
    """What instruction needs: O occupations, and the population's prior."""

    teaching: Floats  # (O,) understanding per attended minute, mean over learners
    growth: Floats  # (O,) opportunities per attended minute
    guided: Floats  # (O,) 1 where the learner's aptitude matters (expertise reversal)
    acquisition: AcquisitionConstants
    ability_variance: float  # logit^2
    effect_variance: float  # logit^2, learner by concept
    doubt: float  # variance of the log amount: learning rate and unseen circumstances
    attention_error: float  # sd of the worth of a minute


def session_process(attention: AttentionConstants) -> tuple[float, float]:
    """Slow engagement and session effect as one process: variance and decay per hour.

    The engagement decays within `engagement_minutes`, the session effect lasts a lesson; the one
    process has their variances' sum, and the rate that gives it the engagement's initial decay.
    """
    slow = attention.engagement_sd**2
    total = slow + attention.session_sd**2
    share = slow / total if total > 0.0 else 1.0
    return total, MINUTES_PER_HOUR * share / attention.engagement_minutes


def tracing_model(constants: Constants, noise: NoiseConstants) -> Model:
    """Gather what every answer needs."""
    k, m = constants.knowledge, constants.memory
    a, attention = constants.acquisition, constants.attention
    session_variance, session_decay = session_process(attention)
    unseen = math.expm1(k.learning_rate_log_sd**2) + noise.growth**2
    return Model(
        intercept=k.intercept,
        jump=k.first_exposure_jump,
        growth=k.growth * math.exp(k.learning_rate_log_sd**2 / 2),
        growth_variance=k.concept_slope_sd**2 + k.growth**2 * unseen,
        transfer=k.prerequisite_transfer,
        gap=a.gap,
        slip=k.slip,
        context_variance=k.context_sd**2,
        context_correlation=k.context_correlation,
        session_variance=session_variance,
        session_decay=session_decay,
        lapse_cost=attention.lapse_cost,
        forgetting=m.forgetting * math.exp(m.forgetting_log_sd**2 / 2),
        forgetting_cv=math.sqrt(math.expm1(m.forgetting_log_sd**2)),
        spacing=m.spacing,
        spacing_floor=m.spacing_floor,
        retrieval_saving=m.retrieval_saving,
        boost=m.boost,
        boost_decay=math.log(2.0) * MINUTES_PER_HOUR / m.boost_half_life,
        practice_worth=a.practise_opportunities,
        quiz_worth=a.quiz_opportunities,
        failure_ratio=k.failure_ratio,
        unexplained_failure_ratio=k.unexplained_failure_ratio,
        blind_practice=a.blind_practice,
        readiness_slope=a.readiness_slope,
        readiness_floor=a.readiness_floor,
        lapsed_learning=attention.lapsed_learning,
        novelty_cost=constants.sickness.novelty_cost,
        novelty_lessons=constants.sickness.novelty_lessons,
        new_session_hours=noise.new_session_hours,
        answer_variance=noise.answer**2,
        mastery_variance=noise.mastery**2,
    )


def lesson_rates(constants: Constants, noise: NoiseConstants) -> Lessons:
    """Gather what instruction and the prior need."""
    k, a = constants.knowledge, constants.acquisition
    guided = np.isin(np.arange(OCCUPATIONS), [Occupation.WORKED_EXAMPLE, Occupation.EXPLAIN])
    return Lessons(
        teaching=teaching_rates(a) * math.exp(k.learning_rate_log_sd**2 / 2),
        growth=growth_rates(a),
        guided=guided.astype(np.float64),
        acquisition=a,
        ability_variance=k.ability_sd**2,
        effect_variance=k.learner_concept_sd**2,
        doubt=math.expm1(k.learning_rate_log_sd**2) + noise.instruction**2,
        attention_error=(1.0 - constants.attention.lapsed_learning) * noise.attention,
    )


def teaching_rates(a: AcquisitionConstants) -> Floats:
    """Rate at which each occupation builds understanding, (O,) per attended minute."""
    rates = np.zeros(OCCUPATIONS)
    rates[Occupation.PRESENT] = a.present
    rates[Occupation.DEMONSTRATE] = a.demonstrate
    rates[Occupation.EXPLAIN] = a.explain
    rates[Occupation.PEER] = a.peer
    rates[Occupation.WORKED_EXAMPLE] = a.worked_example
    rates[Occupation.PRACTISE_EASIER :] = a.practise
    return a.scale * rates


def growth_rates(a: AcquisitionConstants) -> Floats:
    """Opportunities per attended minute of each occupation without answers, (O,)."""
    rates = np.zeros(OCCUPATIONS)
    rates[Occupation.DEMONSTRATE] = a.demonstrate_opportunities
    rates[Occupation.EXPLAIN] = a.explain_opportunities
    rates[Occupation.PEER] = a.peer_opportunities
    rates[Occupation.WORKED_EXAMPLE] = a.example_opportunities
    return rates
