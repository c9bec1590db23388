"""Affect: a chain of four states per 30 s, bent by outcomes (D'Mello & Graesser 2012)."""

from enum import IntEnum

from envs.compiled import compiled
from envs.constants import AffectConstants


class Affect(IntEnum):
    """Affective states of a learner."""

    ENGAGED = 0
    CONFUSED = 1
    FRUSTRATED = 2
    BORED = 3


@compiled
def next_affect(
    affect: int, outcome: int, errors: int, easy: bool, draw: float, a: AffectConstants
) -> int:
    """Affect after 30 s.

    An error makes confusion likelier, a success resolves it, errors in a row turn it to
    frustration, work that is too easy or long exposition bores.

    Args:
        affect: Present state.
        outcome: Of the last step: 0 none, 1 success, 2 error.
        errors: Errors in a row.
        easy: Whether the work is too easy or was passive too long.
        draw: Uniform in (0, 1).
        a: Transition probabilities per 30 s and their multipliers.

    Returns:
        The next state.
    """
    engaged, confused, frustrated, bored = leaving(affect, a)
    if affect == Affect.ENGAGED:
        confused *= a.error_confusion if outcome == 2 else 1.0
        bored *= a.ease_boredom if easy else 1.0
    elif affect == Affect.CONFUSED:
        engaged *= a.success_relief if outcome == 1 else 1.0
        frustrated *= a.errors_frustration if errors >= 2 else 1.0
    if draw < engaged:
        return Affect.ENGAGED.value
    if draw < engaged + confused:
        return Affect.CONFUSED.value
    if draw < engaged + confused + frustrated:
        return Affect.FRUSTRATED.value
    if draw < engaged + confused + frustrated + bored:
        return Affect.BORED.value
    return affect


@compiled
def leaving(affect: int, a: AffectConstants) -> tuple[float, float, float, float]:
    """Probabilities per 30 s of moving to each state, 0 for the present one."""
    if affect == Affect.ENGAGED:
        return 0.0, a.engaged_confused, a.engaged_frustrated, a.engaged_bored
    if affect == Affect.CONFUSED:
        return a.confused_engaged, 0.0, a.confused_frustrated, a.confused_bored
    if affect == Affect.FRUSTRATED:
        return a.frustrated_engaged, a.frustrated_confused, 0.0, a.frustrated_bored
    return a.bored_engaged, a.bored_confused, a.bored_frustrated, 0.0


@compiled
def affect_drive(affect: int, a: AffectConstants) -> float:
    """Logit effect of affect on the drive to attend."""
    if affect == Affect.FRUSTRATED:
        return a.frustration_drive
    if affect == Affect.BORED:
        return a.boredom_drive
    return 0.0
