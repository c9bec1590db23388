"""What learning beside the reward brings, as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.ablation_tables import steps_in_words
from agents.report.ablation import until
from agents.report.numbers import or_dash, with_interval
from agents.report.page import Picture, Section, Table
from agents.report.pictures import points

FAILURES: Final = (
    "NLG lost when the tutor's sensors fail, on a quarter of the classes; gaze wrong: its reading "
    "of attention too high by a standard deviation of its noise. They fail in the classroom, so "
    "that knowledge tracing goes without them or is misled, too."
)
ANSWERS: Final = (
    "Next answers foretold of classes (and, where a log was at hand, of real learners) that nobody "
    "learnt from."
)


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.ablate --study losses --json` wrote."""
    variants, settings = results["variants"], results["settings"]
    alone, imitated = next(iter(variants)), settings["imitated"] > 0
    name = "losses" if imitated else "losses-alone"
    text = (
        f"The same training with other losses: preset {settings['preset']}, "
        f"{settings['imitated']:,} decisions imitated and {settings['decisions']:,} learnt from, "
        f"seeds {settings['seeds']}, {settings['classes']} unseen classes (mean, 95 % interval "
        "over classes, and over seeds where there are several). L_self: what is hidden of the "
        "observation and the next answers are foretold; L_cross: the modalities of a learner are "
        "matched, and hidden from the policy at times in training (not from tracing); "
        "pre-trained: the trunk learnt both before any reward. "
        f"Decisions to target: {until(settings)}, where sensors are hidden in training in "
        "such courses; pre-training is not counted."
    )
    picture = points(
        list(variants),
        [each["behind"]["mean"] for each in variants.values()],
        [(each["behind"]["mean_low"], each["behind"]["mean_high"]) for each in variants.values()],
        f"NLG minus NLG of {alone}",
    )
    return Section(
        title=f"What does learning beside the reward bring{'' if imitated else ', alone'}?",
        blocks=[
            text,
            _gains(variants, alone),
            Picture(name=name, figure=picture, caption="What the other losses bring"),
            FAILURES,
            _failures(variants),
            ANSWERS,
            _answers(results["next_answer_auc"]),
        ],
    )


def _gains(variants: Mapping[str, Any], alone: str) -> Table:
    cells = [
        [
            name,
            with_interval(each["nlg"]),
            with_interval(each["behind"], 4, "+"),
            steps_in_words(each["steps_to_target"], each["steps_of_runs"]),
        ]
        for name, each in variants.items()
    ]
    return Table(head=["losses", "NLG", f"minus {alone}", "decisions to target"], rows=cells)


def _failures(variants: Mapping[str, Any]) -> Table:
    failures = next(iter(variants.values()))["nlg_missing"]
    cells = [
        [
            name,
            *(
                with_interval(each["nlg_missing"][name]["lost"], 4, "+")
                for each in variants.values()
            ),
        ]
        for name in failures
    ]
    return Table(head=["sensors", *variants], rows=cells)


def _answers(foretold: Mapping[str, Any]) -> Table:
    found = {kind: foretold[kind] or {} for kind in ("simulated", "real")}
    by_whom = list(dict.fromkeys(name for figures in found.values() for name in figures))
    cells = []
    for name in by_whom:
        figures = (each.get(name, {}) for each in found.values())
        cells.append([name, *(or_dash(each.get("auc")) for each in figures)])
    return Table(head=["by whom", "AUC, simulated", "AUC, real"], rows=cells)
