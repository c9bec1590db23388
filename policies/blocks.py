"""The attention bias put together from its blocks, in one pass."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional

from policies.captured import captured


class _Assembled(Function):
    """Writes every block once; its gradient is a view of the whole one's.

    Concatenating rows, then columns, padding and adding the mask copied the largest tensor of the
    network five times, and its gradient as often.
    """

    @staticmethod
    def forward(ctx: Any, mask: Tensor, *blocks: Tensor) -> Tensor:
        """See `assembled`."""
        learners, concepts = blocks[1].shape[-2:]
        length = 1 + learners + concepts
        kinds, rows = blocks[1].shape[1], mask[:, None, None, :]  # (B, 1, 1, T)
        whole = mask.new_empty(len(mask), kinds, length, length)
        whole[:, :, 0], whole[..., 0] = rows[:, :, 0], rows[..., 0]
        for place, block in zip(_places(learners), blocks, strict=True):
            torch.add(block, rows[..., place[-1]], out=whole[place])
        ctx.learners, ctx.shared = learners, [block.shape[0] == 1 for block in blocks]
        return whole

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Each block's part of the gradient; the sum over the batch where it has one for all."""
        parts = [gradient[place] for place in _places(ctx.learners)]
        summed = [
            part.sum(0, keepdim=True) if shared else part
            for part, shared in zip(parts, ctx.shared, strict=True)
        ]
        return None, *summed


def _places(learners: int) -> tuple[Any, ...]:
    people, topics = slice(1, 1 + learners), slice(1 + learners, None)
    return tuple((..., row, column) for row in (people, topics) for column in (people, topics))


def assembled(
    mask: Tensor, beside: Tensor, from_learner: Tensor, from_concept: Tensor, related: Tensor
) -> Tensor:
    """Biases between all tokens, course first, from those between learners and concepts.

    Args:
        mask: (B, T) added to every row; no gradient.
        beside: (B, K, S, S) learners to learners.
        from_learner: (B, K, S, C) learners to concepts.
        from_concept: (B, K, C, S) concepts to learners.
        related: (B or 1, K, C, C) concepts to concepts; 1 for the same in the whole batch.

    Returns:
        (B, K, T, T); of the course token the mask alone.
    """
    if captured():
        return _padded(mask, (beside, from_learner, from_concept, related))
    whole: Tensor = _Assembled.apply(  # type: ignore[no-untyped-call]  # torch's
        mask, beside, from_learner, from_concept, related
    )
    return whole


def _padded(mask: Tensor, blocks: Sequence[Tensor]) -> Tensor:
    """The same with operators that a captured graph may hold, slower."""
    beside, from_learner, from_concept, related = blocks
    related = related.expand(mask.shape[0], -1, -1, -1)
    rows = (torch.cat(row, dim=-1) for row in ((beside, from_learner), (from_concept, related)))
    return functional.pad(torch.cat(tuple(rows), dim=-2), (1, 0, 1, 0)) + mask[:, None, None, :]
