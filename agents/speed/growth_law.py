"""Which power of a size a cost grows with, and how much of it is constant, linear and square."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from scipy.optimize import nnls
from scipy.stats import linregress

FEWEST: Final = 3
"""Points of a slope: from two no standard error follows."""
POWERS: Final = (0, 1, 2)


@dataclass(frozen=True, kw_only=True)
class Law:
    """How a cost grows with a size n, which rises from point to point."""

    exponent: float
    """Slope of log cost over log n, least squares over the upper half of the points: 1 where the
    cost is linear there, 2 where it is square."""
    error: float
    """Its standard error, which says how straight the points lie, not how well they were timed."""
    constant: float
    """Share of the constant part in the cost of the largest size, in a + b n + c n^2."""
    linear: float
    """Share of the linear part there."""
    square: float
    """Share of the square part there."""

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for JSON."""
        return asdict(self)


def law(sizes: Sequence[float], costs: Sequence[float]) -> Law:
    """Fit costs above 0 at sizes that rise.

    The three parts are fitted to all points, none below 0 (Lawson and Hanson 1974, ch. 23), with
    every point's relative error weighing the same.

    Raises:
        ValueError: There are too few points.
    """
    if len(sizes) < FEWEST:
        raise ValueError(f"sizes are {len(sizes)}; expected at least {FEWEST}")
    n, cost = np.asarray(sizes, float), np.asarray(costs, float)
    upper = slice(-max(FEWEST, -(-len(n) // 2)), None)
    line = linregress(np.log(n[upper]), np.log(cost[upper]))
    powers = np.stack([(n / n[-1]) ** power for power in POWERS], axis=1)  # (points, 3)
    parts, _ = nnls(powers / cost[:, None], np.ones(len(n)))  # (3,) costs at the largest size
    constant, linear, square = (parts / parts.sum()).tolist()
    return Law(
        exponent=float(line.slope),
        error=float(line.stderr),
        constant=constant,
        linear=linear,
        square=square,
    )
