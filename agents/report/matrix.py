"""The robust evaluation matrix as a section of the report."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from agents.report.numbers import with_interval
from agents.report.page import Picture, Section, Table


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.evaluate --matrix --json` wrote."""
    families, tutors = results["families"], results["tutors"]
    rows = [
        [
            name,
            f"{each['least']:.3f} ({each['least_family']})",
            *(with_interval(each["nlg"][family]) for family in families),
        ]
        for name, each in tutors.items()
    ]
    text = (
        f"Every tutor teaches {results['classes']} unseen classes of every learner family (NLG on "
        "the delayed test, mean, 95 % interval). No tutor is told the family; the belief assumes "
        "calibrated learners. Ordered by the least gain over families."
    )
    picture = Picture(
        name="matrix", figure=heat_map(families, tutors), caption="NLG by tutor and learner family"
    )
    table = Table(head=["tutor", "least", *families], rows=rows)
    return Section(title="And if the learners are other ones?", blocks=[text, picture, table])


def headline(results: Mapping[str, Any]) -> dict[str, Any]:
    """Means of the policy with the highest least gain, and of each family's best rule."""
    families, tutors = results["families"], results["tutors"]
    policies = [each for each in tutors.values() if each["kind"] == "policy"]
    best = max(policies, key=lambda each: each["least"], default=None)
    policy = {} if best is None else {name: best["nlg"][name]["mean"] for name in families}
    return {"policy": policy, "best_rule": results["best_rule"]}


def heat_map(families: list[str], tutors: Mapping[str, Any]) -> Figure:
    """Means as numbers; the greener, the nearer to the column's best (white: half of it)."""
    means = np.array(
        [[each["nlg"][family]["mean"] for family in families] for each in tutors.values()]
    )
    figure = Figure(
        figsize=(2.5 + 1.2 * len(families), 1.5 + 0.3 * len(means)), layout="constrained"
    )
    axes = figure.subplots()
    axes.imshow(means / np.abs(means).max(axis=0), aspect="auto", cmap="YlGn", vmin=0.5, vmax=1)
    for row, line in enumerate(means):
        for column, mean in enumerate(line):
            axes.text(column, row, f"{mean:.3f}", ha="center", va="center")
    axes.set_xticks(range(len(families)), families)
    axes.set_yticks(range(len(means)), list(tutors))
    return figure
