"""Draw a class: each learner's traits, prior understanding, and the state at a lesson's start."""

import math

import numpy as np

from envs.compiled import compiled
from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.draws import CONCEPT_DRAWS, Use, normal, uniform
from envs.learners.calibrated import sigmoid
from envs.logs import Floats
from envs.state import SENSOR_CHANNELS, State

UNCUED_MINUTES = 40.0
"""What counts as the time since the last cue before the first one of a lesson: a whole lesson.
Assumed (20 to 80): a cue is then as strong as it can be, to 2 % at five minutes of recovery."""

SMALLEST_SKEW = 1e-3
"""Below it the two exponentials differ by less than their rounding errors let see."""


@compiled
def skewed(standard: float, skew: float) -> float:
    """A standard normal draw bent to the left: mean 0, variance 1, a long tail of low values.

    x = (e^(s^2 / 2) - e^(-s z)) / sqrt(e^(2 s^2) - e^(s^2)), a shifted log-normal (Johnson 1949,
    Biometrika 36, system S_L); the normal itself at s = 0.

    Args:
        standard: z, standard normal.
        skew: s, at least 0; .35 gives skewness -1.1.
    """
    if skew < SMALLEST_SKEW:
        return standard
    square = math.exp(skew * skew)
    return (math.sqrt(square) - math.exp(-skew * standard)) / math.sqrt(square * (square - 1.0))


def standardised(values: Floats, skew: float) -> Floats:
    """The standard normal draws behind values of `skewed`, same shape."""
    if skew < SMALLEST_SKEW:
        return values
    square = math.exp(skew * skew)
    draws: Floats = -np.log(math.sqrt(square) - values * math.sqrt(square * (square - 1.0))) / skew
    return draws


@compiled
def draw_traits(b: int, i: int, state: State, constants: Constants) -> None:
    """Draw learner i's traits: ability and attention correlate, the rest are independent."""
    k, m, a = constants.knowledge, constants.memory, constants.attention
    traits, low, high = state.traits, state.clock[b].low, state.clock[b].high
    standard = normal(low, high, 0, i, Use.ABILITY)
    r = a.trait_ability_correlation
    own = normal(low, high, 0, i, Use.ATTENTION_TRAIT)
    traits[b, i].ability = k.ability_sd * skewed(standard, k.ability_skew)
    mixed = r * standard + math.sqrt(1.0 - r * r) * own
    traits[b, i].attention = a.trait_mean + a.trait_sd * mixed
    rate = normal(low, high, 0, i, Use.LEARNING_RATE)
    traits[b, i].learning_rate = math.exp(k.learning_rate_log_sd * rate)
    forgetting = normal(low, high, 0, i, Use.FORGETTING)
    traits[b, i].forgetting = m.forgetting * math.exp(m.forgetting_log_sd * forgetting)
    s = constants.sickness
    sick = normal(low, high, 0, i, Use.SUSCEPTIBILITY)
    traits[b, i].susceptibility = math.exp(
        s.susceptibility_log_mean + s.susceptibility_log_sd * sick
    )
    for channel in range(SENSOR_CHANNELS):
        draw = normal(low, high, 0, i, Use.BIAS + channel)
        state.channels[b, i, channel].bias = constants.sensors.bias_sd * draw


