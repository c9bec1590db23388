"""What a tutor's belief takes the learners of a class for, as settings of a command."""

from dataclasses import asdict, dataclass
from typing import Final

from agents.adaptation.class_estimate import OtherLearners, other_learners
from envs.constants import Constants

_USUAL: Final = Constants()
PLACES: Final = {
    "intercept": "knowledge.intercept",
    "forgetting": "memory.forgetting",
    "growth": "knowledge.growth",
}
"""Where each field stands in `envs.constants`: what `agents.adaptation.class_estimate` estimates.
How often attention lapses is estimated, too, but knowledge tracing reads that off the sensors."""


@dataclass(frozen=True, kw_only=True)
class BelievedLearners:
    """Who learners are taken to be, by default calibrated ones; they may lie beyond any log's.

    Raises:
        ValueError: forgetting or growth is not above 0.
    """

    intercept: float = _USUAL.knowledge.intercept
    """Logit of a correct answer of the average learner on the average concept, once understood."""
    forgetting: float = _USUAL.memory.forgetting
    """Logit lost per ln(1 + hours), above 0."""
    growth: float = _USUAL.knowledge.growth
    """Logit gained per ln(1 + n) of n opportunities, above 0."""

    def __post_init__(self) -> None:
        for name in ("forgetting", "growth"):
            if not getattr(self, name) > 0:
                raise ValueError(f"believed.{name} is {getattr(self, name)}; expected above 0")

    @property
    def told(self) -> dict[str, float] | None:
        """For a session's record; None: calibrated ones, of whom nothing need be told."""
        return None if self == BelievedLearners() else asdict(self)

    @property
    def constants(self) -> OtherLearners:
        """All constants that the belief assumes."""
        return other_learners(
            _USUAL, {place: getattr(self, name) for name, place in PLACES.items()}
        )
