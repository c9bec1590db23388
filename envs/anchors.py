"""Two plain ways of teaching whose effect is known.

Hake (1998; 62 courses, 6,542 students): normalised gain on an immediate post-test .23 in
traditional lectures and .48 with interactive engagement. The common scale of acquisition is set by
these two.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from envs.activities import MINUTES, Activity, Task
from envs.constants import Constants
from envs.course import EVALUATION_SEED, Course
from envs.curriculum import builtin
from envs.lessons import Report
from envs.logs import Ints
from envs.simulation import Simulation

CURRICULUM: Final = "algebra-16"
PROBES: Final = 8
"""Thought probes for each learner over a course."""


class Segment(NamedTuple):
    """A stretch of teaching one concept: what the tutor does, and the learners' task."""

    activity: Activity
    task: Task
    times: int


LECTURE: Final = (
    Segment(Activity.PRESENT, Task.KEEP, 2),
    Segment(Activity.CIRCULATE, Task.PRACTISE_MATCHED, 3),
)
"""For each concept in order: 8 min of exposition, then 6 min of practice."""
INTERACTIVE: Final = (
    Segment(Activity.CIRCULATE, Task.WORKED_EXAMPLE, 3),
    Segment(Activity.CIRCULATE, Task.PRACTISE_MATCHED, 2),
    Segment(Activity.PEER, Task.KEEP, 1),
)
"""For each concept in order: 6 min of worked examples, 4 of practice, 5 of work in pairs."""


class Taught(NamedTuple):
    """What a course in one style led to, for B classrooms of S learners."""

    report: Report
    probes: Ints  # (PROBES, B, S) 1 = lapsed when asked


def teach(style: tuple[Segment, ...], classes: int, constants: Constants) -> Taught:
    """Teach the default course in one style, concept after concept, to unseen classes.

    Args:
        style: Segments for each concept.
        classes: B.
        constants: Of the population.

    Returns:
        The report, and what thought probes spread evenly over the course found.
    """
    simulation = new_classes(classes, constants)
    learners, total = simulation.course.learners, simulation.course.total_minutes
    asked: list[Ints] = []
    taught = 0.0
    for segment, concept in _script(style, [int(c) for c in simulation.curriculum.order]):
        actions = np.zeros((classes, 3 + 2 * learners), np.int64)
        actions[:, 0] = segment.activity
        actions[:, 2] = concept if segment.activity != Activity.CIRCULATE else 0
        if segment.task != Task.KEEP:
            actions[:, 3::2] = segment.task
            actions[:, 4::2] = concept
        gone = simulation.masks.learner_present == 0  # (B, S)
        actions[:, 3::2][gone] = 0
        actions[:, 4::2][gone] = 0
        simulation.step(actions)
        if simulation.done.all():
            break
        taught += MINUTES[segment.activity]
        if len(asked) < PROBES and taught >= (len(asked) + 0.5) * total / PROBES:
            asked.append(simulation.world.state.mind.lapsed.copy())
    return Taught(simulation.finish(), np.array(asked))


def new_classes(classes: int, constants: Constants) -> Simulation:
    """Unseen classes of the default course at its start; no tracing."""
    course = Course(tracer="none")
    simulation = Simulation(classes, course, builtin(CURRICULUM), constants, on_illegal="circulate")
    simulation.seed(EVALUATION_SEED + np.arange(classes))
    simulation.start()
    return simulation


def _script(style: tuple[Segment, ...], order: list[int]) -> Iterator[tuple[Segment, int]]:
    """Segments decision by decision; when all concepts were taught, from the first again."""
    while True:
        for concept in order:
            for segment in style:
                for _ in range(segment.times):
                    yield segment, concept
