"""The attention bias put together in one pass is the one put together piece by piece."""

import pytest
import torch
from torch import Tensor

from policies import blocks

SIZES = [(3, 2, 4, False), (3, 2, 4, True), (1, 1, 2, True), (2, 5, 2, False)]
"""Classrooms, learners, concepts, and whether all classrooms share one graph."""


def drawn(batch: int, learners: int, concepts: int, shared: bool) -> list[Tensor]:
    """A mask and blocks of two kinds."""
    generator = torch.Generator().manual_seed(0)
    shapes = [
        (batch, 1 + learners + concepts),
        (batch, 2, learners, learners),
        (batch, 2, learners, concepts),
        (batch, 2, concepts, learners),
        (1 if shared else batch, 2, concepts, concepts),
    ]
    made = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    return [made[0], *(block.requires_grad_() for block in made[1:])]


@pytest.mark.parametrize("size", SIZES)
def test_one_pass_gives_what_padding_gives(size: tuple[int, int, int, bool]) -> None:
    """What is exported must choose as what was trained."""
    mask, *parts = drawn(*size)
    padded = blocks._padded(mask, parts)
    assert torch.equal(blocks.assembled(mask, *parts), padded)
    slope = torch.randn(padded.shape, dtype=padded.dtype)
    ours = torch.autograd.grad(blocks.assembled(mask, *parts), parts, slope)
    for own, other in zip(ours, torch.autograd.grad(padded, parts, slope), strict=True):
        torch.testing.assert_close(own, other)


def test_gradients_agree_with_finite_differences() -> None:
    mask, *parts = drawn(2, 2, 3, True)
    assert torch.autograd.gradcheck(lambda *given: blocks.assembled(mask, *given), parts)


def test_blocks_of_lower_precision_are_taken() -> None:
    """bfloat16 products beside float32 masks, as under autocast."""
    mask, *parts = drawn(2, 2, 3, False)
    half = [part.detach().bfloat16().requires_grad_() for part in parts]
    whole = blocks.assembled(mask.float(), *half)
    assert whole.dtype == torch.float32
    whole.sum().backward()
    assert all(part.grad is not None and part.grad.dtype == torch.bfloat16 for part in half)
