"""How much of the time classes are lapsed, read off their sensors."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from envs.constants import Constants
from envs.spaces import MODALITIES

Floats = NDArray[np.float64]
Z: Final = 1.96
FEWEST: Final = 2
"""Learners for a standard error."""


class AttentionEstimate:
    """Mean lapsed share of a population, and the lapse rate that it speaks for.

    Every sensor's attention channel reads d' (attending - usual) plus the learner's own bias; over
    learners the biases cancel. So the spread is that between learners' means, which holds the bias.
    """

    def __init__(self, usual: Constants) -> None:
        self.usual = usual
        sensors = usual.sensors._asdict()
        self.sharpness = np.array([sensors[name] for name in MODALITIES])  # (M,) d'
        self.shares: list[Floats] = []  # attending share of every learner whose course is over

    def start(self, classes: int, learners: int) -> None:
        """New classes: nothing is read of them yet."""
        self.read = np.zeros((2, classes, learners))  # weighted readings, weights

    def add(
        self, following: Mapping[str, NDArray[Any]], minutes: Floats, live: NDArray[np.bool_]
    ) -> None:
        """Take in the sensor windows of one decision of B classes.

        Args:
            following: The observation after it.
            minutes: (B,) of the decision.
            live: (B,) False where the course was over before.
        """
        channel = np.stack([following[name][..., 0] for name in MODALITIES], -1)  # (B, S, M) means
        present = np.stack([following[name][..., -1] for name in MODALITIES], -1)
        weight = self.sharpness**2 * present * (minutes * live)[:, None, None]
        self.read[0] += (weight * channel / self.sharpness).sum(-1)
        self.read[1] += weight.sum(-1)

    def finish(self) -> None:
        """The courses are over: every learner becomes one reading."""
        seen = self.read[1] > 0
        usual = self.usual.attention.usual_share
        self.shares.append(usual + self.read[0][seen] / self.read[1][seen])

    def lapsed(self) -> tuple[float, float]:
        """Mean lapsed share and its standard error."""
        shares = np.concatenate(self.shares)
        return float(1 - shares.mean()), float(shares.std(ddof=1) / math.sqrt(len(shares)))

    def as_dict(self) -> dict[str, float] | None:
        """Lapsed share with its 95 % interval, and the lapse rate per minute, for JSON.

        None where sensors have read fewer than two learners. The rate is the usual one times the
        ratio of the odds of being lapsed: as if all learners returned as fast as usual, and without
        contagion, which widens the share.
        """
        if sum(len(shares) for shares in self.shares) < FEWEST:
            return None
        share, error = self.lapsed()
        usual = 1 - self.usual.attention.usual_share
        low, high = share - Z * error, share + Z * error
        inside = min(max(share, 0.01), 0.99)
        ratio = inside / (1 - inside) / (usual / (1 - usual))
        rate = self.usual.attention.lapse_rate * ratio
        return {"value": share, "low": low, "high": high, "rate_per_minute": rate}
