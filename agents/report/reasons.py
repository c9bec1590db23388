"""Reasons, guard-rails and named causes of errors, as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.report.numbers import interval, with_interval
from agents.report.page import Section, Table

AREAS: Final = ("deletion", "insertion", "deletion_gain", "insertion_gain", "top_gain")


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.reasons --json` wrote."""
    faithful, guard = results["faithfulness"], results["guard_rails"]
    whose = "tuning classes" if results["purpose"] == "tuning" else "unseen classes"
    reasons = (
        f"Reasons, on {faithful['states']} decisions of {results['classes']} {whose}: the "
        "area under the probability of the tutor's own choice while tokens are deleted (the "
        "smaller the better) or put back in the order of their weight, how much better either is "
        "than in random order, and how much further the probability falls when the first three go "
        "than with random ones (mean, 95 % interval). The decision service's reasons: occlusion."
    )
    guarded = (
        f"Guard-rails, on {guard['classes']} {whose}: they change the NLG by "
        f"{with_interval(guard['difference'], 4, '+')} from {guard['nlg_without']['mean']:.3f}, "
        f"a loss of {guard['share_lost']:.2%}."
    )
    causes = (
        "Causes of errors: share of errors whose true cause is the one that the service names "
        "first, the first or among the first two by belief once it is told that the error is of "
        "the row's kind, and of simpler ways of blaming, by tutor (95 % interval)."
    )
    return Section(
        title="Are its reasons true?",
        blocks=[
            reasons,
            _methods(faithful["methods"]),
            guarded,
            _vetoes(guard),
            causes,
            _causes(results["error_causes"]),
        ],
    )


def _methods(methods: Mapping[str, Any]) -> Table:
    ordered = sorted(methods.items(), key=lambda item: -_both(item[1]))
    rows = [[name, *(with_interval(each[area]) for area in AREAS)] for name, each in ordered]
    head = ["tokens left out by", *(area.replace("_", " ") for area in AREAS)]
    return Table(head=head, rows=rows)


def _both(method: Mapping[str, Any]) -> float:
    """As `agents.faithfulness.Faithfulness.score`."""
    gains: float = method["deletion_gain"]["mean"] + method["insertion_gain"]["mean"]
    return gains


def _vetoes(guard: Mapping[str, Any]) -> Table:
    rows = [[rule, f"{count:.2f}"] for rule, count in guard["vetoes_per_course"].items()]
    return Table(head=["rule", "vetoes in a course"], rows=rows)


def _causes(by_tutor: Mapping[str, Any]) -> Table:
    rows = []
    for tutor, report in by_tutor.items():
        for group, count in report["errors"].items():
            found = report["accuracy"][group]
            shares = ("-" if each is None else _share(each) for each in found.values())
            rows.append([tutor, group, f"{count:,}", *shares])
    figures = next(iter(next(iter(by_tutor.values()))["accuracy"].values()))
    return Table(head=["tutor", "errors", "number", *figures], rows=rows)


def _share(effect: Mapping[str, float]) -> str:
    return interval(effect["value"], (effect["low"], effect["high"]))
