"""Actions are checked before they are sent: a build has nobody to complain to."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from envs.legality import LEGAL, Masks, explain_illegal, first_illegal, make_legal
from unity_bridge.layout import Floats


def legal(
    actions: NDArray[np.integer], observation: Mapping[str, Floats], on_illegal: str
) -> NDArray[np.int64]:
    """Actions (B, 3 + 2 S) within the observation's masks, as the simulated classroom takes them.

    Args:
        actions: Integers of the action space.
        observation: What the actions answer, (B, ...).
        on_illegal: "error", or "circulate" to replace what the masks forbid.

    Raises:
        ValueError: Wrong shape or type, or an illegal action (on_illegal "error"); the message
            names classroom, part, value and what is allowed.
    """
    given = np.asarray(actions)
    classrooms, learners = observation["learner_present"].shape
    shape = (classrooms, 3 + 2 * learners)
    if given.shape != shape or not np.issubdtype(given.dtype, np.integer):
        expected = f"integers of shape {shape}"
        raise ValueError(f"actions are {given.dtype} of shape {given.shape}; expected {expected}")
    taken = given.astype(np.int64)
    masks = Masks(**{name: observation[name] for name in Masks._fields})
    for b in range(classrooms):
        if on_illegal == "circulate":
            make_legal(b, taken[b], masks)
        elif (position := first_illegal(b, taken[b], masks)) != LEGAL:
            raise ValueError(explain_illegal(b, taken[b], position, masks))
    return taken
