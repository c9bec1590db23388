"""What policies lose when sensors fail: the same classes, with sensors missing or wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import evaluate, gains
from agents.statistics import Estimate, estimate
from agents.tutors.failing_sensors import FailingSensors
from agents.tutors.protocol import Tutor
from envs.course import Course
from envs.curriculum import Curriculum
from envs.spaces import MODALITIES

Floats = NDArray[np.float64]
NONE: Final = "all there"
FAILURES: Final = MappingProxyType(
    {
        NONE: partial(FailingSensors),
        **{f"no {name}": partial(FailingSensors, missing=(name,)) for name in MODALITIES},
        "none there": partial(FailingSensors, missing=MODALITIES),
        "gaze wrong": partial(FailingSensors, shifted=("gaze",)),
    }
)
"""From nothing that fails to a miscalibrated gaze, the sensor that tells most."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """R runs of one policy on the same N classes while something fails."""

    nlg: Estimate
    lost: Estimate
    """NLG with all sensors minus this, seed by seed and class by class."""

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Plain data for JSON."""
        return {"nlg": self.nlg.as_dict(), "lost": self.lost.as_dict()}


def with_failures(
    runs: Sequence[Tutor], course: Course, curriculum: Curriculum, classes: int, workers: int
) -> Mapping[str, Failure]:
    """Let the runs of one policy teach with every failure.

    Args:
        runs: R trainings that differ in their seed.
        course: As in `evaluate`.
        curriculum: As in `evaluate`.
        classes: N.
        workers: Tutors that teach at the same time.
    """
    found: dict[str, Floats] = {}
    for name, failing in FAILURES.items():
        tutors = [failing(run) for run in runs]
        found[name] = gains(evaluate(tutors, course, curriculum, classes, workers=workers))
    whole = found[NONE]
    return {n: Failure(nlg=estimate(g), lost=estimate(whole - g)) for n, g in found.items()}
