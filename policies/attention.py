"""Attention among learners, concepts and the course, with what is known of each pair as edges.

Token order everywhere: [course, learners..., concepts...]; S learners, C concepts, T = 1 + S + C
tokens, H heads, width d, edge width e.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from policies.config import PolicyConfig

FORBIDDEN = -1e9
"""Added to what a mask forbids: its softmax is exactly 0 in float32, and no row becomes NaN."""


def attend(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None, dropout: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention (Vaswani et al. 2017, eq. 1) with an additive bias.

    The softmax is written out: on a CPU it is as fast as torch's fused kernel (measured), and the
    weights are needed for the edges anyway.

    Args:
        query: (..., Q, d).
        key: (..., N, d).
        value: (..., N, v).
        bias: Broadcastable to (..., Q, N); `FORBIDDEN` where attention is not allowed.
        dropout: Share of weights dropped, rescaled by the rest.

    Returns:
        Context (..., Q, v), and weights (..., Q, N) that sum to 1 over the keys.
    """
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    weights = torch.softmax(scores if bias is None else scores + bias, dim=-1)
    used = functional.dropout(weights, dropout) if dropout else weights
    return used @ value, weights


class Attention(nn.Module):
    """Multi-head attention whose values hold a term of the edge between learner and concept.

    A learner's context gets the attention-weighted mean of its edges to the concepts, and a
    concept's that of its edges to the learners; so no token per pair is needed.
    """

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.heads, self.dropout = config.heads, config.dropout
        self.project = nn.Linear(config.width, 3 * config.width)
        self.edge_out = nn.Linear(config.heads * config.edge_width, config.width, bias=False)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, tokens: Tensor, bias: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """Attend.

        Args:
            tokens: (B, T, d).
            bias: (B, H, T, T), masks included.
            edges: (B, S, C, e).

        Returns:
            Context (B, T, d) and weights (B, H, T, T).
        """
        batch, length, width = tokens.shape
        heads = self.project(tokens).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4).unbind()  # (B, H, T, d / H) each
        dropout = self.dropout if self.training else 0.0
        context, weights = attend(query, key, value, bias, dropout)
        context = self.out(context.transpose(1, 2).reshape(batch, length, width))
        seen = self.edge_out(self._edge_context(weights, edges))  # (B, S + C, d)
        return context + functional.pad(seen, (0, 0, 1, 0)), weights

    @staticmethod
    def _edge_context(weights: Tensor, edges: Tensor) -> Tensor:
        batch, learners, concepts, _ = edges.shape
        first_concept = 1 + learners
        to_concepts = weights[:, :, 1:first_concept, first_concept:].transpose(1, 2)  # (B, S, H, C)
        to_learners = weights[:, :, first_concept:, 1:first_concept].transpose(1, 2)  # (B, C, H, S)
        return torch.cat(  # (B, S + C, H e)
            (
                (to_concepts @ edges).view(batch, learners, -1),
                (to_learners @ edges.transpose(1, 2)).view(batch, concepts, -1),
            ),
            dim=1,
        )


def feed_forward(config: PolicyConfig) -> nn.Sequential:
    """The part of a layer that treats every token for itself."""
    hidden = config.expansion * config.width
    return nn.Sequential(
        nn.LayerNorm(config.width),
        nn.Linear(config.width, hidden),
        nn.GELU(),
        nn.Linear(hidden, config.width),
    )


class Block(nn.Module):
    """One layer: attention, then a feed-forward part, each pre-normalised and residual."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.width)
        self.attention = Attention(config)
        self.feed_forward = feed_forward(config)

    def forward(self, tokens: Tensor, bias: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """Map tokens (B, T, d) to tokens (B, T, d) and attention weights (B, H, T, T)."""
        context, weights = self.attention(self.attention_norm(tokens), bias, edges)
        tokens = tokens + context
        return tokens + self.feed_forward(tokens), weights
