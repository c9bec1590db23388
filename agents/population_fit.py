"""Which population are recorded learners from? Inference from simulations: synthetic likelihood.

Statistics of sessions are taken to be Gaussian (Wood 2010, Nature 466) with a mean that is
quadratic in the parameters, fitted by least squares to sessions simulated all over the parameters'
ranges, and the covariance of what that leaves. Two posteriors are drawn by importance weighting.
Intervals are of the records alone: before them, all values in a parameter's range count as equally
likely. The refitted value adds what was known: its present value counts as the likeliest, the ends
of its range as impossible, the PERT density (Malcolm et al. 1959, Operations Research 7), so that
what the records do not tell stays near where it is.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from typing import Any, Final

import numpy as np
from scipy.stats import beta, chi2
from scipy.stats.qmc import LatinHypercube

from agents.learner_population import LearnerPopulation, ranges
from agents.statistics import CONFIDENCE
from envs.logs import Floats

DRAWS: Final = 100_000
"""Points at which the posterior is weighed; enough for some thousand that count."""
PERT_WEIGHT: Final = 4.0
"""Weight of the likeliest value beside the ends of the range (Malcolm et al. 1959)."""
NAMES: Final = tuple(ranges())
_LOW, _HIGH = np.array(list(ranges().values())).T
_POSTERIOR_SEED: Final = 20_213


@dataclass(frozen=True, kw_only=True)
class Refitted:
    """One parameter, before and after."""

    name: str
    before: float
    refitted: float
    """Mean, given the records and that the value before was the likeliest."""
    low: float
    """Lower end of the central 95 % interval that the records alone leave of the range."""
    high: float
    told: float
    """Share of the range's standard deviation that the records took away; 0: they tell nothing."""

    @property
    def changed(self) -> bool:
        """Whether the interval excludes the value before."""
        return not self.low <= self.before <= self.high


@dataclass(frozen=True, kw_only=True)
class Refit:
    """The population that recorded learners are from."""

    parameters: tuple[Refitted, ...]
    plausibility: float
    """Chance that sessions of the nearest population differ from its mean as much as the recorded
    ones do or more; near 0: no population within the ranges is like these learners."""
    draws: float
    """Effective number of posterior draws (Kish 1965)."""

    @property
    def population(self) -> LearnerPopulation:
        """The refitted values."""
        return LearnerPopulation(**{each.name: each.refitted for each in self.parameters})

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        rows = {each.name: asdict(each) | {"changed": each.changed} for each in self.parameters}
        return {"parameters": rows, "plausibility": self.plausibility, "draws": self.draws}


def candidates(count: int, seed: int) -> list[LearnerPopulation]:
    """Populations spread evenly over the ranges (McKay, Beckman and Conover 1979)."""
    unit = LatinHypercube(len(NAMES), rng=seed).random(count)  # (M, P)
    rows = (_LOW + unit * (_HIGH - _LOW)).tolist()
    return [LearnerPopulation(**dict(zip(NAMES, row, strict=True))) for row in rows]


def fewest_candidates() -> int:
    """The least number from which means, and a covariance of all statistics, can be fitted."""
    return len(_quadratic(np.zeros((1, len(NAMES))))[0]) + 2 * len(NAMES)


