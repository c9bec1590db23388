"""Reading prospects as gains, and how far ahead they look."""

import numpy as np
from numpy.typing import NDArray

from agents.tutors.greedy_choice import Gains
from agents.tutors.protocol import Observation
from agents.tutors.reading import attention, feature
from envs.activities import Task
from envs.spaces import PROSPECTS

Grid = NDArray[np.float64]
_OCCUPATIONS = len(PROSPECTS) // 2


def believed_gains(observation: Observation, successors: float) -> Gains:
    """Gains as the observation's prospects have them, in points per ten minutes.

    Args:
        observation: Its prospects, course and sensors.
        successors: See `patience`.

    Returns:
        Gains of every occupation, with what each opens.
    """
    prospects = observation["prospects"].astype(np.float64)
    own, ahead = prospects[..., :_OCCUPATIONS], prospects[..., _OCCUPATIONS:]
    total = own + patience(observation, successors)[:, None, None, None] * ahead
    example, practice, explain, peer, demonstrate = np.moveaxis(total, 3, 0)  # (B, S, C) each
    lapsed = np.clip(0.3 - attention(observation), 0.0, 1.0)
    return Gains(example, practice, explain, peer, demonstrate, lapsed)


def patience(observation: Observation, successors: float) -> Grid:
    """Worth (B,) of opening what builds on a concept: less as less time is left to go there."""
    left = feature(observation, "course", "course_left").astype(np.float64)
    return successors * left


def levels_at(mastery: Grid) -> NDArray[np.int64]:
    """Practice task at logit mastery: easier under 40 %, harder over 80 % expected success.

    Chosen, not tuned: about the middle of the three difficulties is asked of whoever is in between.
    """
    p = 1.0 / (1.0 + np.exp(-np.clip(mastery, -30.0, 30.0)))
    level = np.where(p > 0.8, Task.PRACTISE_HARDER, Task.PRACTISE_MATCHED)
    return np.where(p < 0.4, Task.PRACTISE_EASIER, level).astype(np.int64)
