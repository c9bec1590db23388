"""Pictures of an evaluation, from its JSON: who gains how much, when, how surely, who does what."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from agents.picture_file import save_picture
from envs.activities import Occupation

Results = Mapping[str, Any]
"""What `scripts.evaluate --json` writes."""
Tutors = Mapping[str, Mapping[str, Any]]
"""Its tutors by name, the best first."""
Floats = NDArray[np.float64]
_COLOURS: Final = {"policy": "#c2410c", "rule": "#1d4ed8", "reference": "#6b7280"}
_LINES: Final = {"policy": "-", "rule": "--", "reference": ":"}
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
_DARK: Final = 0.85
"""Share of a column's best from which a cell is too dark for black figures."""
_OFTEN: Final = 0.02
"""Share of an occupation somewhere, and of all minutes in a bin, from which it is drawn."""


def save_plots(results: Results, folder: Path) -> list[Path]:
    """Draw every picture into a folder."""
    return [
        save_picture(figure, folder / f"{name}.png") for name, figure in pictures(results).items()
    ]


def save_matrix(results: Results, folder: Path) -> Path:
    """Draw the matrix of `scripts.evaluate --matrix` into a folder."""
    return save_picture(draw_matrix(results), folder / "matrix.png")


def pictures(results: Results) -> dict[str, Figure]:
    """Every picture by name; that of policies against others needs a policy."""
    tutors, against = results["tutors"], results["against"]
    return {
        "gain_by_tutor": draw_tutors(tutors),
        "gain_over_course": draw_course(tutors),
        "gain_by_quartile": draw_quartiles(tutors),
        "performance_profile": draw_profiles(tutors, np.array(results["profile_thresholds"])),
        "activity_by_belief": draw_occupations(tutors, np.array(results["belief_edges"])),
        **({"probability_of_improvement": draw_against(against)} if against else {}),
    }


def draw_tutors(tutors: Tutors) -> Figure:
    """Interquartile mean of NLG (delayed) with its 95 % interval, best tutor on top."""
    figure, axes = _axes(7.0, 1.0 + 0.32 * len(tutors))
    everybody = max(each["classes"] for each in tutors.values())
    labels = []
    for place, (name, each) in enumerate(reversed(list(tutors.items()))):
        nlg, colour = each["nlg_delayed"], _COLOURS[each["kind"]]
        axes.plot([nlg["low"], nlg["high"]], [place, place], color=colour, linewidth=3)
        axes.plot([nlg["iqm"]], [place], "o", color=colour)
        few = "" if each["classes"] == everybody else f", {each['classes']} classes"
        labels.append(_label(name, each) + few)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("NLG, delayed test (IQM, 95 % interval)")
    axes.set_xlim(left=0.0)
    axes.grid(visible=True, axis="x", alpha=0.3)
    return figure


def draw_course(tutors: Tutors) -> Figure:
    """Mean NLG (delayed) if teaching stopped at each moment of the course."""
    figure, axes = _axes(7.0, 4.2)
    for name, each in _best(tutors).items():
        share = np.linspace(0.0, 100.0, len(each["curve"]))
        axes.plot(share, each["curve"], _LINES[each["kind"]], label=_label(name, each))
    axes.set_xlabel("share of the course taught (%)")
    axes.set_ylabel("normalised learning gain")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, alpha=0.3)
    return figure


def draw_quartiles(tutors: Tutors) -> Figure:
    """Expected delayed gain of learners by quartile of their pre-test."""
    figure, axes = _axes(7.0, 4.2)
    best = _best(tutors)
    width = 0.8 / max(1, len(best))
    for number, (name, each) in enumerate(best.items()):
        quartiles = each["gain_by_quartile"]
        places = np.arange(len(quartiles)) + (number - (len(best) - 1) / 2) * width
        means, low, high = (
            np.array([quartile[end] for quartile in quartiles]) for end in ("value", "low", "high")
        )
        label, ends = _label(name, each), [means - low, high - means]
        axes.bar(places, means, width, yerr=ends, label=label, error_kw={"lw": 1})
    axes.set_xticks(range(4), ["lowest quarter", "second", "third", "highest quarter"])
    axes.set_xlabel("learners by pre-test")
    axes.set_ylabel("gain in expected score")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, axis="y", alpha=0.3)
    return figure


def draw_profiles(tutors: Tutors, thresholds: Floats) -> Figure:
    """Share of runs and classes that gain more than each threshold; bands are 95 % intervals."""
    figure, axes = _axes(7.0, 4.2)
    best = _best(tutors)
    for name, each in best.items():
        profile = each["profile"]
        label = _label(name, each)
        (line,) = axes.plot(thresholds, profile["share"], _LINES[each["kind"]], label=label)
        band, colour = (profile["low"], profile["high"]), line.get_color()
        axes.fill_between(thresholds, *band, color=colour, alpha=0.15, linewidth=0)
    middle = np.mean([each["profile"]["share"] for each in best.values()], axis=0)
    seen = thresholds[(middle > 0.0) & (middle < 1.0)]
    if seen.size:
        axes.set_xlim(seen[0] - 0.04, seen[-1] + 0.04)
    axes.set_xlabel("threshold of NLG, delayed test")
    axes.set_ylabel("share of runs x classes above it")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    axes.grid(visible=True, alpha=0.3)
    return figure


