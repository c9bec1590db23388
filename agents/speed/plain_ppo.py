"""PPO as one plain loop on tensors, in the manner of CleanRL (Huang et al. 2022).

It is there to be timed: what the same arithmetic costs without a framework around it. So it repeats
on purpose what `agents.ppo` and stable-baselines3 have, and nothing else uses it. As in CleanRL, a
time limit counts as an end; time is counted in decisions, not in minutes; no rate falls.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import torch
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from agents.ppo_config import PPOConfig

ADAM_EPSILON: Final = 1e-5
"""As in stable-baselines3 and CleanRL."""


class Perceptron(nn.Module):
    """Two hidden layers for the choices and two for the value, as stable-baselines3's MlpPolicy.

    Args:
        features: Width of the observation.
        options: How many each choice has.
        width: Of every hidden layer.
    """

    def __init__(self, features: int, options: Sequence[int], width: int) -> None:
        super().__init__()
        self.options = list(options)
        self.actor = _layers(features, width, sum(options))
        self.critic = _layers(features, width, 1)

    def choices(self, obs: Tensor) -> list[Tensor]:
        """Log probabilities (B, options) for each choice, of observations (B, F)."""
        logits = torch.split(self.actor(obs), self.options, dim=-1)
        return [each.log_softmax(-1) for each in logits]

    def value(self, obs: Tensor) -> Tensor:
        """Expected discounted reward to come, (B,)."""
        values: Tensor = self.critic(obs).squeeze(-1)
        return values


class Rollout(NamedTuple):
    """N decisions in a row of B environments, or some of the N B in one dimension."""

    obs: Tensor  # (N, B, F)
    actions: Tensor  # (N, B, P)
    log_probs: Tensor  # (N, B) when they were made
    advantages: Tensor  # (N, B)
    returns: Tensor  # (N, B)


def _layers(features: int, width: int, outputs: int) -> nn.Sequential:
    hidden = (nn.Linear(features, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh())
    return nn.Sequential(*hidden, nn.Linear(width, outputs))


def plain_ppo(env: VecEnv, network: Perceptron, config: PPOConfig, seed: int) -> Iterator[float]:
    """Play and learn without end; every `next` is a rollout and its update.

    Args:
        env: Observations (B, F), actions (B, P) of integers.
        network: Improved in place.
        config: Sizes, rates and weights; what is not of plain PPO is not read.
        seed: Of sampling and shuffling.

    Yields:
        Mean reward of a decision in the rollout.
    """
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), config.learning_rate, eps=ADAM_EPSILON)
    shown: Any = env.reset()
    obs = torch.zeros(config.steps, *shown.shape)
    actions = torch.zeros(config.steps, env.num_envs, len(network.options), dtype=torch.int64)
    log_probs, values, rewards, ended = torch.zeros(4, config.steps, env.num_envs)
    while True:
        for step in range(config.steps):
            obs[step] = torch.as_tensor(shown)
            with torch.no_grad():
                choices = network.choices(obs[step])
                actions[step] = torch.cat([each.exp().multinomial(1) for each in choices], dim=-1)
                log_probs[step] = together(choices, actions[step])
                values[step] = network.value(obs[step])
            shown, reward, done, _ = env.step(actions[step].numpy())
            rewards[step], ended[step] = torch.as_tensor(reward), torch.as_tensor(done)
        with torch.no_grad():
            last = network.value(torch.as_tensor(shown))
        gained = advantages(rewards, torch.cat((values, last.unsqueeze(0))), ended, config)
        rollout = Rollout(obs, actions, log_probs, gained, gained + values)
        update(network, optimizer, rollout, config)
        yield float(rewards.mean())


def together(choices: Sequence[Tensor], actions: Tensor) -> Tensor:
    """Log probability (B,) of actions (B, P), which are made of all choices."""
    pairs = zip(choices, torch.split(actions, 1, dim=-1), strict=True)
    return torch.cat([each.gather(-1, taken) for each, taken in pairs], dim=-1).sum(-1)


def advantages(rewards: Tensor, values: Tensor, ended: Tensor, config: PPOConfig) -> Tensor:
    """Generalised advantage estimation (Schulman et al. 2016, eq. 16), (N, B).

    Args:
        rewards: (N, B) of each decision.
        values: (N + 1, B) before each decision, and after the last.
        ended: (N, B) 1 where the decision was the last of its episode.
        config: Discounts.
    """
    surprises = rewards + config.gamma * values[1:] * (1 - ended) - values[:-1]
    gained = torch.zeros_like(rewards)
    later = torch.zeros_like(rewards[0])  # (B,)
    for step in reversed(range(len(rewards))):
        later = surprises[step] + config.gamma * config.gae_lambda * (1 - ended[step]) * later
        gained[step] = later
    return gained


def update(
    network: Perceptron, optimizer: torch.optim.Optimizer, rollout: Rollout, config: PPOConfig
) -> None:
    """Pass over the rollout some times in random order."""
    flat = [each.flatten(0, 1) for each in rollout]
    for _ in range(config.epochs):
        for rows in torch.split(torch.randperm(len(flat[0])), config.batch):
            total = loss(network, Rollout(*(each[rows] for each in flat)), config)
            optimizer.zero_grad()
            torch.autograd.backward(total)
            nn.utils.clip_grad_norm_(network.parameters(), config.gradient_norm)
            optimizer.step()


def loss(network: Perceptron, batch: Rollout, config: PPOConfig) -> Tensor:
    """Clipped surrogate, value error and entropy bonus (Schulman et al. 2017, eq. 9)."""
    choices = network.choices(batch.obs)
    ratio = (together(choices, batch.actions) - batch.log_probs).exp()
    clipped = ratio.clamp(1 - config.clip, 1 + config.clip)
    scaled = (batch.advantages - batch.advantages.mean()) / (batch.advantages.std() + 1e-8)
    surrogate = torch.minimum(ratio * scaled, clipped * scaled).mean()
    error = (network.value(batch.obs) - batch.returns).square().mean()
    entropy = -torch.cat([each.exp() * each for each in choices], dim=-1).sum(-1).mean()
    return config.value_weight * error - surrogate - config.entropy.activity * entropy
