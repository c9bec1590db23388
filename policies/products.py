"""Inner products of many small sets, with a gradient in the layout of what it is the gradient of.

Autograd's gradient of the second factor comes out transposed; whatever reads it next, such as the
ReLU before it, then jumps through memory and takes twenty times as long (measured on a CPU).
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from policies.captured import captured


def inner(queries: Tensor, items: Tensor) -> Tensor:
    """Inner product of every query (..., Q, e) with every item (..., N, e), as (..., Q, N)."""
    if captured() or not torch.is_grad_enabled():  # a graph's memory is laid out anew, or exported
        return queries @ items.transpose(-1, -2)
    products: Tensor = _Inner.apply(queries, items)  # type: ignore[no-untyped-call]  # torch's
    return products


class _Inner(Function):
    @staticmethod
    def forward(ctx: Any, queries: Tensor, items: Tensor) -> Tensor:
        ctx.save_for_backward(queries, items)
        return queries @ items.transpose(-1, -2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, Tensor]:
        queries, items = ctx.saved_tensors
        of_queries = slope @ items.to(slope.dtype)
        of_items = slope.transpose(-1, -2) @ queries.to(slope.dtype)
        return of_queries.to(queries.dtype), of_items.to(items.dtype)
