"""An evaluation as text for a terminal: the tutors, their learners, policies against rules."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.table import Table

from agents.against_others import Against
from agents.comparison import Row
from agents.matrix import Line
from agents.statistics import Effect, Estimate

_MARKS: Final = {"reference": " *", "policy": " <", "rule": ""}
_STYLES: Final = {"reference": "dim", "policy": "bold", "rule": ""}
FORETOLD: Final = (
    "lapses at the moment of a decision, judged on every other class; probe and threshold (best "
    "F1) from the rest; a policy's are read by a linear probe of its sensors' embedding. Answers: "
    "foretold right from a probability of .5. share: of lapses, of right answers"
)
FORETOLD_HEAD: Final = ("what, by whom", "AUC", "accuracy", "recall", "F1", "share", "cases")
FIRST: Final = (("lowest quarter", "lowest_quarter_gain", 3), ("min lapsed", "minutes_lapsed", 0))
FURTHER: Final = (
    ("immediate", "nlg_immediate", 3),
    ("measured", "nlg_measured", 3),
    ("worse", "worse_than_fixed", 2),
    ("SSQ peak", "ssq_peak", 0),
    ("dropouts", "dropouts", 2),
)
"""Columns of the first and second table: title, figure (its mean is shown), digits."""


def tutors_table(rows: Sequence[Row], classes: int) -> Table:
    """The tutors, best first; narrow enough for a terminal of 80 columns."""
    shown = Table(title=f"{classes} unseen classes; NLG on the delayed test (IQM, 95 % interval)")
    shown.add_column("tutor")
    shown.add_column("NLG delayed", justify="right", no_wrap=True)
    for title in ("d", *(title for title, _, _ in FIRST)):
        shown.add_column(title, justify="right")
    for row in rows:
        few = "" if row.classes == classes else f" ({row.classes} classes)"
        nlg, effect = row.figures["nlg_delayed"], row.cohens_d
        shown.add_row(
            row.name + _MARKS[row.kind] + few,
            f"{nlg.iqm:.3f} ({nlg.low:.3f} to {nlg.high:.3f})",
            "-" if effect is None else f"{effect.value:+.2f}",
            *(_mean(row, figure, digits) for _, figure, digits in FIRST),
            style=_STYLES[row.kind],
        )
    shown.caption = (
        "* sees the hidden state   < trained   d: Cohen's d against fixed curriculum\n"
        "lowest quarter: NLG of the quarter that knew least before; min lapsed: of a learner"
    )
    return shown


def courses_table(rows: Sequence[Row]) -> Table:
    """What else the courses came to, and how fast the tutors decide; the same order."""
    shown = Table(title="Courses (means)")
    shown.add_column("tutor")
    for title in (*(title for title, _, _ in FURTHER), "position", "decisions/s"):
        shown.add_column(title, justify="right")
    for row in rows:
        shown.add_row(
            row.name + _MARKS[row.kind],
            *(_mean(row, figure, digits) for _, figure, digits in FURTHER),
            "-" if row.position is None else f"{row.position:.2f}",
            f"{row.decisions_per_second:,.0f}",
            style=_STYLES[row.kind],
        )
    shown.caption = (
        "immediate: NLG right after the course; measured: by one drawn delayed test\n"
        "worse: learners who gain less than by the fixed curriculum; SSQ: simulator sickness\n"
        "position: 0 random, 1 greedy on truth"
    )
    return shown


def matrix_table(rows: Sequence[Line], classes: int) -> Table:
    """Tutors by learner families, the highest least gain first."""
    shown = Table(title=f"NLG on the delayed test, mean of {classes} unseen classes a family")
    shown.add_column("tutor")
    for title in ("least", *rows[0].nlg):
        shown.add_column(title, justify="right")
    for row in rows:
        family, least = row.least
        cells = (f"{each.mean:.3f} {_half(each):.3f}" for each in row.nlg.values())
        seeds = f" ({row.runs} seeds)" if row.runs > 1 else ""
        name = row.name + _MARKS[row.kind] + seeds
        shown.add_row(name, f"{least:.3f} {family}", *cells, style=_STYLES[row.kind])
    shown.caption = (
        "means, and half their 95 % intervals   < trained\n"
        "nobody is told the family, the belief assumes calibrated learners"
    )
    return shown


def _half(figure: Estimate) -> float:
    return (figure.mean_high - figure.mean_low) / 2.0


def _mean(row: Row, figure: str, digits: int) -> str:
    return f"{row.figures[figure].mean:.{digits}f}" if figure in row.figures else "-"


def learners_table(rows: Sequence[Row]) -> Table:
    """Who gains how much, who is stuck, and whether examples go to novices; the same order."""
    shown = Table(title="Learners (95 % interval)")
    shown.add_column("tutor")
    for title in ("gain", "gain, worst tenth", "wheel-spinning", "examples to novices"):
        shown.add_column(title, justify="right")
    for row in rows:
        gain = row.figures["gain"]
        shown.add_row(
            row.name + _MARKS[row.kind],
            f"{gain:.3f}",
            _effect(row.worst_tenth, ".3f"),
            _effect(row.wheel_spinning, ".3f"),
            _effect(row.aptitude_treatment, "+.2f"),
            style=_STYLES[row.kind],
        )
    shown.caption = (
        "gain: of the expected score, not normalised\n"
        "wheel-spinning: of learner-concept pairs with 10 answers, those never right 3 in a row\n"
        "examples to novices: worked examples' share of tasks where the tutor believes mastery\n"
        "below 1/3, minus their share above 2/3"
    )
    return shown


def foretold_table(found: Mapping[str, Any]) -> Table:
    """What is foretold of lapses and answers, from `agents.foretold`."""
    shown = Table(title=f"Foretold of {found['classes']} unseen classes")
    for title in FORETOLD_HEAD:
        shown.add_column(title, justify="left" if title == FORETOLD_HEAD[0] else "right")
    for row in foretold_rows(found):
        shown.add_row(*row)
    shown.caption = FORETOLD
    return shown


def foretold_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """Cells of what is foretold, also for the report."""
    rows = []
    for what, share, cases in (("lapses", "positives", "cases"), ("answers", "correct", "answers")):
        for name, each in found[what].items():
            if each is None:
                rows.append([f"{what}, {name}", *"-----", "0"])
                continue
            figures = [f"{each[figure]:.3f}" for figure in ("auc", "accuracy", "recall", "f1")]
            rows.append([f"{what}, {name}", *figures, f"{each[share]:.3f}", f"{each[cases]:,}"])
    return rows


def _effect(figure: Effect | None, form: str) -> str:
    return "-" if figure is None else f"{figure:{form}}"


def _over(runs: int) -> str:
    if runs > 1:
        return f"{runs} training seeds and classes"
    return "classes alone: one training seed says\n  nothing of how others would end"


def against_text(against: Against, runs: int) -> str:
    """A policy of so many training seeds against the best rule, in words."""
    if against.best_rule is None:
        return f"{against.name}: no rule taught the same classes"
    rival = against.rivals[against.best_rule]
    return (
        f"{against.name} minus {against.best_rule}, the best rule, on the same {rival.classes} "
        f"classes: {_effect(rival.difference, '+.4f')} NLG\n"
        f"  probability that it gains more: {_effect(rival.paired, '.2f')} with the same class, "
        f"{_effect(rival.unpaired, '.2f')} with any two classes\n"
        f"  (means, 95 % intervals over {_over(runs)}; the best rule is the best on\n"
        "  these classes, a choice that favours it; the JSON has the difference to every tutor)"
    )
