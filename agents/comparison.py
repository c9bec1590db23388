"""Outcomes of paired tutors as figures with intervals: what tables, plots and JSON show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import Outcome
from agents.statistics import Effect, Estimate, cohens_d, estimate
from agents.tutors.protocol import Kind
from agents.tutors.registry import FIXED
from envs.activities import Activity

Floats = NDArray[np.float64]
FLOOR: Final = "random"
CEILING: Final = "greedy on truth"
QUARTILES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Row:
    """One tutor among the others; R runs (training seeds) of it on N classes of S learners."""

    name: str
    kind: Kind
    runs: int
    classes: int
    figures: dict[str, Estimate]
    """Every figure of `evaluation.Outcome`, and worse_than_fixed: the share of learners who gain
    less than under the fixed curriculum."""
    cohens_d: Effect | None
    """Of learners' delayed test scores against the fixed curriculum; None without it."""
    position: float | None
    """Mean NLG (delayed), 0 at the random tutor and 1 at greedy on the true state, on the same
    classes; None without them."""
    decisions_per_second: float
    curve: Floats
    """(CURVE_POINTS,) mean NLG over the course."""
    quartiles: list[Estimate]
    """Expected delayed gain of learners by quartile of their pre-test, lowest first."""
    activity_shares: dict[str, float]
    """Share of the course by activity."""

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        figures = {name: figure.as_dict() for name, figure in self.figures.items()}
        return {
            "kind": self.kind,
            "runs": self.runs,
            "classes": self.classes,
            **figures,
            "cohens_d": None if self.cohens_d is None else self.cohens_d.as_dict(),
            "position": self.position,
            "decisions_per_second": self.decisions_per_second,
            "curve": self.curve.tolist(),
            "gain_by_quartile": [quartile.as_dict() for quartile in self.quartiles],
            "activity_shares": self.activity_shares,
        }


def compare(outcomes: Sequence[Outcome]) -> list[Row]:
    """Put tutors beside each other, best NLG (delayed) first.

    Args:
        outcomes: On the same classes; a tutor that taught fewer taught the first ones. Outcomes of
            one name are runs of one policy.

    Returns:
        One row a name.

    Raises:
        ValueError: Runs of one name taught different numbers of classes.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.name, []).append(outcome)
    fixed = groups.get(FIXED, [None])[0]
    scale = groups.get(FLOOR), groups.get(CEILING)
    rows = [_row(runs, fixed, _position(runs, scale)) for runs in groups.values()]
    return sorted(rows, key=lambda row: -row.figures["nlg_delayed"].iqm)


def _mean(runs: Sequence[Outcome], classes: int) -> float:
    return float(np.mean([run.figures["nlg_delayed"][:classes].mean() for run in runs]))


def _position(
    runs: Sequence[Outcome], scale: tuple[list[Outcome] | None, list[Outcome] | None]
) -> float | None:
    """Where the tutor stands between floor and ceiling, on the classes that it taught."""
    if scale[0] is None or scale[1] is None:
        return None
    classes = len(runs[0].gain)
    floor, ceiling = _mean(scale[0], classes), _mean(scale[1], classes)
    return None if floor == ceiling else (_mean(runs, classes) - floor) / (ceiling - floor)


def _row(runs: Sequence[Outcome], fixed: Outcome | None, position: float | None) -> Row:
    first = runs[0]
    sizes = sorted({run.gain.shape for run in runs})
    if len(sizes) > 1:
        raise ValueError(f"runs of {first.name} taught {sizes}; expected the same classes")
    figures = {
        name: estimate(np.stack([run.figures[name] for run in runs])) for name in first.figures
    }
    effect = None
    classes = first.gain.shape[0]
    if fixed is not None and len(fixed.gain) >= classes:
        gains = np.stack([run.gain for run in runs])  # (R, N, S)
        worse = (gains < fixed.gain[:classes]).mean(axis=2)
        figures["worse_than_fixed"] = estimate(worse)
        tests = np.stack([run.delayed_test for run in runs])
        effect = cohens_d(tests, fixed.delayed_test[:classes])
    minutes = np.sum([run.activity_minutes.sum(axis=0) for run in runs], axis=0)  # (A,)
    return Row(
        name=first.name,
        kind=first.kind,
        runs=len(runs),
        classes=classes,
        figures=figures,
        cohens_d=effect,
        position=position,
        decisions_per_second=float(np.mean([run.decisions_per_second for run in runs])),
        curve=np.mean([run.curve.mean(axis=0) for run in runs], axis=0),
        quartiles=_quartiles(runs),
        activity_shares={
            activity.name.lower(): float(minutes[activity] / minutes.sum()) for activity in Activity
        },
    )


def _quartiles(runs: Sequence[Outcome]) -> list[Estimate]:
    """Gain of learners by quartile of the pre-test over all classes; ties keep their order."""
    rank = np.argsort(np.argsort(runs[0].pre_test.ravel(), kind="stable"), kind="stable")
    quartile = rank * QUARTILES // len(rank)
    gains = np.stack([run.gain.ravel() for run in runs])  # (R, N S)
    filled = [gains[:, quartile == q] for q in range(QUARTILES)]
    return [estimate(part) for part in filled if part.size]
