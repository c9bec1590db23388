"""What differs between groups of classrooms in training, so that a policy learns to teach any."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from agents.populations import CLASSROOM, all_together, assumed
from envs.constants import Constants
from envs.course import Course
from envs.curricula import find
from envs.curriculum import Curriculum

Option = TypeVar("Option")
SEED: Final = 0
"""Of what each group draws: part of the setting, not of the run, so that runs are comparable."""


@dataclass(frozen=True, kw_only=True)
class Variety:
    """Groups of classrooms that differ; what has no options stays as the course has it."""

    groups: int = 1
    """Groups of classrooms, each with draws of its own; 1 with no options below: all alike."""
    learners: tuple[int, ...] = ()
    """Class sizes to choose from; smaller classes are padded, which costs time."""
    lessons: tuple[int, ...] = ()
    """Lengths of the course to choose from."""
    curricula: tuple[str, ...] = ()
    """Curricula to choose from: names, or paths of JSON."""
    constants: bool = False
    """Draw the assumed constants of the calibrated learners and their classroom from their ranges,
    differently in each group. What other families alone read, what was measured and what the tracer
    assumes stay as they are; `agents.populations` says why."""

    def __post_init__(self) -> None:
        if self.groups < 1:
            raise ValueError(f"variety.groups is {self.groups}; expected at least 1")
        for name in ("learners", "lessons", "curricula"):
            options = getattr(self, name)
            if len(options) > self.groups:
                raise ValueError(
                    f"variety.{name} are {options} and variety.groups {self.groups}; "
                    "expected a group for each"
                )


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one group of classrooms is taught."""

    course: Course
    curriculum: Curriculum
    constants: Constants


def drawn(
    variety: Variety,
    course: Course,
    curriculum: str,
    usual: Constants = Constants(),  # noqa: B008  # immutable
) -> Iterator[Group]:
    """Draw the groups: every option equally often, in random combinations.

    Args:
        variety: The options.
        course: What else the courses are.
        curriculum: Taught where the variety names none.
        usual: Constants of the learners where the variety draws none.

    Raises:
        ValueError: An option is outside its range, or no curriculum.
    """
    rng = np.random.default_rng(SEED)
    sizes = _dealt(variety.learners or (course.learners,), variety.groups, rng)
    lengths = _dealt(variety.lessons or (course.lessons,), variety.groups, rng)
    names = _dealt(variety.curricula or (curriculum,), variety.groups, rng)
    populations = [usual] * variety.groups
    if variety.constants:
        ranges = assumed(usual, CLASSROOM)
        populations = [v.constants for v in all_together(usual, ranges, variety.groups, SEED)]
    for size, length, name, constants in zip(sizes, lengths, names, populations, strict=True):
        yield Group(
            course=replace(course, learners=size, lessons=length),
            curriculum=find(name),
            constants=constants,
        )


def _dealt(options: tuple[Option, ...], count: int, rng: np.random.Generator) -> list[Option]:
    """Each option as often as the others (to one), in random order."""
    places = rng.permutation(np.arange(count) % len(options))
    return [options[place] for place in places]
