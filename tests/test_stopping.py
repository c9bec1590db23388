"""When simulated learners leave a skill is when real ones do, and the fit of it finds the truth."""

import json
from pathlib import Path

import numpy as np
import pytest

from envs.constants import Constants
from envs.log_simulation import LogDesign
from envs.logs import AnswerLog
from envs.scorecard import FITTED, logs
from envs.stopping import (
    FIFTHS,
    OPPORTUNITIES,
    STREAKS,
    Stopping,
    fit_stopping,
    load_stopping,
    stopping_hazards,
)
from envs.whole_file import write_json

WELL_SEEN = 5
"""Columns with answers to many skills; what comes after ten answers rests on a few."""
TRUTH = Stopping(
    hazard=np.full((len(STREAKS), len(OPPORTUNITIES)), 0.1) + 0.05 * np.arange(4)[:, None],
    share=np.array([1.5, 1.2, 1.0, 0.9, 0.8]),
    skill_log_sd=0.4,
    answers_elasticity=0.0,
)


def drawn_log(truth: Stopping, pairs: int, skills: int) -> tuple[AnswerLog, np.ndarray]:
    """Answers of coins, left by the model; and the factor of each pair's skill."""
    rng = np.random.default_rng(0)
    factor = np.exp(rng.normal(0.0, truth.skill_log_sd, skills))
    popularity = np.exp(rng.normal(0.0, 1.0, skills))
    chosen = rng.choice(skills, pairs, p=popularity / popularity.sum())
    factor /= factor[chosen].mean()
    rows = []
    edges = np.array([2, 3, 4, 6, 11, 21])
    for pair, skill in enumerate(chosen):
        streak = right = answers = 0
        while True:
            correct = int(rng.random() < 0.6)
            streak = min(3, streak + 1) if correct else 0
            right, answers = right + correct, answers + 1
            rows.append((pair, skill, correct))
            fifth = min(FIFTHS - 1, max(0, int(np.ceil(FIFTHS * right / answers - 1e-9)) - 1))
            column = np.searchsorted(edges, answers, side="right")
            hazard = truth.hazard[streak, column] * truth.share[fifth] * factor[skill]
            if rng.random() < hazard:
                break
    learner, skills_of, correct = np.array(rows).T
    log = AnswerLog(learner, skills_of, np.arange(learner.size), correct)
    return log, factor[chosen]


def test_the_fit_finds_hazards_shares_and_spread() -> None:
    log, factor = drawn_log(TRUTH, 20_000, 50)
    found = fit_stopping(log)
    seen = (found.hazard > 0) & (np.arange(len(OPPORTUNITIES)) < WELL_SEEN)
    assert found.hazard[seen] == pytest.approx(TRUTH.hazard[seen], rel=0.15)
    assert found.share == pytest.approx(TRUTH.share, rel=0.12)
    answers = np.log(np.bincount(log.skill))[log.skill[log.opportunity == 1]]
    spread = np.hypot(found.skill_log_sd, found.answers_elasticity * answers.std())
    assert spread == pytest.approx(np.log(factor).std(), rel=0.15)


def test_a_written_model_is_read_back(tmp_path: Path) -> None:
    write_json(tmp_path / "stopping.json", TRUTH.as_table())
    again = load_stopping(tmp_path / "stopping.json")
    assert again.hazard == pytest.approx(TRUTH.hazard)
    assert again.share == pytest.approx(TRUTH.share)
    assert again[2:] == TRUTH[2:]


def test_simulated_learners_leave_as_real_ones() -> None:
    """The model's hazards are a mean skill's: what all skills together show must come out too."""
    table = json.loads((FITTED / "stopping_and_resid.json").read_text())
    real = table["stop_hazard_streak_by_opp"]
    log = logs(LogDesign(learners=2000), Constants(), [3])[0].log
    found = stopping_hazards(log)
    for s, streak in enumerate(STREAKS):
        for o, opportunity in enumerate(OPPORTUNITIES):
            if s <= o < WELL_SEEN:
                assert found[s, o] == pytest.approx(real[streak][opportunity], rel=0.25, abs=0.01)
