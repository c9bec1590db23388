"""What attention is compared with: tokens that learn of one another from plain means.

Zaheer et al. (2017), Deep Sets, eq. 4: an equivariant layer that sees each element and the mean of
the set. Here there are two sets, learners and concepts. Shapes as in `policies.attention`.
"""

import torch
from torch import Tensor, nn

from policies.attention import FORBIDDEN, Attention, feed_forward
from policies.config import PolicyConfig


class PooledBlock(nn.Module):
    """One layer without attention, with the interface of `policies.attention.Block`.

    A token sees itself, the course, the mean learner, the mean concept and the mean of its edges;
    the hidden layer that takes this in is as wide as makes up for attention's weights.
    """

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.heads = config.heads
        seen = 4 * config.width + config.edge_width
        replaced = sum(weights.numel() for weights in Attention(config).parameters())
        ends = 2 * seen + config.width  # weights of the norm, and the last bias
        hidden = max(1, round((replaced - ends) / (seen + 1 + config.width)))
        self.mix = nn.Sequential(
            nn.LayerNorm(seen), nn.Linear(seen, hidden), nn.GELU(), nn.Linear(hidden, config.width)
        )
        self.feed_forward = feed_forward(config)

    def forward(self, tokens: Tensor, bias: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """Map tokens (B, T, d) to tokens (B, T, d), and how each was pooled (B, H, T, T)."""
        present = bias[:, 0, 0] > FORBIDDEN / 2  # (B, T): the course's row holds only the mask
        shares = group_shares(present.to(tokens.dtype), edges.shape[1])  # (B, 3, T)
        means = (shares @ tokens).flatten(1).unsqueeze(1).expand(-1, tokens.shape[1], -1)
        seen = torch.cat((tokens, means, mean_edges(edges, shares)), dim=-1)  # (B, T, 4 d + e)
        tokens = tokens + self.mix(seen)
        pooled = shares.mean(1)[:, None, None].expand(-1, self.heads, tokens.shape[1], -1)
        return tokens + self.feed_forward(tokens), pooled


def group_shares(present: Tensor, learners: int) -> Tensor:
    """Weights (B, 3, T) of the means over the course, the learners and the concepts present."""
    place = torch.arange(present.shape[1], device=present.device)
    group = (place > 0).long() + (place > learners).long()  # (T,) 0 course, 1 learner, 2 concept
    inside = torch.nn.functional.one_hot(group, 3).T * present.unsqueeze(1)
    return inside / inside.sum(-1, keepdim=True).clamp(min=1)


def mean_edges(edges: Tensor, shares: Tensor) -> Tensor:
    """Mean of every token's edges (B, S, C, e) over those at the other end, (B, T, e)."""
    learners = edges.shape[1]
    over_concepts = torch.einsum("bsce,bc->bse", edges, shares[:, 2, 1 + learners :])
    over_learners = torch.einsum("bsce,bs->bce", edges, shares[:, 1, 1 : 1 + learners])
    of_course = torch.zeros_like(over_concepts[:, :1])
    return torch.cat((of_course, over_concepts, over_learners), dim=1)
