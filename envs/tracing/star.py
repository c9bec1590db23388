"""A Gaussian belief about one learner whose concepts meet only in the ability.

The hub holds ability, session state and answer context (index 0, 1, 2) with their covariance. Each
concept holds two effects, the learner-by-concept effect x (index 0) and the grasp (index 1: the
logit of the understanding), whose distribution GIVEN the ability is

    (x, grasp) | ability ~ N(mean + slope ability, [[cov0, cov1], [cov1, cov2]]).

An answer on one concept updates the hub and that concept exactly; all other concepts keep their
conditional distribution and so move with the ability. Storage and time per answer do not depend on
the square of the number of concepts. What is dropped: the dependence of (x, grasp) on session and
context beyond what the ability carries (assumed density filtering; Minka 2001, ch. 3).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.compiled import compiled
from envs.learners.calibrated import LOGISTIC_NORMAL, sigmoid

HUB = 3
ABILITY, SESSION, CONTEXT = 0, 1, 2
EFFECT, GRASP = 0, 1
SPREAD = math.sqrt(3.0)
"""Nodes of 3-point Gauss-Hermite quadrature: mean and mean +- SPREAD sd, weights 2/3, 1/6, 1/6."""
LEAST_VARIANCE = 1e-6
LARGEST_CURVATURE = 0.95
"""Share of the predictive variance that one answer may remove: keeps every variance positive."""

Floats = NDArray[np.float64]


class Star(NamedTuple):
    """Belief about the learners of B classrooms, on the logit scale."""

    hub_mean: Floats  # (B, S, 3)
    hub_cov: Floats  # (B, S, 3, 3)
    mean: Floats  # (B, S, C, 2) at ability 0
    slope: Floats  # (B, S, C, 2) per logit of ability
    cov: Floats  # (B, S, C, 3) given the ability


def empty_star(batch: int, learners: int, concepts: int) -> Star:
    """Allocate beliefs, all zeros."""
    cells = (batch, learners, concepts)
    return Star(
        hub_mean=np.zeros((batch, learners, HUB)),
        hub_cov=np.zeros((batch, learners, HUB, HUB)),
        mean=np.zeros((*cells, 2)),
        slope=np.zeros((*cells, 2)),
        cov=np.zeros((*cells, 3)),
    )


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
def grasp_moments(b: int, i: int, c: int, star: Star) -> tuple[float, float]:
    """Marginal mean and variance of one grasp."""
    slope = star.slope[b, i, c, GRASP]
    mean = star.mean[b, i, c, GRASP] + slope * star.hub_mean[b, i, ABILITY]
    return mean, star.cov[b, i, c, 2] + slope * slope * star.hub_cov[b, i, ABILITY, ABILITY]


@compiled
def effect_mean(b: int, i: int, c: int, star: Star) -> float:
    """Marginal mean of one learner-by-concept effect x."""
    slope = star.slope[b, i, c, EFFECT]
    return float(star.mean[b, i, c, EFFECT] + slope * star.hub_mean[b, i, ABILITY])


@compiled
def mastery_variance(b: int, i: int, c: int, load: float, star: Star) -> float:
    """Variance of ability + x + load * grasp."""
    reach = 1.0 + star.slope[b, i, c, EFFECT] + load * star.slope[b, i, c, GRASP]
    own = star.cov[b, i, c, 0] + load * (2.0 * star.cov[b, i, c, 1] + load * star.cov[b, i, c, 2])
    return float(reach * reach * star.hub_cov[b, i, ABILITY, ABILITY] + own)


@compiled
def shared_covariances(
    b: int, i: int, c: int, load: float, star: Star
) -> tuple[float, float, float]:
    """Covariances of ability, session and context with eta (see `condition`)."""
    hub = star.hub_cov
    reach = 1.0 + star.slope[b, i, c, EFFECT] + load * star.slope[b, i, c, GRASP]
    ability = reach * hub[b, i, 0, 0] + hub[b, i, 0, 1] + hub[b, i, 0, 2]
    session = reach * hub[b, i, 1, 0] + hub[b, i, 1, 1] + hub[b, i, 1, 2]
    context = reach * hub[b, i, 2, 0] + hub[b, i, 2, 1] + hub[b, i, 2, 2]
    return ability, session, context


@compiled
def answer_variance(b: int, i: int, c: int, load: float, star: Star) -> float:
    """Variance of eta (see `condition`)."""
    ability, session, context = shared_covariances(b, i, c, load, star)
    reach = 1.0 + star.slope[b, i, c, EFFECT] + load * star.slope[b, i, c, GRASP]
    own = star.cov[b, i, c, 0] + load * (2.0 * star.cov[b, i, c, 1] + load * star.cov[b, i, c, 2])
    return float(reach * ability + session + context + own)


@compiled
def condition(b: int, i: int, c: int, load: float, gain: float, curve: float, star: Star) -> None:
    """Take in evidence on eta = ability + session + context + x + load * grasp of concept c.

    Every mean moves by its covariance with eta times `gain`, every covariance by minus the product
    of two such covariances times `curve`; then the concept is conditioned on the ability again.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        load: Derivative of eta in the grasp.
        gain: Derivative of the evidence's log probability in E eta.
        curve: Minus its second derivative, below 1 / Var eta.
        star: The belief, changed in place.
    """
    shared = shared_covariances(b, i, c, load, star)
    own_effect = star.cov[b, i, c, 0] + load * star.cov[b, i, c, 1]
    own_grasp = star.cov[b, i, c, 1] + load * star.cov[b, i, c, 2]
    before = star.hub_cov[b, i, ABILITY, ABILITY]
    for row in range(HUB):
        star.hub_mean[b, i, row] += shared[row] * gain
        for column in range(HUB):
            star.hub_cov[b, i, row, column] -= shared[row] * shared[column] * curve
    after = max(star.hub_cov[b, i, ABILITY, ABILITY], LEAST_VARIANCE)
    star.hub_cov[b, i, ABILITY, ABILITY] = after
    turn = shared[ABILITY] * curve / after
    shift = gain + turn * star.hub_mean[b, i, ABILITY]
    star.mean[b, i, c, EFFECT] += own_effect * shift
    star.mean[b, i, c, GRASP] += own_grasp * shift
    star.slope[b, i, c, EFFECT] -= own_effect * turn
    star.slope[b, i, c, GRASP] -= own_grasp * turn
    removed = curve * before / after
    star.cov[b, i, c, 0] = max(
        star.cov[b, i, c, 0] - own_effect * own_effect * removed, LEAST_VARIANCE
    )
    star.cov[b, i, c, 1] -= own_effect * own_grasp * removed
    star.cov[b, i, c, 2] = max(
        star.cov[b, i, c, 2] - own_grasp * own_grasp * removed, LEAST_VARIANCE
    )


@compiled
def decay(b: int, i: int, state: int, keep: float, variance: float, star: Star) -> None:
    """Let a hub state regress to 0: AR(1) with correlation `keep` and stationary `variance`."""
    star.hub_mean[b, i, state] *= keep
    for other in range(HUB):
        star.hub_cov[b, i, state, other] *= keep
        star.hub_cov[b, i, other, state] *= keep
    star.hub_cov[b, i, state, state] += (1.0 - keep * keep) * variance


@compiled
def move_grasp(
    b: int, i: int, c: int, mean: float, variance: float, ratio: float, star: Star
) -> None:
    """Replace one grasp by its image under a map with regression slope `ratio`.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        mean: Marginal mean of the image.
        variance: Marginal variance of the image, at least ratio^2 times that before.
        ratio: Covariance of image and grasp over the grasp's variance.
        star: The belief.
    """
    slope = star.slope[b, i, c, GRASP] * ratio
    star.slope[b, i, c, GRASP] = slope
    star.mean[b, i, c, GRASP] = mean - slope * star.hub_mean[b, i, ABILITY]
    given = variance - slope * slope * star.hub_cov[b, i, ABILITY, ABILITY]
    star.cov[b, i, c, 1] *= ratio
    star.cov[b, i, c, 2] = max(given, LEAST_VARIANCE)
