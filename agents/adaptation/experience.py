"""From a live stream of decisions to what adaptation learns from.

A stream is a sequence of `LiveTransition`s of B classes side by side, simulated or recorded
(Unity's by its record, after the session); nothing in it is hidden from a tutor. Shapes: B classes,
S learners, M decisions.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.adaptation.promise import promised_gain
from agents.ppo_config import PPOConfig
from agents.rollout import discounted_share, learner_advantages
from policies.encoder import shares
from policies.policy import AttentionPolicy, Choices

Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]
USUAL_ROOM = 0.65
"""What is usually left to gain: pre-tests are near .35. It only sets the rewards' scale."""


class LiveTransition(NamedTuple):
    """One decision in each of B classes, and what could be seen of it."""

    obs: Arrays  # (B, ...) the contract's, before it
    actions: NDArray[np.int64]  # (B, 3 + 2 S)
    tutor_log_prob: NDArray[np.float32]  # (B,) under the policy that chose
    plan_log_prob: NDArray[np.float32]  # (B, S)
    minutes: Floats  # (B,)
    following: Arrays  # (B, ...) after it, before any other class takes the seats
    ended: NDArray[np.bool_]  # (B,) the course is over
    live: NDArray[np.bool_]  # (B,) False where it was over before: such rows are skipped
    tested: Floats  # (B,) normalised gain, pre-test to delayed test, where `ended` (NaN: unknown)
    played: NDArray[np.int64] | None = None  # as actions, after guard-rails; None: the same


class Experience(NamedTuple):
    """M decisions to learn from or to judge by, with their advantages by observable reward."""

    obs: dict[str, Tensor]  # (M, ...)
    actions: Tensor  # (M, 3 + 2 S)
    tutor_log_prob: Tensor  # (M,)
    plan_log_prob: Tensor  # (M, S)
    tutor_advantage: Tensor  # (M,) class means
    plan_advantage: Tensor  # (M, S)
    deployed: tuple[Tensor, ...]  # four log-probabilities under the deployed policy
    course: Tensor  # (M,) int64, the same for all decisions of one class

    def rows(self, index: Tensor) -> "Experience":
        """Some of the decisions."""
        return _map(lambda tensors: tensors[0].index_select(0, index), [self])

    @property
    def size(self) -> int:
        """M."""
        return len(self.course)

    def known(self) -> Choices:
        """What the deployed policy would have chosen from; nothing was chosen here."""
        return Choices(self.deployed, ())  # type: ignore[arg-type]


def joined(parts: Sequence[Experience]) -> Experience:
    """All decisions of several pieces."""
    return _map(torch.cat, parts)


def _map(each: Callable[[list[Tensor]], Tensor], parts: Sequence[Experience]) -> Experience:
    """Apply a function of lists of tensors to every tensor of the parts."""
    values: dict[str, Any] = {}
    for name in Experience._fields:
        own = [getattr(part, name) for part in parts]
        if isinstance(own[0], dict):
            values[name] = {key: each([o[key] for o in own]) for key in own[0]}
        elif isinstance(own[0], tuple):
            values[name] = tuple(each([o[n] for o in own]) for n in range(len(own[0])))
        else:
            values[name] = each(own)
    return Experience(**values)


class Recorder:
    """Collects a stream of B classes, and closes it into pieces of experience.

    Args:
        deployed: Values every state, and is what adapted policies are compared with.
        config: Of the deployed policy's training: discounts and the reward's scale.
    """

    def __init__(self, deployed: AttentionPolicy, config: PPOConfig) -> None:
        self.deployed, self.config = deployed, config
        self.courses = 0
        self.rows: list[LiveTransition] = []
        self.tested: dict[int, float] = {}
        """Normalised gain from pre-test to delayed test of courses that are over, where known."""

    def start(self, classes: int) -> None:
        """New classes take their seats; their courses get the next numbers."""
        self.course = self.courses + np.arange(classes)
        self.courses += classes

    def add(self, move: LiveTransition) -> None:
        """Take in one decision."""
        self.rows.append(move)
        for b in np.flatnonzero(move.ended & move.live):
            if not np.isnan(move.tested[b]):
                self.tested[int(self.course[b])] = float(move.tested[b])

    @torch.no_grad()
    def close(self) -> Experience | None:
        """Turn what was collected into experience; None where there is nothing."""
        rows, self.rows = self.rows, []
        live = torch.as_tensor(np.array([row.live for row in rows])).flatten()  # (N B,)
        if not live.any():
            return None
        stacked = {key: _stacked([row.obs[key] for row in rows]) for key in rows[0].obs}
        flat = {key: tensor.flatten(0, 1) for key, tensor in stacked.items()}
        actions = _stacked([row.actions for row in rows]).flatten(0, 1)
        encoded = self.deployed.encoder(flat)[0]
        values = self.deployed.value_head(encoded) * flat["learner_present"]
        present = stacked["learner_present"]  # (N, B, S)
        advantages = self._advantages(rows, values.view_as(present), present)
        whole = Experience(
            flat,
            actions,
            _stacked([row.tutor_log_prob for row in rows]).flatten(),
            _stacked([row.plan_log_prob for row in rows]).flatten(0, 1),
            (advantages * shares(present)).sum(-1).flatten(),
            advantages.flatten(0, 1),
            self.deployed.taken(flat, encoded, actions).log_probs,
            torch.as_tensor(np.tile(self.course, len(rows))),
        )
        return whole.rows(torch.nonzero(live).squeeze(-1))

    def _advantages(
        self, rows: Sequence[LiveTransition], values: Tensor, present: Tensor
    ) -> Tensor:
        """Advantages (N, B, S) of promised gains, in the units of training.

        As `agents.rollout.ClassroomRollout.finish`, but for rows of classes that are over.
        """
        config = self.config
        gains = np.stack([promised_gain(row.obs, _played(row), row.minutes) for row in rows])
        rewards = _float(config.reward_scale * gains / USUAL_ROOM) * present
        minutes = _float(np.stack([row.minutes for row in rows]))
        ended = _float(np.stack([row.ended for row in rows]))
        live = _float(np.stack([row.live for row in rows]))
        if config.differential:
            earned = (rewards * shares(present)).sum(-1)
            rate = (earned * live).sum() / (minutes * live).sum()
            rewards = rewards - rate * minutes.unsqueeze(-1) * present
        rewards = rewards * discounted_share(config.gamma, minutes).unsqueeze(-1)
        last = {key: torch.as_tensor(array) for key, array in rows[-1].following.items()}
        following = torch.cat((values[1:], self.deployed.learner_values(last).unsqueeze(0)))
        next_values = following * (1 - ended).unsqueeze(-1)
        discount = config.gamma**minutes
        discounts = torch.stack((discount, config.gae_lambda**minutes * discount))
        return learner_advantages(rewards, values, next_values, discounts, ended) * present


def _played(row: LiveTransition) -> NDArray[np.int64]:
    return row.actions if row.played is None else row.played


def _stacked(arrays: Sequence[NDArray[Any]]) -> Tensor:
    return torch.as_tensor(np.stack(arrays))


def _float(array: NDArray[Any]) -> Tensor:
    return torch.as_tensor(array, dtype=torch.float32)
