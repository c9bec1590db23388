"""The constants of the learners that recorded sessions can tell, as settings of a run."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

from agents.populations import with_values
from envs.constants import Constants

_USUAL: Final = Constants()
PLACES: Final = {
    "intercept": "knowledge.intercept",
    "ability_sd": "knowledge.ability_sd",
    "growth": "knowledge.growth",
    "forgetting": "memory.forgetting",
    "lapse_rate": "attention.lapse_rate",
}
"""Where each field of `LearnerPopulation` stands in `envs.constants`."""


@dataclass(frozen=True, kw_only=True)
class LearnerPopulation:
    """Who is taught; what is not named here is as `envs.constants` has it.

    Raises:
        ValueError: A value is outside the range of its constant's tag.
    """

    intercept: float = _USUAL.knowledge.intercept
    """Logit of a correct answer of the average learner on the average concept, once understood."""
    ability_sd: float = _USUAL.knowledge.ability_sd
    """Spread of ability between learners, logit; higher values make classes more mixed."""
    growth: float = _USUAL.knowledge.growth
    """Logit gained per ln(1 + n) of n opportunities; higher values learn faster by practice."""
    forgetting: float = _USUAL.memory.forgetting
    """Logit lost per ln(1 + hours); higher values forget faster."""
    lapse_rate: float = _USUAL.attention.lapse_rate
    """Lapses of attention that begin per minute of attending."""

    def __post_init__(self) -> None:
        for name, (low, high) in ranges().items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"population.{name} is {value}; expected {low} to {high}")

    @property
    def constants(self) -> Constants:
        """All constants of this population."""
        values = asdict(self)
        return with_values(Constants(), {place: values[name] for name, place in PLACES.items()})


@cache
def ranges() -> dict[str, tuple[float, float]]:
    """Least and most of every field: the range of its constant's tag."""
    tags = {place: tag for place, _, tag in Constants().tagged()}
    return {name: (tags[place].low, tags[place].high) for name, place in PLACES.items()}
