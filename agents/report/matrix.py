"""The robust evaluation matrix as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.plots import draw_matrix
from agents.report.numbers import with_interval
from agents.report.page import Block, Picture, Section, Table

AHEAD: Final = (
    "Policies minus each family's best rule on the same classes (the rule is chosen on these "
    "classes, which favours it):"
)


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.evaluate --matrix --json` wrote."""
    families, tutors, trained_on = (results[key] for key in ("families", "tutors", "trained_on"))
    rows = [
        [
            name,
            f"{trained_on[name]:,}" if name in trained_on else "-",
            f"{each['least']:.3f} ({each['least_family']})",
            *(with_interval(each["nlg"][family]) for family in families),
        ]
        for name, each in tutors.items()
    ]
    ahead = [
        [name, *(with_interval(each["ahead"][family], 4, "+") for family in families)]
        for name, each in tutors.items()
        if each["ahead"] is not None
    ]
    text = (
        f"Every tutor teaches {results['classes']} unseen classes of every learner family (NLG on "
        "the delayed test, mean, 95 % interval). No tutor is told the family; the belief assumes "
        "calibrated learners, for whom the rules were tuned. Trained on: decisions after "
        "imitation. Ordered by least gain."
    )
    picture = Picture(
        name="matrix", figure=draw_matrix(results), caption="NLG by tutor and learner family"
    )
    table = Table(head=["tutor", "trained on", "least", *families], rows=rows)
    blocks: list[Block] = [text, picture, table]
    if ahead:
        blocks += [AHEAD, Table(head=["policy", *families], rows=ahead)]
    return Section(title="And if the learners are other ones?", blocks=blocks)


def headline(results: Mapping[str, Any]) -> dict[str, Any]:
    """Means of the policy that the matrix is made for, and of each family's best rule."""
    families, name = results["families"], results["headline"]
    policy = {} if name is None else results["tutors"][name]["nlg"]
    means = {family: policy[family]["mean"] for family in families if policy}
    return {"policy": means, "best_rule": results["best_rule"]}
