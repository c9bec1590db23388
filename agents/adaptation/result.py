"""Adaptation on one shift in figures: against the frozen policy, and against a specialist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.adaptation.study import Adapted
from agents.statistics import Estimate, estimate

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Result:
    """R seeds of adaptation on the same N unseen classes; figures are NLG on the delayed test."""

    courses: tuple[int, ...]
    """Live courses, from 0."""
    frozen: Estimate
    adapted: tuple[Estimate, ...]
    """After each number of courses."""
    gained: tuple[Estimate, ...]
    """Adapted minus frozen, seed by seed and class by class."""
    candidate: Estimate
    """Newest adapters minus frozen at the end, whether the guard let them teach or not."""
    informed: Estimate
    """Frozen policy whose belief was told of the learners, whether in force or not, minus frozen.
    """
    old: Estimate
    """On the old population: what is in force at the end, minus frozen."""
    specialist: Estimate | None
    gap: Estimate | None
    """Specialist minus frozen."""
    regret: tuple[Floats, Floats] | None
    """Specialist minus frozen and minus adapted, at each number of courses."""
    seeds: tuple[Adapted, ...]

    @property
    def recovered(self) -> float | None:
        """Share of the gap that adaptation closed; None where no gap is sure."""
        if self.gap is None or self.gap.mean_low <= 0:
            return None
        return self.gained[-1].mean / self.gap.mean

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        shared = {
            "courses": list(self.courses),
            "frozen": self.frozen.as_dict(),
            "adapted": [each.as_dict() for each in self.adapted],
            "adapted_minus_frozen": [each.as_dict() for each in self.gained],
            "candidate_minus_frozen": self.candidate.as_dict(),
            "informed_minus_frozen": self.informed.as_dict(),
            "old_population_minus_frozen": self.old.as_dict(),
            "recovered": self.recovered,
            "seeds": [
                {"known": each.known, "promotions": each.promotions, "steps": each.steps}
                for each in self.seeds
            ],
        }
        for name, figure in (("specialist", self.specialist), ("gap", self.gap)):
            shared[name] = None if figure is None else figure.as_dict()
        names = ("frozen", "adapted")
        shared["regret"] = (
            None
            if self.regret is None
            else {n: r.tolist() for n, r in zip(names, self.regret, strict=True)}
        )
        return shared


def result(
    courses: Sequence[int],
    frozen: Floats,
    frozen_old: Floats,
    specialist: Floats | None,
    seeds: Sequence[Adapted],
) -> Result:
    """Summarise the seeds of one shift.

    Args:
        courses: Numbers of live courses that were looked at, without 0.
        frozen: (N,) of the frozen policy on the shift.
        frozen_old: (N,) of the frozen policy on the old population.
        specialist: (N,) of one specialist, if there is one.
        seeds: Of adaptation, at least one.
    """
    curves = [np.broadcast_to(frozen, (len(seeds), len(frozen)))]
    curves += [np.array([each.nlg[n] for each in seeds]) for n in range(len(courses))]
    gap = None if specialist is None else estimate((specialist - frozen)[None])
    regret = None
    if specialist is not None:
        ours = np.array([float((specialist - curve).mean()) for curve in curves])
        regret = np.full(len(curves), float((specialist - frozen).mean())), ours
    return Result(
        courses=(0, *courses),
        frozen=estimate(frozen[None]),
        adapted=tuple(estimate(curve) for curve in curves),
        gained=tuple(estimate(curve - frozen) for curve in curves),
        candidate=estimate(np.array([each.candidate for each in seeds]) - frozen),
        informed=estimate(np.array([each.informed for each in seeds]) - frozen),
        old=estimate(np.array([each.old for each in seeds]) - frozen_old),
        specialist=None if specialist is None else estimate(specialist[None]),
        gap=gap,
        regret=regret,
        seeds=tuple(seeds),
    )
