"""What an error may be due to: the first link of the prerequisites that does not hold.

In the learner model (LEARNERS.md section 4, `envs.learners.calibrated`) what a learner lacks of a
prerequisite hardly touches the answer itself (a fifth of what was practised of it): it acts on
learning. Instruction on a concept takes by the readiness

    floor + (1 - floor) sigmoid(k_p min over parents of z),

so the weakest parent alone holds a concept back, and is itself held back by its own weakest parent.
Hence the cause of an error on a concept is found by going from link to link:

1. The concept is mastered (z >= 0: right more often than wrong on a matched item): a slip, by
   inattention, a hard item, or chance.
2. Else go to its weakest prerequisite as long as that is not mastered either; where all of a
   concept's prerequisites are mastered, that concept is the cause: what to teach first.

With the hidden z this is the true cause; over draws from the belief it is a probability.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SLIP: Final = -1
"""In the place of a concept: none is the cause."""
DRAWS: Final = 512
"""Draws from the belief; the standard error of a probability is at most .022."""
_SEED: Final = 5

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def first_gap(mastery: Floats, concept: int, parents: Ints) -> Ints:
    """The cause of an error by known masteries.

    Args:
        mastery: (D, C) logit mastery in D cases.
        concept: Of the item.
        parents: (C, P) direct prerequisites, padded with -1.

    Returns:
        (D,) concepts, or SLIP.
    """
    rows = np.arange(len(mastery))
    lacking = mastery[:, concept] < 0.0
    at, going = np.full(len(mastery), concept), lacking
    while going.any():
        before = parents[at]  # (D, P)
        held = np.where(before >= 0, mastery[rows[:, None], before], np.inf)
        going = going & (held.min(axis=1) < 0.0)
        at = np.where(going, before[rows, held.argmin(axis=1)], at)
    return np.where(lacking, at, SLIP)


def probabilities(mean: Floats, spread: Floats, concept: int, parents: Ints) -> Floats:
    """Probability (C + 1,) of each concept, and last of a slip, to be the cause of an error.

    Args:
        mean: (C,) believed logit mastery of the learner who erred, the error taken in.
        spread: (C,) its standard deviations; concepts are drawn independently of one another.
        concept: Of the item.
        parents: (C, P) direct prerequisites, padded with -1.
    """
    noise = np.random.default_rng(_SEED).standard_normal((DRAWS, len(mean)))
    causes = first_gap(mean + spread * noise, concept, parents)
    shares: Floats = np.bincount(causes % (len(mean) + 1), minlength=len(mean) + 1) / DRAWS
    return shares
