"""Do conclusions hold when the constants that nobody measured are others?

Every constant tagged `Assumed` (envs.constants) is set to both ends of its range, one at a time,
and all of them together by a Latin hypercube (McKay, Beckman and Conover 1979). The learners
change; the tutors do not: their belief keeps the calibrated constants, as among real learners.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau
from scipy.stats.qmc import LatinHypercube

from agents.statistics import Estimate, estimate
from envs.constants import Constants
from envs.tags import Assumed

Floats = NDArray[np.float64]
Gains = Mapping[str, Floats]
"""NLG (delayed) by tutor, (R, N) of R runs on the same N classes."""
LOW: Final = "low"
HIGH: Final = "high"
SAMPLE: Final = "sample"


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A population that differs from the default one."""

    name: str
    """The constant; or the number of the sample."""
    end: str
    """LOW or HIGH end of the constant's range; SAMPLE where all differ."""
    constants: Constants


def assumed(constants: Constants, groups: Sequence[str]) -> dict[str, Assumed]:
    """The assumed constants of these groups by name ("group.constant")."""
    return {
        name: tag
        for name, _, tag in constants.tagged()
        if isinstance(tag, Assumed) and name.partition(".")[0] in groups
    }


def with_values(constants: Constants, values: Mapping[str, float]) -> Constants:
    """The same with some constants replaced, by name ("group.constant")."""
    for name, value in values.items():
        group, _, field = name.partition(".")
        changed = getattr(constants, group)._replace(**{field: value})
        constants = constants._replace(**{group: changed})
    return constants


def one_at_a_time(constants: Constants, ranges: Mapping[str, Assumed]) -> Iterator[Variation]:
    """Each constant at the low and at the high end of its range, the others as they are."""
    for name, tag in ranges.items():
        for end, value in ((LOW, tag.low), (HIGH, tag.high)):
            yield Variation(name=name, end=end, constants=with_values(constants, {name: value}))


def all_together(
    constants: Constants, ranges: Mapping[str, Assumed], samples: int, seed: int
) -> Iterator[Variation]:
    """Populations in which every assumed constant is drawn from its range, evenly spread."""
    low = np.array([tag.low for tag in ranges.values()])
    high = np.array([tag.high for tag in ranges.values()])
    unit = LatinHypercube(len(ranges), rng=seed).random(samples)  # (samples, constants)
    for number, row in enumerate(low + unit * (high - low)):
        values = dict(zip(ranges, row.tolist(), strict=True))
        yield Variation(name=str(number), end=SAMPLE, constants=with_values(constants, values))


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
