"""What attention is compared with: one perceptron on the whole observation, for one size of class.

The heads have the interface of `policies.heads`, but their logits come straight from the hidden
layer: nothing is shared between learners or concepts. Shapes as there; h is the hidden width.
"""

from typing import Final

import torch
from gymnasium import spaces
from torch import Tensor, nn

from policies.attention import FORBIDDEN
from policies.config import PolicyConfig
from policies.distribution import row_of
from policies.encoder import Encoded, Observation, shares, size
from policies.heads import SMALL_GAIN
from policies.scaling import ScaledLinear

HIDDEN_WIDTHS: Final = 2
"""Hidden width in multiples of a token's: 64 by default, as stable-baselines3's own policies."""


class FlatEncoder(nn.Module):
    """The observation, masks apart, as one vector through two hidden layers."""

    def __init__(self, space: spaces.Dict, config: PolicyConfig) -> None:
        super().__init__()
        unread = {*config.ignores, *(key for key in space.spaces if key.endswith("_mask"))}
        self.read = [key for key in space.spaces if key not in unread]
        features = sum(spaces.flatdim(space[key]) for key in self.read)
        width = HIDDEN_WIDTHS * config.width
        self.first = ScaledLinear(features, width)
        self.second = nn.Sequential(nn.Tanh(), nn.Linear(width, width), nn.Tanh())

    def edge_features(self, _: Observation) -> None:
        """There are no edges."""

    def forward(self, obs: Observation, _: Tensor | None = None) -> tuple[Encoded, list[Tensor]]:
        """Encode a batch as `course` (B, h); there are no tokens, and no attention to give back."""
        hidden = self.second(self.first(self._flat(obs)))  # (B, h)
        present = (obs["learner_present"], obs["concept_present"])
        nothing = hidden.new_zeros(hidden.shape[0], 0)
        return Encoded(hidden, nothing, nothing, nothing, *map(shares, present)), []

    def modality_shares(self, obs: Observation) -> Tensor:
        """No modality is told apart: (B, S, 0)."""
        return obs["learner_present"].unsqueeze(-1)[..., :0]

    @torch.no_grad()
    def observe(self, obs: Observation, _: Tensor | None = None) -> None:
        """Add a batch to the running statistics by which inputs are standardised."""
        rows = self._flat(obs)
        self.first.observe(rows, torch.ones_like(rows[:, 0]))

    def _flat(self, obs: Observation) -> Tensor:
        return torch.cat([obs[key].flatten(1) for key in self.read], dim=-1)


class FlatTutorHead(nn.Module):
    """Logits of activities, and of each activity's pairs of target and concept."""

    def __init__(self, space: spaces.Dict, config: PolicyConfig) -> None:
        super().__init__()
        self.candidates = 1 + size(space, "learner_present", 0)
        self.concepts = size(space, "concept_present", 0)
        self.activities = size(space, "activity_mask", 0)
        self.activity = _last(config, self.activities)
        self.pairs = _last(config, self.activities * self.candidates * self.concepts)

    def activity_logits(self, encoded: Encoded) -> Tensor:
        """Logits (B, A)."""
        logits: Tensor = self.activity(encoded.course)
        return logits

    def scores(self, encoded: Encoded, activity: Tensor) -> Tensor:
        """Scores (B, 1 + S, C) of the activity (B,) with every candidate on every concept."""
        pairs = self.pairs(encoded.course)  # (B, A (1 + S) C)
        each = pairs.view(-1, self.activities, self.candidates, self.concepts)
        return row_of(each, activity)

    def target_logits(self, _: Encoded, scores: Tensor, __: Tensor, concept_mask: Tensor) -> Tensor:
        """Logits (B, 1 + S), over the allowed concepts (B, C) together."""
        return torch.logsumexp(scores + FORBIDDEN * (1 - concept_mask).unsqueeze(1), dim=-1)

    def concept_logits(self, _: Encoded, scores: Tensor, __: Tensor, target: Tensor) -> Tensor:
        """Logits (B, C), given the target (B,)."""
        return row_of(scores, target)


class FlatPlanHead(nn.Module):
    """Logits of every learner's pair of task and concept."""

    def __init__(self, space: spaces.Dict, config: PolicyConfig) -> None:
        super().__init__()
        self.learners, self.tasks = size(space, "task_mask", 0), size(space, "task_mask", 1)
        self.pairs = self.tasks * size(space, "concept_present", 0)
        self.plan = _last(config, self.learners * self.pairs)

    def forward(self, encoded: Encoded) -> Tensor:
        """Logits (B, S, K C), the concept running fastest."""
        logits: Tensor = self.plan(encoded.course).view(-1, self.learners, self.pairs)
        return logits


class FlatValueHead(nn.Module):
    """Each learner's own expected reward to come."""

    def __init__(self, space: spaces.Dict, config: PolicyConfig) -> None:
        super().__init__()
        width = HIDDEN_WIDTHS * config.width
        self.value = nn.Linear(width, size(space, "learner_present", 0))

    def forward(self, encoded: Encoded) -> Tensor:
        """Values (B, S)."""
        values: Tensor = self.value(encoded.course)
        return values


def _last(config: PolicyConfig, options: int) -> nn.Linear:
    """Last layer of a choice, small so that training starts near uniform."""
    last = nn.Linear(HIDDEN_WIDTHS * config.width, options)
    nn.init.orthogonal_(last.weight, SMALL_GAIN)
    return last
