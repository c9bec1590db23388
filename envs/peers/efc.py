"""EFC: an exponential forgetting curve; every attempt, right or wrong, slows forgetting.

Reddy, Levine and Dragan (2017), Accelerating Human Learning with Deep Reinforcement Learning.
"""

import numpy as np

from envs.peers.memory import Floats, Memory, Parameters

MEDIAN_DECAY = 0.077
"""Per unit of time at strength 1; log-normal over items with sigma 1."""


class Efc(Memory):
    """p = exp(-decay * elapsed / strength), strength = 1 + attempts."""

    @staticmethod
    def draw(generator: np.random.Generator, items: int) -> Parameters:
        """Decay of every item, and when it was seen first."""
        return {
            "decay": np.exp(generator.normal(np.log(MEDIAN_DECAY), 1.0, items)),
            "first_seen": np.exp(generator.normal(0.0, 1.0, items)),
        }

    @staticmethod
    def typical(items: int) -> Parameters:
        """The median item."""
        return {"decay": np.full(items, MEDIAN_DECAY), "first_seen": np.ones(items)}

    def recall(self, presentation: int) -> Floats:
        """Recall probability, (N, C)."""
        strength = 1.0 + self.attempts
        return np.exp(-self.parameters["decay"] * self.elapsed(presentation) / strength)
