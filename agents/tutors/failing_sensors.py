"""A tutor in classes whose sensors fail: what it gains without them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from agents.tutors.protocol import Actions, Kind, Observation, Tutor
from envs.sensors import FIRST_CHANNEL
from envs.simulation import Simulation
from envs.spaces import CHANNELS, MODALITIES

SHIFT: Final = 1.0
"""Added to a miscalibrated sensor's readings of attention: one sd of its noise (`envs.sensors`)."""


class FailingSensors:
    """Lets a tutor teach classes without some modalities, or with wrong ones.

    They fail in the classroom itself: knowledge tracing, too, goes without them or is misled.

    Args:
        tutor: Decides.
        missing: Modalities that nobody has.
        shifted: Modalities whose reading of attention is too high by `SHIFT`, wherever present.

    Raises:
        ValueError: There is no such modality.
    """

    def __init__(
        self, tutor: Tutor, missing: Sequence[str] = (), shifted: Sequence[str] = ()
    ) -> None:
        for name in (*missing, *shifted):
            if name not in MODALITIES:
                raise ValueError(f"modality is {name!r}; expected one of {', '.join(MODALITIES)}")
        self.tutor, self.missing, self.shifted = tutor, tuple(missing), tuple(shifted)
        self.kind: Kind = tutor.kind
        self.name = tutor.name
        self.tracer = getattr(tutor, "tracer", None)
        self.trained_on: range = getattr(tutor, "trained_on", range(0))

    def attach(self, simulation: Simulation) -> None:
        """Let the sensors of the classes that are about to begin fail for one course."""
        bias = simulation.world.state.channels.bias  # (B, S, H)
        for name in self.missing:
            first = FIRST_CHANNEL[name]
            bias[..., first : first + len(CHANNELS[name])] = np.nan
        for name in self.shifted:
            bias[..., FIRST_CHANNEL[name]] += SHIFT

    def reset(self, batch: int) -> None:
        """Start anew."""
        self.tutor.reset(batch)

    def act(self, observation: Observation) -> Actions:
        """Decide, (B, 3 + 2 S)."""
        return self.tutor.act(observation)
