"""Random tutors: over what is allowed, and over everything (a mask can look like learning)."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Actions, Kind, Observation
from envs.activities import ACTIVITIES, TASKS


class RandomLegal:
    """Draws activity, target given it, concept given it, and every task, evenly from the allowed.

    Args:
        seed: Of its own randomness; every `reset` starts it anew.
    """

    kind: Kind = "rule"
    name = "random"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._rng = np.random.default_rng(seed)

    def reset(self, batch: int) -> None:
        """Start the random numbers anew."""
        self._rng = np.random.default_rng([self._seed, batch])

    def act(self, observation: Observation) -> Actions:
        """One random legal action per classroom: (B, 3 + 2 S)."""
        rows = np.arange(len(observation["activity_mask"]))
        activity = self._draw(observation["activity_mask"])
        target = self._draw(observation["target_mask"][rows, activity])
        concept = self._draw(observation["concept_mask"][rows, activity])
        task = self._draw(observation["task_mask"])  # (B, S)
        task_concept = self._draw(observation["task_concept_mask"][rows[:, None], task])
        plan = np.stack([task, task_concept], axis=2).reshape(len(rows), -1)
        return np.concatenate([np.stack([activity, target, concept], axis=1), plan], axis=1)

    def _draw(self, mask: NDArray[np.float32]) -> NDArray[np.int64]:
        keys = self._rng.random(mask.shape, np.float32)
        choice: NDArray[np.int64] = np.where(mask > 0, keys, -1.0).argmax(axis=-1)
        return choice


class RandomAny:
    """Draws every part of the action evenly, allowed or not: needs a classroom that forgives.

    Args:
        seed: Of its own randomness; every `reset` starts it anew.
    """

    kind: Kind = "rule"
    name = "random over all"
    on_illegal: ClassVar[str] = "circulate"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._rng = np.random.default_rng(seed)

    def reset(self, batch: int) -> None:
        """Start the random numbers anew."""
        self._rng = np.random.default_rng([self._seed, batch])

    def act(self, observation: Observation) -> Actions:
        """One random action per classroom, often illegal: (B, 3 + 2 S)."""
        batch, learners, concepts = observation["belief"].shape[:3]
        highs = np.array([ACTIVITIES, learners + 1, concepts, *[TASKS, concepts] * learners])
        return self._rng.integers(0, highs, (batch, len(highs)))
