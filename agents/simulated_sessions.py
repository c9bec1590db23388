"""Sessions of classes of any population under a tutor, with all that a recorded one tells."""

from collections.abc import Callable

import numpy as np

from agents.learner_population import LearnerPopulation
from agents.tutors.protocol import Tutor
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.logs import Floats
from envs.session_log import SessionColumns, SessionLog
from envs.session_statistics import statistics
from envs.vector import ClassroomVectorEnv


def simulate(
    tutor: Tutor,
    course: Course,
    curriculum: Curriculum,
    population: LearnerPopulation,
    seeds: range,
) -> SessionLog:
    """Let a tutor teach one course to each class, and note what it shows.

    The tutor decides by what it sees, as it did in the recorded sessions: were its recorded actions
    replayed, they would suit the recorded learners and not the simulated ones. Its belief takes all
    learners for calibrated ones, as theirs did.

    Args:
        tutor: Teaches all classes at once.
        course: Of every class.
        curriculum: What is taught.
        population: Of the learners.
        seeds: Of the classes.
    """
    env = ClassroomVectorEnv(
        len(seeds),
        course=course,
        curriculum=curriculum,
        constants=population.constants,
        believed=Constants(),
        on_illegal=getattr(tutor, "on_illegal", "error"),
    )
    observation, _ = env.reset(seed=seeds.start)
    tutor.reset(env.num_envs)
    columns, ended = SessionColumns(course.learners), np.zeros(env.num_envs, np.bool_)
    while not ended.all():
        going = np.flatnonzero(~ended)
        columns.see(going, {name: array[going] for name, array in observation.items()})
        observation, _, terminated, _, infos = env.step(tutor.act(observation))
        columns.answer(going, infos.get("final_events", env.simulation.world.events))
        ended |= terminated
    return columns.log()


def simulate_all(
    tutor: Tutor,
    course: Course,
    curriculum: Curriculum,
    populations: list[LearnerPopulation],
    classes: int,
    first_seed: int,
    tell: Callable[[int], None],
) -> Floats:
    """Statistics (M, K) of as many classes of every population, other ones for each.

    Args:
        tutor: As in `simulate`.
        course: As in `simulate`.
        curriculum: As in `simulate`.
        populations: M of them.
        classes: Of each.
        first_seed: Of the first class.
        tell: Called after each population with how many are done.
    """
    rows = []
    for number, population in enumerate(populations):
        first = first_seed + number * classes
        log = simulate(tutor, course, curriculum, population, range(first, first + classes))
        rows.append(statistics(log, curriculum))
        tell(number + 1)
    return np.stack(rows)
