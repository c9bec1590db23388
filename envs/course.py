"""The course: how many learners, how long, how far apart, and what the tutor is told."""

from dataclasses import dataclass
from numbers import Real

from envs.activities import STEPS_PER_MINUTE
from envs.learners.family import Family, mixture
from envs.seeds import SEEDS
from envs.spaces import SCENES
from envs.tracing import TRACERS

EVALUATION_SEED = SEEDS["evaluation"].start
"""Classrooms for evaluation use seeds from here; training never does."""
TUNING_SEED = SEEDS["tuning"].start
"""Classrooms on which settings are chosen use seeds from here."""
WATCHING_SEED = SEEDS["watching"].start
"""Classrooms that are watched, played and recorded use seeds from here."""
LARGEST_CLASS = 40
SMALLEST_CURRICULUM = 2
LARGEST_CURRICULUM = 256


@dataclass(frozen=True, kw_only=True)
class RewardWeights:
    """Weights of the reward's terms; the learning gain itself has weight 1."""

    equity: float = 0.0
    """Weight of the gain of the quarter of the class that started lowest."""
    wellbeing: float = 0.0
    """Weight of (minus) the share of time spent frustrated or with SSQ over 40."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course of lessons for one class.

    Raises:
        ValueError: A field is outside its range; the message names it.
    """

    learners: int = 8
    """Learners in the class, 1 to 40."""
    lessons: int = 6
    """Lessons in the course, 1 to 60."""
    minutes: int = 40
    """Minutes of one lesson, 5 to 180."""
    gap_days: float = 2.0
    """Days between one lesson and the next, 0 to 60."""
    retention_days: float = 14.0
    """Days from the last lesson to the delayed post-test, 0 to 365."""
    scene: str = "classroom"
    """Kind of lesson: one of envs.spaces.SCENES; so far they differ in name only."""
    tracer: str = "gaussian"
    """What fills `belief` and `understanding`: gaussian or bkt (knowledge tracing from events),
    none (zeros: raw evidence only), truth (the hidden state: a privileged reference)."""
    family: str = "calibrated"
    """Learner family, one of envs.learners.family.FAMILIES, or several joined by "+": the learners
    of each class are then of one of them, drawn with equal chance. The tutor is not told."""
    reward: RewardWeights = RewardWeights()
    """Weights of the reward terms beside the learning gain."""

    def __post_init__(self) -> None:
        _check("learners", self.learners, 1, LARGEST_CLASS)
        _check("lessons", self.lessons, 1, 60)
        _check("minutes", self.minutes, 5, 180)
        _check("gap_days", self.gap_days, 0, 60)
        _check("retention_days", self.retention_days, 0, 365)
        _check("reward.equity", self.reward.equity, 0, 100)
        _check("reward.wellbeing", self.reward.wellbeing, 0, 100)
        for field, value, known in (
            ("scene", self.scene, SCENES),
            ("tracer", self.tracer, TRACERS),
        ):
            if value not in known:
                raise ValueError(f"course.{field} is {value!r}; expected one of {', '.join(known)}")
        mixture(self.family)
        for field in ("learners", "lessons", "minutes"):
            if getattr(self, field) != int(getattr(self, field)):
                raise ValueError(f"course.{field} is {getattr(self, field)}; expected an integer")

    @property
    def steps_per_lesson(self) -> int:
        """Inner steps of 30 s in one lesson."""
        return self.minutes * STEPS_PER_MINUTE

    @property
    def families(self) -> tuple[Family, ...]:
        """The families that a class's learners may be of."""
        return mixture(self.family)

    @property
    def total_minutes(self) -> int:
        """Minutes of all lessons together."""
        return self.minutes * self.lessons


def _check(field: str, value: float, low: float, high: float) -> None:
    if not isinstance(value, Real) or not low <= value <= high:
        raise ValueError(f"course.{field} is {value!r}; expected {low} to {high}")
