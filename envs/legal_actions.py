"""Actions are checked before they are played, in the simulation and before they go to a build."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from envs.legality import LEGAL, Masks, explain_illegal, first_illegal, make_legal


def shown_masks(observation: Mapping[str, NDArray[np.float32]]) -> Masks:
    """The masks in an observation (B, ...)."""
    return Masks(**{name: observation[name] for name in Masks._fields})


def legal(actions: NDArray[np.integer], masks: Masks, on_illegal: str) -> NDArray[np.int64]:
    """Actions (B, 3 + 2 S) within the masks.

    Args:
        actions: Integers of the action space.
        masks: What is allowed, (B, ...).
        on_illegal: "error", or "circulate" to replace what the masks forbid.

    Returns:
        A copy.

    Raises:
        ValueError: Wrong shape or type, or an illegal action (on_illegal "error"); the message
            names classroom, part, value and what is allowed.
    """
    given = np.asarray(actions)
    classrooms, learners = masks.task_mask.shape[:2]
    shape = (classrooms, 3 + 2 * learners)
    if given.shape != shape or not np.issubdtype(given.dtype, np.integer):
        expected = f"integers of shape {shape}"
        raise ValueError(f"actions are {given.dtype} of shape {given.shape}; expected {expected}")
    taken = given.astype(np.int64)
    for b in range(classrooms):
        if on_illegal == "circulate":
            make_legal(b, taken[b], masks)
        elif (position := first_illegal(b, taken[b], masks)) != LEGAL:
            raise ValueError(explain_illegal(b, taken[b], position, masks))
    return taken
