"""EFC, HLR and DASH: hand-computed recall, half-lives and windows; what the reward adds up to."""

import copy
import math
from collections.abc import Callable

import numpy as np
import pytest

from envs.peers.dash import WINDOW_WEIGHT, Dash
from envs.peers.efc import Efc
from envs.peers.hlr import Hlr
from envs.peers.memory import DELAY, Memory
from envs.peers.spaced_repetition import MEMORIES, FlashcardLearners

ALL = np.ones((1, 2), np.bool_)
FIRST = np.array([[True, False]])


def efc() -> Memory:
    return Efc({"decay": np.array([[0.1, 0.2]]), "first_seen": np.array([[1.0, 1.0]])}, 200)


def hlr() -> Memory:
    return Hlr({"easiness": np.array([[0.0, 1.0]]), "first_seen": np.array([[1.0, 1.0]])}, 200)


def dash() -> Dash:
    parameters = {
        "difficulty": np.array([[1.0, 0.0]]),
        "exponent": np.array([[0.5, 0.5]]),
        "pace": np.array([[1.0]]),
        "first_seen": np.array([[1.0, 1.0]]),
    }
    return Dash(parameters, 200)


def test_efc_forgets_exponentially_and_slower_with_every_attempt() -> None:
    memory = efc()
    np.testing.assert_allclose(memory.recall(2), [[math.exp(-0.9), math.exp(-1.8)]])
    memory.review(FIRST, ~ALL, 2)
    np.testing.assert_allclose(memory.recall(2), [[1.0, math.exp(-1.8)]])
    np.testing.assert_allclose(memory.recall(4), [[math.exp(-0.1 * 10 / 2), math.exp(-3.8)]])
    memory.review(FIRST, ALL, 4)
    np.testing.assert_allclose(memory.recall(5)[0, 0], math.exp(-0.1 * 5 / 3))


def test_hlr_half_life_grows_by_e_with_attempts_and_again_with_successes() -> None:
    memory = hlr()
    np.testing.assert_allclose(memory.recall(1), [[math.exp(-4.0), math.exp(-4.0 / math.e)]])
    for correct, strength in ((ALL, math.e**2), (~ALL, math.e**3)):
        memory.review(FIRST, correct, 10)
        half_life = strength * math.log(2.0)
        np.testing.assert_allclose(memory.recall(11)[0, 0], 0.5 ** (DELAY / half_life))


def test_dash_counts_windows_that_are_over_and_forgets_by_a_power() -> None:
    memory = dash()
    np.testing.assert_allclose(WINDOW_WEIGHT, [1 / 25, 1 / 16, 1 / 9, 1 / 4, 1.0])
    blank = 1.0 / (1.0 + math.e)
    np.testing.assert_allclose(memory.recall(1), [[blank / 5**0.5, 0.5 / 5**0.5]])
    memory.review(FIRST, ALL, 10)
    memory.review(FIRST, ~ALL, 39)
    np.testing.assert_allclose(memory.recall(39)[0, 0], blank)  # the window is not over
    learnt = (math.log(2.0) + math.log(3.0)) / 25
    expected = 1.0 / (1.0 + math.exp(1.0 - learnt)) / (1.0 + 5.0) ** 0.5
    np.testing.assert_allclose(memory.recall(40)[0, 0], expected)
    memory.review(FIRST, ALL, 40)  # in the second window
    learnt += math.log(2.0) * 2 / 16
    expected = 1.0 / (1.0 + math.exp(1.0 - learnt)) / (1.0 + 200.0) ** 0.5
    np.testing.assert_allclose(memory.recall(80)[0, 0], expected)


@pytest.mark.parametrize("make", [efc, hlr, dash])
def test_recall_is_a_probability_even_before_the_first_review(make: Callable[[], Memory]) -> None:
    memory = make()
    memory.last += 30.0  # seen after the start, as the original's log-normal draws may say
    for presentation in range(200):
        recall = memory.recall(presentation)
        assert (recall >= 0.0).all()
        assert (recall <= 1.0).all()


@pytest.mark.parametrize("model", MEMORIES)
def test_population_has_the_medians_that_a_tutor_may_assume(model: str) -> None:
    drawn = MEMORIES[model].draw(np.random.default_rng(0), 20_001)
    for name, value in MEMORIES[model].typical(3).items():
        tolerance = 0.05 * max(1.0, abs(float(value[0])))
        assert abs(float(np.median(drawn[name])) - float(value[0])) < tolerance


@pytest.mark.parametrize("model", MEMORIES)
def test_return_is_mean_recall_over_items_and_decisions(model: str) -> None:
    learners = FlashcardLearners(model, items=4, presentations=10)
    learners.start([np.random.default_rng(n) for n in range(6)])
    assert learners.history.answers.tolist() == [1] * 6
    total, recalls = np.zeros(6), []
    for step in range(9):
        total += learners.practise(np.full(6, step % 4))
        recalls.append(learners.memory.recall(learners.presented))
    np.testing.assert_allclose(total, np.mean(recalls, axis=(0, 2)))
    assert learners.over


@pytest.mark.parametrize("model", MEMORIES)
def test_answers_follow_recall(model: str) -> None:
    learners = FlashcardLearners(model, items=6, presentations=40)
    learners.start([np.random.default_rng(n) for n in range(400)])
    expected, right = [], []
    for step in range(30):
        known = learners.memory.recall(learners.presented)[:, step % 6]
        learners.practise(np.full(400, step % 6))
        expected.append(known)
        right.append(learners.history.latest()[1])
    error = np.mean(right) - np.mean(expected)
    assert abs(error) < 4.0 * 0.5 / math.sqrt(400 * 30)


@pytest.mark.parametrize("model", MEMORIES)
def test_prospects_are_the_expected_rewards(model: str) -> None:
    """Against the rewards of twins, one of whom is always right, the other always wrong."""
    twins = FlashcardLearners(model, items=3, presentations=12)
    twins.start([np.random.default_rng(0), np.random.default_rng(0)])
    twins.practise(np.array([1, 1]))
    known = twins.memory.recall(twins.presented)[0]
    promised = twins.prospects()[0]
    twins.luck[:] = [[0.0], [1.0]]
    for item in range(3):
        right, wrong = copy.deepcopy(twins).teach(np.array([item, item]))
        expected = known[item] * right + (1.0 - known[item]) * wrong
        np.testing.assert_allclose(promised[item], expected, rtol=1e-12)
