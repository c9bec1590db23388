"""DAS3H's windows: the fit recovers the weights that a generated log was made with."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from envs.logs import AnswerLog
from envs.window_calibration import WINDOWS, Shape, _fit, fit_windows, window_counts
from scripts.calibrate import Options, main

LENGTHS = (1.0, 24.0, 168.0, 720.0, np.inf)
WINS = np.array([0.6, 0.3, 0.0, 0.5, 0.4])
ATTEMPTS = np.array([0.2, 0.0, 0.0, 0.3, 0.1])
LEARNERS, SKILLS, ANSWERS = 400, 3, 16


def generated(seed: int) -> AnswerLog:
    """Learners who answer at random times over months, each answer by the windows' law."""
    rng = np.random.default_rng(seed)
    pairs = LEARNERS * SKILLS
    pause = np.exp(rng.normal(1.0, 3.0, (pairs, ANSWERS)))
    hours = np.cumsum(np.minimum(pause, 900.0), axis=1)
    correct = np.zeros((pairs, ANSWERS), np.int64)
    ability = np.repeat(rng.normal(0, 0.8, LEARNERS), SKILLS)
    for n in range(ANSWERS):
        z = ability - 0.3
        for length, a, b in zip(LENGTHS, WINS, ATTEMPTS, strict=True):
            fresh = np.exp(-(hours[:, n, None] - hours[:, :n]) / length)
            z += a * np.log1p((fresh * correct[:, :n]).sum(1)) - b * np.log1p(fresh.sum(1))
        correct[:, n] = rng.random(pairs) < expit(z)
    learner = np.repeat(np.arange(LEARNERS), SKILLS * ANSWERS)
    skill = np.tile(np.repeat(np.arange(SKILLS), ANSWERS), LEARNERS)
    return AnswerLog(learner, skill, skill, correct.ravel(), hours.ravel() * 3600.0)


def test_counts_are_sums_over_what_came_before() -> None:
    log = generated(1)
    counts, hours = window_counts(log), log.seconds / 3600.0  # type: ignore[operator]  # it has times
    for n in (0, 1, 15, 16, 4000, 19_199):
        before = (log.pair == log.pair[n]) & (np.arange(log.pair.size) < n)
        for w, length in enumerate(LENGTHS):
            fresh = np.exp(-(hours[n] - hours[before]) / length)
            assert counts[n, w, 0] == pytest.approx((fresh * log.correct[before]).sum(), rel=1e-9)
            assert counts[n, w, 1] == pytest.approx(fresh.sum(), rel=1e-9)


def test_window_weights_are_recovered_within_their_standard_errors() -> None:
    log = generated(2)
    free = dict.fromkeys(WINDOWS, Shape.FREE)
    found = _fit(log, np.log1p(window_counts(log)), free, 60, 0)
    for window, *truth in zip(WINDOWS, WINS, ATTEMPTS, strict=True):
        for estimate, value in zip(found[window], truth, strict=True):
            assert 0.0 < estimate.error < 0.6, (window, estimate)
            assert abs(estimate.value - value) < 3.5 * estimate.error, (window, estimate)


def test_no_window_lets_time_teach_and_their_sum_is_recovered() -> None:
    """Neighbouring windows can stand for each other; what all add to an answer is what counts."""
    log = generated(2)
    estimates = fit_windows(log, draws=40)
    weights = np.array(
        [[estimates[f"{w} {name}"].value for w in WINDOWS] for name in ("wins", "attempts")]
    )
    assert (weights[1] >= 0.0).all()
    assert (weights[0] >= weights[1]).all()
    counts = np.log1p(window_counts(log))
    found, truth = (
        counts[:, :, 0] @ wins - counts[:, :, 1] @ attempts
        for wins, attempts in (weights, (WINS, ATTEMPTS))
    )
    assert truth.std() > 0.4
    assert (found - truth).std() < 0.15


def test_the_command_fits_windows_of_a_log_with_clocks(tmp_path: Path) -> None:
    log, file = generated(5), tmp_path / "log.tsv"
    lines = ["user_id\titem_id\ttimestamp\tcorrect\tskill_id"]
    columns = (log.learner, log.item, log.seconds, log.correct, log.skill)
    rows = zip(*columns, strict=True)  # type: ignore[arg-type]  # it has times
    lines += ["\t".join(str(v) for v in row) for row in rows if row[0] < 80]
    file.write_text("\n".join(lines) + "\n")
    main(Options(log=file, format="timed", draws=10, json=tmp_path / "printed.json"))
    written = json.loads((tmp_path / "printed.json").read_text())["parameters"]
    assert written["hour wins"]["value"] > 0.0
    assert {f"{window} attempts" for window in WINDOWS} <= set(written)


def test_a_log_without_times_has_no_windows() -> None:
    log = AnswerLog(*(np.zeros(1, np.int64) for _ in range(4)))
    with pytest.raises(ValueError, match="timed"):
        fit_windows(log)
