"""The comparison of tutors as a section of the report."""

from collections.abc import Mapping
from typing import Any

from agents.report.numbers import with_interval
from agents.report.page import Block, Picture, Section, Table
from agents.report.pictures import points
from agents.tables import FORETOLD, FORETOLD_HEAD, foretold_rows

EFFECTS = (
    ("d", "cohens_d", "+.2f"),
    ("worst tenth", "worst_tenth_gain", "+.3f"),
    ("stuck", "wheel_spinning", ".1%"),
    ("examples to novices", "aptitude_treatment", "+.2f"),
)
"""Further columns, of figures with one value: Cohen's d of test scores against the fixed
curriculum; gain of the tenth of learners who gain least; wheel-spinning share of practised pairs;
share of worked examples at low belief less that at high."""
FIGURES = (
    ("at once", "nlg_immediate", 3),
    ("measured", "nlg_measured", 3),
    ("lowest quarter", "lowest_quarter_gain", 3),
    ("min lapsed", "minutes_lapsed", 0),
    ("dropouts", "dropouts", 2),
)
"""Columns: title, figure of evaluation.json, digits."""


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.evaluate --json` wrote."""
    tutors = results["tutors"]
    cells = [
        [
            name if each["classes"] == results["classes"] else f"{name}, {each['classes']} classes",
            each["kind"],
            f"{each['nlg_delayed']['iqm']:.3f}",
            with_interval(each["nlg_delayed"]),
            *(f"{each[figure]['mean']:.{digits}f}" for _, figure, digits in FIGURES),
            *(_effect(each.get(figure), form) for _, figure, form in EFFECTS),
        ]
        for name, each in tutors.items()
    ]
    middles = [each["nlg_delayed"] for each in tutors.values()]
    picture = points(
        list(tutors),
        [each["iqm"] for each in middles],
        [(each["low"], each["high"]) for each in middles],
        "NLG, delayed test (IQM, 95 % interval)",
    )
    seeds = results["seeds"]
    text = (
        f"{results['classes']} unseen classes of {results['learners']} learners, "
        f"{results['curriculum']}; the policy with training seeds {seeds}. IQM and mean of the "
        "normalised learning gain on the delayed test, with 95 % intervals over classes, and over "
        "training seeds where there are several. "
        "A reference sees the hidden state."
    )
    head = ["tutor", "kind", "IQM", "mean", *(title for title, _, _ in (*FIGURES, *EFFECTS))]
    blocks: list[Block] = [
        text,
        Table(head=head, rows=cells),
        Picture(name="tutors", figure=picture, caption="Learning gain by tutor"),
    ]
    if (foretold := results.get("foretold")) is not None:  # older results have none
        about = f"What is foretold of {foretold['classes']} unseen classes: {FORETOLD}."
        blocks += [about, Table(head=FORETOLD_HEAD, rows=foretold_rows(foretold))]
    return Section(title="Is the tutor better than rules?", blocks=blocks)


def _effect(effect: Mapping[str, float] | None, form: str) -> str:
    return "-" if effect is None else f"{effect['value']:{form}}"
