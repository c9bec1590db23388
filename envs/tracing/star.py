"""A Gaussian belief about one learner whose concepts meet only in the ability.

The hub holds ability, session state and answer context with their covariance. Each cell (learner
by concept) holds the learner-by-concept effect x and the grasp (the logit of the understanding),
whose distribution GIVEN the ability is Gaussian:

    effect | ability ~ N(effect_mean + effect_slope ability, effect_variance), the grasp alike,
    with covariance `covariance` between the two.

An answer on one concept updates the hub and that cell exactly; all other cells keep their
conditional distribution and so move with the ability. Storage and time per answer do not depend on
the square of the number of concepts. What is dropped: the dependence of a cell on session and
context beyond what the ability carries (assumed density filtering; Minka 2001, ch. 3).

Both are records, passed to kernels as one pointer.
"""

import math
from typing import Any

import numpy as np

from envs.compiled import compiled
from envs.learners.calibrated import LOGISTIC_NORMAL, sigmoid

SPREAD = math.sqrt(3.0)
"""Nodes of 3-point Gauss-Hermite quadrature: mean and mean +- SPREAD sd, weights 2/3, 1/6, 1/6."""
LEAST_VARIANCE = 1e-6
LARGEST_CURVATURE = 0.95
"""Share of the predictive variance that one answer may remove: keeps every variance positive."""

Records = np.recarray[Any, Any]
Record = np.record

HUB = np.dtype(
    [
        (field, np.float64)
        for field in (
            "ability",  # means, logit
            "session",
            "context",
            "ability_variance",
            "session_variance",
            "context_variance",
            "ability_session",  # covariances
            "ability_context",
            "session_context",
        )
    ]
)
CELL = np.dtype(
    [
        (field, np.float64)
        for field in (
            "effect_mean",  # at ability 0, logit
            "grasp_mean",
            "effect_slope",  # per logit of ability
            "grasp_slope",
            "effect_variance",  # given the ability
            "covariance",
            "grasp_variance",
            "opportunities",  # expected effective n
            "retrievals",  # those of them that were answers
            "gap_days",  # sum of the gaps between practice
            "last_hours",  # course clock at the last practice, -1 before it
            "instructed",  # amount of instruction whose effect is not yet seen in answers
            "learned",  # logit that practice added and time has not taken, at the last reading
        )
    ]
)


def empty_records(shape: tuple[int, ...], fields: np.dtype[np.void]) -> Records:
    """Allocate records, all zeros."""
    return np.zeros(shape, fields).view(np.recarray)


@compiled
def logistic_moments(mean: float, variance: float) -> tuple[float, float, float]:
    """Mean, regression slope and variance of sigmoid(g) for g ~ N(mean, variance).

    By 3-point Gauss-Hermite quadrature; the slope is Cov(sigmoid(g), g) / variance.

    Returns:
        (mean in (0, 1), slope >= 0, variance with variance >= slope^2 Var g).
    """
    sd = math.sqrt(max(variance, LEAST_VARIANCE))
    low, middle, high = sigmoid(mean - SPREAD * sd), sigmoid(mean), sigmoid(mean + SPREAD * sd)
    first = (low + 4.0 * middle + high) / 6.0
    second = (low * low + 4.0 * middle * middle + high * high) / 6.0
    return first, (high - low) * SPREAD / (6.0 * sd), max(0.0, second - first * first)


@compiled
def answer_evidence(
    mean: float, variance: float, slip: float, correct: bool
) -> tuple[float, float, float]:
    """What an answer says of its logit ~ N(mean, variance).

    With Z the probability of the answer by MacKay's (1992) approximation: dlnZ/dmean and
    -d2lnZ/dmean2, which move the mean by variance * gain and the variance by -variance^2 * curve
    (Minka 2001, eq. 3.18).

    Args:
        mean: Expected logit.
        variance: Of the logit, > 0.
        slip: Upper asymptote of the probability is 1 - slip.
        correct: The answer.

    Returns:
        (probability of a correct answer, gain, curve >= 0).
    """
    scale = 1.0 / math.sqrt(1.0 + LOGISTIC_NORMAL * variance)
    p = sigmoid(scale * mean)
    q = (1.0 - slip) * p
    if correct:
        gain, curve = scale * (1.0 - p), scale * scale * p * (1.0 - p)
    else:
        steepness = scale * q * (1.0 - p) / (1.0 - q)
        gain = -steepness
        curve = steepness * (scale * (1.0 - 2.0 * p) + steepness)
    return q, gain, min(max(curve, 0.0), LARGEST_CURVATURE / variance)


