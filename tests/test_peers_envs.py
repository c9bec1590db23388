"""The peers' benchmarks as environments: what users of Gymnasium and of the protocol rely on."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_sb3

import envs
from envs.peers.answer_history import AnswerHistory
from envs.peers.item_choice import ItemChoiceEnv
from envs.peers.kss import KssEnv, KssLearners
from envs.peers.learners import Learners
from envs.peers.spaced_repetition import FlashcardLearners, SpacedRepetitionEnv

IDS = ("ALS/KSS-v0", "ALS/EFC-v0", "ALS/HLR-v0", "ALS/DASH-v0")


def make(env_id: str) -> ItemChoiceEnv:
    assert envs.__doc__
    env = gym.make(env_id, disable_env_checker=True).unwrapped
    assert isinstance(env, ItemChoiceEnv)
    return env


def play(env: ItemChoiceEnv, seed: int) -> tuple[list[float], list[dict]]:
    """One episode of items in turn: rewards, and infos with that of reset first."""
    _, first = env.reset(seed=seed)
    rewards, infos = [], [first]
    over = False
    while not over:
        item = np.int64(len(rewards) % env.action_space.n)
        _, reward, over, truncated, info = env.step(item)
        assert not truncated
        rewards.append(float(reward))
        infos.append(info)
    return rewards, infos


@pytest.mark.parametrize("env_id", IDS)
def test_both_checkers_pass(env_id: str) -> None:
    check_env(make(env_id), skip_render_check=True)
    check_env_sb3(make(env_id))


@pytest.mark.parametrize("env_id", IDS)
def test_info_follows_the_protocol_for_one_learner(env_id: str) -> None:
    env = make(env_id)
    items = int(env.action_space.n)
    _, infos = play(env, 3)
    first, later = infos[0], infos[1:]
    assert len(later) == env.steps
    assert all(0 <= item < items and isinstance(right, bool) for item, right in first["history"])
    assert first["weights"].shape == (items,)
    assert all(info["action_mask"].shape == (items,) for info in infos)
    assert all(isinstance(info["correct"], bool) for info in later)


@pytest.mark.parametrize("env_id", IDS)
def test_observation_tells_nothing_but_the_answers(env_id: str) -> None:
    """Two episodes with the same history, goal and mask have the same observation."""
    env = make(env_id)
    observation, info = env.reset(seed=5)
    hidden = env.learners.ability if isinstance(env, KssEnv) else env.learners.memory.attempts
    hidden += 1.0
    np.testing.assert_array_equal(env.learners.history.summary()[0], observation)
    seen = observation[: env.action_space.n] > 0
    assert set(np.flatnonzero(seen)) == {item for item, _ in info["history"]}


def test_summary_holds_what_was_answered_and_when() -> None:
    history = AnswerHistory(1, items=3, warm_up=2, steps=2)
    for item, right in ((2, True), (0, False), (2, False)):
        history.add(np.array([0]), np.array([item]), np.array([right]))
    history.taken = 1
    history.weights[0], history.allowed[0] = [1.0, 0.0, 1.0], [True, True, False]
    attempts, successes, last, since, weights, allowed = history.summary()[0, :-1].reshape(6, 3)
    np.testing.assert_allclose(attempts, np.log1p([1, 0, 2]) / np.log1p(4), rtol=1e-6)
    np.testing.assert_allclose(successes, np.log1p([0, 0, 1]) / np.log1p(4), rtol=1e-6)
    assert last.tolist() == [-1.0, 0.0, -1.0]
    np.testing.assert_allclose(since, np.log1p([2, 0, 1]) / np.log1p(4), rtol=1e-6)
    assert weights.tolist() == [1.0, 0.0, 1.0]
    assert allowed.tolist() == [1.0, 1.0, 0.0]
    assert history.summary()[0, -1] == 0.5


@pytest.mark.parametrize("env_id", IDS)
def test_the_same_seed_gives_the_same_learner_and_luck(env_id: str) -> None:
    rewards = [play(make(env_id), seed)[0] for seed in (7, 7, 8)]
    assert rewards[0] == rewards[1] != rewards[2]


@pytest.mark.parametrize(
    "learners", [KssLearners(6), *(FlashcardLearners(m, 5, 20) for m in ("efc", "hlr", "dash"))]
)
def test_learners_do_not_depend_on_who_else_is_there(learners: Learners) -> None:
    rng = np.random.default_rng(0)
    items = rng.integers(0, learners.items, (learners.steps, 40))
    learners.start([np.random.default_rng(n) for n in range(40)])
    together = np.stack([learners.practise(row) for row in items])
    for n in (0, 17, 39):
        learners.start([np.random.default_rng(n)])
        alone = np.concatenate([learners.practise(row[n : n + 1]) for row in items])
        np.testing.assert_allclose(alone, together[:, n], rtol=1e-12)


@pytest.mark.parametrize("env_id", IDS)
def test_steps_outside_an_episode_are_refused(env_id: str) -> None:
    env = make(env_id)
    with pytest.raises(RuntimeError, match="start a new one first"):
        env.step(np.int64(0))
    play(env, 0)
    with pytest.raises(RuntimeError, match="over"):
        env.step(np.int64(0))


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="steps is 0"):
        KssEnv(steps=0)
    with pytest.raises(ValueError, match="on_illegal is 'skip'"):
        KssEnv(on_illegal="skip")
    with pytest.raises(ValueError, match="model is 'sm'"):
        SpacedRepetitionEnv(model="sm")
    with pytest.raises(ValueError, match="presentations is 1"):
        SpacedRepetitionEnv(model="efc", presentations=1)
    env = KssEnv()
    env.reset(seed=0)
    with pytest.raises(ValueError, match="0 to 9"):
        env.step(np.int64(10))
