"""Zero-shot transfer as a section of the report."""

from collections.abc import Mapping
from typing import Any

from agents.report.numbers import interval, or_dash
from agents.report.page import Picture, Section, Table
from agents.report.pictures import points


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.transfer --json` wrote."""
    rows = results["transfer"]
    met = [row for row in rows if not row["trained"]]
    new = "that training had not" if len(met) < len(rows) else "(training may have had some)"
    above = sum(row["ahead_interval"][0] > 0 for row in met)
    below = sum(row["ahead_interval"][1] < 0 for row in met)
    cells = [
        [
            row["setting"],
            interval(row["policy"], row["policy_interval"]),
            f"{row['name_of_best_rule']}, {row['best_rule']:.3f}",
            interval(row["ahead"], row["ahead_interval"], 4, "+"),
            or_dash(row["specialist"]),
            or_dash(row["share_of_specialist"], ".1%"),
        ]
        for row in rows
    ]
    head = ["setting", "policy", "best rule", "policy - rule", "trained there", "share of it"]
    picture = points(
        [row["setting"] for row in rows],
        [row["ahead"] for row in rows],
        [row["ahead_interval"] for row in rows],
        "NLG of the policy minus NLG of the best rule there",
    )
    text = (
        f"The policy, unchanged, in {len(met)} settings {new}, "
        f"{results['classes']} unseen classes each (NLG on the delayed test, mean, 95 % interval). "
        f"It is above the best rule in {above}, below in {below}; elsewhere the interval holds 0. "
        "The best rule is chosen on the same classes; rules keep the settings that were tuned for "
        "the default classroom."
    )
    return Section(
        title="Classes and curricula that it never met",
        blocks=[
            text,
            Table(head=head, rows=cells),
            Picture(name="transfer", figure=picture, caption="Policy minus best rule, by setting"),
        ],
    )
