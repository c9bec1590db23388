"""Allocating the world of B classrooms."""

import numpy as np

from envs.activities import ACTIVITIES
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.events import empty_events
from envs.learners.bkt import fitted_skills
from envs.learners.family import Family
from envs.learners.network import load_network, width
from envs.learners.neural import SPARE_ROWS
from envs.spaces import SCENES
from envs.state import empty_state
from envs.world import World, compact, seat_plan, timetable


def new_world(batch: int, course: Course, curriculum: Curriculum, constants: Constants) -> World:
    """Allocate the state of B classrooms, all zeros, and what does not change."""
    traced = course.families != (Family.CALIBRATED,)
    network = load_network()
    neural = Family.NEURAL in course.families
    hidden = (curriculum.size + SPARE_ROWS, width(network)) if neural else (0, 0)
    sizes = (batch, course.learners, curriculum.size, ACTIVITIES)
    state = empty_state(*sizes, traced=traced, hidden=hidden)
    return World(
        state=state,
        events=empty_events(batch, course.learners),
        curriculum=curriculum.arrays(),
        constants=compact(constants),
        timetable=timetable(course, SCENES.index(course.scene)),
        seats=seat_plan(course.learners, constants.attention.contagion_behind),
        families=np.array(course.families, np.int64),
        family=np.zeros(batch, np.int64),
        skills=fitted_skills(),
        network=network,
    )
