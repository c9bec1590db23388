"""Mixed logistic regression with crossed random effects, for answer logs of any size.

    logit P(correct) = X b + sum over groups g of slope_g u_g[level],    u_g ~ N(0, sd_g^2)

Sampled from its posterior, flat in b and in sd_g: Polya-Gamma augmentation (Polson, Scott & Windle
2013) makes all coefficients jointly Gaussian; they are drawn in one go by perturbing and solving
(Papandreou & Yuille 2010) with conjugate gradients, so that no matrix is ever factorised; variances
are drawn given the effects and, interweaved, as scales of the effects (Yu & Meng 2011). The usual
penalised quasi-likelihood is faster, but lets a learner's slope of sd .2 shrink to nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import expit

from envs.logs import Floats, Ints

TERMS = 10
"""Terms of the infinite sum that a Polya-Gamma draw is; the rest enters by its mean."""
SMALLEST_SD = 1e-3
SOLVER_TOLERANCE = 1e-4
MOST_ITERATIONS = 500


@dataclass(frozen=True)
class Group:
    """One random effect."""

    name: str
    level: Ints  # (N,) level of every answer, from 0
    slope: Floats | None = None  # (N,) what the effect is multiplied with; None for an intercept


@dataclass(frozen=True)
class Estimate:
    """A parameter and its standard error: mean and standard deviation of the posterior."""

    value: float
    error: float


@dataclass(frozen=True)
class MixedLogistic:
    """A fitted model."""

    fixed: Mapping[str, Estimate]  # logit per unit
    sd: Mapping[str, Estimate]  # logit, standard deviation of each group's effects
    effects: Mapping[str, Floats]  # each group's posterior means, (levels,)
    probability: Floats  # (N,) fitted, posterior mean


class _Gibbs:
    """The chain: coefficients, and the standard deviations of the groups."""

    def __init__(
        self, correct: Ints, fixed: Mapping[str, Floats], groups: Sequence[Group], seed: int
    ) -> None:
        self.columns = [sparse.csr_matrix(np.column_stack(list(fixed.values())))]
        self.columns += [_indicator(group) for group in groups]
        edges = np.cumsum([0, *(block.shape[1] for block in self.columns)])
        self.blocks = [slice(a, b) for a, b in pairwise(edges.tolist())]
        self.design = sparse.hstack(self.columns, format="csr")
        self.transposed = self.design.T.tocsr()
        self.squared = self.transposed.multiply(self.transposed).tocsr()
        self.rng = np.random.default_rng(seed)
        self.centred = correct - 0.5  # (N,)
        self.beta = np.zeros(self.design.shape[1])
        self.sd = np.full(len(groups), 0.5)

    def step(self) -> None:
        """Draw everything once."""
        weight = self._polya_gamma(self.design @ self.beta)
        self._draw_coefficients(weight)
        self._draw_scales(weight)
        self._draw_deviations()

    def _polya_gamma(self, eta: Floats) -> Floats:
        """Draw PG(1, eta), (N,), by Polson et al.'s eq. 2 with the tail replaced by its mean."""
        size = np.maximum(np.abs(eta), 1e-6)
        square = (size / (2.0 * np.pi)) ** 2
        total = np.zeros_like(eta)
        tail = np.pi**2 * np.tanh(size / 2.0) / size
        for k in range(TERMS):
            rate = (k + 0.5) ** 2 + square
            total += self.rng.standard_exponential(eta.size) / rate
            tail -= 1.0 / rate
        drawn: Floats = (total + np.maximum(tail, 0.0)) / (2.0 * np.pi**2)
        return drawn

    def _draw_coefficients(self, weight: Floats) -> None:
        precision = np.zeros(self.beta.size)
        for block, sd in zip(self.blocks[1:], self.sd, strict=True):
            precision[block] = sd**-2
        noise = np.sqrt(weight) * self.rng.standard_normal(weight.size)
        right = self.transposed @ (self.centred + noise)
        right += np.sqrt(precision) * self.rng.standard_normal(precision.size)
        diagonal = self.squared @ weight + precision

        def multiply(x: Floats) -> Floats:
            product: Floats = self.transposed @ (weight * (self.design @ x)) + precision * x
            return product

        shape = (right.size, right.size)
        matrix = LinearOperator(shape, matvec=multiply, dtype=np.float64)
        scale = LinearOperator(shape, matvec=lambda x: x / diagonal, dtype=np.float64)
        self.beta = cg(
            matrix, right, self.beta, rtol=SOLVER_TOLERANCE, maxiter=MOST_ITERATIONS, M=scale
        )[0]

    def _draw_scales(self, weight: Floats) -> None:
        """Rescale each group's effects and sd together: what the answers say of the scale."""
        parts = [
            block @ self.beta[columns]
            for block, columns in zip(self.columns, self.blocks, strict=True)
        ]
        effects = np.column_stack(parts[1:])  # (N, groups)
        matrix = effects.T @ (weight[:, None] * effects) + 1e-6 * np.eye(self.sd.size)
        right = effects.T @ (self.centred - weight * parts[0])
        upper = np.linalg.cholesky(matrix).T
        scales = np.linalg.solve(matrix, right)
        scales += np.linalg.solve(upper, self.rng.standard_normal(self.sd.size))
        for block, scale in zip(self.blocks[1:], scales, strict=True):
            self.beta[block] *= scale
        self.sd = np.maximum(np.abs(scales) * self.sd, SMALLEST_SD)

    def _draw_deviations(self) -> None:
        """Draw each sd given its effects: inverse gamma for the variance under a flat prior."""
        for g, block in enumerate(self.blocks[1:]):
            effects = self.beta[block]
            shape = max(0.5, (effects.size - 1) / 2.0)
            variance = 0.5 * float(effects @ effects) / self.rng.gamma(shape)
            self.sd[g] = max(SMALLEST_SD, np.sqrt(variance))


