"""Populations in which the constants that nobody measured are others.

The constants tagged `Assumed` (envs.constants) of the calibrated learners and their classroom
(CLASSROOM), at both ends of their ranges, one at a time, and all together by a Latin hypercube
(McKay, Beckman and Conover 1979). Not varied are:

- what is fitted or cited: somebody measured it;
- the assumed constants of the other learner families (envs.learners.constants): no calibrated
  learner reads them, and the matrix of `scripts.evaluate` varies the family as a whole;
- what the tracer assumes (envs.tracing): that is the tutor's side, which stays as it is while
  the learners change, as it would among real ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats.qmc import LatinHypercube

from envs.constants import Constants
from envs.tags import Assumed

LOW: Final = "low"
HIGH: Final = "high"
SAMPLE: Final = "sample"
CLASSROOM: Final = (
    *("knowledge", "memory", "acquisition", "attention", "affect"),
    *("sickness", "sensors", "time"),
)
"""Groups of constants that the calibrated family and its classroom read."""


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
    """Populations in which each of these constants is drawn from its range, evenly spread."""
    low = np.array([tag.low for tag in ranges.values()])
    high = np.array([tag.high for tag in ranges.values()])
    unit = LatinHypercube(len(ranges), rng=seed).random(samples)  # (samples, constants)
    for number, row in enumerate(low + unit * (high - low)):
        values = dict(zip(ranges, row.tolist(), strict=True))
        yield Variation(name=str(number), end=SAMPLE, constants=with_values(constants, values))
