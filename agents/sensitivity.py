"""Do conclusions hold when the constants that nobody measured are others?

The learners change (`agents.populations`); the tutors do not: their belief keeps the calibrated
constants, as it would among real learners.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from agents.populations import Variation
from agents.statistics import Estimate, estimate

Floats = NDArray[np.float64]
Gains = Mapping[str, Floats]
"""NLG (delayed) by tutor, (R, N) of R runs on the same N classes."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of the tutors in one variation."""

    name: str
    end: str
    nlg: dict[str, float]
    """Mean by tutor."""
    lead: Estimate
    """First tutor minus second, class by class."""
    agreement: float
    """Kendall's tau between the ranking of tutors here and with the default constants."""
    flips: list[tuple[str, str]]
    """Pairs (better, worse) by the default constants whose order is the other way round here, both
    with intervals that exclude 0."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "name": self.name,
            "end": self.end,
            "nlg": self.nlg,
            "lead": self.lead.as_dict(),
            "agreement": self.agreement,
            "flips": [list(pair) for pair in self.flips],
        }


def finding(variation: Variation, gains: Gains, usual: Gains) -> Finding:
    """Compare the tutors of one variation with the same tutors under the default constants.

    Args:
        variation: What was changed.
        gains: With it; the first two tutors are those whose difference is followed.
        usual: Under the default constants, the same tutors and class seeds.
    """
    first, second = list(gains)[:2]
    means = {name: float(values.mean()) for name, values in gains.items()}
    before = [float(usual[name].mean()) for name in gains]
    return Finding(
        name=variation.name,
        end=variation.end,
        nlg=means,
        lead=estimate(gains[first] - gains[second]),
        agreement=float(kendalltau(list(means.values()), before).statistic),
        flips=[
            (better, worse)
            for better, worse in decided(usual)
            if estimate(gains[better] - gains[worse]).mean_high < 0
        ],
    )


def decided(gains: Gains) -> list[tuple[str, str]]:
    """Pairs (better, worse) of tutors whose difference has an interval that excludes 0."""
    pairs = []
    for one, other in combinations(gains, 2):
        difference = estimate(gains[one] - gains[other])
        if difference.mean_low > 0:
            pairs.append((one, other))
        elif difference.mean_high < 0:
            pairs.append((other, one))
    return pairs
