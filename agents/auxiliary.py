"""What the trunk learns beside the reward, part by part, for one minibatch."""

from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn

from agents import distributed
from agents.auxiliary_config import AuxiliaryConfig
from agents.rollout import Minibatch
from envs.spaces import EVIDENCE
from policies.encoder import Encoder
from policies.hiding import draw
from policies.masked_prediction import MaskedPrediction, SelfLosses
from policies.modality_agreement import ModalityAgreement
from policies.policy import AttentionPolicy

READ: Final = EVIDENCE[:4]
"""What hiding and labels read of an environment's evidence, whatever else it brings."""


class AuxiliaryLosses(NamedTuple):
    """Scalars of one minibatch, in the order in which they are logged; 0 what is left out."""

    self_pairs: Tensor
    self_sensors: Tensor
    self_answers: Tensor
    cross_agreement: Tensor
    cross_temperature: Tensor
    """Not a loss: what the similarities are divided by."""

    def total(self, config: AuxiliaryConfig) -> Tensor:
        """Weighted sum."""
        alone = self.self_pairs + self.self_sensors + self.self_answers
        return config.self_weight * alone + config.cross_weight * self.cross_agreement


class Auxiliary(nn.Module):
    """The heads that training has and a deployed policy has not."""

    def __init__(self, policy: AttentionPolicy, config: AuxiliaryConfig) -> None:
        super().__init__()
        if policy.config.mixing == "flat":
            raise ValueError(
                f"ppo.auxiliary has weights {config.self_weight} and {config.cross_weight} and "
                "policy.mixing is 'flat'; expected weights of 0, or a network that has tokens"
            )
        self.config = config
        space: Any = policy.observation_space
        width = space["evidence"].shape[-1]
        if width < len(READ):
            raise ValueError(
                f"observation evidence has {width} features; expected at least {len(READ)}: "
                f"{', '.join(READ)}"
            )
        self.prediction = MaskedPrediction(space, policy.config)
        self.agreement = ModalityAgreement(policy.config)

    def forward(
        self, encoder: Encoder, batch: Minibatch, generator: torch.Generator
    ) -> AuxiliaryLosses:
        """Losses of the minibatch's first rows, which are in random order."""
        rows = slice(-(-self.config.rows // distributed.size()))  # rounded up
        obs = {key: tensor[rows] for key, tensor in batch.obs.items()}
        nothing = batch.returns.new_zeros(())
        alone, agreed = SelfLosses(nothing, nothing, nothing), nothing
        if self.config.self_weight > 0:
            hidden = draw(obs, self.config.hidden_share, generator)
            answers = batch.answers
            if answers is None:
                raise ValueError("batch.answers is None; expected the answers after each decision")
            alone = self.prediction(encoder, obs, hidden, answers[rows])
        if self.config.cross_weight > 0:
            agreed = self.agreement(encoder.sensors, encoder.visible(obs))
        return AuxiliaryLosses(*alone, agreed, 1 / self.agreement.scale.detach())
