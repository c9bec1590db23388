"""Adaptation while teaching, as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from matplotlib.figure import Figure

from agents.report.numbers import or_dash, with_interval
from agents.report.page import Picture, Section, Table
from agents.report.pictures import COLOUR

USUAL: Final = "no shift"
COLUMNS: Final = 3


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.adapt --json` wrote."""
    kinds = dict(results["shifts"])
    if results["no_shift"] is not None:
        kinds[USUAL] = results["no_shift"]
    text = (
        "The deployed policy teaches live courses of classes that differ from those it was "
        "trained for; adapters learn from what can be seen, and a guard decides on courses held "
        f"back what may teach. Then {results['classes']} unseen classes of the same kind (seeds "
        f"{results['seeds']}; NLG on the delayed test, mean, 95 % interval).{_specialist(results)} "
        "In force are adapters and, where courses held back bear it out, a belief that is told "
        "the learners' ability, forgetting and gain from practice as estimated. Without guard: the "
        "newest adapters, let teach or not. Belief told: no adapters, but the belief told at the "
        "end, borne out or not. Old: adapters in force at the end, on the classes the policy was "
        "trained for. Last, how many seeds tell the belief at the end, promotions of adapters, and "
        "how often the guard took one back."
    )
    caption = "NLG of what is in force minus the frozen policy's"
    if any(each["gap"] is not None for each in kinds.values()):
        caption += "; dashed: the specialist's"
    picture = Picture(name="adaptation", figure=_curves(kinds), caption=caption)
    return Section(
        title="Does it adapt while it teaches?",
        blocks=[text, _table(kinds), picture],
    )


def _specialist(results: Mapping[str, Any]) -> str:
    """Who the specialists are, where there are any."""
    decisions, given = results["decisions_of_other_specialists"], results["specialists"]
    if not decisions and not given:
        return ""
    who = [f"{run} ({name})" for name, run in given.items()]
    if decisions:
        who.append(
            f"{'elsewhere ' if given else ''}the deployed policy, {decisions:,} decisions more"
        )
    said = f" A specialist was trained on such classes by the hidden reward: {', '.join(who)}"
    return f"{said}. Recovered: of its gap, where it is surely above 0."


def _table(kinds: Mapping[str, Any]) -> Table:
    courses = next(iter(kinds.values()))["courses"][-1]
    head = [
        *("classes", "frozen", f"adapted - frozen, {courses} courses", "specialist's gap"),
        *("recovered", "without guard", "belief told", "old", "told, promoted, taken back"),
    ]
    return Table(head=head, rows=[_row(name, each) for name, each in kinds.items()])


def _row(name: str, each: Mapping[str, Any]) -> list[str]:
    gap, minus = each["gap"], "_minus_frozen"
    others = (f"candidate{minus}", f"informed{minus}", f"old_population{minus}")
    told = sum(seed["known"]["learners"]["told"] for seed in each["seeds"])
    events = [entry["event"] for seed in each["seeds"] for entry in seed["promotions"]]
    promoted = events.count("promoted")
    return [
        name,
        with_interval(each["frozen"]),
        with_interval(each[f"adapted{minus}"][-1], 4, "+"),
        "-" if gap is None else with_interval(gap, 4, "+"),
        or_dash(each["recovered"], ".0%"),
        *(with_interval(each[figure], 4, "+") for figure in others),
        ", ".join(map(str, (told, promoted, len(events) - promoted))),
    ]


def _curves(kinds: Mapping[str, Any]) -> Figure:
    rows = -(-len(kinds) // COLUMNS)
    figure = Figure(figsize=(9.0, 2.6 * rows), layout="constrained")
    panels = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).flatten()
    for axes, (name, each) in zip(panels, kinds.items(), strict=False):
        gained = each["adapted_minus_frozen"]
        low, high = ([one[end] for one in gained] for end in ("mean_low", "mean_high"))
        axes.plot(each["courses"], [one["mean"] for one in gained], "o-", color=COLOUR)
        axes.fill_between(each["courses"], low, high, color=COLOUR, alpha=0.2)
        axes.axhline(0.0, color="#9ca3af", linewidth=1)
        if each["gap"] is not None:
            axes.axhline(each["gap"]["mean"], color="#b45309", linestyle="--")
        axes.set_title(name)
        axes.set_xlabel("live courses")
    for axes in panels[len(kinds) :]:
        axes.set_visible(False)
    panels[0].set_ylabel("NLG minus frozen")
    return figure