def refit(
    populations: Sequence[LearnerPopulation],
    simulated: Floats,
    observed: Floats,
    before: LearnerPopulation,
) -> Refit:
    """Weigh populations by how well they explain the recorded sessions.

    Args:
        populations: M candidates.
        simulated: (M, K) statistics of their sessions, as many classes as were recorded.
        observed: (K,) statistics of the records; NaN where they cannot tell one.
        before: Present values.

    Raises:
        ValueError: Too few candidates.
    """
    if len(populations) < fewest_candidates():
        raise ValueError(
            f"candidates is {len(populations)}; expected at least {fewest_candidates()}"
        )
    told = ~np.isnan(observed) & ~np.isnan(simulated).any(axis=0)
    values = np.array([[getattr(each, name) for name in NAMES] for each in populations])  # (M, P)
    points = np.random.default_rng(_POSTERIOR_SEED).uniform(_LOW, _HIGH, (DRAWS, len(NAMES)))
    fit, distance = _log_likelihood(values, simulated[:, told], observed[told], points)
    present = np.array([getattr(before, name) for name in NAMES])
    alone, known = _normalised(fit), _normalised(fit + _log_pert(points, present))
    freedom = max(1, int(told.sum()) - len(NAMES))
    rows = [
        _summary(name, float(present[n]), points[:, n], alone, known)
        for n, name in enumerate(NAMES)
    ]
    return Refit(
        parameters=tuple(rows),
        plausibility=float(chi2.sf(distance, freedom)),
        draws=float(1.0 / np.square(alone).sum()),
    )


def _log_likelihood(
    values: Floats, simulated: Floats, observed: Floats, points: Floats
) -> tuple[Floats, float]:
    """Of every point (D,), and the least squared Mahalanobis distance of the records from any."""
    known, asked = _quadratic(values), _quadratic(points)  # (M, F), (D, F)
    weights = np.linalg.lstsq(known, simulated, rcond=None)[0]  # (F, K)
    left = simulated - known @ weights  # (M, K)
    covariance = left.T @ left / (len(values) - known.shape[1])
    root = np.linalg.cholesky(np.linalg.inv(covariance))
    off = np.square((observed - asked @ weights) @ root).sum(axis=1)  # (D,)
    # The mean is fitted too: a point's prediction is the less sure the further out it lies.
    spread = 1.0 + np.einsum("df,fg,dg->d", asked, np.linalg.inv(known.T @ known), asked)
    fit = -0.5 * off / spread - 0.5 * observed.size * np.log(spread)
    return fit, float((off / spread).min())


def _quadratic(values: Floats) -> Floats:
    """Constant, linear and second-order terms (., F) of parameters (., P)."""
    unit = 2.0 * (values - _LOW) / (_HIGH - _LOW) - 1.0
    pairs = combinations_with_replacement(range(unit.shape[1]), 2)
    squares = [unit[:, a] * unit[:, b] for a, b in pairs]
    return np.column_stack([np.ones(len(unit)), unit, *squares])


def _log_pert(points: Floats, present: Floats) -> Floats:
    """Log density (D,) up to a constant: beta on every range, its mode at the present value."""
    share = (present - _LOW) / (_HIGH - _LOW)
    unit = (points - _LOW) / (_HIGH - _LOW)
    density = beta.logpdf(unit, 1.0 + PERT_WEIGHT * share, 1.0 + PERT_WEIGHT * (1.0 - share))
    total: Floats = density.sum(axis=1)
    return total


def _normalised(log_weight: Floats) -> Floats:
    weight: Floats = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    return weight


def _summary(name: str, before: float, drawn: Floats, alone: Floats, known: Floats) -> Refitted:
    low, high = _interval(drawn, alone)
    least, most = ranges()[name]
    even = (most - least) / math.sqrt(12.0)  # standard deviation before any record
    return Refitted(
        name=name,
        before=before,
        refitted=float(known @ drawn),
        low=low,
        high=high,
        told=1.0 - _deviation(drawn, alone) / even,
    )


def _interval(drawn: Floats, weight: Floats) -> tuple[float, float]:
    order = np.argsort(drawn)
    tail = (1.0 - CONFIDENCE) / 2.0
    ends = np.searchsorted(np.cumsum(weight[order]), [tail, 1.0 - tail])
    low, high = drawn[order][np.minimum(ends, drawn.size - 1)]
    return float(low), float(high)


def _deviation(drawn: Floats, weight: Floats) -> float:
    return float(np.sqrt(weight @ np.square(drawn - weight @ drawn)))
