"""The robust evaluation matrix: every tutor teaches learners of every family.

Doroudi, Aleven and Brunskill (2017): a tutor that is best for the learners it was made for may be
worse than a simple rule for others; what counts is the least that it gains.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from agents.evaluation import evaluate
from agents.statistics import Estimate, estimate
from agents.trained_run import TrainedRun
from agents.tutors.protocol import Kind, Tutor
from envs.course import Course
from envs.curriculum import Curriculum


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tutor; policies trained on the same learners count as its runs."""

    name: str
    kind: Kind
    runs: int
    nlg: dict[str, Estimate]
    """NLG (delayed) by family."""

    @property
    def least(self) -> tuple[str, float]:
        """The family with which the tutor gains least, and the mean gain there."""
        family = min(self.nlg, key=lambda name: self.nlg[name].mean)
        return family, self.nlg[family].mean

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        family, gain = self.least
        return {
            "kind": self.kind,
            "runs": self.runs,
            "nlg": {name: each.as_dict() for name, each in self.nlg.items()},
            "least": gain,
            "least_family": family,
        }


def population_of(run: TrainedRun) -> str:
    """Name a policy after the learners that it was trained on."""
    varied = ", varied constants" if run.config.variety.constants else ""
    return f"attention on {run.config.course.family}{varied}"


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
    rows = [
        Line(
            name=name,
            kind=kind,
            runs=len(found[0][name]),
            nlg={
                family: estimate(np.stack(gains[name]))
                for family, gains in zip(families, found, strict=True)
            },
        )
        for name, kind in kinds.items()
    ]
    return sorted(rows, key=lambda row: -row.least[1])


def best_rules(rows: Sequence[Line]) -> dict[str, float]:
    """The highest mean gain of any rule, by family: each column's own best."""
    rules = [row for row in rows if row.kind == "rule"]
    families = rules[0].nlg if rules else {}
    return {family: max(row.nlg[family].mean for row in rules) for family in families}
