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

import numpy as np
from numpy.typing import NDArray

from envs.compiled import compiled
from envs.learners.calibrated import HOURS_PER_DAY, sigmoid
from envs.tracing.model import Model
from envs.tracing.star import (
    LEAST_VARIANCE,
    SPREAD,
    Record,
    Records,
    grasp_moments,
    logistic_moments,
    move_grasp,
)

LARGEST_GRASP = 12.0
LARGEST_AMOUNT = 10.0
LARGEST_GRASP_VARIANCE = 16.0


@compiled
def retention(cell: Record, hours: float, u: float, model: Model) -> tuple[float, float]:
    """Expected logits that practice has added, and how much of them is forgotten by `hours`.

    Args:
        cell: Practice of one learner on one concept.
        hours: Course clock.
        u: Expected understanding.
        model: Constants.

    Returns:
        (learned net of forgetting, forgotten), both >= 0.
    """
    n = cell.opportunities
    if n <= 0.0:
        return 0.0, 0.0
    gain = u * model.jump * min(1.0, n) + model.growth * math.log1p(n)
    saving = 1.0 - model.retrieval_saving * cell.retrievals / n
    spacing = 1.0 - model.spacing * math.log1p(cell.gap_days / max(1.0, n))
    rate = model.forgetting * saving * max(model.spacing_floor, spacing)
    forgotten = min(gain, rate * math.log1p(max(0.0, hours - cell.last_hours)))
    return gain - forgotten, forgotten


@compiled
def boost(cell: Record, hours: float, model: Model) -> float:
    """Short-term gain in logits at `hours`, fading since the last practice."""
    if cell.opportunities <= 0.0:
        return 0.0
    since = max(0.0, hours - cell.last_hours)
    return model.boost * math.exp(-model.boost_decay * since)


@compiled
def transfer(
    b: int, i: int, c: int, cells: Records, parents: NDArray[np.int64], model: Model
) -> float:
    """Expected logits from practised prerequisites."""
    count, total = 0, 0.0
    for k in range(parents.shape[1]):
        p = parents[c, k]
        if p >= 0:
            total += cells[b, i, p].learned
            count += 1
    if count == 0:
        return 0.0
    return model.transfer * total / count


@compiled
def understanding_load(cell: Record, model: Model) -> float:
    """Derivative of the logit mastery in the understanding."""
    return float(model.gap + model.jump * min(1.0, cell.opportunities))


@compiled
def practise(
    cell: Record, hours: float, amount: float, retrieval: bool, u: float, model: Model
) -> None:
    """Count opportunities, less where little is understood, and widen the concept effect.

    Args:
        cell: Changed in place.
        hours: Course clock.
        amount: Opportunities before understanding counts.
        retrieval: Whether they were answers.
        u: Expected understanding.
        model: Constants.
    """
    worth = amount * (model.blind_practice + (1.0 - model.blind_practice) * u)
    n = cell.opportunities + worth
    before, after = math.log1p(cell.opportunities), math.log1p(n)
    cell.opportunities = n
    if retrieval:
        cell.retrievals += worth
    if cell.last_hours >= 0.0:
        cell.gap_days += max(0.0, hours - cell.last_hours) / HOURS_PER_DAY
    cell.last_hours = hours
    cell.effect_variance += model.growth_variance * (after * after - before * before)


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
def instruct(cell: Record, hub: Record, amount: float, doubt: float) -> None:
    """Raise the understanding by du = (1 - u) dK over an uncertain amount K.

    Args:
        cell: Changed in place.
        hub: The learner's record.
        amount: Expected amount, >= 0.
        doubt: Coefficient of variation of the amount.
    """
    amount = min(amount, LARGEST_AMOUNT)
    if amount <= 0.0:
        return
    mean, variance = grasp_moments(cell, hub)
    sd = math.sqrt(max(variance, LEAST_VARIANCE))
    low = instructed_grasp(mean - SPREAD * sd, amount)
    middle = instructed_grasp(mean, amount)
    high = instructed_grasp(mean + SPREAD * sd, amount)
    image = (low + 4.0 * middle + high) / 6.0
    spread = ((low - image) ** 2 + 4.0 * (middle - image) ** 2 + (high - image) ** 2) / 6.0
    ratio = SPREAD * (high - low) / (6.0 * sd)
    spread += doubt * doubt * amount * (amount + 2.0 * cell.instructed) / sigmoid(image) ** 2
    cell.instructed += amount
    move_grasp(cell, hub, image, min(spread, LARGEST_GRASP_VARIANCE), ratio)
