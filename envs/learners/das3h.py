"""DAS3H as a learner (Choffin et al. 2019): ability, easiness, and counts in windows of time.

    z = intercept + ability + easiness + effect
        + sum over windows w of max(0, a_w ln(1 + wins_w) - b_w ln(1 + attempts_w))
    P(right) = sigmoid(z - difficulty + state)

Windows: an hour, a day, a week, 30 days, ever. Their edges are soft, as in DASH with the multiscale
context model (Lindsey et al. 2014): an event t ago counts exp(-t / length). So counts at any later
time follow from the counts now. The floor of 0 keeps time from raising mastery: what failures take
away is what successes had given (b < a).

There is no understanding here: learning is wins. Instruction counts as `instruction` wins for one
unit of its rate times minutes, study as wins, and what was understood before the course as a
history of wins and attempts that only "ever" still holds. The weights of the windows are fitted
(`envs.window_calibration`), but for that of "ever".
"""

import math

from envs.compiled import compiled
from envs.learners.calibrated import HOURS_PER_DAY, LOGISTIC_NORMAL, sigmoid
from envs.learners.constants import WindowConstants
from envs.learners.family import Result
from envs.state import Record
from envs.world import World, test_noise

DAY, WEEK, MONTH = HOURS_PER_DAY, 7.0 * HOURS_PER_DAY, 30.0 * HOURS_PER_DAY
"""Lengths of the windows in hours; the shortest is 1."""


@compiled
def begin(b: int, i: int, w: World) -> None:
    """Empty the windows; what was understood before the course is a history."""
    k = w.constants.das3h
    for c in range(w.curriculum.weight.shape[0]):
        cell = w.state.traces[b, i, c]
        cell.hour_wins, cell.hour_attempts = 0.0, 0.0
        cell.day_wins, cell.day_attempts = 0.0, 0.0
        cell.week_wins, cell.week_attempts = 0.0, 0.0
        cell.month_wins, cell.month_attempts = 0.0, 0.0
        cell.ever_attempts = k.history * w.state.knowledge[b, i, c].understanding
        cell.ever_wins = k.history_won * cell.ever_attempts
        cell.counted_hours = 0.0


@compiled
def window(wins: float, attempts: float, a: float, b: float) -> float:
    """What one window adds to the logit, >= 0."""
    return max(0.0, a * math.log1p(wins) - b * math.log1p(attempts))


@compiled
def windows(cell: Record, hours: float, k: WindowConstants) -> float:
    """What all windows add to the logit at `hours`."""
    t = max(0.0, hours - cell.counted_hours)
    hour, day = math.exp(-t), math.exp(-t / DAY)
    week, month = math.exp(-t / WEEK), math.exp(-t / MONTH)
    z = window(hour * cell.hour_wins, hour * cell.hour_attempts, k.hour_wins, k.hour_attempts)
    z += window(day * cell.day_wins, day * cell.day_attempts, k.day_wins, k.day_attempts)
    z += window(week * cell.week_wins, week * cell.week_attempts, k.week_wins, k.week_attempts)
    z += window(
        month * cell.month_wins, month * cell.month_attempts, k.month_wins, k.month_attempts
    )
    return z + window(cell.ever_wins, cell.ever_attempts, k.ever_wins, k.ever_attempts)


@compiled
def count(cell: Record, hours: float, wins: float, attempts: float) -> None:
    """Let the windows move on to `hours`, and count there."""
    t = max(0.0, hours - cell.counted_hours)
    hour, day = math.exp(-t), math.exp(-t / DAY)
    week, month = math.exp(-t / WEEK), math.exp(-t / MONTH)
    cell.hour_wins = hour * cell.hour_wins + wins
    cell.hour_attempts = hour * cell.hour_attempts + attempts
    cell.day_wins = day * cell.day_wins + wins
    cell.day_attempts = day * cell.day_attempts + attempts
    cell.week_wins = week * cell.week_wins + wins
    cell.week_attempts = week * cell.week_attempts + attempts
    cell.month_wins = month * cell.month_wins + wins
    cell.month_attempts = month * cell.month_attempts + attempts
    cell.ever_wins += wins
    cell.ever_attempts += attempts
    cell.counted_hours = hours


@compiled
def mastery(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logit of a right answer on a matched item with full attention."""
    z = w.constants.das3h.intercept + w.state.traits[b, i].ability + w.curriculum.easiness[c]
    z += w.state.knowledge[b, i, c].concept_effect
    return float(z + windows(w.state.traces[b, i, c], hours, w.constants.das3h))


@compiled
def practise(b: int, i: int, c: int, hours: float, amount: float, result: int, w: World) -> None:
    """Count an answer, or study as one that was right."""
    won = amount if result in (Result.STUDIED, Result.RIGHT) else 0.0
    count(w.state.traces[b, i, c], hours, won, amount)


@compiled
def instruct(b: int, i: int, c: int, amount: float, hours: float, w: World) -> None:
    """Count instruction as wins."""
    wins = w.constants.das3h.instruction * amount
    count(w.state.traces[b, i, c], hours, wins, wins)


@compiled
def expected(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Expected share right on concept c in a test at `hours`."""
    variance = test_noise(w) + w.curriculum.spread[c] ** 2
    return sigmoid(mastery(b, i, c, hours, w) / math.sqrt(1.0 + LOGISTIC_NORMAL * variance))
