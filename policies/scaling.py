"""Linear layers that see standardised features, whatever units an environment brings."""

import torch
from torch import Tensor, nn
from torch.nn import functional

MERGED_ROWS = 4096
"""Rows merged into the statistics at a time: a few MB, which stay in a cache. Chosen."""
SMALLEST_SPREAD = 0.1
"""Features that hardly vary are not blown up: another course may vary them. Chosen."""


class ScaledLinear(nn.Module):
    """A linear layer on (x - mean) / spread, with running statistics saved beside the weights.

    The scaling is folded into the weights, so it costs nothing per input. Statistics change only
    in `observe`: between two calls the layer is a fixed function, as importance ratios require.
    """

    mean: Tensor  # (F,)
    variance: Tensor  # (F,)
    count: Tensor  # ()

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, width)
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("variance", torch.ones(features))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    @property
    def spread(self) -> Tensor:
        """By what features are divided, (F,)."""
        return self.variance.sqrt().clamp(min=SMALLEST_SPREAD)

    def forward(self, features: Tensor) -> Tensor:
        """Map (..., F) to (..., width)."""
        weight = self.linear.weight / self.spread
        return functional.linear(features, weight, self.linear.bias - weight @ self.mean)

    def observe(self, features: Tensor, weights: Tensor) -> None:
        """Merge features (..., F), those whose weight (...) is 1, into the running statistics.

        A few rows at a time, in double precision: all at once would be large and slow to allocate.
        """
        rows = torch.split(features.reshape(-1, features.shape[-1]), MERGED_ROWS)
        for some, keep in zip(rows, torch.split(weights.reshape(-1, 1), MERGED_ROWS), strict=True):
            self._merge(some.double(), keep.double())

    def _merge(self, rows: Tensor, keep: Tensor) -> None:
        """Chan, Golub and LeVeque (1979), equations 2.1: exact for any split into batches."""
        seen = keep.sum()
        mean = (rows * keep).sum(0) / seen.clamp(min=1)
        variance = ((rows - mean).square() * keep).sum(0) / seen.clamp(min=1)
        total = self.count + seen
        share = seen / total.clamp(min=1)
        shift = mean - self.mean
        self.variance.copy_(
            (1 - share) * (self.variance + share * shift.square()) + share * variance
        )
        self.mean.add_(share * shift)
        self.count.copy_(total)
