"""Counter-based randomness: every draw is a hash of (seed, episode, step, learner, use).

Nothing is carried from draw to draw, so a classroom's trajectory does not depend on the batch it
is in, on the number of threads, or on which draws others need. The hash is two rounds of a 32-bit
integer mixer (xor-shift 16, 15, 15 with multipliers 0x21F0AAAD and 0x735A2D97, C. Wellons' search,
bias 0.108); both multipliers are below 2**31, so that products fit in a signed 64-bit integer.
"""

import math
from enum import IntEnum

from envs.compiled import compiled

_MASK = 0xFFFFFFFF
_LEARNERS = 64
_USES = 1024


class Use(IntEnum):
    """What a draw is for; draws for concept c use `CONCEPT + CONCEPT_DRAWS * c + which`."""

    ABILITY = 0
    ATTENTION_TRAIT = 1
    LEARNING_RATE = 2
    FORGETTING = 3
    SUSCEPTIBILITY = 4
    SESSION = 5
    ENGAGEMENT = 6
    LAPSE = 7
    AFFECT = 8
    LEAVE = 9
    CONTEXT = 10
    CUE = 11
    RELIEF = 12
    ITEM = 13
    ITEM_SECONDS = 14
    ANSWER = 15
    HINT = 16
    HAND = 17
    MUTED = 18
    SPIKE = 19
    GAZE_LOST = 20
    SECOND = 21
    """Offset of the second answer within one step: `ITEM + SECOND` and so on."""
    LEARN = 22
    INSIGHT = 23
    FAMILY = 24
    NOISE = 44
    """Eight channels from here."""
    BIAS = 52
    """Eight channels from here."""
    CONCEPT = 64


CONCEPT_DRAWS = 3
"""Draws for one concept: learner-by-concept effect or slope; prior understanding or skill; test
answer or prior knowledge."""


@compiled
def mix(x: int) -> int:
    """Mix 32 bits into 32 bits, one to one."""
    x = x & _MASK
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & _MASK
    x = ((x ^ (x >> 15)) * 0x735A2D97) & _MASK
    return x ^ (x >> 15)


@compiled
def key(seed: int, episode: int, half: int) -> int:
    """One half (0 or 1) of the 64-bit key of an episode of the classroom with this seed."""
    x = mix(half * 0x5BD1E995 + 0x1B873593)
    x = mix(x ^ (seed & _MASK))
    x = mix(x ^ ((seed >> 32) & _MASK))
    return mix(x ^ (episode & _MASK))


@compiled
def uniform(low: int, high: int, step: int, learner: int, use: int) -> float:
    """Uniform draw in (0, 1) for the key (low, high)."""
    counter = (step * _LEARNERS + learner) * _USES + use
    return (mix(high ^ mix(low ^ (counter & _MASK))) + 0.5) / 4294967296.0


@compiled
def normal(low: int, high: int, step: int, learner: int, use: int) -> float:
    """Standard normal draw: the quantile of a uniform draw."""
    return normal_quantile(uniform(low, high, step, learner, use))


@compiled
def normal_quantile(p: float) -> float:
    """Inverse of the standard normal distribution for p in (0, 1).

    Source: P. Acklam's rational approximation (relative error below 1.2e-9).
    """
    if p < 0.02425:
        return _tail(math.sqrt(-2.0 * math.log(p)))
    if p > 0.97575:
        return -_tail(math.sqrt(-2.0 * math.log(1.0 - p)))
    q = p - 0.5
    r = q * q
    a = -3.969683028665376e1 * r + 2.209460984245205e2
    a = ((a * r - 2.759285104469687e2) * r + 1.383577518672690e2) * r - 3.066479806614716e1
    b = -5.447609879822406e1 * r + 1.615858368580409e2
    b = ((b * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r - 1.328068155288572e1
    return (a * r + 2.506628277459239) * q / (b * r + 1.0)


@compiled
def _tail(q: float) -> float:
    a = -7.784894002430293e-3 * q - 3.223964580411365e-1
    a = ((a * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968
    b = (7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996
    b = (b * q + 3.754408661907416) * q + 1.0
    return (a * q + 2.938163982698783) / b
