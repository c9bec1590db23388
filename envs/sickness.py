"""Simulator sickness (SSQ total) and novelty, over minutes and lessons in the headset."""

import math

from envs.compiled import compiled
from envs.constants import SicknessConstants


@compiled
def next_ssq(
    ssq: float,
    susceptibility: float,
    lesson: int,
    motion: float,
    headset: bool,
    minutes: float,
    s: SicknessConstants,
) -> float:
    """SSQ after `minutes`: rises to the learner's level in the headset, falls without it.

    Args:
        ssq: Present SSQ total, >= 0.
        susceptibility: Level reached after long exposure, sitting still.
        lesson: Lessons had before; each lowers the level (adaptation).
        motion: Factor of the scene's motion, 1 for sitting.
        headset: Whether the headset is on.
        minutes: Time passed.
        s: Constants.

    Returns:
        SSQ total, >= 0.
    """
    if not headset:
        return ssq * math.exp(-minutes / s.recovery_minutes)
    level = susceptibility * s.adaptation**lesson * motion
    return level + (ssq - level) * math.exp(-minutes / s.onset_minutes)


@compiled
def excess(ssq: float, s: SicknessConstants) -> float:
    """Sickness above the threshold, in units of the threshold (only intense sickness matters)."""
    return max(0.0, (ssq - s.threshold) / s.threshold)


@compiled
def leave_probability(ssq: float, minutes: float, s: SicknessConstants) -> float:
    """Probability of leaving the lesson within `minutes` because of sickness."""
    return 1.0 - math.exp(-s.leave_rate * excess(ssq, s) * minutes)


@compiled
def novelty(lesson: int, s: SicknessConstants) -> float:
    """How new the virtual classroom still is: 1 in the first lesson, fading over lessons."""
    return math.exp(-lesson / s.novelty_lessons)
