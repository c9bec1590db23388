"""How soon training learns beside stock PPO, as a section of the report."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure

from agents.report.numbers import with_interval
from agents.report.page import Picture, Section, Table
from agents.speed.curves import OURS, PARTS, STOCK

COLOURS: Final = {OURS: "#1d4ed8", STOCK: "#c2410c"}


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.curves --json` wrote."""
    settings = results["settings"]
    text = (
        "Our training beside stable-baselines3's PPO unchanged, both from the same untrained "
        f"network and in the same classrooms: preset {settings['preset']} without imitation, seeds "
        f"{settings['seeds']}. Stock PPO is given scaled rewards, standardised advantages and "
        "inputs, our falling learning rate and an entropy bonus of its own; it keeps one advantage "
        "and one value for the whole class, and discounts by decision. NLG of the training courses "
        f"that ended in each part (mean, 95 % interval over seeds), and of {settings['classes']} "
        "unseen classes taught by the trained policies (over seeds and classes)."
    )
    picture = draw(results["curves"], settings["decisions"])
    return Section(
        title="How soon does it learn, beside stock PPO?",
        blocks=[
            text,
            Table(head=head(results), rows=rows(results)),
            Picture(name="curves", figure=picture, caption="Learning curves of both"),
        ],
    )


def head(results: Mapping[str, Any]) -> list[str]:
    """Titles of the columns."""
    return ["courses that end in decisions", *results["curves"], f"{OURS} minus {STOCK}"]


def rows(results: Mapping[str, Any]) -> list[list[str]]:
    """A row for each part of the training, and one for the unseen classes."""
    settings = results["settings"]
    several = len(settings["seeds"]) > 1
    shown = []
    parts = zip(*results["curves"].values(), results["difference"], strict=True)
    for part, each in enumerate(parts):
        ends = (place * settings["decisions"] // PARTS for place in (part, part + 1))
        shown.append([" to ".join(f"{end:,}" for end in ends), *_cells(each, intervals=several)])
    unseen = (*results["unseen"].values(), results["unseen_difference"])
    title = f"{settings['classes']} unseen classes"
    return [*shown, [title, *_cells(unseen, intervals=True)]]


def _cells(estimates: Sequence[Mapping[str, float]], *, intervals: bool) -> list[str]:
    """Figures, the last of them a difference; of a single seed a curve has no intervals."""
    signs = [""] * (len(estimates) - 1) + ["+"]
    return [
        with_interval(each, sign=sign) if intervals else f"{each['mean']:{sign}.3f}"
        for each, sign in zip(estimates, signs, strict=True)
    ]


def draw(curves: Mapping[str, Sequence[Mapping[str, float]]], decisions: int) -> Figure:
    """Both curves with their intervals."""
    figure = Figure(figsize=(7.0, 4.5), layout="constrained")
    axes = figure.subplots()
    middles = [(part + 0.5) * decisions / PARTS for part in range(PARTS)]
    for name, curve in curves.items():
        axes.plot(middles, [each["mean"] for each in curve], "o-", color=COLOURS[name], label=name)
        low, high = ([each[end] for each in curve] for end in ("mean_low", "mean_high"))
        axes.fill_between(middles, low, high, color=COLOURS[name], alpha=0.2)
    axes.set_xlabel("decisions learnt from")
    axes.set_ylabel("NLG of training courses (delayed test)")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return figure
