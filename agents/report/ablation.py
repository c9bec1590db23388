"""What parts of the policy, and ways to train it, are worth: sections of the report."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from agents.ablation import RULE_TAUGHT
from agents.ablation_tables import steps_in_words
from agents.report.numbers import with_interval
from agents.report.page import Picture, Section, Table
from agents.report.pictures import points

PERCEPTRON: Final = "perceptron"
UNLINKED: Final = "no prerequisite links"
MIXED: Final = "two class sizes and lengths"
"""Variants of which more is said than their figures."""


class Question(NamedTuple):
    """How the section of a study is worded."""

    title: str
    compared: str
    picture: str
    caption: str
    but: str = ""


LEFT_OUT: Final = "The same training with parts left out"
QUESTIONS: Final[Mapping[tuple[str, bool], Question]] = MappingProxyType(
    {
        ("parts", False): Question(
            "Does attention matter?", LEFT_OUT, "ablation", "What is lost without a part"
        ),
        ("parts", True): Question(
            "And if nobody is imitated?",
            LEFT_OUT,
            "ablation-alone",
            "What is lost without a part, where nobody is imitated",
        ),
        ("training", True): Question(
            "What makes it learn better in the same time?",
            "Trainings that take about as long, what costs more with fewer decisions",
            "training",
            "What other ways of training bring",
            " but where the table says otherwise",
        ),
    }
)
"""By study, and whether nobody is imitated."""


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.ablate --json` wrote of the studies of parts or of training."""
    variants, settings = results["variants"], results["settings"]
    told = QUESTIONS[settings["study"], settings["imitated"] == 0]
    text = (
        f"{told.compared}: preset {settings['preset']}, {settings['imitated']:,} decisions "
        f"imitated and {settings['decisions']:,} learnt from{told.but}, seeds {settings['seeds']}, "
        f"{settings['classes']} unseen classes (mean, 95 % interval over classes, and over seeds "
        f"where there are several). Decisions to target: {until(settings)}.{_remarks(variants)}"
    )
    picture = points(
        list(variants),
        [each["behind"]["mean"] for each in variants.values()],
        [(each["behind"]["mean_low"], each["behind"]["mean_high"]) for each in variants.values()],
        f"NLG minus NLG of {next(iter(variants))}",
    )
    return Section(
        title=told.title,
        blocks=[
            text,
            _figures(variants),
            Picture(name=told.picture, figure=picture, caption=told.caption),
        ],
    )


def _figures(variants: Mapping[str, Any]) -> Table:
    cells = [
        [
            name,
            with_interval(each["nlg"]),
            with_interval(each["behind"], 4, "+"),
            f"{each['imitated']:,}",
            f"{each['decisions']:,}",
            steps_in_words(each["steps_to_target"], each["steps_of_runs"]),
            f"{each['weights']:,}",
            f"{each['milliseconds']:.1f}",
        ]
        for name, each in variants.items()
    ]
    head = [
        "variant",
        "NLG",
        "minus the first",
        "imitated",
        "learnt from",
        "to target",
        "weights",
        "ms",
    ]
    return Table(head=head, rows=cells)


def until(settings: Mapping[str, Any]) -> str:
    """How decisions to the target were counted, from the settings of an ablation."""
    counted = f"until the training courses reached {settings['target']}"
    if settings["imitated"] > 0:
        counted += (
            f", not before every classroom had ended {RULE_TAUGHT} courses, because the rule had "
            "begun the first ones"
        )
    return f"{counted}; median of the seeds (least to most)"


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
    if MIXED in variants:
        said += f' "{MIXED.capitalize()}" is held to it in its own courses, half of them shorter.'
    return said
