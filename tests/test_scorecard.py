"""The statistics by which simulated and real logs are compared, and the simulated log itself."""

import numpy as np
import pytest

from envs.answer_filter import area_under_curve, log_loss, observer, predict
from envs.answer_statistics import (
    accuracy_sd,
    answer_statistics,
    dependence,
    learning_curve,
    mastery,
    split_half,
)
from envs.constants import Constants
from envs.log_simulation import LogDesign, SimulatedLog
from envs.logs import AnswerLog
from envs.scorecard import CORE, CORE_BESIDES, Row, core_rows, logs

SMALL = LogDesign(learners=300)


@pytest.fixture(scope="module")
def simulated() -> SimulatedLog:
    return logs(SMALL, Constants(), [3])[0]


def pairs_log(*answers: list[int]) -> AnswerLog:
    """One learner and skill for each list of answers, every answer to an item of its own."""
    learner = np.repeat(np.arange(len(answers)), [len(a) for a in answers])
    correct = np.concatenate([np.array(a) for a in answers])
    return AnswerLog(learner, np.zeros_like(learner), np.arange(learner.size), correct)


def test_learning_curve_of_a_known_power_law() -> None:
    error = 0.8 * np.arange(1, 6) ** -0.5
    pairs = 2000
    answers = [[int(i >= error[k] * pairs) for k in range(5)] for i in range(pairs)]
    curve = learning_curve(pairs_log(*answers, [1, 1, 1]), 5)
    assert curve["share correct at 1, pairs with >= 5"] == pytest.approx(0.2, abs=1e-3)
    assert curve["error power-law exponent, pairs with >= 5"] == pytest.approx(-0.5, abs=0.01)


def test_accuracy_sd_leaves_out_binomial_noise() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(2000), 30)
    same = (rng.random(group.size) < 0.6).astype(np.int64)
    assert accuracy_sd(group, same, 20) < 0.02
    share = np.where(np.arange(2000) % 2, 0.4, 0.8)[group]
    varied = (rng.random(group.size) < share).astype(np.int64)
    assert accuracy_sd(group, varied, 20) == pytest.approx(0.2, abs=0.01)


def test_wheel_spinning_is_ten_answers_without_three_in_a_row() -> None:
    late = [1, 1, 0] * 4 + [1, 1, 1]
    result = mastery(pairs_log([1, 1, 1], late, [0, 1, 1, 1] + [0] * 8, [0, 1]))
    assert result["wheel-spinning, of pairs with >= 10"] == 0.5
    assert result["wheel-spinning, of determinate pairs"] == pytest.approx(1 / 3)
    assert result["answers per learner and skill"] == pytest.approx((3 + 15 + 12 + 2) / 4)


def test_dependence_is_within_the_pair() -> None:
    result = dependence(pairs_log([1, 1, 0, 0], [0, 0, 1, 1]))
    assert result["P(correct | previous correct)"] == pytest.approx(2 / 3)
    assert result["phi at lag 1, same skill"] == pytest.approx(1 / 3)
    assert result["phi at lag 2, same skill"] == pytest.approx(-1.0)


def test_split_half_of_steady_learners_is_one() -> None:
    steady = [[1, 1, 0, 0] * 10, [1, 1, 1, 1] * 10, [0, 0, 0, 0] * 10]
    assert split_half(pairs_log(*steady)) == pytest.approx(1.0)


def test_a_small_log_has_fewer_statistics() -> None:
    few = answer_statistics(pairs_log([1, 0, 1]))
    assert few["share correct"] == pytest.approx(2 / 3)
    assert "item accuracy sd" not in few


def test_area_under_curve_counts_ordered_pairs() -> None:
    outcome = np.array([0, 1, 0, 1])
    assert area_under_curve(np.array([0.1, 0.4, 0.4, 0.9]), outcome) == pytest.approx(3.5 / 4)
    assert log_loss(np.array([0.5, 0.5]), np.array([0, 1])) == pytest.approx(np.log(2))
    with pytest.raises(ValueError, match="both kinds"):
        area_under_curve(np.array([0.1]), np.array([1]))


def test_a_row_passes_within_its_tolerance() -> None:
    assert Row("a", "core", 1.0, 1.05, 0.1).passed
    assert not Row("a", "core", 1.0, 0.8, 0.1).passed


def test_the_same_seed_gives_the_same_log(simulated: SimulatedLog) -> None:
    again = logs(SMALL, Constants(), [3])[0]
    assert np.array_equal(again.log.correct, simulated.log.correct)
    other = logs(SMALL, Constants(), [4])[0]
    assert other.log.correct[:50].tolist() != simulated.log.correct[:50].tolist()


def test_simulated_clocks_run_forward(simulated: SimulatedLog) -> None:
    log = simulated.log
    assert log.seconds is not None
    forward = np.diff(log.seconds)[np.diff(log.learner) == 0]
    assert forward.min() > 0.0
    assert 15.0 < np.median(forward) < 60.0


def test_the_filter_predicts_better_than_the_items_alone(simulated: SimulatedLog) -> None:
    log = simulated.log
    filtered = predict(log, simulated.easiness, observer(Constants()))
    items = area_under_curve(simulated.easiness, log.correct)
    assert area_under_curve(filtered, log.correct) > items + 0.05
    assert filtered.mean() == pytest.approx(log.correct.mean(), abs=0.05)


def test_every_core_row_is_there(simulated: SimulatedLog) -> None:
    rows = list(core_rows([simulated], Constants()))
    assert [row.name for row in rows] == [*CORE, *CORE_BESIDES]
    assert rows[0].tolerance == pytest.approx(0.1 * rows[0].real)
    assert all(np.isfinite(row.simulated) for row in rows)


@pytest.mark.parametrize(("field", "value"), [("skills", 301), ("learners", 0)])
def test_a_wrong_design_names_field_and_value(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"design.{field} is {value}"):
        LogDesign(**{field: value})
