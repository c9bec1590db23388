"""Two plain ways of teaching whose effect is known, and a close look at one lesson.

Hake (1998; 62 courses, 6,542 students): normalised gain on an immediate post-test .23 in
traditional lectures and .48 with interactive engagement. The common scale of acquisition is set by
these two. The lesson watched step by step gives what probes, sensors and questionnaires would.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import STEPS_PER_MINUTE, Activity, Task
from envs.compiled import compiled
from envs.constants import Constants
from envs.course import EVALUATION_SEED, Course
from envs.curriculum import builtin
from envs.lessons import Report
from envs.logs import Floats, Ints
from envs.simulation import Simulation
from envs.teaching import play_step
from envs.world import World

CURRICULUM: Final = "algebra-16"
PROBES: Final = 8
"""Thought probes for each learner over a course."""


class Segment(NamedTuple):
    """A stretch of a lesson about one concept: what the tutor does, and the learners' task."""

    activity: Activity
    task: Task
    minutes: int


LECTURE: Final = (
    Segment(Activity.PRESENT, Task.KEEP, 8),
    Segment(Activity.CIRCULATE, Task.PRACTISE_MATCHED, 6),
)
"""For each concept in order: exposition, then practice."""
INTERACTIVE: Final = (
    Segment(Activity.CIRCULATE, Task.WORKED_EXAMPLE, 6),
    Segment(Activity.CIRCULATE, Task.PRACTISE_MATCHED, 4),
    Segment(Activity.PEER, Task.KEEP, 5),
)
"""For each concept in order: worked examples, practice, work in pairs."""
MINUTES: Final = {Activity.PRESENT: 4, Activity.CIRCULATE: 2, Activity.PEER: 5}
"""Length of one decision."""


class Taught(NamedTuple):
    """What a course in one style led to, for B classrooms of S learners."""

    report: Report
    probes: Ints  # (PROBES, B, S) 1 = lapsed when asked


def teach(style: tuple[Segment, ...], classes: int, constants: Constants) -> Taught:
    """Teach the default course in one style, concept after concept, to unseen classes."""
    simulation = _simulation(classes, constants)
    size = simulation.curriculum.size
    total = simulation.course.total_minutes
    asked: list[Ints] = []
    for decision, (segment, position) in enumerate(_script(style, total, size)):
        concept = int(simulation.curriculum.order[position])
        simulation.step(_action(simulation, segment, concept))
        if decision % (total // 2 // PROBES // 2) == 0 and len(asked) < PROBES:
            asked.append(simulation.world.state.mind.lapsed.copy())
        if simulation.done.all():
            break
    return Taught(simulation.finish(), np.array(asked))
