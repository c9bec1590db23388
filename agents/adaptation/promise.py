"""What can be seen of a decision's worth: the gain that the belief promised for what it set.

The simulator's reward is hidden from a tutor. Three things can be observed in its place, and were
compared with it on 40 tuning classes of FSRS learners: correlation of the advantages, per learner
and per class; NLG that adapters learnt from it seemed to add to held-out courses, and did add:

| observable reward | per learner | per class | seemed | was |
|---|---|---|---|---|
| change of the delayed score that the belief expects | .07 | .15 | +.0054 | -.0002 |
| that change as it was promised before the decision: this one | .28 | .32 | +.0004 | -.0005 |
| promises weighed by what delayed tests say of each occupation | .02 | .28 | - | - |

What the belief learns from answers is noise where it is right, and where it is wrong it rewards
whatever makes it see its mistake, which is not the same as teaching. Tests cannot weigh occupations
either: a tutor explains to those who lag. So promises are the reward, and tests have their say in
`agents.adaptation.guard`. A promise shares the belief's mistakes: adapters learn what pays over
time in these classes by what is believed, not what the belief does not know.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from envs.activities import Activity, Task
from envs.spaces import BEHAVIOUR, EVIDENCE, PROSPECTS

Floats = NDArray[np.float64]
UNIT: Final = 1000.0
"""A prospect is points of 100 per ten minutes."""
_TASKS = slice(BEHAVIOUR.index("task_none"), BEHAVIOUR.index("task_practise_harder") + 1)
_WORKING_ON = EVIDENCE.index("working_on")
NOTHING: Final = len(PROSPECTS)
"""Where a column of zeros is put behind the prospects."""
OF_TASK: Final = np.full(len(Task), PROSPECTS.index("practice"))
OF_TASK[Task.KEEP], OF_TASK[Task.WORKED_EXAMPLE] = NOTHING, PROSPECTS.index("worked_example")
OF_CLASS: Final = {
    Activity.PRESENT: NOTHING,
    Activity.QUIZ: NOTHING,
    Activity.REST: NOTHING,
    Activity.DEMONSTRATE: PROSPECTS.index("demonstrate"),
    Activity.PEER: PROSPECTS.index("peer"),
}
"""Activities that claim everybody, and the prospect that is theirs."""


def promised_gain(
    obs: Mapping[str, NDArray[Any]], actions: NDArray[np.int64], minutes: Floats
) -> Floats:
    """What every learner should have gained on the delayed test, (B, S) in shares of its score.

    Args:
        obs: The contract's observation (B, ...) before the decision.
        actions: (B, 3 + 2 S).
        minutes: (B,) that the decision took.
    """
    activity, target, topic = actions[:, :3].T
    task, concept = actions[:, 3::2].copy(), actions[:, 4::2].copy()  # (B, S)
    keep = task == Task.KEEP
    task[keep] = obs["behaviour"][..., _TASKS].argmax(-1)[keep]
    concept[keep] = obs["evidence"][..., _WORKING_ON].argmax(-1)[keep]
    column = OF_TASK[task]
    for claims, prospect in OF_CLASS.items():
        column[activity == claims] = prospect
        concept[activity == claims] = topic[activity == claims, None]
    rows = np.flatnonzero((activity == Activity.EXPLAIN) & (target > 0))
    column[rows, target[rows] - 1] = PROSPECTS.index("explain")
    concept[rows, target[rows] - 1] = topic[rows]
    prospects = np.pad(obs["prospects"], ((0, 0),) * 3 + ((0, 1),))  # (B, S, C, 11)
    batch, learner = np.indices(column.shape)
    promised: Floats = prospects[batch, learner, concept, column] * minutes[:, None] / UNIT
    return promised
