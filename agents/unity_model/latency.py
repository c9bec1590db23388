"""How long a model takes to decide for one classroom, outside Unity."""

import time
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.unity_model.exported_policy import ExportedPolicy

WARM_UP: Final = 50
"""Decisions before those that are timed."""


def decision_latency(
    exported: ExportedPolicy, observation: Mapping[str, NDArray[Any]], decisions: int
) -> dict[str, float]:
    """Milliseconds of one decision of one classroom on one thread, its inputs made ready.

    Args:
        exported: The model.
        observation: (B, ...) moments, taken in turn.
        decisions: Timed, at least 100 for the slowest hundredth.

    Returns:
        Median and p99, of which 99 of 100 decisions take less.
    """
    wire = exported.wire(observation)
    moments = len(next(iter(wire.values())))
    times = []
    for number in range(WARM_UP + decisions):
        moment = {name: vector[number % moments][None] for name, vector in wire.items()}
        begin = time.perf_counter()
        exported.choose(moment)
        times.append(time.perf_counter() - begin)
    median, high = np.quantile(times[WARM_UP:], [0.5, 0.99])
    return {"median": 1000.0 * float(median), "p99": 1000.0 * float(high)}
