"""A tutor that chooses at random among what the masks allow, for tests."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Observation = Mapping[str, NDArray[np.float32]]


def legal_action(observation: Observation, rng: np.random.Generator) -> NDArray[np.int64]:
    """One legal action for every classroom, (B, 3 + 2 S), uniform choice by choice."""
    batch, learners, _ = observation["task_mask"].shape
    rows = np.arange(batch)
    actions = np.zeros((batch, 3 + 2 * learners), np.int64)
    actions[:, 0] = pick(observation["activity_mask"], rng)
    actions[:, 1] = pick(observation["target_mask"][rows, actions[:, 0]], rng)
    actions[:, 2] = pick(observation["concept_mask"][rows, actions[:, 0]], rng)
    for i in range(learners):
        task = pick(observation["task_mask"][:, i], rng)
        actions[:, 3 + 2 * i] = task
        actions[:, 4 + 2 * i] = pick(observation["task_concept_mask"][rows, task], rng)
    return actions


def pick(mask: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """Index of an allowed entry of each row of a mask (B, N)."""
    choice: NDArray[np.int64] = np.argmax(mask * rng.uniform(0.1, 1.0, mask.shape), axis=1)
    return choice
