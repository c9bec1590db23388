"""A tutor whose sensors fail: what its choices lose without them."""

from collections.abc import Sequence
from typing import Final

from agents.tutors.protocol import Actions, Kind, Observation, Tutor
from envs.spaces import MODALITIES

SHIFT: Final = 1.0
"""Added to a miscalibrated sensor's readings of attention: one sd of its noise (`envs.sensors`)."""


class FailingSensors:
    """Lets a tutor decide on observations without some modalities, or with wrong ones.

    What knowledge tracing has concluded from the sensors stays: this measures the tutor's own use.

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

    def reset(self, batch: int) -> None:
        """Start anew."""
        self.tutor.reset(batch)

    def act(self, observation: Observation) -> Actions:
        """Decide on what the failing sensors leave, (B, 3 + 2 S)."""
        seen = {**observation, **{name: 0 * observation[name] for name in self.missing}}
        for name in self.shifted:
            wrong = seen[name].copy()
            wrong[..., 0] += SHIFT * wrong[..., -1]  # the mean of attention, where present
            seen[name] = wrong
        return self.tutor.act(seen)
