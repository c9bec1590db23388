"""Everything a kernel needs about B classrooms, in one argument."""

from typing import NamedTuple

import numpy as np

from envs.compiled import compiled
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import CurriculumArrays
from envs.events import Events
from envs.state import Floats, Ints, State


class Timetable(NamedTuple):
    """The course in numbers. The course clock runs in hours, gaps between lessons included."""

    lessons: int
    steps_per_lesson: int
    lesson_hours: float  # from one lesson's start to the next
    end_hours: float  # end of the last lesson
    test_hours: float  # the delayed post-test
    retention_days: float
    scene: int
    columns: int  # seats in a row


class World(NamedTuple):
    """State, events, and what does not change."""

    state: State
    events: Events
    curriculum: CurriculumArrays
    constants: Constants
    timetable: Timetable
    seats: Floats  # (S, S) 1 beside, 0.3 where the column sits in front of the row
    families: Ints  # (F,) envs.learners.family.Family, one of which each class is drawn from
    family: Ints  # (B,) of each classroom's learners; no field of a record, whose array numba would
    # type differently for one classroom and for several, and so compile every kernel twice
    skills: Floats  # (K, 5) fitted skills of envs.learners.bkt
    network: Floats  # (2, 3 D + 1, 5 + D) of envs.learners.network


@compiled
def test_noise(w: World) -> float:
    """Variance (logit^2) of engagement, session and context during a test, which is attended."""
    a = w.constants.attention
    return a.engagement_sd**2 + a.session_sd**2 + w.constants.knowledge.context_sd**2


def compact(constants: Constants) -> Constants:
    """The same constants with each group as one record, as the kernels take them.

    A kernel then gets a pointer for each group, not an argument for each of 130 numbers.
    """
    return Constants(
        **{name: _record(group) for name, group in constants._asdict().items()}  # type: ignore[arg-type]
    )


def _record(group: tuple[float, ...]) -> object:
    if isinstance(group, np.record):
        return group
    fields = [(name, np.float64) for name in type(group).__annotations__]
    return np.rec.array([tuple(group)], dtype=fields)[0]


def timetable(course: Course, scene: int) -> Timetable:
    """Turn a course into the numbers that the kernels use."""
    hours = course.minutes / 60.0
    between = course.gap_days * 24.0 + hours
    end = (course.lessons - 1) * between + hours
    return Timetable(
        lessons=course.lessons,
        steps_per_lesson=course.steps_per_lesson,
        lesson_hours=between,
        end_hours=end,
        test_hours=end + course.retention_days * 24.0,
        retention_days=course.retention_days,
        scene=scene,
        columns=seats_per_row(course.learners),
    )


def seats_per_row(learners: int) -> int:
    """Columns of a room about twice as wide as deep."""
    return int(np.ceil(np.sqrt(2.0 * learners)))


def seat_plan(learners: int, behind: float) -> Floats:
    """Who sees whom: rows of desks, filled from the front left.

    Args:
        learners: S.
        behind: Weight of the learner in front as seen from the row behind.

    Returns:
        (S, S) weights: 1 for the two beside, `behind` for the one in front.
    """
    columns = seats_per_row(learners)
    seats = np.zeros((learners, learners))
    for i in range(learners):
        if i % columns > 0:
            seats[i, i - 1] = seats[i - 1, i] = 1.0
        if i >= columns:
            seats[i, i - columns] = behind
    return seats