@compiled
def draw_knowledge(
    b: int, i: int, state: State, curriculum: CurriculumArrays, constants: Constants
) -> None:
    """Draw learner-by-concept effects and prior understanding; nothing is practised yet.

    u = sigmoid(1.2 ability in sds + 1 - 5 depth + .8 N(0, 1)): early concepts are known to most.
    """
    k, a = constants.knowledge, constants.acquisition
    low, high = state.clock[b].low, state.clock[b].high
    standard = state.traits[b, i].ability / k.ability_sd
    for c in range(curriculum.weight.shape[0]):
        use = Use.CONCEPT + CONCEPT_DRAWS * c
        effect = normal(low, high, 0, i, use)
        state.knowledge[b, i, c].concept_effect = k.learner_concept_sd * effect
        prior = a.prior_ability * standard + a.prior_level - a.prior_depth * curriculum.depth[c]
        prior += a.prior_sd * normal(low, high, 0, i, use + 1)
        state.knowledge[b, i, c].understanding = sigmoid(prior)
        state.knowledge[b, i, c].opportunities = 0.0
        state.knowledge[b, i, c].retrievals = 0.0
        state.knowledge[b, i, c].gap_days = 0.0
        state.knowledge[b, i, c].last_hours = -1.0
        state.evidence[b, i, c].attempts = 0.0
        state.evidence[b, i, c].successes = 0.0
        state.evidence[b, i, c].last_result = 0.0
        state.evidence[b, i, c].last_hours = -1.0
        state.evidence[b, i, c].quizzed = 0.0
        state.evidence[b, i, c].taught = 0.0


@compiled
def draw_concept_slopes(b: int, state: State, constants: Constants) -> None:
    """Draw how fast each concept is learnt: the same for the whole class, unknown to the tutor."""
    low, high = state.clock[b].low, state.clock[b].high
    for c in range(state.knowledge.concept_slope.shape[2]):
        draw = normal(low, high, 1, 0, Use.CONCEPT + CONCEPT_DRAWS * c)
        slope = constants.knowledge.concept_slope_sd * draw
        for i in range(state.knowledge.concept_slope.shape[1]):
            state.knowledge[b, i, c].concept_slope = max(-constants.knowledge.growth, slope)


@compiled
def start_lesson(b: int, i: int, step: int, state: State, constants: Constants) -> None:
    """Set learner i's mind, task and sensors to the start of a lesson.

    Args:
        b: Classroom.
        i: Learner.
        step: Inner step of the course, for the draws.
        state: Written in place.
        constants: Of the population.
    """
    a, low, high = constants.attention, state.clock[b].low, state.clock[b].high
    mind, sensing = state.mind, state.sensing
    mind[b, i].session = a.session_sd * normal(low, high, step, i, Use.SESSION)
    mind[b, i].engagement = a.engagement_sd * normal(low, high, step, i, Use.ENGAGEMENT)
    share = a.return_rate / (a.return_rate + a.lapse_rate)
    mind[b, i].lapsed = 1 if uniform(low, high, step, i, Use.LAPSE) > share else 0
    draw = normal(low, high, step, i, Use.CONTEXT)
    mind[b, i].context = constants.knowledge.context_sd * draw
    mind[b, i].recent_share = a.usual_share
    _set_to_zero(b, i, state)
    mind[b, i].present = 1
    sensing[b, i].since_cue_minutes = UNCUED_MINUTES
    state.work[b, i].item_in_hand = -1
    sensing[b, i].headset = 1
    muted = uniform(low, high, step, i, Use.MUTED) < constants.sensors.muted
    sensing[b, i].muted = 1 if muted else 0
    for channel in range(SENSOR_CHANNELS):
        state.channels[b, i, channel].noise = normal(low, high, step, i, Use.NOISE + channel)


@compiled
def _set_to_zero(b: int, i: int, state: State) -> None:
    mind, work, sensing = state.mind, state.work, state.sensing
    for minutes in (
        mind.confused_minutes,
        mind.resolved_minutes,
        mind.passive_minutes,
        mind.unattended_minutes,
        mind.worked_minutes,
        mind.cue_minutes,
        mind.cue_strength,
        mind.relief_minutes,
        mind.ease,
        mind.ssq,
        work.minutes,
        work.seconds_left,
        work.item_seconds,
    ):
        minutes[b, i] = 0.0
    for count in (
        mind.affect,
        mind.outcome,
        mind.error_streak,
        mind.cue_concept,
        work.task,
        work.concept,
        sensing.hints,
        sensing.hands,
    ):
        count[b, i] = 0
