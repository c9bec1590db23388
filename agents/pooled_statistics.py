"""Input statistics over all processes, though each looks at its own rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from agents import distributed
from policies.scaling import ScaledLinear


class Moments(NamedTuple):
    """What layers know of their inputs, features end to end, in double precision."""

    seen: Tensor  # (F,)
    mean: Tensor  # (F,)
    variance: Tensor  # (F,)


@contextmanager
def pooled(network: nn.Module) -> Iterator[None]:
    """Merge what the processes add to the statistics of a network's inputs in the block."""
    if distributed.size() == 1:
        yield
        return
    layers = [layer for layer in network.modules() if isinstance(layer, ScaledLinear)]
    before = _moments(layers)
    yield
    merged = _merge(before, _moments(layers))
    widths = [len(layer.mean) for layer in layers]
    parts = zip(*(torch.split(each, widths) for each in merged), strict=True)
    for layer, (seen, mean, variance) in zip(layers, parts, strict=True):
        layer.count.copy_(seen[0])
        layer.mean.copy_(mean)
        layer.variance.copy_(variance)


def _merge(before: Moments, own: Moments) -> Moments:
    """Sums of moments over the processes, less what was known `before`, which each has counted.

    By the law of total variance: n v is the sum of n_r (v_r + (m_r - m)^2) over the parts.
    """
    again = (distributed.size() - 1) * before.seen
    sums = distributed.total(torch.stack((own.seen, own.seen * own.mean)))
    seen, mean = (sums - torch.stack((again, again * before.mean))).unbind()
    mean = mean / seen.clamp(min=1)
    square = distributed.total(own.seen * (own.variance + (own.mean - mean).square()))
    square -= again * (before.variance + (before.mean - mean).square())
    variance = torch.where(seen > 0, square / seen, before.variance)
    return Moments(seen, mean, variance.clamp(min=0))


def _moments(layers: Sequence[ScaledLinear]) -> Moments:
    seen = torch.cat([layer.count.expand_as(layer.mean) for layer in layers])
    mean = torch.cat([layer.mean.double() for layer in layers])
    return Moments(seen, mean, torch.cat([layer.variance.double() for layer in layers]))
