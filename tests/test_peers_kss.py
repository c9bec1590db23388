"""KSS: known values, and a second, literal implementation of its description."""

import math
import random

import networkx as nx
import numpy as np
import pytest

from envs.peers.kss import WARM_UP, KssEnv, KssLearners
from envs.peers.kss_learning import (
    ALLOWED_AFTER,
    DIFFICULTY,
    EDGES,
    FULL_ABILITY,
    ITEMS,
    MASTERY_ABILITY,
    answer_probability,
    learn,
    masters,
)

GRAPH = nx.DiGraph(EDGES)
LISTED = (
    *({0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 4, 8}, {0, 1, 3, 4}, {0, 1, 2, 3, 4, 5, 8, 9}),
    *({4, 5, 9}, {6, 7}, {6, 7, 8}, {0, 2, 3, 4, 5, 6, 7, 8, 9}, {2, 4, 5, 7, 8, 9}),
)


def literally_learn(ability: list[float], last: int, item: int) -> tuple[list[float], int]:
    """The description, item by item and path by path."""
    if last >= 0 and item not in LISTED[last]:
        return ability, last
    ability = list(ability)
    unready = sum(FULL_ABILITY - ability[p] for p in GRAPH.predecessors(item))
    increment = 0.5 * (FULL_ABILITY - ability[item]) / math.exp(unready)

    def promote(node: int, amount: float) -> None:
        ability[node] = min(FULL_ABILITY, ability[node] + amount)
        for successor in GRAPH.successors(node):
            promote(successor, 0.5 * amount)

    promote(item, increment)
    return ability, item


def one(ability: float) -> np.ndarray:
    return np.full((1, ITEMS), ability)


def test_difficulties_are_those_that_the_original_draws_from_seed_10() -> None:
    drawn = random.Random(10)  # noqa: S311  # as the original
    levels = sorted(drawn.randint(0, 5) for _ in range(ITEMS))
    expected = dict(zip([5, 0, 1, 2, 3, 4, 6, 7, 8, 9], levels, strict=True))
    assert [expected[item] for item in range(ITEMS)] == DIFFICULTY.tolist()


def test_answer_probability_has_known_values() -> None:
    ability = DIFFICULTY[None] + np.array([0.0, 0.1, -0.1, 10.0, -10.0, *[0.0] * 5])
    found = answer_probability(ability)[0, :5]
    expected = [0.625, 0.25 + 0.75 / (1 + math.exp(-0.85)), 0.25 + 0.75 / (1 + math.exp(0.85))]
    np.testing.assert_allclose(found, [*expected, 1.0, 0.25], atol=1e-12)


def test_a_learner_is_right_from_probability_one_half() -> None:
    np.testing.assert_allclose(answer_probability(MASTERY_ABILITY[None]), 0.5)
    assert masters(MASTERY_ABILITY[None]).all()
    assert not masters(MASTERY_ABILITY[None] - 1e-9).any()


@pytest.mark.parametrize("last", range(ITEMS))
def test_allowed_items_are_those_listed(last: int) -> None:
    assert set(np.flatnonzero(ALLOWED_AFTER[last])) == LISTED[last]


def test_an_increment_spreads_by_halves_along_every_path() -> None:
    """Item 5 without prerequisites gains half of what is missing; 4, 8, 9 gain down the paths."""
    grown, last = learn(one(1.0), np.array([-1]), np.array([5]))
    gain = (grown - 1.0)[0]
    assert last[0] == 5
    np.testing.assert_allclose(gain[5], 2.0)
    np.testing.assert_allclose(gain[[4, 8, 9]], [1.0, 0.5, 1.0 + 0.25])
    assert gain[[0, 1, 2, 3, 6, 7]].sum() == 0.0


def test_prerequisites_slow_learning_by_the_exponential_of_what_they_lack() -> None:
    ability = one(3.0)
    ability[0, 6] = 4.5
    grown, _ = learn(ability, np.array([6]), np.array([7]))
    np.testing.assert_allclose(grown[0, 7], 3.0 + 0.5 * 2.0 * math.exp(-0.5))


def test_an_item_that_is_not_allowed_teaches_nothing_and_is_forgotten() -> None:
    grown, last = learn(one(1.0), np.array([0]), np.array([9]))
    assert (grown == 1.0).all()
    assert last[0] == 0


def test_learning_equals_the_literal_description() -> None:
    rng = np.random.default_rng(0)
    ability, last = rng.uniform(-4.0, 5.0, (50, ITEMS)), rng.integers(-1, ITEMS, 50)
    for _ in range(30):
        items = rng.integers(0, ITEMS, 50)
        literal = [
            literally_learn(list(a), p, i) for a, p, i in zip(ability, last, items, strict=True)
        ]
        ability, last = learn(ability, last, items)
        np.testing.assert_allclose(ability, [row for row, _ in literal], rtol=1e-12)
        assert last.tolist() == [item for _, item in literal]


