"""A policy that sees and does what travels between ML-Agents' C# and a model."""

from typing import Final

import torch
from gymnasium import spaces
from torch import Tensor, nn

from policies.distribution import pickers
from policies.encoder import size
from policies.policy import AttentionPolicy
from unity_bridge.layout import TRAINING_FIELDS, Field, Layout

FINEST: Final = 2.0**-24
"""Uniform numbers are kept so far from 0 and 1, of which the logarithms are infinite: float32 holds
no number nearer to 1."""


def layout_of(policy: AttentionPolicy) -> Layout:
    """The wire's layout for a policy of the contract.

    Raises:
        ValueError: The policy sees or does something else than the contract.
    """
    space = policy.observation_space
    if not isinstance(space, spaces.Dict):
        raise TypeError(f"the policy observes {space}; expected a Dict space")
    layout = Layout(size(space, "learner_present", 0), size(space, "concept_present", 0))
    found = {key: box.shape for key, box in space.spaces.items()}
    expected = {key: box.shape for key, box in layout.observation_space.spaces.items()}
    for key in sorted(found.keys() | expected.keys()):
        if found.get(key) != expected.get(key):
            raise ValueError(
                f"the policy's {key} has shape {found.get(key)}; expected {expected.get(key)}: "
                "a Unity classroom sends the contract of envs.spaces and nothing else"
            )
    return layout


class WirePolicy(nn.Module):
    """Maps the wire's vectors to actions: what is exported.

    Args:
        policy: Of the contract, for as many learners and concepts as a class can have at most;
            smaller classes are padded, see `agents.unity_model.padding`.
    """

    def __init__(self, policy: AttentionPolicy) -> None:
        super().__init__()
        self.layout = layout_of(policy)
        self.policy = policy
        self.fields: tuple[Field, ...] = tuple(
            field for field in self.layout.fields if field.name not in TRAINING_FIELDS
        )

    def forward(self, *wire: Tensor) -> tuple[Tensor, Tensor]:
        """Choose by chance, and choose the likeliest.

        Args:
            wire: Every field (B, n) in the layout's order, then ML-Agents' masks of single
                branches (B, sum of the branches), 1 = allowed.

        Returns:
            Actions (B, 3 + 2 S) sampled from the policy, and its likeliest.
        """
        *vectors, masks = wire
        seen = {
            field.name: vector.view(-1, *field.shape)
            for field, vector in zip(self.fields, vectors, strict=True)
        }
        seen |= self._narrowed(seen, masks)
        encoded = self.policy.encoder(seen)[0]
        tasks = self.policy.plan_head.tasks
        likeliest = pickers(None, deterministic=True, tasks=tasks)
        sampled = self.policy.choose(seen, encoded, [pick_uniform] * 4)
        best = self.policy.choose(seen, encoded, likeliest)
        return sampled.actions(seen), best.actions(seen)

    def _narrowed(self, seen: dict[str, Tensor], masks: Tensor) -> dict[str, Tensor]:
        """The exact masks, without what a scene forbids beyond them branch by branch."""
        activity, target, concept, *plan = torch.split(masks, list(self.layout.branches), dim=1)
        tasks, concepts = torch.stack(plan[::2], dim=1), torch.stack(plan[1::2], dim=1)
        return {
            "activity_mask": seen["activity_mask"] * activity,
            "target_mask": seen["target_mask"] * target.unsqueeze(1),
            "concept_mask": seen["concept_mask"] * concept.unsqueeze(1),
            "plan_mask": tasks.unsqueeze(-1) * concepts.unsqueeze(-2),  # (B, S, K, C)
        }


def pick_uniform(log_probs: Tensor) -> Tensor:
    """Sample one option per distribution (..., N), from uniform numbers.

    As `policies.distribution.pick`, in operators that the Inference Engine has. Its Multinomial
    adds up probabilities: for a uniform number of 0 it gives -1, and for one that rounding keeps
    their sum below, the last option, forbidden or not (`TopPJob` of com.unity.sentis 2.1).
    """
    exponential = -torch.rand_like(log_probs).clamp(FINEST, 1 - FINEST).log()
    return (log_probs - exponential.log()).argmax(-1)
