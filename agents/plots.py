"""Pictures of an evaluation: who gains how much, when, how surely, and who does what."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.against_others import Against
from agents.class_record import BELIEF_BINS
from agents.comparison import Row
from agents.performance_profile import THRESHOLDS
from envs.activities import Occupation

_COLOURS: Final = {"policy": "#c2410c", "rule": "#1d4ed8", "reference": "#6b7280"}
_OCCUPATION_COLOURS: Final = {
    Occupation.PRESENT: "#a855f7",
    Occupation.DEMONSTRATE: "#ec4899",
    Occupation.QUIZ: "#eab308",
    Occupation.EXPLAIN: "#16a34a",
    Occupation.PEER: "#6b7280",
    Occupation.WORKED_EXAMPLE: "#c2410c",
    Occupation.PRACTISE_EASIER: "#93c5fd",
    Occupation.PRACTISE_MATCHED: "#3b82f6",
    Occupation.PRACTISE_HARDER: "#1e3a8a",
}
"""Of every occupation that is about a concept."""
_SHOWN: Final = 6
"""Tutors in the detailed pictures: the best of them, so that they stay readable."""
_OFTEN: Final = 0.02
"""Share of an occupation somewhere, and of all minutes in a bin, from which it is drawn."""


def save_plots(rows: Sequence[Row], policies: Sequence[Against], folder: Path) -> list[Path]:
    """Draw every picture into a folder; that of policies against others needs a policy."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "gain_by_tutor.png": draw_tutors(rows),
        "gain_over_course.png": draw_course(rows),
        "gain_by_quartile.png": draw_quartiles(rows),
        "performance_profile.png": draw_profiles(rows),
        "activity_by_belief.png": draw_occupations(rows),
        **({"probability_of_improvement.png": draw_against(policies)} if policies else {}),
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
        means = np.array([quartile.value for quartile in row.quartiles])
        low = means - [quartile.low for quartile in row.quartiles]
        high = np.array([quartile.high for quartile in row.quartiles]) - means
        axes.bar(places, means, width, yerr=[low, high], label=_label(row), error_kw={"lw": 1})
    axes.set_xticks(range(4), ["lowest quarter", "second", "third", "highest quarter"])
    axes.set_xlabel("learners by pre-test")
    axes.set_ylabel("gain in expected score")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, axis="y", alpha=0.3)
    return figure


def draw_profiles(rows: Sequence[Row]) -> Figure:
    """Share of runs and classes that gain more than each threshold; bands are 95 % intervals."""
    figure, axes = _axes(7.0, 4.2)
    best = _best(rows)
    for row in best:
        style = "-" if row.kind == "policy" else "--" if row.kind == "rule" else ":"
        (line,) = axes.plot(THRESHOLDS, row.profile.share, style, label=_label(row))
        band = row.profile.low, row.profile.high
        axes.fill_between(THRESHOLDS, *band, color=line.get_color(), alpha=0.15, linewidth=0)
    middle = np.mean([row.profile.share for row in best], axis=0)
    seen = THRESHOLDS[(middle > 0.0) & (middle < 1.0)]
    if seen.size:
        axes.set_xlim(seen[0] - 0.04, seen[-1] + 0.04)
    axes.set_xlabel("threshold of NLG, delayed test")
    axes.set_ylabel("share of runs x classes above it")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, alpha=0.3)
    return figure


def draw_against(policies: Sequence[Against]) -> Figure:
    """Probability that each policy gains more than each other tutor, with 95 % intervals."""
    most = max(len(policy.rivals) for policy in policies)
    figure = Figure(figsize=(7.0, len(policies) * (1.4 + 0.32 * most)), layout="constrained")
    for axes, policy in zip(
        figure.subplots(len(policies), squeeze=False)[:, 0], policies, strict=True
    ):
        for place, rival in enumerate(policy.rivals.values()):
            paired, unpaired = rival.paired, rival.unpaired
            axes.plot([paired.low, paired.high], [place, place], color="#c2410c", linewidth=3)
            axes.plot([paired.value], [place], "o", color="#c2410c")
            axes.plot([unpaired.value], [place], "d", color="#6b7280", fillstyle="none")
        everybody = max(rival.classes for rival in policy.rivals.values())
        names = [
            name if rival.classes == everybody else f"{name}, {rival.classes} classes"
            for name, rival in policy.rivals.items()
        ]
        axes.set_yticks(range(len(names)), names)
        axes.set_xlim(-0.02, 1.02)
        axes.axvline(0.5, color="#6b7280", linewidth=1)
        axes.set_xlabel(f"P({policy.name} gains more): same class, or any two classes (diamonds)")
        axes.grid(visible=True, axis="x", alpha=0.3)
    return figure


def draw_occupations(rows: Sequence[Row]) -> Figure:
    """What learners do by the mastery that the tutor believes in: one panel a tutor."""
    best = _best(rows)
    columns = min(3, len(best))
    height = -(-len(best) // columns)
    figure = Figure(figsize=(3.4 * columns, 0.8 + 2.4 * height), layout="constrained")
    panels = figure.subplots(height, columns, sharex=True, sharey=True, squeeze=False).ravel()
    middles = (np.arange(BELIEF_BINS) + 0.5) / BELIEF_BINS
    for axes, row in zip(panels, best, strict=False):
        minutes = row.minutes_by_belief
        total = minutes.sum(axis=0)
        seen = total > _OFTEN / 2 * total.sum()
        for occupation, colour in _OCCUPATION_COLOURS.items():
            share = minutes[occupation, seen] / total[seen]
            if (share > _OFTEN).any():
                name = occupation.name.lower().replace("_", " ")
                axes.plot(middles[seen], share, ".-", color=colour, label=name)
        axes.set_title(_label(row), fontsize=9)
        axes.grid(visible=True, alpha=0.3)
    for axes in panels[-columns:]:
        axes.set_xlabel("believed mastery", fontsize=9)
    for axes in panels[len(best) :]:
        axes.set_axis_off()
    figure.supylabel("share of learners' minutes", fontsize=9)
    lines = {line.get_label(): line for axes in panels for line in axes.get_lines()}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=5, fontsize=8)
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
