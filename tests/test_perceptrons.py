"""The trainings of a perceptron that ours is timed beside are trainings, and of equal size."""

import importlib.util
import itertools
import statistics
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.buffers import RolloutBuffer
from torch.nn.functional import one_hot

from agents.classrooms import classrooms
from agents.ppo_config import EntropyWeights, PPOConfig
from agents.presets import PRESETS, TrainConfig
from agents.sb3_adapter import SB3Classrooms
from agents.speed import perceptrons
from agents.speed.flat_classrooms import FlatClassrooms
from agents.speed.models import our_model
from agents.speed.plain_ppo import Perceptron, Rollout, advantages, loss, plain_ppo
from envs.course import Course
from tests.toy_classroom import ToyClassrooms

SMALL = replace(
    PRESETS["quick"],
    classrooms=2,
    course=Course(learners=2, lessons=1, minutes=10),
    ppo=PPOConfig(steps=8, batch=16, epochs=1),
)
"""Ten minutes: courses end within a rollout."""


@pytest.fixture(scope="module")
def found() -> dict[str, perceptrons.Contestant | None]:
    return perceptrons.perceptrons(SMALL, our_model(SMALL).policy)


def test_the_plain_loop_learns() -> None:
    """At best a decision is worth 0.2; at first, one in twenty times that."""
    env = FlatClassrooms(SB3Classrooms(ToyClassrooms(32, learners=1, concepts=3)))
    config = PPOConfig(steps=8, batch=128, learning_rate=1e-2, gamma=0.5)
    assert env.observation_space.shape is not None
    assert isinstance(env.action_space, spaces.MultiDiscrete)
    torch.manual_seed(0)
    network = Perceptron(env.observation_space.shape[0], env.action_space.nvec.tolist(), 32)
    rewards = list(itertools.islice(plain_ppo(env, network, config, seed=0), 25))
    assert rewards[0] < 0.03
    assert statistics.mean(rewards[-5:]) > 0.18


def test_the_plain_loop_has_the_advantages_of_stable_baselines3() -> None:
    config = PPOConfig(gamma=0.9, gae_lambda=0.8)
    draws = np.random.default_rng(0)
    rewards, values = draws.normal(size=(2, 6, 3)).astype(np.float32)
    ended = (draws.random((6, 3)) < 0.3).astype(np.float32)
    last = draws.normal(size=3).astype(np.float32)
    nothing = spaces.Box(0, 1, (1,))
    buffer = RolloutBuffer(
        6, nothing, nothing, gamma=config.gamma, gae_lambda=config.gae_lambda, n_envs=3
    )
    buffer.rewards[:], buffer.values[:] = rewards, values
    buffer.episode_starts[1:] = ended[:-1]
    buffer.compute_returns_and_advantage(torch.as_tensor(last), ended[-1])
    arrays = rewards, np.concatenate([values, last[None]]), ended
    ours = advantages(*map(torch.as_tensor, arrays), config)
    np.testing.assert_allclose(ours, buffer.advantages, atol=1e-5)  # float32
    assert 0 < ended.sum() < ended.size


def test_the_plain_loop_stops_where_the_ratio_is_clipped() -> None:
    """A choice already made likelier by more than the clip is not made likelier still."""
    network = Perceptron(2, [3, 2], 4)
    config = PPOConfig(entropy=EntropyWeights(activity=0.0), value_weight=0.0)
    obs = one_hot(torch.tensor([0, 1]), 2).float()
    actions = torch.tensor([[0, 1], [2, 0]])
    with torch.no_grad():
        chosen = [
            each.gather(1, actions[:, n : n + 1]) for n, each in enumerate(network.choices(obs))
        ]
    log_probs = torch.cat(chosen, 1).sum(1)
    gained = torch.tensor([1.0, -1.0])

    def gradient(shift: float) -> float:
        before = log_probs - shift * gained  # since then, the good one rose, the bad one fell
        network.zero_grad()
        batch = Rollout(obs, actions, before, gained, torch.zeros(2))
        torch.autograd.backward(loss(network, batch, config))
        return sum(
            float(each.grad.abs().sum())
            for each in network.actor.parameters()
            if each.grad is not None
        )

    assert gradient(0.1) > 0
    assert gradient(0.3) == 0


def test_perceptrons_are_as_large_as_the_policy(found: dict[str, Any]) -> None:
    """One more or less in the width changes the size by a sixth here."""
    aim = perceptrons.weights(our_model(SMALL).policy)
    sizes = {name: each.weights for name, each in found.items() if each is not None}
    assert sizes.keys() >= {perceptrons.OURS, "stable-baselines3", "plain loop"}
    assert all(size == pytest.approx(aim, rel=0.2) for size in sizes.values())
    assert len({size for name, size in sizes.items() if name != perceptrons.OURS}) == 1


def test_perceptrons_train_in_our_classrooms(found: dict[str, Any]) -> None:
    """Whose actions are not kept within the masks; a turn changes what is learnt."""
    for name, each in found.items():
        if each is not None and each.network is not None:
            before = [weights.detach().clone() for weights in each.network.parameters()]
            each.turn()
            after = each.network.parameters()
            changed = [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]
            assert any(changed), name


def test_sbx_takes_part_where_it_is_installed(
    found: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (found["sbx"] is None) == (importlib.util.find_spec("sbx") is None)
    monkeypatch.setattr(perceptrons, "SBX", "a package that nobody has")
    config: TrainConfig = SMALL
    without = perceptrons.perceptrons(config, our_model(config).policy)
    assert without["a package that nobody has"] is None


def test_flat_classrooms_show_all_that_the_classrooms_do() -> None:
    plain, env = (classrooms(SMALL, on_illegal="circulate") for _ in range(2))
    flat = FlatClassrooms(env)
    for each in (plain, flat):
        each.seed(0)
    parts: Any = plain.reset()
    shown = flat.reset()
    ends = 0
    for _ in range(20):
        joined = np.concatenate([parts[key].reshape(2, -1) for key in flat.keys], axis=1)
        np.testing.assert_array_equal(shown, joined)
        assert flat.observation_space.contains(shown[0])
        actions = np.zeros((2, 7), np.int64)
        parts, _, done, infos = plain.step(actions)
        shown, _, _, flat_infos = flat.step(actions)
        for index in np.flatnonzero(done):
            ends += 1
            last = infos[index]["terminal_observation"]
            np.testing.assert_array_equal(
                flat_infos[index]["terminal_observation"],
                np.concatenate([last[key].ravel() for key in flat.keys]),
            )
    assert ends > 0
