"""What attention is worth, as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.ablation import RULE_TAUGHT
from agents.report.numbers import or_dash, with_interval
from agents.report.page import Picture, Section, Table
from agents.report.pictures import points

PERCEPTRON: Final = "perceptron"
UNLINKED: Final = "no prerequisite links"
"""Variants of which more is said than their figures."""


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.ablate --study parts --json` wrote."""
    variants, settings = results["attention"], results["settings"]
    alone = settings["imitated"] == 0
    text = (
        f"The same training with parts left out: preset {settings['preset']}, "
        f"{settings['imitated']:,} decisions imitated and {settings['decisions']:,} learnt from, "
        f"seeds {settings['seeds']}, {settings['classes']} unseen classes (mean, 95 % interval "
        "over classes, and over seeds where there are several). Decisions to target: "
        f"{until(settings)}.{_remarks(variants)}"
    )
    picture = points(
        list(variants),
        [each["behind"]["mean"] for each in variants.values()],
        [(each["behind"]["mean_low"], each["behind"]["mean_high"]) for each in variants.values()],
        "NLG with the part left out minus NLG of the whole",
    )
    name = "ablation-alone" if alone else "ablation"
    return Section(
        title="And if nobody is imitated?" if alone else "Does attention matter?",
        blocks=[
            text,
            _figures(variants),
            Picture(name=name, figure=picture, caption="What is lost without a part"),
        ],
    )


def _figures(variants: Mapping[str, Any]) -> Table:
    cells = [
        [
            name,
            with_interval(each["nlg"]),
            with_interval(each["behind"], 4, "+"),
            or_dash(each["steps_to_target"], ",.0f"),
            f"{each['weights']:,}",
            f"{each['milliseconds']:.1f}",
        ]
        for name, each in variants.items()
    ]
    head = ["variant", "NLG", "minus whole", "decisions to target", "weights", "ms"]
    return Table(head=head, rows=cells)


def until(settings: Mapping[str, Any]) -> str:
    """How decisions to the target were counted, from the settings of an ablation."""
    counted = f"until the training courses reached {settings['target']}"
    if settings["imitated"] == 0:
        return counted
    return (
        f"{counted}, not before every classroom had ended {RULE_TAUGHT} courses, because the rule "
        "had begun the first ones"
    )


def _remarks(variants: Mapping[str, Any]) -> str:
    """What figures of some variants do not say of themselves."""
    said = ""
    if PERCEPTRON in variants:
        times = variants[PERCEPTRON]["weights"] / next(iter(variants.values()))["weights"]
        said += f" The {PERCEPTRON} has {times:.1f} times as many weights as the whole network."
    if UNLINKED in variants:
        said += (
            f' "{UNLINKED.capitalize()}" takes away the attention bias along the graph and what a '
            "pair of learner and concept shows of the concept's parents and children; depth, "
            "degrees, belief and prospects, which the environment computes from the graph, stay."
        )
    return said
