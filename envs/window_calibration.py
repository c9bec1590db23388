"""Refit the weights of DAS3H's windows of time from an answer log with clocks.

    logit p = intercept + learner + skill + item
              + sum over windows w of a_w ln(1 + wins_w) - b_w ln(1 + attempts_w)

(Choffin, Popineau, Bourda & Vie 2019), with the soft windows of `envs.learners.das3h`, whose own
kernel does the counting. That family takes no window's sum below 0, or time would teach; the fit
has no such floor, but weights that seldom meet it.
"""

from collections.abc import Mapping
from enum import Enum

import numpy as np

from envs.calibration import SECONDS_PER_HOUR, times
from envs.compiled import compiled
from envs.learners.das3h import count
from envs.logs import AnswerLog, Floats, Ints
from envs.mixed_logistic import Estimate, Group, fit
from envs.state import Records, Traces

WINDOWS = ("hour", "day", "week", "month", "ever")


class Shape(Enum):
    """How the two weights of a window are fitted."""

    FREE = "both"
    WINS = "b = 0"
    TIED = "a = b"
    NONE = "a = b = 0"


def fit_windows(log: AnswerLog, *, draws: int = 200, seed: int = 0) -> dict[str, Estimate]:
    """Weights of wins and attempts in every window, with 0 <= b <= a as the family needs.

    Where a fit breaks this, the window is held at the bound that it broke (b = 0, a = b, or both 0)
    and all is fitted again, until none does.

    Args:
        log: With times.
        draws: Posterior draws kept of each fit; half as many are thrown away before.
        seed: Of the sampler.

    Returns:
        "hour wins" (a) and "hour attempts" (b) and so on, in logits; the error of a weight that is
        held at 0 is not a number.

    Raises:
        ValueError: The log has no times.
    """
    logs = np.log1p(window_counts(log))
    shapes = dict.fromkeys(WINDOWS, Shape.FREE)
    while True:
        found = _fit(log, logs, shapes, draws, seed)
        held = {window: bound(shapes[window], *found[window]) for window in WINDOWS}
        if held == shapes:
            break
        shapes = held
    names = ("wins", "attempts")
    return {
        f"{window} {name}": estimate
        for window, pair in found.items()
        for name, estimate in zip(names, pair, strict=True)
    }


def bound(shape: Shape, wins: Estimate, attempts: Estimate) -> Shape:
    """The shape to which estimates with this one lead."""
    if shape != Shape.FREE:
        return Shape.NONE if wins.value < 0.0 else shape
    if attempts.value < 0.0:
        return Shape.WINS
    return Shape.TIED if attempts.value > wins.value else shape


def _fit(
    log: AnswerLog, logs: Floats, shapes: Mapping[str, Shape], draws: int, seed: int
) -> dict[str, tuple[Estimate, Estimate]]:
    """Weights (a, b) of every window; `logs` (N, 5, 2) are ln(1 + wins) and ln(1 + attempts)."""
    columns = {"intercept": np.ones(log.learner.size)}
    for (window, shape), (wins, attempts) in zip(
        shapes.items(), np.moveaxis(logs, 0, 2), strict=True
    ):
        if shape in (Shape.FREE, Shape.WINS):
            columns[f"{window} wins"] = wins
        if shape == Shape.FREE:
            columns[f"{window} attempts"] = -attempts
        if shape == Shape.TIED:
            columns[f"{window} both"] = wins - attempts
    groups = (
        Group("learner sd", log.learner),
        Group("skill sd", log.skill),
        Group("item sd", log.item),
    )
    model = fit(log.correct, columns, groups, draws=draws, warm_up=draws // 2, seed=seed)
    none = Estimate(0.0, float("nan"))
    weights: dict[str, tuple[Estimate, Estimate]] = {}
    for window in shapes:
        both = model.fixed.get(f"{window} both", none)
        wins = model.fixed.get(f"{window} wins", both)
        weights[window] = (wins, model.fixed.get(f"{window} attempts", both))
    return weights


def window_counts(log: AnswerLog) -> Floats:
    """Wins and attempts of its pair in every window before each answer, (N, 5, 2)."""
    hours = times(log) / SECONDS_PER_HOUR
    fields = [(name, np.float64) for name in Traces.__annotations__]
    cells = np.zeros(int(log.pair.max()) + 1, fields).view(np.recarray)
    counts = np.zeros((log.learner.size, len(WINDOWS), 2))
    _count_all(log.pair, hours, log.correct, cells, counts)
    return counts


@compiled
def _count_all(pair: Ints, hours: Floats, correct: Ints, cells: Records, counts: Floats) -> None:
    for n in range(pair.shape[0]):
        cell = cells[pair[n]]
        count(cell, hours[n], 0.0, 0.0)
        counts[n, 0, 0], counts[n, 0, 1] = cell.hour_wins, cell.hour_attempts
        counts[n, 1, 0], counts[n, 1, 1] = cell.day_wins, cell.day_attempts
        counts[n, 2, 0], counts[n, 2, 1] = cell.week_wins, cell.week_attempts
        counts[n, 3, 0], counts[n, 3, 1] = cell.month_wins, cell.month_attempts
        counts[n, 4, 0], counts[n, 4, 1] = cell.ever_wins, cell.ever_attempts
        count(cell, hours[n], float(correct[n]), 1.0)
