"""What other constants would change, as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

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
    above = sum(each["lead"]["mean_low"] > 0 for each in drawn)
    below = sum(each["lead"]["mean_high"] < 0 for each in drawn)
    rule = results["settings"]["rules"][0]
    text = (
        f"Policy minus {rule}: {with_interval(default['lead'], 4)} with the default constants, "
        f"{results['settings']['classes']} classes. With all assumed constants drawn from their "
        f"ranges ({len(drawn)} populations) it is above in {above}, below in {below}."
    )
    picture = Picture(
        name="sensitivity", figure=tornado(findings, rule), caption="One constant at a time"
    )
    blocks: list[Block] = [text, picture]
    if turned:
        blocks += [
            "Orders of two tutors that turn round (both intervals exclude 0):",
            Table(head=["constant", "at its end", "order there"], rows=turned),
        ]
    return Section(title="Would other constants change the conclusions?", blocks=blocks)


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
