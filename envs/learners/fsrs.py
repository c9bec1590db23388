"""A memory in the functional form of FSRS-6 (Open Spaced Repetition), of concepts or flashcards.

A concept is a deck. The share u of it was ever taken in; what was taken in is recalled t days after
its last review with chance

    R = (1 + (.9^(-1/decay) - 1) t / S)^-decay         S, the stability in days: R = .9 after S

and what is recalled must still be applied to the item:

    P(right) = u R sigmoid(application + ability + easiness + effect - difficulty + state)

Every answer is a review: Good where right, Hard where recalled but misapplied, Again where taken in
but not recalled; what was never taken in cannot lapse. A review moves S and the memory's difficulty
D as FSRS-6 has it (`review`, checked against the `fsrs` package). Instruction takes in the share
1 - exp(-instruction amount) of what was not yet, fresh as after Good, and is part of a review of
the rest; feedback on a wrong answer takes in a share as after Again. A review that gets only a
share of an opportunity (lapsed, not ready) moves S, D and the time of the last review that share of
the way.

Concepts and flashcards differ in constants alone: k below is `constants.fsrs` or
`constants.flashcards`, r `constants.review`.
"""

import math
from enum import IntEnum

from envs.compiled import compiled
from envs.draws import Use, uniform
from envs.learners.calibrated import HOURS_PER_DAY, LOGISTIC_NORMAL, sigmoid
from envs.learners.constants import CardConstants, DeckConstants, ReviewConstants
from envs.learners.family import Family, Result
from envs.state import Record
from envs.world import World, test_noise

RECALL_AT_STABILITY = 0.9
LEAST_STABILITY = 0.001
LEAST_DIFFICULTY, MOST_DIFFICULTY = 1.0, 10.0
SAME_DAY = 1.0
"""Reviews less than this many days apart follow the rule for the same day."""
LEAST_CHANCE = 1e-6
"""Keeps the logit of what was never taken in finite."""


class Grade(IntEnum):
    """How a review went, as FSRS numbers it; nobody here says Easy but the mean reversion."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@compiled
def recall(days: float, stability: float, decay: float) -> float:
    """Chance of recall (retrievability) so many days after the last review."""
    factor = math.pow(RECALL_AT_STABILITY, -1.0 / decay) - 1.0
    return math.pow(1.0 + factor * days / stability, -decay)


@compiled
def first_difficulty(grade: int, r: ReviewConstants) -> float:
    """Difficulty of a memory after its first review, not yet clipped."""
    return r.difficulty + 1.0 - math.exp(r.difficulty_slope * (grade - 1))


@compiled
def clipped(difficulty: float) -> float:
    """Difficulty in [1, 10]."""
    return min(MOST_DIFFICULTY, max(LEAST_DIFFICULTY, difficulty))


@compiled
def next_difficulty(difficulty: float, grade: int, r: ReviewConstants) -> float:
    """Difficulty after a review: a damped step, and mean reversion to that of an easy memory."""
    step = -r.difficulty_step * (grade - Grade.GOOD) * (MOST_DIFFICULTY - difficulty) / 9.0
    back = r.difficulty_reversion
    return clipped(back * first_difficulty(Grade.EASY, r) + (1.0 - back) * (difficulty + step))


@compiled
def same_day_stability(stability: float, grade: int, r: ReviewConstants) -> float:
    """Stability after another review on the same day."""
    growth = math.exp(r.same_day_growth * (grade - Grade.GOOD + r.same_day_offset))
    growth *= math.pow(stability, -r.same_day_saturation)
    return stability * (growth if grade == Grade.AGAIN else max(1.0, growth))


@compiled
def recalled_stability(
    stability: float, difficulty: float, recalled: float, grade: int, r: ReviewConstants
) -> float:
    """Stability after a recall that had the chance `recalled`: the rarer, the more it gains."""
    growth = math.exp(r.recall_growth) * (11.0 - difficulty)
    growth *= math.pow(stability, -r.recall_saturation)
    growth *= math.expm1(r.recall_spacing * (1.0 - recalled))
    return stability * (1.0 + growth * (r.hard_share if grade == Grade.HARD else 1.0))


@compiled
def lapsed_stability(
    stability: float, difficulty: float, recalled: float, r: ReviewConstants
) -> float:
    """Stability after a failed recall that had the chance `recalled`."""
    left = r.lapse_scale * math.pow(difficulty, -r.lapse_difficulty)
    left *= math.pow(stability + 1.0, r.lapse_stability) - 1.0
    left *= math.exp(r.lapse_spacing * (1.0 - recalled))
    return min(left, stability / math.exp(r.same_day_growth * r.same_day_offset))


@compiled
def review(
    stability: float, difficulty: float, days: float, grade: int, decay: float, r: ReviewConstants
) -> tuple[float, float]:
    """Stability and difficulty after a review, `days` after the one before."""
    if days < SAME_DAY:
        after = same_day_stability(stability, grade, r)
    else:
        recalled = recall(days, stability, decay)
        if grade == Grade.AGAIN:
            after = lapsed_stability(stability, difficulty, recalled, r)
        else:
            after = recalled_stability(stability, difficulty, recalled, grade, r)
    return max(LEAST_STABILITY, after), next_difficulty(difficulty, grade, r)


@compiled
def constants_of(b: int, w: World) -> DeckConstants | CardConstants:
    """Constants of classroom b's family."""
    if w.family[b] == Family.FLASHCARDS:
        return w.constants.flashcards
    return w.constants.fsrs


