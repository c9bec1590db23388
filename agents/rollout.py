"""What training remembers of a rollout, and how rewards become each learner's advantage.

Shapes: N decisions in a row, B classrooms, S learners.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.utils import get_device
from torch import Tensor

from agents import distributed
from policies.encoder import shares
from policies.policy import Decision


class Minibatch(NamedTuple):
    """M decisions out of a rollout, in random order."""

    obs: dict[str, Tensor]
    actions: Tensor  # (M, 3 + 2 S)
    tutor_log_prob: Tensor  # (M,) when they were made
    plan_log_prob: Tensor  # (M, S) when they were made
    tutor_advantage: Tensor  # (M,) standardised
    plan_advantage: Tensor  # (M, S) standardised
    returns: Tensor  # (M, S)
    features: Tensor | None = None  # (M, S, C, F) the encoder's `edge_features`; None: it has none
    answers: Tensor | None = None  # (M, S, C, 2), see `agents.next_answers`; None: not asked for


def learner_advantages(
    rewards: Tensor, values: Tensor, next_values: Tensor, discounts: Tensor, ended: Tensor
) -> Tensor:
    """Generalised advantage estimation (Schulman et al. 2016, eq. 16) for every learner.

    Args:
        rewards: (N, B, S).
        values: (N, B, S) before each decision.
        next_values: (N, B, S) after it; where a course ended, the value of what would have come.
        discounts: (2, N, B) gamma^minutes of each decision, and (gamma lambda)^minutes.
        ended: (N, B) 1 where the next row belongs to another course.

    Returns:
        Advantages (N, B, S).
    """
    advantages = torch.empty_like(rewards)
    later = torch.zeros_like(rewards[0])  # (B, S)
    surprise = rewards + discounts[0].unsqueeze(-1) * next_values - values
    carry = (discounts[1] * (1 - ended)).unsqueeze(-1)
    for step in reversed(range(len(rewards))):
        later = surprise[step] + carry[step] * later
        advantages[step] = later
    return advantages


def discounted_share(gamma: float, minutes: Tensor) -> Tensor:
    """What is left of a reward that accrues evenly over some minutes, discounted from their start.

    (1 - gamma^m) / (-m ln gamma): the semi-Markov reward of Bradtke and Duff (1995), eq. 5. Without
    it a long decision of a class that learns faster than the mean looks better than two short ones.
    """
    rate = -math.log(gamma) if gamma < 1 else 0.0
    spent = rate * minutes
    return torch.where(spent > 0, -torch.expm1(-spent) / spent.clamp(min=1e-12), 1.0)


def standardise(advantages: Tensor, present: Tensor) -> Tensor:
    """Shift and scale to mean 0 and spread 1 over the entries, of all processes, present as 1."""
    sums = torch.stack((present.sum(), (advantages * present).sum()))
    count, mean = distributed.total(sums).unbind()
    count = count.clamp(min=1)
    mean = mean / count
    squares = distributed.total(((advantages - mean) * present).square().sum())
    spread = (squares / count).sqrt()
    return (advantages - mean) * present / (spread + 1e-8)


class ClassroomRollout:
    """Preallocated tensors on the training device; the signature is SB3's rollout buffer's.

    Args:
        buffer_size: N.
        observation_space: The contract's.
        action_space: The contract's.
        device: Where the tensors live.
        gae_lambda: Per minute.
        gamma: Per minute.
        n_envs: B.
    """

    def __init__(
        self,
        buffer_size: int,
        observation_space: spaces.Dict,
        action_space: spaces.MultiDiscrete,
        device: torch.device | str = "auto",
        gae_lambda: float = 1.0,
        gamma: float = 1.0,
        n_envs: int = 1,
    ) -> None:
        self.gamma, self.gae_lambda, self.device = gamma, gae_lambda, get_device(device)
        learners = cast("tuple[int]", observation_space["learner_present"].shape)[0]
        outer, self.position = (buffer_size, n_envs), 0

        def empty(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
            return torch.zeros(*outer, *shape, dtype=dtype, device=self.device)

        self.observations = {k: empty(*(box.shape or ())) for k, box in observation_space.items()}
        self.pinned = self._host_memory() if self.device.type == "cuda" else {}
        self.actions = empty(len(action_space.nvec), dtype=torch.int64)  # (N, B, 3 + 2 S)
        self.tutor_log_prob, self.minutes, self.ended = empty(), empty(), empty()  # (N, B)
        self.plan_log_prob, self.values = empty(learners), empty(learners)  # (N, B, S)
        self.rewards, self.final_values = empty(learners), empty(learners)  # (N, B, S)
        self.advantages, self.returns = empty(learners), empty(learners)  # (N, B, S)
        self.features: Tensor | None = None  # (N, B, S, C, F)
        self.answers: Tensor | None = None  # (N, B, S, C, 2)

    @property
    def present(self) -> Tensor:
        """(N, B, S) 1 where the learner was there to be taught."""
        return self.observations["learner_present"]

    def reset(self) -> None:
        """Start again at the first row."""
        self.position = 0

    def observe(self, obs: dict[str, NDArray[Any]]) -> dict[str, Tensor]:
        """Copy an observation (B, ...) into the current row, and give the row back."""
        row = {key: tensor[self.position] for key, tensor in self.observations.items()}
        for key, tensor in row.items():
            seen = torch.as_tensor(obs[key])
            if self.pinned:  # free again: who chose the last actions waited for the device
                seen = self.pinned[key].copy_(seen)
            tensor.copy_(seen, non_blocking=True)
        return row

    def _host_memory(self, *, pinned: bool = True) -> dict[str, Tensor]:
        """Memory of the host for one row of observations, from which a GPU copies by itself."""
        rows = {key: tensor[0] for key, tensor in self.observations.items()}
        return {k: torch.empty(r.shape, dtype=r.dtype, pin_memory=pinned) for k, r in rows.items()}

    def prepare(self, features: Tensor | None) -> None:
        """Keep what no weight takes part in of encoding the current row, for all passes over it."""
        if features is None:
            return
        if self.features is None:
            self.features = features.new_empty(len(self.actions), *features.shape)
        self.features[self.position] = features

    def add(self, decision: Decision, outcome: dict[str, NDArray[Any]]) -> None:
        """Complete the current row: `rewards` (B, S), `minutes` (B,) and `ended` (B,)."""
        row = self.position
        self.actions[row] = decision.actions
        self.tutor_log_prob[row] = decision.tutor_log_prob
        self.plan_log_prob[row] = decision.plan_log_prob
        self.values[row] = decision.values
        for name in ("rewards", "minutes", "ended"):
            getattr(self, name)[row].copy_(torch.as_tensor(np.asarray(outcome[name])))
        self.final_values[row] = 0
        self.position += 1

    def gain_rate(self) -> float:
        """Mean reward of a present learner per minute, over the rollouts of all processes."""
        class_mean = (self.rewards * shares(self.present)).sum(-1)  # (N, B)
        gain, minutes = distributed.total(torch.stack((class_mean.sum(), self.minutes.sum())))
        return float(gain / minutes)

    def finish(self, last_values: Tensor, gain_rate: float) -> None:
        """Compute advantages and returns.

        Args:
            last_values: (B, S) of the observations after the last row.
            gain_rate: Subtracted per minute from every present learner's reward: the differential
                semi-Markov return (Sutton and Barto 2018, section 10.3; Das et al. 1999).
        """
        following = torch.cat((self.values[1:], last_values.unsqueeze(0)))
        ended = self.ended.unsqueeze(-1)
        next_values = following * (1 - ended) + self.final_values * ended
        rewards = self.rewards - gain_rate * self.minutes.unsqueeze(-1) * self.present
        rewards = rewards * discounted_share(self.gamma, self.minutes).unsqueeze(-1)
        discount = self.gamma**self.minutes  # (N, B)
        discounts = torch.stack((discount, self.gae_lambda**self.minutes * discount))
        estimated = learner_advantages(rewards, self.values, next_values, discounts, self.ended)
        self.advantages.copy_(estimated)
        self.returns.copy_(self.advantages + self.values)

    def minibatches(self, size: int, generator: torch.Generator) -> Iterator[Minibatch]:
        """One pass in random order, gathered `size` decisions at a time: the memory is reused."""
        present = self.present
        tutor = (self.advantages * shares(present)).sum(-1)  # (N, B) the class mean
        whole = {
            "actions": self.actions,
            "tutor_log_prob": self.tutor_log_prob,
            "plan_log_prob": self.plan_log_prob,
            "tutor_advantage": standardise(tutor, torch.ones_like(tutor)),
            "plan_advantage": standardise(self.advantages, present),
            "returns": self.returns,
        }
        some = {"features": self.features, "answers": self.answers}
        whole |= {name: tensor for name, tensor in some.items() if tensor is not None}
        order = torch.randperm(self.ended.numel(), generator=generator).to(self.device)
        for part in torch.split(order, size):

            def gather(tensor: Tensor, rows: Tensor = part) -> Tensor:
                return tensor.flatten(0, 1).index_select(0, rows)

            obs = {key: gather(tensor) for key, tensor in self.observations.items()}
            yield Minibatch(obs, **{name: gather(tensor) for name, tensor in whole.items()})
