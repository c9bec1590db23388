"""Three pictures of an evaluation: gain per tutor, over the course, by where learners started."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.comparison import Row

_COLOURS: Final = {"policy": "#c2410c", "rule": "#1d4ed8", "reference": "#6b7280"}
_SHOWN: Final = 6
"""Tutors in the two detailed pictures: the best of them, so that they stay readable."""


def save_plots(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Draw gain_by_tutor.png, gain_over_course.png and gain_by_quartile.png into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "gain_by_tutor.png": draw_tutors(rows),
        "gain_over_course.png": draw_course(rows),
        "gain_by_quartile.png": draw_quartiles(rows),
    }
    paths = []
    for name, figure in pictures.items():
        path = folder / name
        figure.savefig(path, dpi=150)
        paths.append(path)
    return paths


def draw_tutors(rows: Sequence[Row]) -> Figure:
    """Interquartile mean of NLG (delayed) with its 95 % interval, best tutor on top."""
    figure, axes = _axes(7.0, 1.0 + 0.32 * len(rows))
    for place, row in enumerate(reversed(rows)):
        nlg = row.figures["nlg_delayed"]
        axes.plot([nlg.low, nlg.high], [place, place], color=_COLOURS[row.kind], linewidth=3)
        axes.plot([nlg.iqm], [place], "o", color=_COLOURS[row.kind])
    everybody = max(row.classes for row in rows)
    few = {row.name: f", {row.classes} classes" for row in rows if row.classes < everybody}
    labels = [_label(row) + few.get(row.name, "") for row in reversed(rows)]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_xlabel("NLG, delayed test (IQM, 95 % interval)")
    axes.set_xlim(left=0.0)
    axes.grid(visible=True, axis="x", alpha=0.3)
    return figure


def draw_course(rows: Sequence[Row]) -> Figure:
    """Mean NLG (delayed) if teaching stopped at each moment of the course."""
    figure, axes = _axes(7.0, 4.2)
    for row in _best(rows):
        share = np.linspace(0.0, 1.0, len(row.curve))
        style = "-" if row.kind == "policy" else "--" if row.kind == "rule" else ":"
        axes.plot(100.0 * share, row.curve, style, label=_label(row))
    axes.set_xlabel("share of the course taught (%)")
    axes.set_ylabel("normalised learning gain")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, alpha=0.3)
    return figure


def draw_quartiles(rows: Sequence[Row]) -> Figure:
    """Expected delayed gain of learners by quartile of their pre-test."""
    figure, axes = _axes(7.0, 4.2)
    best = _best(rows)
    width = 0.8 / max(1, len(best))
    for number, row in enumerate(best):
        places = np.arange(len(row.quartiles)) + (number - (len(best) - 1) / 2) * width
        means = np.array([quartile.mean for quartile in row.quartiles])
        low = means - [quartile.mean_low for quartile in row.quartiles]
        high = np.array([quartile.mean_high for quartile in row.quartiles]) - means
        axes.bar(places, means, width, yerr=[low, high], label=_label(row), error_kw={"lw": 1})
    axes.set_xticks(range(4), ["lowest quarter", "second", "third", "highest quarter"])
    axes.set_xlabel("learners by pre-test")
    axes.set_ylabel("gain in expected score")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, axis="y", alpha=0.3)
    return figure


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _best(rows: Sequence[Row]) -> list[Row]:
    """The best tutors of those that taught all classes, and every policy however it does."""
    everybody = max(row.classes for row in rows)
    policies = [row for row in rows if row.kind == "policy"]
    others = [row for row in rows if row.kind != "policy" and row.classes == everybody]
    return policies + others[: max(0, _SHOWN - len(policies))]


def _label(row: Row) -> str:
    return f"{row.name} (privileged)" if row.kind == "reference" else row.name
