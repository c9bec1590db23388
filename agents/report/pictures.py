"""The one kind of picture that several sections share: points with intervals."""

from collections.abc import Sequence

from matplotlib.figure import Figure

COLOUR = "#1d4ed8"


def points(
    names: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[Sequence[float]],
    axis: str,
) -> Figure:
    """One row a name, the first on top: a value, the ends of its interval, and a line at 0."""
    figure = Figure(figsize=(7.0, 1.0 + 0.3 * len(names)), layout="constrained")
    axes = figure.subplots()
    for place, (value, ends) in enumerate(zip(reversed(values), reversed(intervals), strict=True)):
        axes.plot(list(ends), [place, place], color=COLOUR, linewidth=3)
        axes.plot([value], [place], "o", color=COLOUR)
    axes.axvline(0.0, color="#9ca3af", linewidth=1)
    axes.set_yticks(range(len(names)), list(reversed(names)))
    axes.set_xlabel(axis)
    axes.grid(visible=True, axis="x", alpha=0.3)
    return figure