def draw_against(against: Mapping[str, Any]) -> Figure:
    """Probability that each policy gains more than each other tutor, with 95 % intervals."""
    most = max(len(policy["rivals"]) for policy in against.values())
    figure = Figure(figsize=(7.0, len(against) * (1.4 + 0.32 * most)), layout="constrained")
    panels = figure.subplots(len(against), squeeze=False)[:, 0]
    for axes, (policy, each) in zip(panels, against.items(), strict=True):
        rivals = each["rivals"]
        everybody = max(rival["classes"] for rival in rivals.values())
        names = []
        for place, (name, rival) in enumerate(rivals.items()):
            paired = rival["paired"]
            axes.plot([paired["low"], paired["high"]], [place] * 2, color="#c2410c", linewidth=3)
            axes.plot([paired["value"]], [place], "o", color="#c2410c")
            axes.plot([rival["unpaired"]["value"]], [place], "d", color="#6b7280", fillstyle="none")
            few = "" if rival["classes"] == everybody else f", {rival['classes']} classes"
            names.append(name + few)
        axes.set_yticks(range(len(names)), names)
        axes.set_xlim(-0.02, 1.02)
        axes.axvline(0.5, color="#6b7280", linewidth=1)
        axes.set_xlabel(f"P({policy} gains more): same class, or any two classes (diamonds)")
        axes.grid(visible=True, axis="x", alpha=0.3)
    return figure


def draw_occupations(tutors: Tutors, edges: Floats) -> Figure:
    """What learners do by the mastery that the tutor believes in: one panel a tutor."""
    best = _best(tutors)
    columns = min(3, len(best))
    height = -(-len(best) // columns)
    figure = Figure(figsize=(3.4 * columns, 0.8 + 2.4 * height), layout="constrained")
    panels = figure.subplots(height, columns, sharex=True, sharey=True, squeeze=False).ravel()
    middles = (edges[1:] + edges[:-1]) / 2.0
    for axes, (name, each) in zip(panels, best.items(), strict=False):
        minutes = {what: np.array(row) for what, row in each["minutes_by_belief"].items()}
        total = np.sum(list(minutes.values()), axis=0)
        seen = total > _OFTEN / 2 * total.sum()
        for occupation, colour in _OCCUPATION_COLOURS.items():
            what = occupation.name.lower()
            share = minutes[what][seen] / total[seen]
            if (share > _OFTEN).any():
                axes.plot(middles[seen], share, ".-", color=colour, label=what.replace("_", " "))
        axes.set_title(_label(name, each), fontsize=9)
        axes.grid(visible=True, alpha=0.3)
    for axes in panels[-columns:]:
        axes.set_xlabel("believed mastery", fontsize=9)
    for axes in panels[len(best) :]:
        axes.set_axis_off()
    figure.supylabel("share of learners' minutes", fontsize=9)
    lines = {line.get_label(): line for axes in panels for line in axes.get_lines()}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=5, fontsize=8)
    return figure


def draw_matrix(results: Results) -> Figure:
    """Mean NLG by tutor and learner family; the greener, the nearer to the column's best."""
    families, tutors = results["families"], results["tutors"]
    means = np.array(
        [[each["nlg"][family]["mean"] for family in families] for each in tutors.values()]
    )
    figure, axes = _axes(2.5 + 1.2 * len(families), 1.5 + 0.3 * len(means))
    shares = means / np.abs(means).max(axis=0)
    axes.imshow(shares, aspect="auto", cmap="YlGn", vmin=0.5, vmax=1)
    for (row, column), mean in np.ndenumerate(means):
        colour = "white" if shares[row, column] > _DARK else "black"
        axes.text(column, row, f"{mean:.3f}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(families)), families)
    axes.set_yticks(range(len(means)), list(tutors))
    return figure


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _best(tutors: Tutors) -> Tutors:
    """The best tutors of those that taught all classes, and every policy however it does."""
    everybody = max(each["classes"] for each in tutors.values())
    policies = {name: each for name, each in tutors.items() if each["kind"] == "policy"}
    others = [
        (name, each)
        for name, each in tutors.items()
        if each["kind"] != "policy" and each["classes"] == everybody
    ]
    return policies | dict(others[: max(0, _SHOWN - len(policies))])


def _label(name: str, tutor: Mapping[str, Any]) -> str:
    return f"{name} (privileged)" if tutor["kind"] == "reference" else name
