"""The robust evaluation matrix: every tutor teaches learners of every family.

Doroudi, Aleven and Brunskill (2017): a tutor that is best for the learners it was made for may be
worse than a simple rule for others; what counts is the least that it gains.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from agents.evaluation import evaluate
from agents.statistics import Estimate, estimate
from agents.trained_run import TrainedRun
from agents.tutors.protocol import Kind, Tutor
from envs.course import Course
from envs.curriculum import Curriculum
from envs.learners.family import Family, mixture

ALL: Final = "every family"
VARIED: Final = ", varied constants"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tutor; policies trained on the same learners count as its runs."""

    name: str
    kind: Kind
    runs: int
    nlg: dict[str, Estimate]
    """NLG (delayed) by family."""
    ahead: dict[str, Estimate] | None
    """Of a policy: minus the family's best rule, class by class. That rule is the one with the
    highest mean on these same classes, a choice that favours it; None without rules."""

    @property
    def least(self) -> tuple[str, float]:
        """The family with which the tutor gains least, and the mean gain there."""
        family = min(self.nlg, key=lambda name: self.nlg[name].mean)
        return family, self.nlg[family].mean

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        family, gain = self.least
        ahead = None if self.ahead is None else _plain(self.ahead)
        return {
            "kind": self.kind,
            "runs": self.runs,
            "nlg": _plain(self.nlg),
            "ahead": ahead,
            "least": gain,
            "least_family": family,
        }


def _plain(figures: dict[str, Estimate]) -> dict[str, dict[str, float]]:
    return {name: each.as_dict() for name, each in figures.items()}


def population_of(run: TrainedRun) -> str:
    """Name a policy after its preset and the learners that it was trained on."""
    family, variety = run.config.course.family, run.config.variety
    learners = ALL if set(mixture(family)) == set(Family) else family
    return f"{run.tutor.name} on {learners}{VARIED if variety.constants else ''}"


def headline(names: Sequence[str]) -> str | None:
    """The policy for which the matrix is made, whatever it gains: it learnt from every family.

    With the constants as they are; where no run is so, the first policy.
    """
    mixed = [name for name in names if name.endswith(ALL)]
    return next(iter([*mixed, *names]), None)


def check_setting(runs: Sequence[TrainedRun], course: Course, curriculum: str) -> None:
    """Refuse policies that were trained for another course than all are taught.

    Raises:
        ValueError: One was.
    """
    for run in runs:
        trained = replace(run.config.course, family=course.family), run.config.curriculum
        if trained != (course, curriculum):
            raise ValueError(
                f"run is {run.folder}, trained for {trained}; expected but for the family "
                f"{(course, curriculum)}: compare other settings with scripts.transfer"
            )


def columns(
    tutors: Sequence[Tutor],
    course: Course,
    curriculum: Curriculum,
    families: Sequence[str],
    classes: int,
    workers: int,
) -> Iterator[dict[str, list[Any]]]:
    """Let all tutors teach the same classes of one family after the other.

    Args:
        tutors: Several may share a name: runs of one policy.
        course: What all teach; its own family is replaced.
        curriculum: What is taught.
        families: Names of envs.learners.family.FAMILIES, or mixtures of them.
        classes: N of each family, at least 1.
        workers: Tutors that teach at the same time.

    Yields:
        For each family the NLG (delayed) of every name's runs, (N,) each.
    """
    for family in families:
        own = replace(course, family=family)
        gains: dict[str, list[Any]] = {}
        for outcome in evaluate(tutors, own, curriculum, classes, workers=workers):
            gains.setdefault(outcome.name, []).append(outcome.figures["nlg_delayed"])
        yield gains


def lines(
    tutors: Sequence[Tutor], families: Sequence[str], found: Sequence[dict[str, list[Any]]]
) -> list[Line]:
    """Put the columns together, the tutor with the highest least gain first."""
    kinds = {tutor.name: tutor.kind for tutor in tutors}
    gains = {
        name: {f: np.stack(each[name]) for f, each in zip(families, found, strict=True)}
        for name in kinds
    }
    rules = [gains[name] for name, kind in kinds.items() if kind == "rule"]
    best = {f: max((rule[f] for rule in rules), key=np.mean) for f in families} if rules else None
    rows = []
    for name, kind in kinds.items():
        own, ahead = gains[name], None
        if best is not None and kind == "policy":
            ahead = {family: estimate(own[family] - best[family]) for family in families}
        nlg = {family: estimate(own[family]) for family in families}
        rows.append(Line(name=name, kind=kind, runs=len(own[families[0]]), nlg=nlg, ahead=ahead))
    return sorted(rows, key=lambda row: -row.least[1])


def best_rules(rows: Sequence[Line]) -> dict[str, float]:
    """The highest mean gain of any rule, by family: each column's own best."""
    rules = [row for row in rows if row.kind == "rule"]
    families = rules[0].nlg if rules else {}
    return {family: max(row.nlg[family].mean for row in rules) for family in families}
