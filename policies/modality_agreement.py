"""Cross-modal learning: the modalities of one learner at one moment should agree.

Shapes: B classrooms, S learners, M modalities, embedding width p.
"""

import math
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from envs.spaces import MODALITIES
from policies.config import PolicyConfig
from policies.distribution import masked_log_probs
from policies.encoder import ModalityFusion, Observation

FIRST_TEMPERATURE: Final = 0.07
"""Of the softmax, at the start of training (Radford et al. 2021, section 2.4)."""
LARGEST_SCALE: Final = 100.0
"""Similarities are never multiplied by more (Radford et al. 2021, section 2.5)."""


class ModalityAgreement(nn.Module):
    """InfoNCE (van den Oord et al. 2018, eq. 4): whose face belongs to this voice?

    The candidates are the classmates at the same moment. Whatever a class shares, such as how long
    the decision took and so how many windows were averaged, then tells nothing: what is left to
    agree on is the learner's own state.
    """

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        width = config.edge_width
        self.project = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in MODALITIES)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(FIRST_TEMPERATURE)))

    @property
    def scale(self) -> Tensor:
        """By what similarities are multiplied: 1 / temperature."""
        return self.log_scale.clamp(max=math.log(LARGEST_SCALE)).exp()

    def forward(self, sensors: ModalityFusion, obs: Observation) -> Tensor:
        """Loss of a batch in nats; 0 where no learner has a classmate.

        Args:
            sensors: The trunk's encoders of the modalities.
            obs: The observation.
        """
        seen = sensors.embed(obs).unbind(2)
        projected = [project(each) for project, each in zip(self.project, seen, strict=True)]
        present = sensors.present(obs).squeeze(-1).transpose(1, 2)  # (B, M, S)
        return agreement(torch.stack(projected, dim=1), present, self.scale)


def agreement(embedded: Tensor, present: Tensor, scale: Tensor) -> Tensor:
    """InfoNCE over all ordered pairs of different modalities.

    Args:
        embedded: (B, M, S, p) of any length; directions are compared.
        present: (B, M, S) 1 where the modality was there.
        scale: By what the cosines are multiplied.

    Returns:
        Mean over the pairs in which the learner has both modalities and at least one classmate has
        the second; 0 where there is none.
    """
    unit = functional.normalize(embedded, dim=-1)
    cosines = torch.einsum("bmsp,bntp->bmnst", unit, unit)
    candidates = present[:, None, :, None, :]  # (B, 1, M, 1, S)
    log_probs = masked_log_probs(scale * cosines, candidates)
    same = log_probs.diagonal(dim1=-2, dim2=-1)  # (B, M, M, S)
    both = present[:, :, None] * present[:, None]
    different = 1 - torch.eye(present.shape[1], device=present.device)
    counted = both * different[:, :, None] * (candidates.sum(-1) > 1)
    return -(same * counted).sum() / counted.sum().clamp(min=1)
