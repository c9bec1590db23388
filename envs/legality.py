"""What the rules allow, as masks; and the check of an action against them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import (
    ACTIVITIES,
    ADDRESSES_CLASS,
    ADDRESSES_LEARNER,
    TASKS,
    USES_CONCEPT,
    Activity,
    Task,
)
from envs.compiled import compiled
from envs.instruction import neighbour
from envs.state import Ints

Mask = NDArray[np.float32]

LEGAL = -1
"""Code of a legal action; other codes are the position in the action of the first illegal part."""


class Masks(NamedTuple):
    """The contract's masks (1 = allowed) for B classrooms."""

    activity_mask: Mask  # (B, A)
    target_mask: Mask  # (B, A, S + 1)
    concept_mask: Mask  # (B, A, C)
    task_mask: Mask  # (B, S, K)
    task_concept_mask: Mask  # (B, K, C)
    learner_present: Mask  # (B, S)
    concept_present: Mask  # (B, C)


def empty_masks(batch: int, learners: int, concepts: int) -> Masks:
    """Allocate masks and fill what never changes.

    An activity without a concept (circulate, rest) and the task keep allow concept 0 only, so that
    each thing a tutor can do is written in one way.
    """
    concept_mask = np.ones((batch, ACTIVITIES, concepts), np.float32)
    concept_mask[:, ~USES_CONCEPT, 1:] = 0.0
    task_concept_mask = np.ones((batch, TASKS, concepts), np.float32)
    task_concept_mask[:, Task.KEEP, 1:] = 0.0
    return Masks(
        activity_mask=np.ones((batch, ACTIVITIES), np.float32),
        target_mask=np.zeros((batch, ACTIVITIES, learners + 1), np.float32),
        concept_mask=concept_mask,
        task_mask=np.ones((batch, learners, TASKS), np.float32),
        task_concept_mask=task_concept_mask,
        learner_present=np.ones((batch, learners), np.float32),
        concept_present=np.ones((batch, concepts), np.float32),
    )


@compiled
def write_masks(b: int, present: Ints, columns: int, masks: Masks) -> None:
    """Write classroom b's masks.

    Everything but circulate and rest needs somebody there; peer needs two neighbours who are
    there; a learner who left can be neither addressed nor given a task. Where an activity is not
    allowed at all, its target is still 0, so that no mask is ever empty.

    Args:
        b: Classroom.
        present: (S,) 1 where the learner is there.
        columns: Seats in a row.
        masks: Written in place.
    """
    learners = present.shape[0]
    somebody = 0
    pairs = 0
    for i in range(learners):
        somebody += present[i]
        j = neighbour(i, columns, learners)
        if j > i and present[i] == 1 and present[j] == 1:
            pairs += 1
        masks.learner_present[b, i] = present[i]
        for task in range(1, masks.task_mask.shape[2]):
            masks.task_mask[b, i, task] = present[i]
    for activity in range(masks.activity_mask.shape[1]):
        allowed = somebody > 0 or activity in (Activity.CIRCULATE, Activity.REST)
        if activity == Activity.PEER:
            allowed = pairs > 0
        masks.activity_mask[b, activity] = 1.0 if allowed else 0.0
        to_class = ADDRESSES_CLASS[activity] or not allowed
        masks.target_mask[b, activity, 0] = 1.0 if to_class else 0.0
        for i in range(learners):
            reachable = ADDRESSES_LEARNER[activity] and present[i] == 1
            masks.target_mask[b, activity, i + 1] = 1.0 if reachable else 0.0


@compiled
def first_illegal(b: int, action: Ints, masks: Masks) -> int:
    """Position of the first illegal part of an action, or LEGAL."""
    activity, target, concept = action[0], action[1], action[2]
    if not _allowed(masks.activity_mask[b], activity):
        return 0
    if not _allowed(masks.target_mask[b, activity], target):
        return 1
    if not _allowed(masks.concept_mask[b, activity], concept):
        return 2
    for i in range(masks.task_mask.shape[1]):
        task = action[3 + 2 * i]
        if not _allowed(masks.task_mask[b, i], task):
            return 3 + 2 * i
        if not _allowed(masks.task_concept_mask[b, task], action[4 + 2 * i]):
            return 4 + 2 * i
    return LEGAL


@compiled
def _allowed(mask: Mask, choice: int) -> bool:
    return bool(0 <= choice < mask.shape[0] and mask[choice] > 0.0)


@compiled
def make_legal(b: int, action: Ints, masks: Masks) -> None:
    """Replace what is illegal: the tutor circulates, the learner keeps the task. In place."""
    own = _allowed(masks.activity_mask[b], action[0])
    own = own and _allowed(masks.target_mask[b, action[0]], action[1])
    own = own and _allowed(masks.concept_mask[b, action[0]], action[2])
    if not own:
        action[0], action[1], action[2] = Activity.CIRCULATE, 0, 0
    for i in range(masks.task_mask.shape[1]):
        task = action[3 + 2 * i]
        legal = _allowed(masks.task_mask[b, i], task)
        legal = legal and _allowed(masks.task_concept_mask[b, task], action[4 + 2 * i])
        if not legal:
            action[3 + 2 * i], action[4 + 2 * i] = Task.KEEP, 0


def explain_illegal(b: int, action: Ints, position: int, masks: Masks) -> str:
    """Say which rule an action breaks, with the value and what was expected."""
    activity = int(action[0])
    name = f" of {Activity(activity).name.lower()}" if position in (1, 2) else ""
    if position == 0:
        part, mask = "activity", masks.activity_mask[b]
    elif position == 1:
        part, mask = "target" + name, masks.target_mask[b, activity]
    elif position == 2:
        part, mask = "concept" + name, masks.concept_mask[b, activity]
    else:
        learner, is_concept = divmod(position - 3, 2)
        task = int(action[3 + 2 * learner])
        part = f"learner {learner}'s " + ("concept" if is_concept else "task")
        mask = masks.task_concept_mask[b, task] if is_concept else masks.task_mask[b, learner]
    allowed = ", ".join(str(choice) for choice in np.flatnonzero(mask))
    value = int(action[position])
    return f"action {b}: {part} is {value}, which the masks forbid; expected one of {allowed}"