def fit(
    correct: Ints,
    fixed: Mapping[str, Floats],
    groups: Sequence[Group],
    *,
    draws: int = 200,
    warm_up: int = 100,
    seed: int = 0,
) -> MixedLogistic:
    """Sample the posterior.

    Args:
        correct: (N,) 0 or 1.
        fixed: Name to column (N,) of X.
        groups: The random effects.
        draws: Draws kept.
        warm_up: Draws before them that are not.
        seed: Of the chain.

    Returns:
        Posterior means, with posterior standard deviations as standard errors.
    """
    chain = _Gibbs(correct, fixed, groups, seed)
    for _ in range(warm_up):
        chain.step()
    coefficients = np.zeros_like(chain.beta)
    probability = np.zeros(correct.size)
    fixed_draws, sd_draws = np.zeros((draws, len(fixed))), np.zeros((draws, len(groups)))
    for draw in range(draws):
        chain.step()
        coefficients += chain.beta / draws
        probability += expit(chain.design @ chain.beta) / draws
        fixed_draws[draw] = chain.beta[: len(fixed)]
        sd_draws[draw] = chain.sd
    names = [group.name for group in groups]
    blocks = zip(names, chain.blocks[1:], strict=True)
    return MixedLogistic(
        fixed=_estimates(list(fixed), fixed_draws),
        sd=_estimates(names, sd_draws),
        effects={name: coefficients[block] for name, block in blocks},
        probability=probability,
    )


def _estimates(names: Sequence[str], draws: Floats) -> dict[str, Estimate]:
    pairs = zip(names, draws.mean(axis=0), draws.std(axis=0), strict=True)
    return {name: Estimate(float(value), float(error)) for name, value, error in pairs}


def _indicator(group: Group) -> sparse.csr_matrix:
    """(N, levels): the group's slope in the column of each answer's level."""
    size, levels = group.level.size, int(group.level.max()) + 1
    slope = np.ones(size) if group.slope is None else group.slope
    return sparse.csr_matrix((slope, (np.arange(size), group.level)), shape=(size, levels))
