"""When learners leave a skill: hazards by streak, opportunity, success so far, and skill."""

import json
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from envs.answer_statistics import MASTERED_STREAK
from envs.logs import AnswerLog, Floats, Ints

OPPORTUNITIES: Final = ("1", "2", "3", "4-5", "6-10", "11-20", ">20")
OPPORTUNITY_EDGES: Final = (2, 3, 4, 6, 11, 21)
"""First opportunity of each bin but the first."""
STREAKS: Final = ("0", "1", "2", "3")
"""Correct answers in a row, the last for 3 or more."""
FIFTHS: Final = 5
"""Bins of the share of right answers so far: (0, .2], (.2, .4] ... with 0 in the first."""
MIDDLE: Final = FIFTHS // 2
FRAILTY_SHAPE: Final = 4.0
"""Shape of the gamma prior of a skill's factor (its log sd is about .5): what keeps the factors of
rare skills near 1."""
FEWEST_EXPECTED: Final = 40.0
"""Expected departures below which a skill's factor says too little to count in the spread."""
FEWEST_SKILLS: Final = 2
"""Known skills below which all of them count."""
ITERATIONS: Final = 200


class Stopping(NamedTuple):
    """Chance of leaving a skill after an answer: `hazard x share x factor of the skill`.

    Proportional hazards with a frailty for each skill (Vaupel, Manton & Stallard 1979): without it
    the skills that few leave would make long practice look sticky.
    """

    hazard: Floats  # (4, 7) by streak and opportunity, for a skill of mean factor
    share: Floats  # (5,) factor by the share of right answers so far; 1 in the middle
    skill_log_sd: float  # sd of ln(factor of a skill), over pairs, beyond what its answers tell
    answers_elasticity: float  # -d ln(factor of a skill) / d ln(answers to it in the log)

    def as_table(self) -> dict[str, object]:
        """The model as JSON holds it."""
        rows = zip(STREAKS, self.hazard.round(4).tolist(), strict=True)
        return {
            "hazard": {s: dict(zip(OPPORTUNITIES, row, strict=True)) for s, row in rows},
            "share": self.share.round(3).tolist(),
            "skill_log_sd": round(self.skill_log_sd, 3),
            "answers_elasticity": round(self.answers_elasticity, 3),
        }


def load_stopping(file: Path) -> Stopping:
    """Read what `Stopping.as_table` wrote."""
    table = json.loads(file.read_text())
    hazard = table["hazard"]
    return Stopping(
        np.array([[hazard[s][o] for o in OPPORTUNITIES] for s in STREAKS]),
        np.array(table["share"]),
        table["skill_log_sd"],
        table["answers_elasticity"],
    )


class _Moments(NamedTuple):
    """Every answer as a moment at which its learner may leave the skill."""

    cell: Ints  # (N,) streak and opportunity
    fifth: Ints  # (N,)
    skill: Ints  # (N,)
    left: Ints  # (N,) 1 where it was the last of its pair
    first: Ints  # (N,) 1 where it was the first of its pair


def _moments(log: AnswerLog) -> _Moments:
    order = np.argsort(log.pair, kind="stable")
    pair, opportunity, correct = log.pair[order], log.opportunity[order], log.correct[order]
    streak = np.zeros(pair.size, np.int64)
    right = np.zeros(pair.size, np.int64)
    for n, now in enumerate(correct):
        same = n > 0 and pair[n] == pair[n - 1]
        streak[n] = min(MASTERED_STREAK, (streak[n - 1] if same else 0) + 1) if now else 0
        right[n] = (right[n - 1] if same else 0) + now
    return _Moments(
        cell=streak * len(OPPORTUNITIES) + np.digitize(opportunity, OPPORTUNITY_EDGES),
        fifth=np.maximum(0, (FIFTHS * right - 1) // opportunity),
        skill=log.skill[order],
        left=np.r_[pair[1:] != pair[:-1], True].astype(np.int64),
        first=(opportunity == 1).astype(np.int64),
    )


def stopping_hazards(log: AnswerLog) -> Floats:
    """Share of answers after which the skill was left, over all skills.

    Args:
        log: The answers; the last answer of a pair counts as leaving it.

    Returns:
        (4, 7) by streak of correct answers and opportunity; 0 where no answer is of that kind.
    """
    at = _moments(log)
    cells = len(STREAKS) * len(OPPORTUNITIES)
    share = _ratio(np.bincount(at.cell, at.left, cells), np.bincount(at.cell, minlength=cells))
    return share.reshape(len(STREAKS), len(OPPORTUNITIES))


def fit_stopping(log: AnswerLog) -> Stopping:
    """Fit the hazards by proportional scaling, each factor in turn to its departures.

    Args:
        log: The answers; the last answer of a pair counts as leaving it.

    Returns:
        The model.
    """
    at = _moments(log)
    skills, cells = int(at.skill.max()) + 1, len(STREAKS) * len(OPPORTUNITIES)
    pairs = np.bincount(at.skill, at.first, skills)
    left, cell_left = np.bincount(at.skill, at.left, skills), np.bincount(at.cell, at.left, cells)
    share, factor = np.ones(FIFTHS), np.ones(skills)
    for _ in range(ITERATIONS):
        weight = share[at.fifth] * factor[at.skill]
        hazard = _ratio(cell_left, np.bincount(at.cell, weight, cells))
        weight = hazard[at.cell] * factor[at.skill]
        fifth_left = np.bincount(at.fifth, at.left, FIFTHS)
        share = _ratio(fifth_left, np.bincount(at.fifth, weight, FIFTHS))
        share /= share[MIDDLE] or 1.0
        expected = np.bincount(at.skill, hazard[at.cell] * share[at.fifth], skills)
        factor = (left + FRAILTY_SHAPE) / (expected + FRAILTY_SHAPE)
        factor /= np.average(factor, weights=pairs)
    known = expected >= FEWEST_EXPECTED
    known |= known.sum() < FEWEST_SKILLS
    answers = np.log(np.bincount(at.skill, minlength=skills))
    elasticity = -_slope(answers[known], np.log(factor[known]))
    rest = np.log(factor) + elasticity * answers
    spread = np.sqrt(np.average((rest - np.average(rest, weights=pairs)) ** 2, weights=pairs))
    table = hazard.reshape(len(STREAKS), len(OPPORTUNITIES))
    return Stopping(table, share, float(spread), elasticity)


def _ratio(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    ratio: Floats = np.where(whole > 0, part / np.maximum(whole, 1e-12), 0.0)
    return ratio


def _slope(x: Floats, y: Floats) -> float:
    centred = x - x.mean()
    return float(centred @ y / max(float(centred @ centred), 1e-12))
