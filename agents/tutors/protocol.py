"""What anything that teaches must offer: rules, trained policies, privileged references."""

from collections.abc import Mapping
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from envs.simulation import Simulation

Observation: TypeAlias = Mapping[str, NDArray[np.float32]]
"""The observation of `envs.spaces` with a leading batch axis: every array is (B, ...)."""
Actions: TypeAlias = NDArray[np.int64]
"""(B, 3 + 2 S): activity, target, concept, then task and concept of every learner."""
Kind: TypeAlias = Literal["rule", "policy", "reference"]


class Tutor(Protocol):
    """Chooses actions for a batch of classrooms from their observations alone.

    A tutor may also have `tracer`, the `Course.tracer` that must fill its observation's belief,
    `on_illegal`, how the classroom treats its illegal choices, and `trained_on`, the range of class
    seeds that it learnt from; evaluation honours all three.

    Attributes:
        name: unique name in tables and in evaluation.json.
        kind: "rule", "policy", or "reference" for one that sees the hidden state.
    """

    name: str
    kind: Kind

    def reset(self, batch: int) -> None:
        """Forget everything and expect observations of `batch` classrooms at their first decision.

        Afterwards classrooms restart one by one (same-step autoreset); a tutor with memory notices
        it from the share of the course left.
        """

    def act(self, observation: Observation) -> Actions:
        """Choose one action per classroom, allowed by the observation's masks: (B, 3 + 2 S)."""


@runtime_checkable
class Privileged(Protocol):
    """Reaches behind the observation, into the simulation.

    References read the hidden state: their results are bounds, not competitors.
    `agents.tutors.failing_sensors` breaks sensors.
    """

    def attach(self, simulation: Simulation) -> None:
        """Give the tutor the simulation whose classrooms it is about to teach, just reset."""
