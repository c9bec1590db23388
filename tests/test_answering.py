"""Practice at a level draws from its third of the items, whatever their number."""

import numpy as np
import pytest

from envs.activities import Task
from envs.concept import Concept
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.simulation import Simulation

EVERYBODY = 64


def items_met(count: int, task: Task) -> set[int]:
    """Numbers of the items that a lesson of practice at one level brings, over many classes."""
    items = tuple(np.linspace(-1, 1, count).tolist())
    concepts = tuple(Concept(name=name, items=items) for name in ("first", "second"))
    curriculum = Curriculum(name="two", concepts=concepts, prerequisites=())
    course = Course(learners=1, lessons=1, minutes=40)
    simulation = Simulation(EVERYBODY, course, curriculum, Constants())
    simulation.seed(np.arange(EVERYBODY))
    simulation.start()
    met: set[int] = set()
    while not simulation.done.any():
        allowed = simulation.masks.task_mask[:, 0, task] > 0
        actions = np.zeros((EVERYBODY, 5), np.int64)  # the tutor circulates
        actions[:, 3] = np.where(allowed, task, Task.KEEP)
        simulation.step(actions)
        events = simulation.world.events
        given = np.arange(events.item.shape[-1]) < events.answers[:, :, None]
        met |= set(events.item[given].tolist())
    return met


@pytest.mark.parametrize("count", [3, 7, 8])
def test_every_item_is_practised_at_one_level_and_harder_ones_at_higher(count: int) -> None:
    """With seven items the hardest was once left out at every level."""
    levels = (Task.PRACTISE_EASIER, Task.PRACTISE_MATCHED, Task.PRACTISE_HARDER)
    easier, matched, harder = (items_met(count, level) for level in levels)
    assert easier | matched | harder == set(range(count))
    assert max(easier) < min(matched)
    assert max(matched) < min(harder)