@compiled
def grasp_moments(cell: Record, hub: Record) -> tuple[float, float]:
    """Marginal mean and variance of a grasp."""
    mean = cell.grasp_mean + cell.grasp_slope * hub.ability
    return mean, cell.grasp_variance + cell.grasp_slope**2 * hub.ability_variance


@compiled
def own_variance(cell: Record, load: float) -> float:
    """Variance of x + load * grasp, given the ability."""
    shared = 2.0 * cell.covariance + load * cell.grasp_variance
    return float(cell.effect_variance + load * shared)


@compiled
def mastery_variance(cell: Record, hub: Record, load: float) -> float:
    """Variance of ability + x + load * grasp."""
    reach = 1.0 + cell.effect_slope + load * cell.grasp_slope
    return float(reach * reach * hub.ability_variance + own_variance(cell, load))


@compiled
def shared_covariances(cell: Record, hub: Record, load: float) -> tuple[float, float, float]:
    """Covariances of ability, session and context with eta (see `condition`)."""
    reach = 1.0 + cell.effect_slope + load * cell.grasp_slope
    ability = reach * hub.ability_variance + hub.ability_session + hub.ability_context
    session = reach * hub.ability_session + hub.session_variance + hub.session_context
    context = reach * hub.ability_context + hub.session_context + hub.context_variance
    return ability, session, context


@compiled
def answer_variance(cell: Record, hub: Record, load: float) -> float:
    """Variance of eta (see `condition`)."""
    ability, session, context = shared_covariances(cell, hub, load)
    reach = 1.0 + cell.effect_slope + load * cell.grasp_slope
    return float(reach * ability + session + context + own_variance(cell, load))


@compiled
def condition(cell: Record, hub: Record, load: float, gain: float, curve: float) -> None:
    """Take in evidence on eta = ability + session + context + x + load * grasp.

    Every mean moves by its covariance with eta times `gain`, every covariance by minus the product
    of two such covariances times `curve`; then the cell is conditioned on the ability again.

    Args:
        cell: The answered concept's record, changed in place.
        hub: The learner's record, changed in place.
        load: Derivative of eta in the grasp.
        gain: Derivative of the evidence's log probability in E eta.
        curve: Minus its second derivative, below 1 / Var eta.
    """
    ability, session, context = shared_covariances(cell, hub, load)
    effect = cell.effect_variance + load * cell.covariance
    grasp = cell.covariance + load * cell.grasp_variance
    before = hub.ability_variance
    after = max(before - ability * ability * curve, LEAST_VARIANCE)
    hub.ability += ability * gain
    hub.session += session * gain
    hub.context += context * gain
    hub.ability_variance = after
    hub.session_variance = max(hub.session_variance - session * session * curve, 0.0)
    hub.context_variance = max(hub.context_variance - context * context * curve, 0.0)
    hub.ability_session -= ability * session * curve
    hub.ability_context -= ability * context * curve
    hub.session_context -= session * context * curve
    turn = ability * curve / after
    shift = gain + turn * hub.ability
    cell.effect_mean += effect * shift
    cell.grasp_mean += grasp * shift
    cell.effect_slope -= effect * turn
    cell.grasp_slope -= grasp * turn
    removed = curve * before / after
    cell.effect_variance = max(cell.effect_variance - effect * effect * removed, LEAST_VARIANCE)
    cell.covariance -= effect * grasp * removed
    cell.grasp_variance = max(cell.grasp_variance - grasp * grasp * removed, LEAST_VARIANCE)


@compiled
def decay_session(hub: Record, keep: float, variance: float) -> None:
    """Let the session state regress to 0: AR(1) with correlation `keep`."""
    hub.session *= keep
    hub.ability_session *= keep
    hub.session_context *= keep
    hub.session_variance = keep * keep * (hub.session_variance - variance) + variance


@compiled
def decay_context(hub: Record, keep: float, variance: float) -> None:
    """Let the answer context regress to 0: AR(1) with correlation `keep`."""
    hub.context *= keep
    hub.ability_context *= keep
    hub.session_context *= keep
    hub.context_variance = keep * keep * (hub.context_variance - variance) + variance


@compiled
def move_grasp(cell: Record, hub: Record, mean: float, variance: float, ratio: float) -> None:
    """Replace a grasp by its image under a map with regression slope `ratio`.

    Args:
        cell: Changed in place.
        hub: The learner's record.
        mean: Marginal mean of the image.
        variance: Marginal variance of the image, at least ratio^2 times that before.
        ratio: Covariance of image and grasp over the grasp's variance.
    """
    slope = cell.grasp_slope * ratio
    cell.grasp_slope = slope
    cell.grasp_mean = mean - slope * hub.ability
    cell.covariance *= ratio
    cell.grasp_variance = max(variance - slope * slope * hub.ability_variance, LEAST_VARIANCE)
