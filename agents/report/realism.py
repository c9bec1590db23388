"""The realism scorecard as a section of the report."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from agents.report.page import Block, Section, Table
from envs.scorecard import HEADINGS


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.realism --json` wrote."""
    blocks: list[Block] = []
    for group, rows in groupby(results["rows"], key=lambda row: row["group"]):
        members = list(rows)
        passed = sum(row["pass"] for row in members)
        worth = HEADINGS[group]
        blocks.append(f"**{worth.capitalize()}**: {passed} of {len(members)} within tolerance.")
        cells = [
            [
                row["name"],
                *(f"{row[figure]:.3f}" for figure in ("real", "simulated", "tolerance")),
                "yes" if row["pass"] else "**no**",
            ]
            for row in members
        ]
        blocks.append(Table(head=["statistic", "real", "simulated", "+-", "pass"], rows=cells))
    return Section(title="Is the classroom like learners?", blocks=blocks)
