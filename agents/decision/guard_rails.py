"""Guard-rails: limits that no decision may cross, as rules over what can be seen of a class.

| rule | when | allows |
|---|---|---|
| sickness | a learner's head sways too much | a rest; right after one, all but demonstrations |
| rest | too long a time in the headset | a rest |
| neglect | the tutor has not turned to a learner for too long | addressing such a learner |
| wheel-spinning | too many errors in a row on a concept | anything but practice of it |
| too hard | practice would mostly fail | easier practice, or none, on this concept |

The first three are about the tutor's own activity; of two that contradict each other the earlier
one counts. The last two are about one learner's task.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from agents.decision.class_watch import Signs
from envs.activities import ACTIVITIES, TASKS, Activity, Task

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class GuardRails:
    """The limits; an infinite one (for `least_success`: 0) switches its rule off.

    Chosen on tuning classes to be as strict as 1 % of the reference tutor's gain allows: on 128 of
    them a `sway` of 1.8 alone costs 0.75 %, of 2 alone 0.46 %.
    """

    sway: float = 2.0
    """Smoothed head sway (sensor units; noise has 1) from which the class must rest."""
    rest_gap_minutes: float = 15.0
    """Minutes of lesson before sickness can ask for another rest."""
    minutes_without_rest: float = 45.0
    """Minutes in the headset after which the class must rest; a lesson begins rested, so that those
    of 40 minutes, the default, never meet it. 30 would interrupt every one of them, and costs 2.4 %
    of the reference tutor's gain."""
    minutes_unaddressed: float = 40.0
    """Teaching minutes, a default lesson, after which the tutor must turn to a learner."""
    error_streak: float = 4.0
    """Errors in a row, without instruction in between, after which practice must stop."""
    least_success: float = 0.25
    """Expected share of right answers below which practice is too hard."""

    def __post_init__(self) -> None:
        """Check that every limit is a number of at least 0."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not value >= 0:
                raise ValueError(f"guard_rails.{field.name} is {value}; expected at least 0")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One guard-rail: the limit it keeps, what it looks at, and what it then allows."""

    name: str
    limit: str
    """Field of GuardRails."""
    about: Literal["own", "plan"]
    """The tutor's own activity and target, or every learner's task and concept."""
    sees: Callable[[Signs], Floats]
    """The value that is held against the limit: (B,), (B, S), or for a plan (B, S, K, C)."""
    allows: Callable[[Signs, GuardRails], Bools]
    """For own (B, A, S + 1), for a plan (B, S, K, C)."""


def _only_rest(where: Bools, learners: int) -> Bools:
    allowed = np.ones((len(where), ACTIVITIES, learners + 1), np.bool_)
    allowed[where] = False
    allowed[where, Activity.REST, 0] = True
    return allowed


def _after_sway(signs: Signs, limits: GuardRails) -> Bools:
    sick = (signs.sway >= limits.sway).any(axis=1)
    allowed = _only_rest(sick & (signs.since_rest >= limits.rest_gap_minutes), signs.sway.shape[1])
    allowed[sick, Activity.DEMONSTRATE] = False
    return allowed


def _after_long(signs: Signs, limits: GuardRails) -> Bools:
    return _only_rest(signs.since_rest >= limits.minutes_without_rest, signs.sway.shape[1])


def _after_neglect(signs: Signs, limits: GuardRails) -> Bools:
    overdue = _neglect(signs) >= limits.minutes_unaddressed  # (B, S)
    targets = np.pad(overdue, ((0, 0), (1, 0)))  # (B, S + 1)
    targets[~overdue.any(axis=1)] = True
    return np.repeat(targets[:, None], ACTIVITIES, axis=1)


def _neglect(signs: Signs) -> Floats:
    return np.where(np.isneginf(signs.sway), 0.0, signs.since_addressed)  # the absent are not


def _by_practice(values: Floats, otherwise: float) -> Floats:
    """Values of practice (B, S, 3, C) as those of every task (B, S, K, C), present ones included.

    To keep the present task is worth what that task is worth.
    """
    batch, learners, levels, concepts = values.shape
    every = np.full((batch, learners, TASKS, concepts), otherwise)
    every[:, :, TASKS - levels :] = values
    return every


def with_present(values: Floats, signs: Signs) -> Floats:
    """Values of every task (B, S, K, C), that of keeping taken from the present task's."""
    rows, learners = np.indices(signs.task.shape)
    kept = values.copy()
    kept[:, :, Task.KEEP, 0] = values[rows, learners, signs.task, signs.concept]
    return kept


def _streaks(signs: Signs) -> Floats:
    levels = np.repeat(signs.streak[:, :, None], TASKS - Task.PRACTISE_EASIER, axis=2)
    return with_present(_by_practice(levels, 0.0), signs)


def _success(signs: Signs) -> Floats:
    return with_present(_by_practice(signs.success, 1.0), signs)


RULES: Final = (
    Rule(
        name="sickness",
        limit="sway",
        about="own",
        sees=lambda signs: signs.sway,
        allows=_after_sway,
    ),
    Rule(
        name="rest",
        limit="minutes_without_rest",
        about="own",
        sees=lambda signs: signs.since_rest,
        allows=_after_long,
    ),
    Rule(
        name="neglect",
        limit="minutes_unaddressed",
        about="own",
        sees=_neglect,
        allows=_after_neglect,
    ),
    Rule(
        name="wheel-spinning",
        limit="error_streak",
        about="plan",
        sees=_streaks,
        allows=lambda signs, limits: _streaks(signs) < limits.error_streak,
    ),
    Rule(
        name="too hard",
        limit="least_success",
        about="plan",
        sees=_success,
        allows=lambda signs, limits: _success(signs) >= limits.least_success,
    ),
)
"""In the order in which they count."""
