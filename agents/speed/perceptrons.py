"""Trainings of a perceptron about as large as our policy: by us, and by what others would take.

All have our classrooms, rollouts, minibatches and passes. Only our own training keeps choices
within the masks; with the others the tutor circulates in place of what is not allowed. They
discount per decision, and nothing is tuned: these are measures of speed, not of learning. All stay
on the CPU, where stable-baselines3 advises to train perceptrons.
"""

import importlib.util
import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple, cast

import torch
from gymnasium import spaces
from stable_baselines3 import PPO
from torch import nn

from agents.classrooms import classrooms
from agents.presets import TrainConfig
from agents.speed.flat_classrooms import FlatClassrooms
from agents.speed.models import our_model, turn_of
from agents.speed.plain_ppo import Perceptron, plain_ppo
from agents.speed.stock import settings
from policies.policy import AttentionPolicy

OURS: Final = "our training"
SBX: Final = "sbx"


class Contestant(NamedTuple):
    """A training whose speed is measured."""

    turn: Callable[[], object]  # plays a rollout and learns from it
    weights: int
    network: nn.Module | None  # None: not of torch


def perceptrons(config: TrainConfig, policy: AttentionPolicy) -> dict[str, Contestant | None]:
    """Trainings by name, each with classrooms of its own; None where sbx is not installed.

    Args:
        config: Whose classrooms and sizes of rollout and minibatch they have.
        policy: The perceptrons have about as many weights.
    """
    seen, chosen = policy.observation_space, cast("spaces.MultiDiscrete", policy.action_space)
    size = spaces.flatdim(seen), chosen.nvec.tolist()
    width = nearest(weights(policy), lambda width: weights(Perceptron(*size, width)))
    return {
        OURS: _ours(config, policy),
        "stable-baselines3": _stable_baselines3(config, width),
        SBX: _sbx(config, width) if importlib.util.find_spec(SBX) else None,
        "plain loop": _plain(config, width),
    }


def weights(network: nn.Module) -> int:
    """Numbers that training can change."""
    return sum(each.numel() for each in network.parameters())


def nearest(aim: int, size_at: Callable[[int], int]) -> int:
    """The width at which the size, which grows with it, comes nearest to the aim."""
    width = 1
    while size_at(width + 1) < aim:
        width += 1
    return min((width, width + 1), key=lambda each: abs(size_at(each) - aim))


def blind(config: TrainConfig) -> FlatClassrooms:
    """The training's classrooms for what reads a vector and cannot be kept within masks."""
    return FlatClassrooms(classrooms(config, on_illegal="circulate"))


def _ours(config: TrainConfig, policy: AttentionPolicy) -> Contestant:
    """Our training of our own perceptron: choices and values share its hidden layers."""

    def flat(width: int) -> TrainConfig:
        return replace(config, policy=replace(config.policy, mixing="flat", heads=1, width=width))

    def size_at(width: int) -> int:
        space = policy.observation_space, policy.action_space
        return weights(AttentionPolicy(*space, lambda _: 0.0, flat(width).policy))

    model = our_model(flat(nearest(weights(policy), size_at)))
    return Contestant(turn_of(model, _decisions(config)), weights(model.policy), model.policy)


def _stable_baselines3(config: TrainConfig, width: int) -> Contestant:
    env = blind(config)
    own = {"net_arch": [width, width]}
    shared = settings(config.ppo, env)
    model = PPO("MlpPolicy", env, policy_kwargs=own, seed=0, device="cpu", **shared)
    return Contestant(turn_of(model, _decisions(config)), weights(model.policy), model.policy)


def _sbx(config: TrainConfig, width: int) -> Contestant:
    """On the CPU with as many threads as torch: JAX reads both from here, when it starts."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("NPROC", str(torch.get_num_threads()))
    import jax  # noqa: PLC0415  # an optional package

    with warnings.catch_warnings():  # of names that JAX gives up and what sbx is made of still has
        warnings.simplefilter("ignore", DeprecationWarning)
        import sbx  # noqa: PLC0415

    env = blind(config)
    own = {"net_arch": [width, width]}
    model = sbx.PPO("MlpPolicy", env, policy_kwargs=own, seed=0, **settings(config.ppo, env))
    states = model.policy.actor_state.params, model.policy.vf_state.params
    size = sum(each.size for each in jax.tree_util.tree_leaves(states))
    return Contestant(turn_of(model, _decisions(config)), size, None)


def _plain(config: TrainConfig, width: int) -> Contestant:
    env = blind(config)
    features = cast("tuple[int]", env.observation_space.shape)[0]
    options = cast("spaces.MultiDiscrete", env.action_space).nvec.tolist()
    network = Perceptron(features, options, width)
    loop = plain_ppo(env, network, config.ppo, seed=0)
    return Contestant(partial(next, loop), weights(network), network)


def _decisions(config: TrainConfig) -> int:
    return config.classrooms * config.ppo.steps
