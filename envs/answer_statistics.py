"""What an answer log looks like: the statistics by which simulated and real logs are compared.

All are computed by the same code on real and on simulated logs.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.logs import AnswerLog, Floats, Ints

FEWEST_BY_LEARNER, FEWEST_BY_ITEM, FEWEST_BY_SKILL = 20, 20, 500
"""Answers below which a learner, an item, a skill is left out of the spread of accuracies."""
MASTERED_STREAK = 3
"""Correct answers in a row that end a skill (the skill-builder rule of ASSISTments)."""
WHEEL_SPINNING = 10
"""Opportunities without mastery that count as wheel-spinning (Beck & Gong 2013)."""
LAGS: Final = (1, 2, 5, 10)


def answer_statistics(log: AnswerLog) -> dict[str, float]:
    """Every statistic of a log without times; those that the log is too small for are left out.

    Args:
        log: The answers.

    Returns:
        Name to value; shares, correlations, logits per ln(opportunity), standard deviations.
    """
    statistics = {"share correct": float(log.correct.mean())}
    for cohort in (5, 10):
        statistics |= learning_curve(log, cohort)
    statistics["learner accuracy sd"] = accuracy_sd(log.learner, log.correct, FEWEST_BY_LEARNER)
    statistics["item accuracy sd"] = accuracy_sd(log.item, log.correct, FEWEST_BY_ITEM)
    statistics["skill accuracy sd"] = _skill_sd(log)
    statistics |= dependence(log)
    statistics |= mastery(log)
    statistics["split-half r of learner accuracy"] = split_half(log)
    return {name: value for name, value in statistics.items() if np.isfinite(value)}


def learning_curve(log: AnswerLog, cohort: int) -> dict[str, float]:
    """Accuracy by opportunity among pairs with at least `cohort` answers, and its slopes.

    Returns:
        Share correct at the first and last opportunity, the exponent of the power law of the error
        and the logit slope, both by ordinary least squares on ln(opportunity).
    """
    long = np.bincount(log.pair)[log.pair] >= cohort
    rows = [log.correct[long & (log.opportunity == k)] for k in range(1, cohort + 1)]
    curve = np.array([_mean(answers) for answers in rows])
    if not np.all((curve > 0) & (curve < 1)):
        return {}
    practice = np.log(np.arange(1, cohort + 1))
    among = f"pairs with >= {cohort}"
    return {
        f"share correct at 1, {among}": float(curve[0]),
        f"share correct at {cohort}, {among}": float(curve[-1]),
        f"error power-law exponent, {among}": _slope(practice, np.log(1 - curve)),
        f"logit slope per ln(opportunity), {among}": _slope(practice, np.log(curve / (1 - curve))),
    }


def accuracy_sd(group: Ints, correct: Ints, fewest: int) -> float:
    """Standard deviation of accuracy over groups with enough answers, binomial noise removed."""
    counts = np.bincount(group)
    kept = counts >= fewest
    if not kept.any():
        return math.nan
    share = np.bincount(group, correct)[kept] / counts[kept]
    noise = (share * (1 - share) / (counts[kept] - 1)).mean()
    return float(np.sqrt(max(0.0, share.var() - noise)))


def _skill_sd(log: AnswerLog) -> float:
    counts = np.bincount(log.skill)
    kept = counts >= FEWEST_BY_SKILL
    if kept.sum() < 2:
        return math.nan
    return float((np.bincount(log.skill, log.correct)[kept] / counts[kept]).std(ddof=1))


def dependence(log: AnswerLog) -> dict[str, float]:
    """How answers depend on earlier ones, within a skill and across skills."""
    order = np.argsort(log.pair, kind="stable")
    pair, correct = log.pair[order], log.correct[order]
    same = pair[1:] == pair[:-1]
    before, now = correct[:-1][same], correct[1:][same]
    statistics = {
        "P(correct | previous correct)": _mean(now[before == 1]),
        "P(correct | previous wrong)": _mean(now[before == 0]),
    }
    for lag in LAGS:
        same = pair[lag:] == pair[:-lag]
        r = _correlation(correct[:-lag][same], correct[lag:][same])
        statistics[f"phi at lag {lag}, same skill"] = r
    switch = (np.diff(log.learner) == 0) & (np.diff(log.skill) != 0)
    r = _correlation(log.correct[:-1][switch], log.correct[1:][switch])
    return statistics | {"phi at lag 1, across skills": r}


def mastery(log: AnswerLog) -> dict[str, float]:
    """Wheel-spinning, spread of the first five answers, answers per learner and skill.

    A pair is determinate when it was mastered (3 in a row) or has 10 answers without that.
    """
    order = np.argsort(log.pair, kind="stable")
    pair, correct, opportunity = log.pair[order], log.correct[order], log.opportunity[order]
    streak = correct[2:] * correct[1:-1] * correct[:-2] * (pair[2:] == pair[:-2])
    counts = np.bincount(pair)
    mastered_at = np.full(counts.size, np.inf)
    rows = np.flatnonzero(streak) + MASTERED_STREAK - 1
    np.minimum.at(mastered_at, pair[rows], opportunity[rows])
    spinning = (counts >= WHEEL_SPINNING) & (mastered_at > WHEEL_SPINNING)
    determinate = spinning | (mastered_at <= WHEEL_SPINNING)
    early = opportunity <= 5
    first_five = np.bincount(pair[early], correct[early])[counts >= 5] / 5
    return {
        "wheel-spinning, of pairs with >= 10": _mean(spinning[counts >= WHEEL_SPINNING]),
        "wheel-spinning, of determinate pairs": _mean(spinning[determinate]),
        "sd of first-5 accuracy over pairs": float(first_five.std())
        if first_five.size
        else math.nan,
        "answers per learner and skill": float(counts.mean()),
    }


def split_half(log: AnswerLog) -> float:
    """Correlation of each learner's accuracy on odd and even answers (>= 20 answers)."""
    position = np.arange(log.learner.size) % 2
    halves = []
    for half in (0, 1):
        rows = position == half
        size = log.learner.max() + 1
        counts = np.bincount(log.learner[rows], minlength=size)
        right = np.bincount(log.learner[rows], log.correct[rows], minlength=size)
        halves.append(right / np.maximum(counts, 1))
    enough = np.bincount(log.learner) >= FEWEST_BY_LEARNER
    return _correlation(halves[0][enough], halves[1][enough])


def _slope(x: Floats, y: Floats) -> float:
    return float(np.polynomial.polynomial.polyfit(x, y, 1)[1])


def _correlation(x: Floats | Ints, y: Floats | Ints) -> float:
    if x.size < 2 or x.min() == x.max() or y.min() == y.max():
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def _mean(x: Floats | Ints | NDArray[np.bool_]) -> float:
    return float(x.mean()) if x.size else math.nan
