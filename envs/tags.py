"""Where a constant's value comes from: fitted to logs, cited, or assumed with a range."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fitted:
    """Estimated from answer logs; `low` to `high` is its plausible range."""

    low: float
    high: float
    unit: str
    source: str


@dataclass(frozen=True)
class Cited:
    """Taken from a publication; `low` to `high` is its plausible range."""

    low: float
    high: float
    unit: str
    source: str


@dataclass(frozen=True)
class Assumed:
    """Our choice; `low` to `high` is the range for the sensitivity analysis."""

    low: float
    high: float
    unit: str
    why: str


Tag = Fitted | Cited | Assumed
