"""Is one tutor better than another on the same classes, by how much, and how surely?

The probability of improvement of Agarwal et al. (2021, section 4.3) is P(x > y) + P(x = y) / 2,
over all pairs of runs on one task, averaged over tasks. Both readings of "task" are given:

| figure | a task is | compares |
|---|---|---|
| paired | a class | what two tutors make of the same learners |
| unpaired | the course | any class of one tutor with any class of the other |

Classes differ more than tutors do, which draws the unpaired figure towards one half.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from agents.statistics import RESAMPLES, Effect, Floats, effect, resampled, times_drawn

_RIVAL_SEED: Final = 20_212
"""The rival's runs are drawn independently of ours."""
_CHUNK: Final = 100


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """One tutor against a rival on the first classes that both taught."""

    classes: int
    difference: Effect
    """Mean of our gain minus theirs."""
    paired: Effect
    """Probability that we gain more with the same class."""
    unpaired: Effect
    """Probability that any class of ours gains more than any class of theirs."""

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        return asdict(self)


def improvement(ours: Floats, theirs: Floats, resamples: int = RESAMPLES) -> Improvement:
    """Compare the gains of two tutors; intervals are over both's training seeds and the classes.

    Args:
        ours: (R, N) gains of R runs on the same N classes.
        theirs: (Q, M) gains of the rival's runs; the first min(N, M) classes are the same.
        resamples: Bootstrap resamples; in each, both teach the same drawn classes.
    """
    classes = min(ours.shape[1], theirs.shape[1])
    ours, theirs = ours[:, :classes], theirs[:, :classes]
    pairs = ours[:, None] - theirs[None]  # (R, Q, N)
    run_draws, class_draws = resampled(len(ours), classes, resamples)
    rng = np.random.default_rng(_RIVAL_SEED)
    rival_draws = rng.integers(0, len(theirs), (resamples, len(theirs)))
    runs, rivals = times_drawn(run_draws, len(ours)), times_drawn(rival_draws, len(theirs))
    taught = times_drawn(class_draws, classes)  # (resamples, N)
    by_run = np.tensordot(taught, np.stack([pairs, _better(pairs)]), axes=(1, 3))  # (., 2, R, Q)
    drawn = np.einsum("br,bq,bfrq->fb", runs, rivals, by_run) / pairs.size  # (2, resamples)
    anywhere = [
        _unpaired(ours, theirs, runs[part], rivals[part], taught[part])
        for part in (slice(start, start + _CHUNK) for start in range(0, resamples, _CHUNK))
    ]
    once = np.ones((1, len(ours))), np.ones((1, len(theirs))), np.ones((1, classes))
    return Improvement(
        classes=classes,
        difference=effect(pairs.mean(), drawn[0]),
        paired=effect(_better(pairs).mean(), drawn[1]),
        unpaired=effect(_unpaired(ours, theirs, *once)[0], np.concatenate(anywhere)),
    )


def _better(difference: Floats) -> Floats:
    """1 where positive, one half where zero."""
    return (np.sign(difference) + 1.0) / 2.0


def _unpaired(ours: Floats, theirs: Floats, runs: Floats, rivals: Floats, taught: Floats) -> Floats:
    """P(x > y) + P(x = y) / 2 over all runs and classes, drawn with counts: (resamples,).

    Args:
        ours: (R, N).
        theirs: (Q, N).
        runs: (resamples, R) how often each of our runs was drawn.
        rivals: (resamples, Q) each of theirs.
        taught: (resamples, N) each class.
    """
    weight = (runs[:, :, None] * taught[:, None]).reshape(len(runs), -1)  # (resamples, R N)
    rival = (rivals[:, :, None] * taught[:, None]).reshape(len(runs), -1)  # (resamples, Q N)
    order = np.argsort(theirs, axis=None)
    ranked = theirs.ravel()[order]
    below = np.pad(np.cumsum(rival[:, order], axis=1), ((0, 0), (1, 0)))  # (resamples, Q N + 1)
    less = below[:, np.searchsorted(ranked, ours.ravel(), "left")]
    not_more = below[:, np.searchsorted(ranked, ours.ravel(), "right")]
    wins: Floats = (weight * (less + not_more) / 2.0).sum(axis=1) / (ours.size * theirs.size)
    return wins
