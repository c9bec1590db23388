"""Calibration: fits recover what generated logs were made with."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from envs.calibration import (
    LAG_MINUTES,
    double_exponential,
    fit_forgetting,
    fit_growth,
    gaps,
    products,
    session_curve,
    sessions,
)
from envs.logs import AnswerLog
from envs.mixed_logistic import Group, fit
from scripts.calibrate import Options, main
from tests.answer_logs import write_pid

LEARNERS, SKILLS, ITEMS, PRACTISED, ANSWERS = 200, 30, 12, 6, 8
TRUTH = {
    "intercept": 0.4,
    "slope": 0.35,
    "ability sd": 1.0,
    "learner slope sd": 0.3,
    "skill sd": 0.9,
    "skill slope sd": 0.25,
    "item sd": 0.8,
    "learner by skill sd": 0.5,
}


def growth_log(seed: int) -> AnswerLog:
    """A log drawn from the individualised additive factors model with the parameters TRUTH."""
    rng = np.random.default_rng(seed)
    chosen = np.array([rng.permutation(SKILLS)[:PRACTISED] for _ in range(LEARNERS)])
    skill = np.repeat(chosen.ravel(), ANSWERS)
    learner = np.repeat(np.arange(LEARNERS), PRACTISED * ANSWERS)
    pair = np.repeat(np.arange(LEARNERS * PRACTISED), ANSWERS)
    item = skill * ITEMS + rng.integers(0, ITEMS, skill.size)
    practice = np.log1p(np.tile(np.arange(ANSWERS), LEARNERS * PRACTISED))

    def effect(name: str, level: np.ndarray) -> np.ndarray:
        drawn = rng.normal(0, TRUTH[name], level.max() + 1)
        return (drawn - drawn.mean())[level]

    slope = TRUTH["slope"] + effect("learner slope sd", learner) + effect("skill slope sd", skill)
    logit = TRUTH["intercept"] + slope * practice + effect("learner by skill sd", pair)
    for name, level in (("ability sd", learner), ("skill sd", skill), ("item sd", item)):
        logit += effect(name, level)
    correct = (rng.random(skill.size) < expit(logit)).astype(np.int64)
    return AnswerLog(learner, skill, np.unique(item, return_inverse=True)[1], correct)


def test_growth_is_recovered_within_its_standard_errors() -> None:
    estimates = fit_growth(growth_log(1), draws=120)
    for name, truth in TRUTH.items():
        estimate = estimates[name]
        assert 0.0 < estimate.error < 0.3, name
        assert abs(estimate.value - truth) < 3.0 * estimate.error, (name, estimate)


def forgetting_log(spacing: float) -> AnswerLog:
    """Answers from learners who forget .2 logit per ln(1 + hours), less where practice was spaced.

    Args:
        spacing: Logit by which ln(1 + hours) x ln(1 + past gap days) slows it.
    """
    rng = np.random.default_rng(3)
    learners, answers = 300, 40
    learner = np.repeat(np.arange(learners), answers)
    skill = np.tile(np.repeat(np.arange(4), answers // 4), learners)
    hours = np.exp(rng.normal(1.5, 2.5, learner.size))
    clock = np.concatenate([np.cumsum(block) for block in hours.reshape(learners, -1)]) * 3600.0
    log = AnswerLog(learner, skill, skill, np.zeros(learner.size, np.int64), clock)
    since, past = gaps(log)
    logit = 0.5 + rng.normal(0, 1, learners)[learner] - 0.2 * np.log1p(since)
    logit += spacing * np.log1p(since) * np.log1p(past)
    correct = (rng.random(learner.size) < expit(logit)).astype(np.int64)
    return AnswerLog(learner, skill, skill, correct, clock)


def test_forgetting_is_recovered_within_its_standard_errors() -> None:
    """Where practice is not spaced: the first of the two fits knows no spacing."""
    estimates = fit_forgetting(forgetting_log(spacing=0.0), draws=60)
    forgetting = estimates["ln(1 + hours)"]
    spacing = estimates["ln(1 + hours) x ln(1 + past gap days)"]
    assert abs(forgetting.value + 0.2) < 3.0 * forgetting.error < 0.06
    assert abs(spacing.value) < 3.0 * spacing.error


def test_spacing_is_recovered_within_its_standard_errors() -> None:
    estimates = fit_forgetting(forgetting_log(spacing=0.06), draws=60)
    spacing = estimates["ln(1 + hours) x ln(1 + past gap days)"]
    assert abs(spacing.value - 0.06) < 3.0 * spacing.error
    assert spacing.value > 2.0 * spacing.error


def test_a_random_effect_that_is_not_there_is_found_small() -> None:
    rng = np.random.default_rng(5)
    level = np.repeat(np.arange(200), 20)
    correct = (rng.random(level.size) < 0.6).astype(np.int64)
    model = fit(correct, {"1": np.ones(level.size)}, [Group("sd", level)], draws=60, warm_up=60)
    assert model.sd["sd"].value < 0.2
    assert abs(model.fixed["1"].value - np.log(1.5)) < 0.12
    assert model.probability.mean() == pytest.approx(correct.mean(), abs=0.01)


def timed_log(minutes: list[float], skill: list[int]) -> AnswerLog:
    """One learner's answers at these minutes."""
    size = len(minutes)
    return AnswerLog(
        np.zeros(size, np.int64),
        np.array(skill),
        np.arange(size),
        np.ones(size, np.int64),
        np.array(minutes) * 60.0,
    )


