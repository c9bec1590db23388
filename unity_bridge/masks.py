"""Masks of actions: True is allowed here, and forbidden in ML-Agents."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


def inverted(mask: NDArray[Any]) -> Bools:
    """Ours from theirs, or theirs from ours; nothing else in the repository turns a mask round."""
    result: Bools = np.logical_not(mask)
    return result
