"""What every tutor reached on one benchmark, beside chance, the best known and the best rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.peers.kss_optimum import NAME
from agents.statistics import Estimate, estimate, share
from agents.tutors.protocol import Kind

FLOOR: Final = "random over all"
CEILING: Final = NAME
RIVALS: Final = {"best_rule": "ahead", "best_informed_rule": "ahead_of_informed"}
"""Names in JSON of the best rule that sees only answers, and of the best one that also knows the
model behind them; and of what a policy is ahead of each."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One tutor on one benchmark."""

    name: str
    kind: Kind
    returns: NDArray[np.float64]  # (R, N) of R runs on the same learners, or the first of them
    knows_model: bool = False
    """As `Chooser.knows_model`."""
    setting: Any = None
    bound: NDArray[np.float64] | None = None  # (N,) no tutor reaches more; of the optimum alone
    decisions: tuple[int, ...] = ()
    """That each run was trained with; of policies alone."""

    @property
    def figure(self) -> Estimate:
        """Mean return with its interval."""
        return estimate(self.returns)


def results(rows: Sequence[Row]) -> dict[str, Any]:
    """One benchmark as plain data."""
    named = {row.name: row for row in rows}
    rivals = _rivals(rows)
    return {
        row.name: {
            "kind": row.kind,
            "runs": len(row.returns),
            "learners": row.returns.shape[1],
            **row.figure.as_dict(),
            "times_random": _ratio(row, named[FLOOR]),
            **(_share(row, named[CEILING]) if CEILING in named else {}),
            **({} if row.setting is None else {"setting": row.setting}),
            **({} if row.bound is None else _proof(row, row.bound)),
            **({"knows_model": row.knows_model} if row.kind == "rule" else {}),
            **(_training(row, rivals) if row.kind == "policy" else {}),
        }
        for row in rows
    }


def _rivals(rows: Sequence[Row]) -> dict[str, Row]:
    """The rules of the highest mean, by RIVALS; chosen on the learners that are reported."""
    found = {}
    for name, knows_model in zip(RIVALS, (False, True), strict=True):
        rules = [row for row in rows if row.kind == "rule" and row.knows_model is knows_model]
        if rules:
            found[name] = max(rules, key=lambda row: float(row.returns.mean()))
    return found


def _training(row: Row, rivals: Mapping[str, Row]) -> dict[str, Any]:
    """What a policy was trained with, and by how much it is ahead, learner by learner."""
    found: dict[str, Any] = {"decisions": list(row.decisions)}
    for name, rival in rivals.items():
        both = min(row.returns.shape[1], rival.returns.shape[1])
        ahead = estimate(row.returns[:, :both] - rival.returns[:, :both])
        found |= {name: rival.name, RIVALS[name]: ahead.as_dict()}
    return found


def _ratio(row: Row, unit: Row) -> float | None:
    """Mean in units, on the learners of both; None where the unit is 0, as for chance on a few."""
    mean = float(unit.returns[:, : row.returns.shape[1]].mean())
    return float(row.returns.mean()) / mean if mean else None


def _share(row: Row, best: Row) -> dict[str, Any]:
    """Share of the best known with its interval: each learner of both with its own best."""
    wholes = best.returns[:, : row.returns.shape[1]]
    found = share(row.returns[:, : wholes.shape[1]], np.repeat(wholes, len(row.returns), axis=0))
    if found is None:
        return {"share_of_best": None}
    return {"share_of_best": found.value, "share_of_best_interval": [found.low, found.high]}


def _proof(row: Row, bound: NDArray[np.float64]) -> dict[str, float]:
    """How far the optimum is proven."""
    proven = np.isclose(row.returns[0], bound)
    return {"upper_bound": float(bound.mean()), "share_proven": float(proven.mean())}
