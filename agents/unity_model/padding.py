"""A class as a larger space shows it: the places of those who are not there are empty."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from envs.activities import Task
from envs.contract_sizes import AXES
from unity_bridge.layout import Layout

Floats = NDArray[np.float32]


def padded(observation: Mapping[str, Floats], layout: Layout) -> dict[str, Floats]:
    """The contract's observation (B, ...) in the space of a class of at least that size.

    Absent learners may keep their task, as those who left do, and nothing else is allowed them;
    absent concepts are forbidden everywhere.
    """
    larger = {"S": layout.learners, "T": layout.learners + 1, "C": layout.concepts}
    shown = {}
    for key, array in observation.items():
        lengths = zip(AXES[key], array.shape[1:], strict=True)
        room = [(0, larger.get(axis, length) - length) for axis, length in lengths]
        shown[key] = np.pad(array, [(0, 0), *room])
    shown["task_mask"][:, observation["task_mask"].shape[1] :, Task.KEEP] = 1.0
    return shown