def test_returns_add_up_to_the_published_figure() -> None:
    learners = KssLearners(30)
    learners.start([np.random.default_rng(n) for n in range(30)])
    full = learners.history.weights.sum(axis=1)
    start = learners.score()
    total = np.zeros(30)
    for step in range(30):
        total += learners.practise(np.full(30, step % ITEMS))
    np.testing.assert_allclose(total, (learners.score() - start) / (full - start))
    assert total.max() > 0.0


def test_a_fresh_learner_has_a_goal_a_history_and_something_to_gain() -> None:
    learners = KssLearners()
    learners.start([np.random.default_rng(n) for n in range(300)])
    targets = learners.history.weights.sum(axis=1)
    assert set(targets) == set(range(3, 11))
    assert (learners.to_gain > 0).all()
    assert (learners.history.answers <= WARM_UP).all()
    assert (learners.history.answers == WARM_UP).mean() > 0.95
    right = learners.history.last_correct
    assert (masters(learners.ability) >= right).all()  # who was right stays right


Answers = list[tuple[int, bool]]


def literally_next(answers: Answers, ability: list[float], luck: np.ndarray) -> int | None:
    """The warm-up item after a wrong answer, or after the same item thrice; None: all is known."""
    if answers and not answers[-1][1] and luck[0] < 0.7:
        return answers[-1][0]
    if luck[1] >= 0.9:
        return int(luck[2] * ITEMS)
    chance = answer_probability(np.array([ability]))[0]
    return next((i for i in nx.topological_sort(GRAPH) if chance[i] < 0.6), None)


def literally_warm_up(generator: np.random.Generator) -> tuple[Answers, int]:
    """The description, decision by decision: answers, and the item accepted last."""
    ability = list(generator.integers(-3, 1, ITEMS) - 0.1 * np.arange(ITEMS))
    generator.integers(3, 11)  # how many targets, then which
    generator.permutation(ITEMS)
    last, answers = -1, []

    def give(item: int) -> None:
        nonlocal ability, last
        ability, last = literally_learn(ability, last, item)
        answers.append((item, bool(masters(np.array([ability]))[0, item])))

    for luck in generator.random((WARM_UP, 3)):
        if len(answers) == WARM_UP:
            break
        if answers and answers[-1][1] and len({item for item, _ in answers[-3:]}) > 1:
            if len(answers) < WARM_UP - 1:
                give(answers[-1][0])
            item = last
        else:
            item = literally_next(answers, ability, luck)
        if item is None:
            break
        give(item)
    return answers, last


def test_warm_up_equals_the_literal_description() -> None:
    for seed in range(100):
        env = KssEnv()
        _, info = env.reset(seed=seed)
        answers, last = literally_warm_up(np.random.default_rng(seed))
        assert info["history"] == answers
        assert env.learners.last[0] == last


def test_learners_with_nothing_to_gain_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("envs.peers.kss.FEWEST_TARGETS", 0)  # else it has never been seen
    learners = KssLearners()
    learners.start([np.random.default_rng(n) for n in range(60)])
    assert (learners.to_gain > 0).all()
    assert (learners.history.answers > 0).all()


def test_episodes_do_not_change_later_learners() -> None:
    """The original's pool drifts; here the learner of a seed is the same whatever came before."""
    fresh, used = KssEnv(), KssEnv()
    used.reset(seed=1)
    for _ in range(5):
        used.step(np.int64(0))
    first, _ = fresh.reset(seed=2)
    second, _ = used.reset(seed=2)
    np.testing.assert_array_equal(first, second)


def test_illegal_items_can_be_refused() -> None:
    env = KssEnv(on_illegal="error")
    _, info = env.reset(seed=0)
    illegal = np.int64(np.argmin(info["action_mask"]))
    with pytest.raises(ValueError, match=f"item {illegal} is not allowed after"):
        env.step(illegal)
    legal = np.int64(np.argmax(info["action_mask"]))
    env.step(legal)


def test_ignored_items_are_answered_nevertheless() -> None:
    env = KssEnv()
    _, info = env.reset(seed=0)
    illegal = np.int64(np.argmin(info["action_mask"]))
    before = env.learners.ability.copy()
    _, reward, _, _, after = env.step(illegal)
    assert reward == 0.0
    np.testing.assert_array_equal(env.learners.ability, before)
    np.testing.assert_array_equal(after["action_mask"], info["action_mask"])
    assert after["correct"] == masters(before)[0, illegal]
