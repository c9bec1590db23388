"""Attention: a two-state chain of attending and lapsing, driven by slow engagement and seats.

drive q = trait + engagement + time on task + affect + novelty + contagion - sickness
lapse rate  = .50 exp(-(q - .85)) per min, times lecture, unattended and relief factors
return rate = 1.73 exp(.5 (q - .85)) per min, times the cue factor
cue strength = 1 - exp(-minutes since the last cue / 5): scales its effect on lapses and learning

Engagement is an Ornstein-Uhlenbeck process, the session effect is constant in a lesson. Sources
and tags of the numbers: `envs.constants.AttentionConstants`.
"""

import math

from envs.compiled import compiled
from envs.constants import AttentionConstants
from envs.state import Floats, Ints, Records

WARM_UP_END, PEAK_START, PEAK_END, DECLINE_START = 2.0, 5.0, 20.0, 30.0
"""Minutes of the within-session curve (envs/data/fitted/time_curves.json)."""


@compiled
def time_on_task(lesson_minute: float, worked_minutes: float, a: AttentionConstants) -> float:
    """Logit effect of the minute of the lesson: warm-up, peak, decline (rest sets it back)."""
    if lesson_minute < WARM_UP_END:
        return a.warm_up
    if lesson_minute < PEAK_START:
        share = (lesson_minute - WARM_UP_END) / (PEAK_START - WARM_UP_END)
        return a.warm_up + share * (a.peak - a.warm_up)
    share = (worked_minutes - PEAK_END) / (DECLINE_START - PEAK_END)
    return a.peak + min(1.0, max(0.0, share)) * (a.decline - a.peak)


@compiled
def drift(engagement: float, shock: float, minutes: float, a: AttentionConstants) -> float:
    """Engagement after `minutes`: exact step of the Ornstein-Uhlenbeck process."""
    keep = math.exp(-minutes / a.engagement_minutes)
    return keep * engagement + a.engagement_sd * math.sqrt(1.0 - keep * keep) * shock


@compiled
def contagion(b: int, i: int, mind: Records, seats: Floats, a: AttentionConstants) -> float:
    """Logit effect of the neighbours' recent attention; only learners who are there count."""
    weight = 0.0
    share = 0.0
    for j in range(seats.shape[0]):
        if seats[i, j] > 0.0 and mind[b, j].present == 1:
            weight += seats[i, j]
            share += seats[i, j] * mind[b, j].recent_share
    if weight == 0.0:
        return 0.0
    difference = share / weight - a.usual_share
    reach = min(1.0, weight)
    if difference < 0.0:
        return a.contagion_down * difference * reach
    return a.contagion_up * difference * reach


@compiled
def lapse_probability(lapsed: int, on: float, off: float, minutes: float) -> float:
    """Probability of being lapsed after `minutes`, exact for the two-state chain.

    Args:
        lapsed: 1 if lapsed now, 0 if attending.
        on: Rate from attending to lapsed, per minute.
        off: Rate from lapsed to attending, per minute.
        minutes: Time passed.

    Returns:
        Probability in [0, 1].
    """
    long_run = on / (on + off)
    return long_run + (lapsed - long_run) * math.exp(-(on + off) * minutes)


@compiled
def lapse_rates(
    b: int, i: int, q: float, mind: Records, a: AttentionConstants
) -> tuple[float, float]:
    """Rates (per minute) into and out of mind wandering at drive q."""
    passive = min(mind[b, i].passive_minutes, a.slope_minutes)
    unattended = min(mind[b, i].unattended_minutes, a.slope_minutes)
    log_on = a.passive_slope * passive + a.unattended_slope * unattended
    on = a.lapse_rate * math.exp(log_on - (q - a.trait_mean))
    if mind[b, i].relief_minutes > 0.0:
        on *= a.rest_relief
    off = a.return_rate * math.exp(a.return_slope * (q - a.trait_mean))
    if mind[b, i].cue_minutes > 0.0:
        off *= 1.0 + (a.cue_return - 1.0) * mind[b, i].cue_strength
    return on, off


@compiled
def cue_strength(minutes_since: float, a: AttentionConstants) -> float:
    """Effect of a cue in [0, 1] by the minutes since the last one: learners habituate to cues."""
    return 1.0 - math.exp(-minutes_since / a.cue_recovery_minutes)


@compiled
def remember_attention(lapsed: Ints, recent_share: Floats, minutes: float, memory: float) -> None:
    """Move every learner's recent attending share towards the present state, in place."""
    keep = math.exp(-minutes / memory)
    for i in range(lapsed.shape[0]):
        recent_share[i] = keep * recent_share[i] + (1.0 - keep) * (1.0 - lapsed[i])
