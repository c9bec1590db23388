"""What the Gaussian tracer knows, and the logit mastery that follows from it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.compiled import compiled
from envs.tracing.model import Model
from envs.tracing.practice import Practice
from envs.tracing.star import ABILITY, Star, effect_mean


class Tracking(NamedTuple):
    """Everything the tracer knows and writes."""

    star: Star
    practice: Practice
    clock: NDArray[np.float64]  # (B,) course clock in hours
    lesson: NDArray[np.float64]  # (B,) long pauses so far
    belief: NDArray[np.float32]  # (B, S, C, 2)
    understanding: NDArray[np.float32]  # (B, S, C, 2)
    predicted: NDArray[np.float32]  # (B, S, M) probability given to each answer beforehand


@compiled
def mastery_mean(
    b: int, i: int, c: int, u: float, practised: float, star: Star, easiness: float, model: Model
) -> float:
    """Expected logit mastery.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        u: Expected understanding.
        practised: Expected logits from practice: learned, transfer and boost.
        star: The belief.
        easiness: Of the concept.
        model: Constants.

    Returns:
        Logit of a correct answer on an item of difficulty 0, with full attention.
    """
    own = star.hub_mean[b, i, ABILITY] + effect_mean(b, i, c, star)
    lacking = model.gap * (1.0 - u)
    return float(model.intercept + easiness + own + practised - lacking)


@compiled
def understanding_load(n: float, model: Model) -> float:
    """Derivative of the logit mastery in the understanding, after n opportunities."""
    return model.gap + model.jump * min(1.0, n)
