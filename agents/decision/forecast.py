"""What a decision should add to the delayed score, by the prospects that the tutor sees."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Observation
from agents.tutors.reading import feature
from envs.activities import Activity, Task
from envs.prospects import HORIZON_MINUTES, PER_MINUTES
from envs.spaces import BEHAVIOUR, PROSPECTS

_TASKS: Final = len(Task)
_UNFORESEEN: Final = (Activity.PRESENT, Activity.QUIZ)
_PRACTICE: Final = PROSPECTS.index("practice")
_EXAMPLE: Final = PROSPECTS.index("worked_example")

if BEHAVIOUR[0] != "task_none":
    raise RuntimeError("the task must come first in envs.spaces.BEHAVIOUR")


def present_tasks(seen: Observation) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every learner's present task and its concept, (..., S) each; Task.KEEP is none."""
    task: NDArray[np.int64] = seen["behaviour"][..., :_TASKS].argmax(axis=-1)
    return task, feature(seen, "evidence", "working_on").argmax(axis=-1)


def gain_per_minute(
    seen: Observation, own: NDArray[np.int64], plan: NDArray[np.int64]
) -> float | None:
    """Points of 100 of the class's mean delayed score that a decision should add per minute.

    What each learner would be occupied with, at its prospect: the class's activity where that
    claims all, else everybody's task, and the explanation for whom it is meant. What a cue itself
    does to attention is not foreseen.

    Args:
        seen: One classroom's observation, without a batch axis.
        own: (3,) activity, target, concept.
        plan: (S, 2) task and concept of every learner.

    Returns:
        The mean over those present; 0 for a rest, None where the belief foresees nothing.
    """
    activity, target, concept = Activity(int(own[0])), int(own[1]), int(own[2])
    here, prospects = seen["learner_present"] > 0, seen["prospects"]
    if activity in _UNFORESEEN or not prospects.any():
        return None
    if activity == Activity.REST or not here.any():
        return 0.0
    name = activity.name.lower()
    if activity in {Activity.PEER, Activity.DEMONSTRATE}:
        rate = prospects[:, concept, PROSPECTS.index(name)]
    else:
        rate = _by_task(seen, plan)
        if activity == Activity.EXPLAIN:
            rate[target - 1] = prospects[target - 1, concept, PROSPECTS.index(name)]
    return float(rate[here].mean() / PER_MINUTES)


def promise(
    seen: Observation, addressed: NDArray[np.bool_], activity: Activity, concept: int
) -> float | None:
    """Points that five minutes of an activity should add, mean of the addressed (S,)."""
    name = activity.name.lower()
    if name not in PROSPECTS or not seen["prospects"].any():
        return None
    rate = seen["prospects"][addressed, concept, PROSPECTS.index(name)].mean()
    return float(rate * HORIZON_MINUTES / PER_MINUTES)


def _by_task(seen: Observation, plan: NDArray[np.int64]) -> NDArray[np.float32]:
    """Prospects of everybody's task after the plan (S,), 0 without a task."""
    task, concept = present_tasks(seen)
    given = plan[:, 0] != Task.KEEP
    task, concept = np.where(given, plan[:, 0], task), np.where(given, plan[:, 1], concept)
    kind = np.where(task == Task.WORKED_EXAMPLE, _EXAMPLE, _PRACTICE)
    rate = seen["prospects"][np.arange(len(task)), concept, kind]
    return np.where(task == Task.KEEP, np.float32(0.0), rate)
