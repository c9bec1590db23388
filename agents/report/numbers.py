"""Numbers and intervals as the report prints them."""

from collections.abc import Mapping, Sequence


def with_interval(estimate: Mapping[str, float], digits: int = 3, sign: str = "") -> str:
    """Mean and its interval, from the JSON of `agents.statistics.Estimate`."""
    return interval(estimate["mean"], (estimate["mean_low"], estimate["mean_high"]), digits, sign)


def interval(mean: float, ends: Sequence[float], digits: int = 3, sign: str = "") -> str:
    """A figure with the ends of its interval."""
    low, high = (f"{end:{sign}.{digits}f}" for end in ends)
    return f"{mean:{sign}.{digits}f} ({low} to {high})"


def or_dash(value: float | None, form: str = ".3f") -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:{form}}"
