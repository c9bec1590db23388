"""An evaluation as text for a terminal: the tutors, their learners, policies against rules."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from agents.against_others import Against
from agents.comparison import Row
from agents.matrix import Line
from agents.statistics import Effect

_MARKS: Final = {"reference": " *", "policy": " <", "rule": ""}
_STYLES: Final = {"reference": "dim", "policy": "bold", "rule": ""}
COLUMNS: Final = (
    ("immediate", "nlg_immediate", 3),
    ("measured", "nlg_measured", 3),
    ("lowest quarter", "lowest_quarter_gain", 3),
    ("min lapsed", "minutes_lapsed", 0),
    ("SSQ peak", "ssq_peak", 0),
    ("dropouts", "dropouts", 2),
    ("worse", "worse_than_fixed", 2),
)
"""Further columns of the first table: title, figure (its mean is shown), digits."""


def tutors_table(rows: Sequence[Row], classes: int) -> Table:
    """The tutors, best first."""
    shown = Table(title=f"{classes} unseen classes; NLG on the delayed test (IQM, 95 % interval)")
    shown.add_column("tutor")
    for title in (
        "NLG delayed",
        "d",
        "position",
        *(title for title, _, _ in COLUMNS),
        "decisions/s",
    ):
        shown.add_column(title, justify="right")
    for row in rows:
        few = "" if row.classes == classes else f" ({row.classes} classes)"
        nlg, effect = row.figures["nlg_delayed"], row.cohens_d
        shown.add_row(
            row.name + _MARKS[row.kind] + few,
            f"{nlg.iqm:.3f} ({nlg.low:.3f} to {nlg.high:.3f})",
            "-" if effect is None else f"{effect.value:+.2f}",
            "-" if row.position is None else f"{row.position:.2f}",
            *(_mean(row, figure, digits) for _, figure, digits in COLUMNS),
            f"{row.decisions_per_second:,.0f}",
            style=_STYLES[row.kind],
        )
    shown.caption = (
        "* sees the hidden state   < trained   d: Cohen's d against fixed curriculum\n"
        "position: 0 random, 1 greedy on truth   worse: learners who gain less than by fixed"
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
        cells = (f"{each.mean:.3f}" for each in row.nlg.values())
        seeds = f" ({row.runs} seeds)" if row.runs > 1 else ""
        name = row.name + _MARKS[row.kind] + seeds
        shown.add_row(name, f"{least:.3f} {family}", *cells, style=_STYLES[row.kind])
    shown.caption = "< trained; nobody is told the family, the belief assumes calibrated learners"
    return shown


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
            f"{gain.mean:.3f} ({gain.mean_low:.3f} to {gain.mean_high:.3f})",
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


def _effect(figure: Effect | None, form: str) -> str:
    if figure is None:
        return "-"
    return f"{figure.value:{form}} ({figure.low:{form}} to {figure.high:{form}})"


def against_text(against: Against) -> str:
    """A policy against the best rule, in words."""
    if against.best_rule is None:
        return f"{against.name}: no rule taught the same classes"
    rival = against.rivals[against.best_rule]
    return (
        f"{against.name} minus {against.best_rule}, the best rule, on the same {rival.classes} "
        f"classes: {_effect(rival.difference, '+.4f')} NLG\n"
        f"  probability that it gains more: {_effect(rival.paired, '.2f')} with the same class, "
        f"{_effect(rival.unpaired, '.2f')} with any two classes\n"
        "  (means, 95 % intervals over training seeds and classes; the best rule is the best on "
        "these classes,\n  a choice that favours it; the JSON has the difference to every tutor)"
    )
