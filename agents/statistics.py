"""Interquartile means, effect sizes and bootstrap intervals over classes and training seeds."""

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import trim_mean

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
CONFIDENCE: Final = 0.95
RESAMPLES: Final = 1000
_BOOTSTRAP_SEED: Final = 20_211
"""The same resamples for every tutor, so that intervals of paired tutors are comparable."""
_CHUNK: Final = 100


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One figure of one tutor; the intervals are 95 % percentile bootstrap intervals."""

    mean: float
    iqm: float
    low: float
    """Lower end of the interval of the interquartile mean."""
    high: float
    """Upper end of the interval of the interquartile mean."""
    mean_low: float
    """Lower end of the interval of the mean."""
    mean_high: float
    """Upper end of the interval of the mean."""

    def __format__(self, form: str) -> str:
        """Mean and its interval, each number in that form, as in f"{estimate:+.4f}"."""
        return f"{self.mean:{form}} ({self.mean_low:{form}} to {self.mean_high:{form}})"

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A figure of all classes together with its 95 % percentile bootstrap interval."""

    value: float
    low: float
    high: float

    def __format__(self, form: str) -> str:
        """Value and interval, each number in that form."""
        return f"{self.value:{form}} ({self.low:{form}} to {self.high:{form}})"

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for JSON."""
        return asdict(self)


def iqm(values: Floats) -> float:
    """Interquartile mean: the mean without the lowest and the highest quarter."""
    return float(trim_mean(values, 0.25, axis=None))


def resampled(runs: int, classes: int, resamples: int = RESAMPLES) -> tuple[Indices, Indices]:
    """Indices of the bootstrap's draws: runs (resamples, R) and classes (resamples, N).

    Runs (training seeds) and classes are crossed, every run teaches the same classes, so both are
    resampled, each once per resample; with one run only the classes are.
    """
    rng = np.random.default_rng(_BOOTSTRAP_SEED)
    class_draws = rng.integers(0, classes, (resamples, classes))
    run_draws = rng.integers(0, runs, (resamples, runs))
    return run_draws, class_draws


def resampled_sums(values: Floats, resamples: int = RESAMPLES) -> Floats:
    """Sums over runs and classes of every resample: (R, N, K) to (resamples, K)."""
    runs, classes = values.shape[:2]
    run_draws, class_draws = resampled(runs, classes, resamples)
    by_run = np.tensordot(times_drawn(class_draws, classes), values, axes=(1, 1))  # (., R, K)
    sums: Floats = np.einsum("br,brk->bk", times_drawn(run_draws, runs), by_run)
    return sums


def times_drawn(draws: Indices, size: int) -> Floats:
    """How often a resample drew each of `size` things: (resamples, draws) to (resamples, size)."""
    rows = size * np.arange(len(draws))[:, None]
    counts = np.bincount((draws + rows).ravel(), minlength=len(draws) * size)
    return counts.reshape(len(draws), size).astype(np.float64)


def estimate(values: Floats, resamples: int = RESAMPLES) -> Estimate:
    """Mean and interquartile mean with intervals over training seeds and classes.

    Args:
        values: (R, N) one figure of R runs on the same N classes; R is 1 for a rule.
        resamples: Bootstrap resamples.

    Raises:
        ValueError: Not two axes, none to average, or something that is not a number.
    """
    if values.ndim != 2 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError(f"values have shape {values.shape}; expected finite (runs, classes)")
    run_draws, class_draws = resampled(values.shape[0], values.shape[1], resamples)
    means, middles = np.empty(resamples), np.empty(resamples)
    for start in range(0, resamples, _CHUNK):
        part = slice(start, start + _CHUNK)
        drawn = values[run_draws[part][:, :, None], class_draws[part][:, None, :]]
        flat = drawn.reshape(len(drawn), -1)  # (chunk, R N)
        means[part] = flat.mean(axis=1)
        middles[part] = trim_mean(flat, 0.25, axis=1)
    low, high = _interval(middles)
    mean_low, mean_high = _interval(means)
    return Estimate(
        mean=float(values.mean()),
        iqm=iqm(values),
        low=low,
        high=high,
        mean_low=mean_low,
        mean_high=mean_high,
    )


def cohens_d(ours: Floats, theirs: Floats, resamples: int = RESAMPLES) -> Effect:
    """Cohen's d of learners' scores under two tutors: difference of means over the pooled sd.

    The sd is that between learners (pooled over the two conditions, Cohen 1988, d_s), as in the
    meta-analyses of tutoring, although the same learners were taught: d does not profit from the
    pairing, only its interval does, which resamples whole classes together.

    Args:
        ours: (R, N, S) scores of S learners in N classes under R runs of one tutor.
        theirs: (N, S) scores of the same learners under the other.
        resamples: Bootstrap resamples of the classes (and runs).

    Returns:
        d, positive where ours is higher; 0 where nobody differs at all.
    """
    run_draws, class_draws = resampled(ours.shape[0], ours.shape[1], resamples)
    sums = np.stack([ours.sum(axis=2), (ours**2).sum(axis=2)])  # (2, R, N)
    others = np.stack([theirs.sum(axis=1), (theirs**2).sum(axis=1)])  # (2, N)
    per_class = ours.shape[2]
    drawn = np.empty(resamples)
    for r in range(resamples):
        chosen = sums[:, run_draws[r]][:, :, class_draws[r]]
        drawn[r] = _pooled(chosen, others[:, class_draws[r]], per_class)
    return effect(_pooled(sums, others, per_class), drawn)


def share(parts: Floats, wholes: Floats, resamples: int = RESAMPLES) -> Effect | None:
    """Share of a whole (or mean over members) that differs from class to class: a ratio of sums.

    Args:
        parts: (R, N) of every run and class.
        wholes: (R, N); a class may have none.
        resamples: Bootstrap resamples; those that drew no whole are left out.

    Returns:
        None where there is no whole at all.
    """
    if wholes.sum() == 0:
        return None
    drawn = resampled_sums(np.stack([parts, wholes], axis=2), resamples)  # (resamples, 2)
    drawn = drawn[drawn[:, 1] > 0]
    return effect(parts.sum() / wholes.sum(), drawn[:, 0] / drawn[:, 1])


def worst_tenth(gains: Floats, resamples: int = RESAMPLES) -> Effect:
    """Mean gain of the tenth of all learners (R, N, S) who gain least, of whatever class."""
    run_draws, class_draws = resampled(gains.shape[0], gains.shape[1], resamples)
    drawn = [
        _mean_of_lowest_tenth(gains[runs][:, classes])
        for runs, classes in zip(run_draws, class_draws, strict=True)
    ]
    return effect(_mean_of_lowest_tenth(gains), np.array(drawn))


def _mean_of_lowest_tenth(gains: Floats) -> float:
    count = max(1, gains.size // 10)
    return float(np.partition(gains, count - 1, axis=None)[:count].mean())


def effect(value: float, drawn: Floats) -> Effect:
    """A figure with the interval of its resamples (resamples,)."""
    low, high = _interval(drawn)
    return Effect(value=float(value), low=low, high=high)


def _pooled(sums: Floats, others: Floats, per_class: int) -> float:
    """Cohen's d from sums and sums of squares per class."""
    n, m = sums[0].size * per_class, others[0].size * per_class
    mean, other = sums[0].sum() / n, others[0].sum() / m
    squares = sums[1].sum() - n * mean**2 + others[1].sum() - m * other**2
    sd = np.sqrt(max(0.0, squares) / max(1, n + m - 2))
    return float((mean - other) / sd) if sd > 0 else 0.0


def _interval(drawn: Floats) -> tuple[float, float]:
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return float(low), float(high)
