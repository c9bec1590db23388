"""Fit the population to the statistics of a real answer log, by simulated moments.

McFadden 1989, Econometrica 57: choose the constants for which logs that the model writes show the
statistics that the real log shows. The random numbers stay the same from one try to the next.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, get_type_hints

import numpy as np
from scipy.optimize import minimize

from envs.constants import Constants, KnowledgeConstants
from envs.log_simulation import LogDesign
from envs.logs import Floats
from envs.scorecard import Row, core_rows, logs

FREE: Final = (
    "intercept",
    "ability_sd",
    "ability_skew",
    "learner_concept_sd",
    "first_exposure_jump",
    "growth",
    "context_sd",
    "context_correlation",
)
"""Constants of `KnowledgeConstants` that the statistics identify; others have fits of their own."""
FIRST_SEEDS: Final = (500_000_000, 500_010_000)
"""Logs of the fit: others than those of the scorecard, so that the scorecard is a fresh sample."""


class Fit(NamedTuple):
    """What a fit came to."""

    constants: Constants
    distance: float
    rows: list[Row]


def distance(rows: Sequence[Row]) -> float:
    """Sum over rows of the squared distance from the real value, in tolerances."""
    return float(sum(((row.simulated - row.real) / row.tolerance) ** 2 for row in rows))


def ranges() -> list[tuple[float, float]]:
    """Least and most of each free constant: those of its tag."""
    hints = get_type_hints(KnowledgeConstants, include_extras=True)
    tags = [hints[name].__metadata__[0] for name in FREE]
    return [(tag.low, tag.high) for tag in tags]


def with_values(constants: Constants, values: Floats) -> Constants:
    """The same constants with new values (8,) for `FREE`."""
    changed = dict(zip(FREE, values.tolist(), strict=True))
    return constants._replace(knowledge=constants.knowledge._replace(**changed))


def fit_moments(
    start: Constants, design: LogDesign, tries: int, tell: Callable[[int, float], None]
) -> Fit:
    """Search by Nelder and Mead's simplex within the ranges of the tags.

    Args:
        start: Where to begin.
        design: Of the simulated logs.
        tries: Populations to simulate at most.
        tell: Called after each with the tries so far and the least distance.

    Returns:
        The nearest population found, rounded to three digits, and its rows.
    """
    best = [np.inf, 0]

    def rows(values: Floats) -> list[Row]:
        constants = with_values(start, values)
        return list(core_rows(logs(design, constants, FIRST_SEEDS), constants))

    def far(values: Floats) -> float:
        found = distance(rows(values))
        best[:] = min(best[0], found), best[1] + 1
        tell(int(best[1]), best[0])
        return found

    limits = ranges()
    begin = np.array([getattr(start.knowledge, name) for name in FREE])
    width = np.array([high - low for low, high in limits])
    simplex = np.vstack([begin, begin + 0.15 * np.diag(width)])
    options = {"maxfev": tries, "initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-3}
    found = minimize(far, begin, method="Nelder-Mead", bounds=limits, options=options)
    values = np.round(found.x, 3)
    final = rows(values)
    return Fit(with_values(start, values), distance(final), final)
