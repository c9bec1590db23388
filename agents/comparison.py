"""Outcomes of paired tutors as figures with intervals: what tables, plots and JSON show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.class_record import BELIEF_BINS
from agents.evaluation import Outcome
from agents.performance_profile import Profile, profile
from agents.statistics import (
    Effect,
    Estimate,
    cohens_d,
    effect,
    estimate,
    resampled_sums,
    share,
    worst_tenth,
)
from agents.tutors.protocol import Kind
from agents.tutors.registry import FIXED
from envs.activities import Activity, Occupation

Floats = NDArray[np.float64]
FLOOR: Final = "random"
CEILING: Final = "greedy on truth"
QUARTILES: Final = 4
THIRDS: Final = slice(BELIEF_BINS // 3), slice(-(BELIEF_BINS // 3), None)
"""Bins of the lowest and of the highest third of the believed mastery."""


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
    quartiles: list[Effect]
    """Mean delayed gain of learners by quartile of their pre-test over all classes, lowest first;
    the intervals resample whole classes, as classmates share what they were taught."""
    activity_shares: dict[str, float]
    """Share of the course by activity."""
    profile: Profile
    """Of NLG (delayed)."""
    worst_tenth: Effect
    """Mean gain (not normalised) of the tenth of all learners who gain least."""
    wheel_spinning: Effect | None
    """Share without three right answers in a row, of learner-concept pairs with ten answers or
    more; None where there is no such pair."""
    aptitude_treatment: Effect | None
    """Share of worked examples in the minutes of tasks on concepts whose believed mastery is below
    one third, minus that above two thirds; None without tasks in both."""
    minutes_by_belief: Floats
    """(OCCUPATIONS, BELIEF_BINS) learners' minutes, mean of a class."""

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        figures = {name: figure.as_dict() for name, figure in self.figures.items()}
        return {
            "kind": self.kind,
            "runs": self.runs,
            "classes": self.classes,
            **figures,
            "cohens_d": _plain(self.cohens_d),
            "position": self.position,
            "decisions_per_second": self.decisions_per_second,
            "curve": self.curve.tolist(),
            "gain_by_quartile": [quartile.as_dict() for quartile in self.quartiles],
            "activity_shares": self.activity_shares,
            "profile": self.profile.as_dict(),
            "worst_tenth_gain": self.worst_tenth.as_dict(),
            "wheel_spinning": _plain(self.wheel_spinning),
            "aptitude_treatment": _plain(self.aptitude_treatment),
            "minutes_by_belief": {
                occupation.name.lower(): self.minutes_by_belief[occupation].tolist()
                for occupation in Occupation
            },
        }


def _plain(figure: Effect | None) -> dict[str, float] | None:
    return None if figure is None else figure.as_dict()


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
    groups = by_name(outcomes)
    fixed = groups.get(FIXED, [None])[0]
    scale = groups.get(FLOOR), groups.get(CEILING)
    rows = [_row(runs, fixed, _position(runs, scale)) for runs in groups.values()]
    return sorted(rows, key=lambda row: -row.figures["nlg_delayed"].iqm)


def by_name(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Runs of one tutor together, in the order of their first."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.name, []).append(outcome)
    return groups


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
    values = {name: np.stack([run.figures[name] for run in runs]) for name in first.figures}
    figures = {name: estimate(value) for name, value in values.items()}  # of (R, N)
    standardised = None
    gains = np.stack([run.gain for run in runs])  # (R, N, S)
    classes = first.gain.shape[0]
    if fixed is not None and len(fixed.gain) >= classes:
        worse = (gains < fixed.gain[:classes]).mean(axis=2)
        figures["worse_than_fixed"] = estimate(worse)
        tests = np.stack([run.delayed_test for run in runs])
        standardised = cohens_d(tests, fixed.delayed_test[:classes])
    minutes = np.sum([run.activity_minutes.sum(axis=0) for run in runs], axis=0)  # (A,)
    by_belief = np.stack([run.minutes_by_belief for run in runs])  # (R, N, OCCUPATIONS, BINS)
    return Row(
        name=first.name,
        kind=first.kind,
        runs=len(runs),
        classes=classes,
        figures=figures,
        cohens_d=standardised,
        position=position,
        decisions_per_second=float(np.mean([run.decisions_per_second for run in runs])),
        curve=np.mean([run.curve.mean(axis=0) for run in runs], axis=0),
        quartiles=_quartiles(runs),
        activity_shares={
            activity.name.lower(): float(minutes[activity] / minutes.sum()) for activity in Activity
        },
        profile=profile(values["nlg_delayed"]),
        worst_tenth=worst_tenth(gains),
        wheel_spinning=share(values["spinning_pairs"], values["practised_pairs"]),
        aptitude_treatment=_aptitude_treatment(by_belief),
        minutes_by_belief=by_belief.mean(axis=(0, 1)),
    )


def _aptitude_treatment(minutes: Floats) -> Effect | None:
    """Worked examples' share of task minutes (R, N, OCCUPATIONS, BINS), low belief minus high."""
    examples = minutes[:, :, Occupation.WORKED_EXAMPLE]  # (R, N, BINS)
    tasks = minutes[:, :, Occupation.WORKED_EXAMPLE :].sum(axis=2)  # with practice
    sums = [each[..., third].sum(axis=-1) for each in (examples, tasks) for third in THIRDS]
    parts = np.stack(sums, axis=-1)  # (R, N, 4) examples low and high, tasks low and high
    total, drawn = parts.sum(axis=(0, 1)), resampled_sums(parts)
    if (total[2:] == 0).any():
        return None
    drawn = drawn[(drawn[:, 2:] > 0).all(axis=1)]
    low, high = (drawn[:, :2] / drawn[:, 2:]).T
    return effect(total[0] / total[2] - total[1] / total[3], low - high)


def _quartiles(runs: Sequence[Outcome]) -> list[Effect]:
    """Gain of learners by quartile of the pre-test over all classes; ties keep their order."""
    tests = runs[0].pre_test  # (N, S)
    rank = np.argsort(np.argsort(tests.ravel(), kind="stable"), kind="stable")
    quartile = (rank * QUARTILES // rank.size).reshape(tests.shape)
    gains = np.stack([run.gain for run in runs])  # (R, N, S)
    inside = [np.broadcast_to(quartile == q, gains.shape) for q in range(QUARTILES)]
    found = [share((gains * own).sum(axis=2), own.sum(axis=2)) for own in inside]
    return [each for each in found if each is not None]
