"""What a tutor can do and what a learner can be set to: the two halves of every action."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

SECONDS_PER_STEP = 30
STEPS_PER_MINUTE = 60 // SECONDS_PER_STEP


class Activity(IntEnum):
    """The tutor's own activity during one decision."""

    CIRCULATE = 0
    PRESENT = 1
    DEMONSTRATE = 2
    QUIZ = 3
    EXPLAIN = 4
    PEER = 5
    CUE = 6
    REST = 7


class Task(IntEnum):
    """What the plan tells one learner to do whenever the tutor's activity leaves them free."""

    KEEP = 0
    WORKED_EXAMPLE = 1
    PRACTISE_EASIER = 2
    PRACTISE_MATCHED = 3
    PRACTISE_HARDER = 4


class Occupation(IntEnum):
    """What one learner really does during a step, after activity and task are combined."""

    NONE = 0
    PRESENT = 1
    DEMONSTRATE = 2
    QUIZ = 3
    EXPLAIN = 4
    PEER = 5
    REST = 6
    WORKED_EXAMPLE = 7
    PRACTISE_EASIER = 8
    PRACTISE_MATCHED = 9
    PRACTISE_HARDER = 10


ACTIVITIES = len(Activity)
TASKS = len(Task)
OCCUPATIONS = len(Occupation)

MINUTES: NDArray[np.float64] = np.array([2.0, 4.0, 6.0, 3.0, 2.0, 5.0, 0.5, 4.0])  # (A,)
"""Length of each activity in minutes, and so of the decision."""

STEPS: NDArray[np.int64] = (MINUTES * STEPS_PER_MINUTE).astype(np.int64)  # (A,)

CLAIMS_CLASS: NDArray[np.bool_] = np.isin(
    np.arange(ACTIVITIES),
    [Activity.PRESENT, Activity.DEMONSTRATE, Activity.QUIZ, Activity.PEER, Activity.REST],
)  # (A,)
"""True where the activity claims every learner, so that all tasks are suspended."""

ADDRESSES_LEARNER: NDArray[np.bool_] = np.isin(
    np.arange(ACTIVITIES), [Activity.EXPLAIN, Activity.CUE]
)  # (A,)
"""True where the activity may be directed at one learner."""

ADDRESSES_CLASS: NDArray[np.bool_] = np.arange(ACTIVITIES) != Activity.EXPLAIN  # (A,)
"""True where target 0 (the class, or nobody in particular) is allowed."""

USES_CONCEPT: NDArray[np.bool_] = ~np.isin(
    np.arange(ACTIVITIES), [Activity.CIRCULATE, Activity.REST]
)  # (A,)
"""True where the activity is about a concept; elsewhere the concept must be 0."""