def test_gaps_are_hours_since_practice_and_mean_days_before_it() -> None:
    day = 24 * 60.0
    log = timed_log([0.0, 30.0, day, 3 * day], [0, 1, 0, 0])
    hours, past = gaps(log)
    assert hours.tolist() == [0.0, 0.0, 24.0, 48.0]
    assert past.tolist() == [0.0, 0.0, 0.0, 1.0]


def test_a_pause_of_half_an_hour_starts_a_session() -> None:
    assert sessions(timed_log([0, 29, 60, 61], [0, 0, 0, 0])).tolist() == [0, 0, 1, 1]


def test_a_log_without_times_has_no_gaps() -> None:
    log = AnswerLog(*(np.zeros(1, np.int64) for _ in range(4)))
    with pytest.raises(ValueError, match="timed"):
        gaps(log)


def test_residual_products_pair_answers_to_different_skills_by_lag() -> None:
    log = timed_log([0.0, 0.1, 1.5, 100.0], [0, 1, 0, 1])
    residual = np.array([1.0, 2.0, 4.0, 8.0])
    sums = np.zeros((len(LAG_MINUTES), 2))
    clock, edges = log.seconds, np.array(LAG_MINUTES)
    assert clock is not None
    products(log.learner, log.skill, sessions(log), clock, residual, np.full(4, 0.5), edges, sums)
    assert sums[0].tolist() == [2.0, 0.25]
    assert sums[3].tolist() == [8.0, 0.25]
    assert sums[-1].tolist() == [40.0, 0.5]


def test_session_curve_is_relative_to_the_session() -> None:
    log = timed_log([0.0, 12.0, 24.0, 36.0], [0, 0, 0, 0])
    residual, weight = np.array([-0.2, 0.2, 0.0, 0.0]) + 0.1, np.full(4, 0.25)
    curve = session_curve(log, sessions(log), residual, weight)
    assert curve[[0, 3, 5, 7]] == pytest.approx([-0.8, 0.8, 0.0, 0.0])


def test_double_exponential_recovers_both_time_constants() -> None:
    edges = np.array(LAG_MINUTES)
    lag = (edges[1:] + edges[:-1]) / 2
    curve = 0.4 * np.exp(-lag / 0.3) + 0.2 * np.exp(-lag / 12.0) + 0.1
    fitted = double_exponential(curve, np.full(lag.size, 1e5))
    assert list(fitted.values()) == pytest.approx([0.4, 0.3, 0.2, 12.0, 0.1], rel=0.02)


def test_the_command_writes_aggregates_only(tmp_path: Path) -> None:
    log = growth_log(2)
    write_pid(tmp_path / "log.csv", log, learners=20)
    out = tmp_path / "fitted.json"
    main(Options(log=tmp_path / "log.csv", draws=10, out=out, json=tmp_path / "printed.json"))
    written = json.loads(out.read_text())
    assert set(written["parameters"]) == set(TRUTH)
    assert written["learners"] == 20
    assert set(written["stopping"]["hazard"]) == {"0", "1", "2", "3"}
    assert len(json.dumps(written)) < 6000
    assert json.loads((tmp_path / "printed.json").read_text())["parameters"]
