"""Low-rank adapters: a deployed policy that can change a little, and back, without being touched.

Hu et al. (2021), LoRA, eq. 3: a weight W becomes W + U D, with D (rank, in) random and U (out,
rank) zero, so that the adapted policy starts as the deployed one, bit for bit. Only U and D learn.
They sit on the projections of attention and on those pointers of the heads that weigh pairs.
"""

import copy
import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from policies.policy import AttentionPolicy

LARGEST_SHARE: Final = 0.03
"""Of the policy's parameters, that adapters may add."""
ADAPTED: Final = re.compile(
    r"encoder\.blocks\.\d+\.attention\.(project|out)"
    r"|plan_head\.(score|query)"
    r"|tutor_head\.(pairs|pair_query|target_key|target_query|concept_key)"
)
"""Names of the layers that get an adapter."""
SLOT: Final = "parametrizations.weight.0"


class LowRank(nn.Module):
    """Adds U D to a weight (out, in)."""

    def __init__(self, weight: Tensor, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        rows, columns = weight.shape
        down = torch.randn(rank, columns, generator=generator) / math.sqrt(columns)
        self.down = nn.Parameter(down.to(weight.device))  # (rank, in)
        self.up = nn.Parameter(weight.new_zeros(rows, rank))  # (out, rank)

    def forward(self, weight: Tensor) -> Tensor:
        """The adapted weight (out, in)."""
        adapted: Tensor = weight + self.up @ self.down
        return adapted


def with_adapters(policy: AttentionPolicy, rank: int = 1, seed: int = 0) -> AttentionPolicy:
    """Copy a policy, and give the copy adapters that change nothing yet.

    The other weights still say that they require gradients: torch multiplies matrices in another
    order where they do not, and the copy would differ in the last bits. Ask autograd for the
    gradients of `parameters` alone.

    Args:
        policy: Stays as it is.
        rank: Of every adapter.
        seed: Of D.

    Raises:
        ValueError: The policy has no such layers, or the adapters are more than 3 % of it.
    """
    if policy.config.mixing != "attention":
        raise ValueError(f"mixing is {policy.config.mixing!r}; expected attention, for adapters")
    adapted = copy.deepcopy(policy)
    adapted.set_training_mode(False)
    size = sum(weights.numel() for weights in policy.parameters())
    generator = torch.Generator().manual_seed(seed)
    for name, layer in list(adapted.named_modules()):
        if ADAPTED.fullmatch(name) and isinstance(layer, nn.Linear):
            low_rank = LowRank(layer.weight, rank, generator)
            parametrize.register_parametrization(layer, "weight", low_rank)
    added = sum(weights.numel() for weights in parameters(adapted))
    if not 0 < added <= LARGEST_SHARE * size:
        raise ValueError(
            f"rank is {rank}: adapters of {added} parameters on a policy of {size}; "
            f"expected 1 to {LARGEST_SHARE * size:.0f} of them"
        )
    return adapted


def adapters(policy: AttentionPolicy) -> Iterator[tuple[str, LowRank]]:
    """The policy's adapters by the name of their layer."""
    for name, module in policy.named_modules():
        if isinstance(module, LowRank):
            yield name.removesuffix(f".{SLOT}"), module


def parameters(policy: AttentionPolicy) -> list[nn.Parameter]:
    """All that learns in an adapted policy."""
    return [weights for _, each in adapters(policy) for weights in each.parameters()]


def weights_of(policy: AttentionPolicy) -> dict[str, Tensor]:
    """Copies of the adapters' weights, by layer and side: small enough to keep many."""
    return {
        f"{name}.{side}": weights.detach().clone()
        for name, each in adapters(policy)
        for side, weights in each.named_parameters()
    }


@torch.no_grad()
def put(policy: AttentionPolicy, weights: Mapping[str, Tensor], strength: float = 1.0) -> None:
    """Write weights that `weights_of` gave into an adapted policy.

    Args:
        policy: With adapters.
        weights: Of the same layers and shapes.
        strength: In [0, 1]: U is multiplied by it; 0 is the deployed policy, exactly.

    Raises:
        ValueError: A layer is missing, is not known, or has another shape.
    """
    own = {
        f"{name}.{side}": parameter
        for name, each in adapters(policy)
        for side, parameter in each.named_parameters()
    }
    for name in sorted({*own, *weights}):
        theirs, ours = (
            tuple(group[name].shape) if name in group else None for group in (weights, own)
        )
        if theirs != ours:
            raise ValueError(f"adapter {name} has shape {theirs}; expected {ours}")
        own[name].copy_(weights[name] * (strength if name.endswith(".up") else 1.0))
