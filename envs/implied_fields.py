"""Fields of an observation that follow from the curriculum, the class's size and who is there."""

import numpy as np
from numpy.typing import NDArray

from envs.constants import Constants
from envs.curriculum import Curriculum
from envs.legality import empty_masks, write_masks
from envs.observing import empty_views
from envs.world import seat_plan, seats_per_row

Single = NDArray[np.float32]


def implied(present: Single, curriculum: Curriculum) -> dict[str, Single]:
    """Concepts, prerequisites, seats and masks, without a batch axis.

    Args:
        present: (S,) 1 where the learner is there.
        curriculum: What is taught.

    Returns:
        All fields of `envs.spaces`; those that follow from something else are zeros.
    """
    learners = len(present)
    seats = seat_plan(learners, Constants().attention.contagion_behind)
    views = empty_views(1, learners, curriculum.arrays(), seats)
    masks = empty_masks(1, learners, curriculum.size)
    write_masks(0, (present > 0).astype(np.int64), seats_per_row(learners), masks)
    return {name: array[0] for name, array in (views._asdict() | masks._asdict()).items()}
