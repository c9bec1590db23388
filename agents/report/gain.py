"""The comparison of tutors as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.plots import pictures
from agents.report.numbers import interval, with_interval
from agents.report.page import Block, Picture, Section, Table
from agents.tables import FORETOLD, FORETOLD_HEAD, foretold_rows

EFFECTS: Final = (
    ("d", "cohens_d", "+.2f"),
    ("worst tenth", "worst_tenth_gain", "+.3f"),
    ("stuck", "wheel_spinning", ".1%"),
    ("examples to novices", "aptitude_treatment", "+.2f"),
)
"""Further columns, of figures with one value: Cohen's d of test scores against the fixed
curriculum; gain of the tenth of learners who gain least; wheel-spinning share of practised pairs;
share of worked examples at low belief less that at high."""
FIGURES: Final = (
    ("at once", "nlg_immediate", 3),
    ("measured", "nlg_measured", 3),
    ("lowest quarter", "lowest_quarter_gain", 3),
    ("min lapsed", "minutes_lapsed", 0),
    ("dropouts", "dropouts", 2),
)
"""Columns: title, figure of evaluation.json, digits."""
CAPTIONS: Final = {
    "gain_by_tutor": "Learning gain by tutor",
    "gain_over_course": "Learning gain if teaching stopped earlier",
    "gain_by_quartile": "Gain of learners by quartile of their pre-test",
    "performance_profile": "Performance profiles: share of runs and classes above a gain",
    "activity_by_belief": "What learners do by the mastery that the tutor believes in",
    "probability_of_improvement": "Probability that the policy gains more",
}
HOW: Final = (
    "IQM and mean of the normalised learning gain on the delayed test, with 95 % intervals over "
    "classes, and over training seeds where there are several. A reference sees the hidden state. "
    "At once: the same on a test right after the course, as the learning-path papers define it. "
    "d: Cohen's d of test scores against the fixed curriculum; stuck: wheel-spinning, of "
    "learner-concept pairs with ten answers those never right three in a row; examples to "
    "novices: worked examples' share of tasks at low belief less that at high."
)

RIVALS: Final = (
    "Policies against each other tutor on the same classes: difference of the mean gains, and the "
    "probability that the policy gains more with the same class, and with any two."
)
COMPARED: Final = {"difference": (4, "+"), "paired": (2, ""), "unpaired": (2, "")}
"""Figures of a rival: digits, sign."""


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.evaluate --json` wrote."""
    taught = (
        f"{results['classes']} unseen classes of {results['learners']} learners, "
        f"{results['curriculum']}; the policies with training seeds {results['seeds']}. {HOW}"
    )
    figures = pictures(results)
    drawn = [
        Picture(name=name, figure=figures[name], caption=caption)
        for name, caption in CAPTIONS.items()
        if name in figures
    ]
    foretold = results["foretold"]
    blocks: list[Block] = [
        taught,
        _tutors(results),
        RIVALS,
        _against(results["against"]),
        *drawn,
        f"What is foretold of {foretold['classes']} unseen classes: {FORETOLD}.",
        Table(head=FORETOLD_HEAD, rows=foretold_rows(foretold)),
    ]
    return Section(title="Is the tutor better than rules?", blocks=blocks)


def _tutors(results: Mapping[str, Any]) -> Table:
    rows = [
        [
            name if each["classes"] == results["classes"] else f"{name}, {each['classes']} classes",
            each["kind"],
            f"{each['nlg_delayed']['iqm']:.3f}",
            with_interval(each["nlg_delayed"]),
            *(f"{each[figure]['mean']:.{digits}f}" for _, figure, digits in FIGURES),
            *(_effect(each[figure], form) for _, figure, form in EFFECTS),
        ]
        for name, each in results["tutors"].items()
    ]
    head = ["tutor", "kind", "IQM", "mean", *(title for title, _, _ in (*FIGURES, *EFFECTS))]
    return Table(head=head, rows=rows)


def _against(against: Mapping[str, Any]) -> Table:
    rows = [
        [policy, name, *(_between(rival[figure], *form) for figure, form in COMPARED.items())]
        for policy, each in against.items()
        for name, rival in each["rivals"].items()
    ]
    return Table(head=["policy", "against", "difference", "same class", "any two"], rows=rows)


def _between(figure: Mapping[str, float], digits: int, sign: str) -> str:
    return interval(figure["value"], (figure["low"], figure["high"]), digits, sign)


def _effect(effect: Mapping[str, float] | None, form: str) -> str:
    return "-" if effect is None else f"{effect['value']:{form}}"
