"""Expected practice and instruction of every learner and concept, from events and the belief.

Opportunities, spacing and the time since practice are tracked as expected values by the equations
of `envs.learners.calibrated`; what is unknown about them widens the belief instead:

- learning rate, concept slope and unseen worth of practice: variance of x grows by
  (slope sd^2 + growth^2 cv^2) (L1^2 - L0^2), L = ln(1 + n), so that before any answer the spread is
  that of one unknown slope times L;
- learning rate, readiness, attention and unseen circumstances of instruction: variance of the
  instructed amount K grows by cv^2 (K1^2 - K0^2) in the same way, and passes to the grasp with
  the derivative 1 / u.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.compiled import compiled
from envs.learners.calibrated import HOURS_PER_DAY, sigmoid
from envs.tracing.model import Model
from envs.tracing.star import (
    LEAST_VARIANCE,
    SPREAD,
    Star,
    grasp_moments,
    logistic_moments,
    move_grasp,
)

LARGEST_GRASP = 12.0
LARGEST_AMOUNT = 10.0
LARGEST_GRASP_VARIANCE = 16.0

Floats = NDArray[np.float64]


class Practice(NamedTuple):
    """Expected practice so far, (B, S, C) each."""

    opportunities: Floats  # effective, n
    retrievals: Floats  # those of them that were answers
    gap_days: Floats  # sum of the gaps between practice
    last_hours: Floats  # course clock at the last practice, -1 before it
    instructed: Floats  # amount K of instruction whose effect is not yet seen in answers
    learned: Floats  # logit that practice has added and time has not taken, at the last reading


def empty_practice(batch: int, learners: int, concepts: int) -> Practice:
    """Allocate practice, all zeros."""
    return Practice(*(np.zeros((batch, learners, concepts)) for _ in Practice._fields))


@compiled
def retention(
    n: float, retrievals: float, gap_days: float, since: float, u: float, model: Model
) -> tuple[float, float]:
    """Expected logits that practice has added, and how much of them is forgotten.

    Args:
        n: Effective opportunities.
        retrievals: Those of them that were answers.
        gap_days: Sum of the gaps between practice.
        since: Hours since the last practice.
        u: Expected understanding.
        model: Constants.

    Returns:
        (learned net of forgetting, forgotten), both >= 0.
    """
    if n <= 0.0:
        return 0.0, 0.0
    gain = u * model.jump * min(1.0, n) + model.growth * math.log1p(n)
    saving = 1.0 - model.retrieval_saving * retrievals / n
    spacing = 1.0 - model.spacing * math.log1p(gap_days / max(1.0, n))
    rate = model.forgetting * saving * max(model.spacing_floor, spacing)
    forgotten = min(gain, rate * math.log1p(max(0.0, since)))
    return gain - forgotten, forgotten


@compiled
def boost(n: float, since: float, model: Model) -> float:
    """Short-term gain in logits, `since` hours after practice."""
    if n <= 0.0:
        return 0.0
    return model.boost * math.exp(-model.boost_decay * max(0.0, since))


@compiled
def transfer(
    b: int, i: int, c: int, learned: Floats, parents: NDArray[np.int64], model: Model
) -> float:
    """Expected logits from practised prerequisites."""
    count, total = 0, 0.0
    for k in range(parents.shape[1]):
        p = parents[c, k]
        if p >= 0:
            total += learned[b, i, p]
            count += 1
    if count == 0:
        return 0.0
    return model.transfer * total / count


@compiled
def practise(
    b: int,
    i: int,
    c: int,
    hours: float,
    amount: float,
    retrieval: bool,
    u: float,
    star: Star,
    practice: Practice,
    model: Model,
) -> None:
    """Count `amount` opportunities, less where little is understood, and widen the concept effect.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        hours: Course clock.
        amount: Opportunities before understanding counts.
        retrieval: Whether they were answers.
        u: Expected understanding.
        star: The belief, widened in place.
        practice: Expected practice, updated in place.
        model: Constants.
    """
    blind = model.blind_practice
    worth = amount * (blind + (1.0 - blind) * u)
    before = math.log1p(practice.opportunities[b, i, c])
    practice.opportunities[b, i, c] += worth
    if retrieval:
        practice.retrievals[b, i, c] += worth
    after = math.log1p(practice.opportunities[b, i, c])
    last = practice.last_hours[b, i, c]
    if last >= 0.0:
        practice.gap_days[b, i, c] += max(0.0, hours - last) / HOURS_PER_DAY
    practice.last_hours[b, i, c] = hours
    star.cov[b, i, c, 0] += model.growth_variance * (after * after - before * before)


@compiled
def minute_worth(attended: float, lesson: float, model: Model) -> float:
    """Expected worth of a minute: 1 while attending, less while lapsed or distracted by novelty."""
    lapsed = model.lapsed_learning
    worth = lapsed + (1.0 - lapsed) * min(1.0, max(0.0, attended))
    return worth * (1.0 - model.novelty_cost * math.exp(-lesson / model.novelty_lessons))


@compiled
def readiness(
    b: int, i: int, c: int, belief: NDArray[np.float32], parents: NDArray[np.int64], model: Model
) -> tuple[float, float]:
    """Expected share of instruction that takes, and its variance, from the weakest prerequisite."""
    weakest, variance = math.inf, 0.0
    for k in range(parents.shape[1]):
        p = parents[c, k]
        if p >= 0 and belief[b, i, p, 0] < weakest:
            weakest, variance = float(belief[b, i, p, 0]), float(belief[b, i, p, 1]) ** 2
    if weakest == math.inf:
        return 1.0, 0.0
    steep, floor = model.readiness_slope, model.readiness_floor
    share, _, spread = logistic_moments(steep * weakest, steep * steep * variance)
    return floor + (1.0 - floor) * share, (1.0 - floor) ** 2 * spread


@compiled
def instructed_grasp(grasp: float, amount: float) -> float:
    """Logit of u' where 1 - u' = (1 - u) exp(-amount) and u = sigmoid(grasp)."""
    grasp = min(LARGEST_GRASP, max(-LARGEST_GRASP, grasp))
    return grasp + math.log(math.exp(amount) + math.expm1(amount) * math.exp(-grasp))


@compiled
def instruct(
    b: int, i: int, c: int, amount: float, doubt: float, star: Star, practice: Practice
) -> None:
    """Raise the understanding by du = (1 - u) dK over an uncertain amount K.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        amount: Expected amount, >= 0.
        doubt: Coefficient of variation of the amount.
        star: The belief, changed in place.
        practice: `instructed` grows in place.
    """
    amount = min(amount, LARGEST_AMOUNT)
    if amount <= 0.0:
        return
    mean, variance = grasp_moments(b, i, c, star)
    sd = math.sqrt(max(variance, LEAST_VARIANCE))
    low = instructed_grasp(mean - SPREAD * sd, amount)
    middle = instructed_grasp(mean, amount)
    high = instructed_grasp(mean + SPREAD * sd, amount)
    image = (low + 4.0 * middle + high) / 6.0
    spread = ((low - image) ** 2 + 4.0 * (middle - image) ** 2 + (high - image) ** 2) / 6.0
    ratio = SPREAD * (high - low) / (6.0 * sd)
    before = practice.instructed[b, i, c]
    practice.instructed[b, i, c] = before + amount
    unseen = doubt * doubt * amount * (amount + 2.0 * before)
    spread += unseen / sigmoid(image) ** 2
    move_grasp(b, i, c, image, min(spread, LARGEST_GRASP_VARIANCE), ratio, star)
