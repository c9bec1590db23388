"""What other constants would change, as a section of the report."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from agents.populations import HIGH, LOW, SAMPLE
from agents.report.numbers import with_interval
from agents.report.page import Block, Picture, Section, Table

SHOWN: Final = 20
"""Constants in the picture: those that move the difference most."""


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.sensitivity --json` wrote."""
    findings = results["findings"]
    default = next(each for each in findings if not each["end"])
    drawn = [each for each in findings if each["end"] == SAMPLE]
    turned = [
        [each["name"], each["end"], " > ".join(pair[::-1])]
        for each in findings
        if each["end"] != SAMPLE
        for pair in each["flips"]
    ]
    rule = results["settings"]["rules"][0]
    text = (
        f"Policy minus {rule}: {with_interval(default['lead'], 4)} with the default constants, "
        f"{results['settings']['classes']} classes. {alone(findings)}"
    )
    picture = Picture(
        name="sensitivity", figure=tornado(findings, rule), caption="One constant at a time"
    )
    blocks: list[Block] = [text, *together(drawn), picture]
    if turned:
        blocks += [
            "Orders of two tutors that turn round (both intervals exclude 0):",
            Table(head=["constant", "at its end", "order there"], rows=turned),
        ]
    return Section(title="Would other constants change the conclusions?", blocks=blocks)


def alone(findings: Sequence[Mapping[str, Any]]) -> str:
    """Which constants, at one end of their range alone, turn round who is ahead."""
    usual = next(_side(each) for each in findings if not each["end"])
    if not usual:
        return "That interval holds 0: there is no conclusion that a constant could turn round."
    turned = [
        f"{each['name']} ({each['end']} end)"
        for each in findings
        if each["end"] in (LOW, HIGH) and _side(each) == -usual
    ]
    return (
        "Constants that at one end of their range, the others as they are, bring the interval to "
        f"the other side of 0: {', '.join(turned) or 'none'}."
    )


def together(drawn: Sequence[Mapping[str, Any]]) -> list[str]:
    """What holds where all constants differ at once; nothing where that was not measured."""
    if not drawn:
        return []
    agreement = [each["agreement"] for each in drawn]
    above, below = (sum(_side(each) == side for each in drawn) for side in (1, -1))
    flipped = sum(bool(each["flips"]) for each in drawn)
    text = (
        "With all assumed constants of the calibrated learners and their classroom drawn from "
        f"their ranges (a Latin hypercube of {len(drawn)} populations) the policy is above the "
        f"rule in {above}, below in {below}. Kendall's tau between the order of the tutors there "
        f"and with the default constants is {np.median(agreement):.2f} in the median and "
        f"{min(agreement):.2f} at the least; the order of some two tutors turns round (both "
        f"intervals exclude 0) in {flipped} of them."
    )
    return [text]


def _side(finding: Mapping[str, Any]) -> int:
    """1 where the policy is above the first rule, -1 where below, 0 where the interval holds 0."""
    return int(finding["lead"]["mean_low"] > 0) - int(finding["lead"]["mean_high"] < 0)


def tornado(findings: list[dict[str, Any]], rule: str) -> Figure:
    """Policy minus rule at both ends of each constant's range, the widest on top."""
    leads: dict[str, dict[str, float]] = {}
    for each in findings:
        if each["end"] in (LOW, HIGH):
            leads.setdefault(each["name"], {})[each["end"]] = each["lead"]["mean"]
    widest = sorted(leads, key=lambda name: abs(leads[name][HIGH] - leads[name][LOW]))[-SHOWN:]
    figure = Figure(figsize=(7.0, 1.0 + 0.25 * len(widest)), layout="constrained")
    axes = figure.subplots()
    for place, name in enumerate(widest):
        low, high = leads[name][LOW], leads[name][HIGH]
        axes.plot([low, high], [place, place], color="#9ca3af", linewidth=4, zorder=1)
        axes.scatter([low, high], [place, place], c=["#1d4ed8", "#c2410c"], zorder=2)
    axes.axvline(next(each["lead"]["mean"] for each in findings if not each["end"]), linewidth=1)
    axes.set_yticks(range(len(widest)), widest, fontsize=8)
    axes.set_xlabel(f"policy minus {rule} (NLG); blue: low end, orange: high end")
    return figure
