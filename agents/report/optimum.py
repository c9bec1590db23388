"""The exact optimum as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.optimum import RULES
from agents.report.page import Block, Section, Table

ABOUT: Final = (
    "One learner, two to four concepts, parameters of fitted skills. Gains are points of 100 of "
    "the expected score; what simple rules reach is in % of the optimal gain. Without an optimum "
    "there are too many beliefs, and only bounds are known."
)
TRAINED: Final = (
    "The attention policy, trained by the ordinary trainer; each run in its own drill. Exact: "
    "computed over all that can happen; else the 95 % interval over simulated learners. The "
    "discounts of training were chosen on the drill `ordered`."
)


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.optimum --json` wrote."""
    head = ["drill", "mastery", "optimum", *(f"{rule} %" for rule in RULES), "bounds"]
    blocks: list[Block] = [
        ABOUT,
        Table(head=head, rows=[_drill(row) for row in results["rows"]]),
    ]
    if results["policies"]:
        blocks += [
            TRAINED,
            Table(
                head=["drill", "optimum", "policy %", *(f"{rule} %" for rule in RULES)],
                rows=[_policy(each) for each in results["policies"]],
            ),
        ]
    return Section(title="How near to the best possible?", blocks=blocks)


def share(results: Mapping[str, Any]) -> float | None:
    """Mean share of the optimal gain over the policies; None without any."""
    shares = [each["share"] for each in results["policies"]]
    return sum(shares) / len(shares) if shares else None


def _drill(row: Mapping[str, Any]) -> list[str]:
    related = [name for name in ("prerequisites", "forgetting") if row[name]]
    mastery = ", ".join(["hidden" if row["hidden"] else "observed", *related])
    bounds = f"{row['lower']:.2f} to {row['upper']:.2f}" if "lower" in row else "-"
    return [
        f"{row['concepts']} x {row['decisions']}",
        mastery,
        f"{row['optimum']:.2f}" if "optimum" in row else "-",
        *(f"{100 * row[rule]:.1f}" if rule in row else "-" for rule in RULES),
        bounds,
    ]


def _policy(each: Mapping[str, Any]) -> list[str]:
    share, *rules = (f"{100 * each[name]:.1f}" for name in ("share", *RULES))
    drill = each["drill"].rpartition(":")[2]
    return [drill, f"{each['optimum']:.2f}", f"{share} ({around(each)})", *rules]


def around(policy: Mapping[str, Any]) -> str:
    """The interval of a policy's share in %, unless it is exact."""
    low, high = (f"{100 * end:.1f}" for end in policy["share_interval"])
    return "exact" if policy["exact"] else f"{low} to {high}"