@compiled
def begin(b: int, i: int, w: World) -> None:
    """What is understood before the course was reviewed long ago."""
    k = constants_of(b, w)
    for c in range(w.curriculum.weight.shape[0]):
        cell = w.state.traces[b, i, c]
        cell.stability = k.prior_stability
        cell.difficulty = clipped(first_difficulty(Grade.GOOD, w.constants.review))
        cell.reviewed_hours = -HOURS_PER_DAY * k.prior_days


@compiled
def recallable(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Share of concept c that learner i was shown and can recall, u R."""
    cell = w.state.traces[b, i, c]
    days = max(0.0, hours - cell.reviewed_hours) / HOURS_PER_DAY
    share = recall(days, cell.stability, constants_of(b, w).decay)
    return share * float(w.state.knowledge[b, i, c].understanding)


@compiled
def application(b: int, i: int, c: int, w: World) -> float:
    """Logit of applying what is recalled to a matched item, with full attention."""
    z = constants_of(b, w).application + w.state.traits[b, i].ability
    return float(z + w.curriculum.easiness[c] + w.state.knowledge[b, i, c].concept_effect)


@compiled
def mastery(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logit of a right answer on a matched item with full attention."""
    right = chance(b, i, c, 0.0, 0.0, hours, w)
    return math.log(max(LEAST_CHANCE, right)) - math.log1p(-right)


@compiled
def chance(
    b: int, i: int, c: int, difficulty: float, state: float, hours: float, w: World
) -> float:
    """Probability of a right answer to an item."""
    applied = sigmoid(application(b, i, c, w) - difficulty + state)
    return recallable(b, i, c, hours, w) * applied


@compiled
def strengthen(
    cell: Record, hours: float, grade: int, share: float, decay: float, w: World
) -> None:
    """Move a memory `share` of the way that a review at `hours` moves it."""
    days = max(0.0, hours - cell.reviewed_hours) / HOURS_PER_DAY
    stability, difficulty = review(
        cell.stability, cell.difficulty, days, grade, decay, w.constants.review
    )
    approach(cell, hours, stability, difficulty, share)


@compiled
def approach(cell: Record, hours: float, stability: float, difficulty: float, share: float) -> None:
    """Move a memory `share` of the way to this stability and difficulty, reviewed at `hours`."""
    cell.stability += share * (stability - cell.stability)
    cell.difficulty += share * (difficulty - cell.difficulty)
    cell.reviewed_hours += share * (hours - cell.reviewed_hours)


@compiled
def take_in(
    b: int, i: int, c: int, hours: float, share: float, grade: int, stability: float, w: World
) -> None:
    """Take in a share of what was not yet, fresh; the memory is the mixture of old and new."""
    knowledge = w.state.knowledge
    new = share * (1.0 - knowledge[b, i, c].understanding)
    knowledge[b, i, c].understanding += new
    if new > 0.0:
        difficulty = clipped(first_difficulty(grade, w.constants.review))
        mixed = new / knowledge[b, i, c].understanding
        approach(w.state.traces[b, i, c], hours, stability, difficulty, mixed)


@compiled
def practise(
    b: int,
    i: int,
    c: int,
    hours: float,
    amount: float,
    result: int,
    step: int,
    offset: int,
    w: World,
) -> None:
    """Review the concept; a wrong answer's draw says if it was recalled, or ever taken in."""
    k, cell, share = constants_of(b, w), w.state.traces[b, i, c], min(1.0, amount)
    if result == Result.STUDIED:
        strengthen(cell, hours, Grade.GOOD, k.restudy * share, k.decay, w)
        return
    if result == Result.RIGHT:
        strengthen(cell, hours, Grade.GOOD, share, k.decay, w)
        return
    draw = uniform(w.state.clock[b].low, w.state.clock[b].high, step, i, Use.ANSWER + offset)
    if draw < recallable(b, i, c, hours, w):
        strengthen(cell, hours, Grade.HARD, share, k.decay, w)
    elif draw < w.state.knowledge[b, i, c].understanding:
        strengthen(cell, hours, Grade.AGAIN, share, k.decay, w)
    if result == Result.WRONG:
        take_in(b, i, c, hours, k.feedback * share, Grade.AGAIN, k.first_again, w)


@compiled
def instruct(b: int, i: int, c: int, amount: float, hours: float, w: World) -> None:
    """Take in a share of what was not yet, and study the rest again."""
    k = constants_of(b, w)
    share = 1.0 - math.exp(-k.instruction * amount)
    strengthen(w.state.traces[b, i, c], hours, Grade.GOOD, k.restudy * share, k.decay, w)
    take_in(b, i, c, hours, share, Grade.GOOD, k.first_good, w)


@compiled
def expected(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Expected share right on concept c in a test at `hours`."""
    variance = test_noise(w) + w.curriculum.spread[c] ** 2
    applied = sigmoid(application(b, i, c, w) / math.sqrt(1.0 + LOGISTIC_NORMAL * variance))
    return recallable(b, i, c, hours, w) * applied
