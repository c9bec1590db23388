"""HLR: exponential forgetting whose log strength is linear in attempts and successes.

Reddy, Levine and Dragan (2017), after the half-life regression of Settles and Meeder (2016).
"""

import numpy as np

from envs.peers.memory import Floats, Memory, Parameters


class Hlr(Memory):
    """p = exp(-elapsed / strength), log strength = attempts + successes + easiness of the item.

    The base is e, not 2: the half-life is strength * log 2.
    """

    @staticmethod
    def draw(generator: np.random.Generator, items: int) -> Parameters:
        """Easiness of every item, and when it was seen first."""
        return {
            "easiness": generator.normal(0.0, 1.0, items),
            "first_seen": np.exp(generator.normal(0.0, 1.0, items)),
        }

    @staticmethod
    def typical(items: int) -> Parameters:
        """The median item."""
        return {"easiness": np.zeros(items), "first_seen": np.ones(items)}

    def recall(self, presentation: int) -> Floats:
        """Recall probability, (N, C)."""
        strength = np.exp(self.attempts + self.successes + self.parameters["easiness"])
        return np.exp(-self.elapsed(presentation) / strength)
