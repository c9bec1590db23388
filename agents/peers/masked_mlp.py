"""Stock PPO's MLP policy, kept from items that are not allowed."""

import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.torch_layers import MlpExtractor
from stable_baselines3.common.type_aliases import Schedule
from torch import Tensor, nn

_FORBIDDEN = -1e8
"""Added to the logit of an item that is not allowed: its probability is 0 in float32."""


class _WithMask(MlpExtractor):
    """The stock networks; the policy's latent has the mask behind it."""

    items = 0

    def forward_actor(self, features: Tensor) -> Tensor:
        """(B, F) to (B, width + C); `allowed` is the last C of F but one, the share of steps."""
        allowed = features[:, -1 - self.items : -1]
        return torch.cat([super().forward_actor(features), allowed], dim=1)


class _MaskedLogits(nn.Module):
    """The stock action network, with the mask from behind the latent."""

    def __init__(self, logits: nn.Module, items: int) -> None:
        super().__init__()
        self.logits = logits
        self.items = items

    def forward(self, latent: Tensor) -> Tensor:
        """(B, width + C) to (B, C) logits."""
        logits: Tensor = self.logits(latent[:, : -self.items])
        return logits + _FORBIDDEN * (1.0 - latent[:, -self.items :])


class MaskedMlpPolicy(ActorCriticPolicy):
    """MlpPolicy on `AnswerHistory.summary`, whose part `allowed` masks the logits."""

    def _build_mlp_extractor(self) -> None:
        self._items = int(self.action_space.n)  # type: ignore[attr-defined]  # Discrete
        self.mlp_extractor = _WithMask(
            self.features_dim, self.net_arch, self.activation_fn, self.device
        )
        self.mlp_extractor.items = self._items

    def _build(self, lr_schedule: Schedule) -> None:
        super()._build(lr_schedule)
        self.action_net = _MaskedLogits(self.action_net, self._items)
