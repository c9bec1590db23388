"""Classes that differ from those that a policy was trained for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from agents.adaptation.class_estimate import other_learners
from agents.presets import TrainConfig
from envs.constants import Constants
from envs.course import Course
from envs.curricula import find
from envs.curriculum import Curriculum


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What differs; the tutor is told of the curriculum alone."""

    family: str | None = None
    """Family of the learners; None: as trained."""
    times: Mapping[str, float] = field(default_factory=dict)
    """Constants of the learners that are so many times what they were in training; the belief keeps
    the calibrated ones."""
    curriculum: str | None = None
    """What is taught; None: as trained."""

    def course(self, trained: TrainConfig) -> Course:
        """The course that is taught."""
        course = trained.course
        return course if self.family is None else replace(course, family=self.family)

    def constants(self, trained: TrainConfig) -> Constants:
        """The learners', those of training but for what is shifted."""
        usual = trained.population.constants
        values = {place: value for place, value, _ in usual.tagged()}
        return other_learners(usual, {name: by * values[name] for name, by in self.times.items()})

    def subject(self, trained: TrainConfig) -> Curriculum:
        """The curriculum that is taught."""
        return find(self.curriculum or trained.curriculum)


NO_SHIFT: Final = "no shift"
SHIFTS: Final = MappingProxyType(
    {
        "fsrs learners": Shift(family="fsrs"),
        "flashcards learners": Shift(family="flashcards"),
        "forgetting x 4": Shift(times={"memory.forgetting": 4.0}),
        "lapses x 3": Shift(times={"attention.lapse_rate": 3.0}),
        "unseen curriculum": Shift(curriculum="generated-16-7"),
        NO_SHIFT: Shift(),
    }
)
"""Of the families, those in which a policy of their own gains least and most over the tutor that
comes with us (`scripts.evaluate --matrix`). Four times the usual forgetting and three times the
usual rate of lapses lie beyond what any log showed, on purpose."""
