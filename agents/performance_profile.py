"""Performance profiles: how large a share of runs and classes gains more than any threshold.

Agarwal et al. (2021), "Deep reinforcement learning at the edge of the statistical precipice",
section 4.2, the run-score distribution: a mean hides what a profile shows, whether a tutor is
better for all classes or only for some.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from agents.statistics import CONFIDENCE, RESAMPLES, Floats, resampled_sums

THRESHOLDS: Final[Floats] = np.linspace(-0.2, 1.0, 61).round(2)
"""Gains at which a profile is taken."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Shares at THRESHOLDS, with pointwise 95 % percentile bootstrap intervals."""

    share: Floats  # (T,) of runs x classes that gain more than the threshold
    low: Floats  # (T,)
    high: Floats  # (T,)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        return {"share": self.share.tolist(), "low": self.low.tolist(), "high": self.high.tolist()}


def profile(gains: Floats, resamples: int = RESAMPLES) -> Profile:
    """Take the profile of gains (R, N); intervals are over training seeds and classes."""
    above = (gains[:, :, None] > THRESHOLDS).astype(np.float64)  # (R, N, T)
    drawn = resampled_sums(above, resamples) / gains.size
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    return Profile(share=above.mean(axis=(0, 1)), low=low, high=high)
