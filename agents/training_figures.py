"""What TensorBoard shows of a rollout and of the update that learnt from it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.utils import explained_variance
from torch import Tensor

from agents import distributed
from agents.auxiliary import AuxiliaryLosses
from agents.losses import Losses
from agents.rollout import ClassroomRollout

NOT_FIGURES: Final = ("r", "l", "t")
LOSSES: Final = (*Losses._fields, *AuxiliaryLosses._fields)


def record_rollout(
    logger: Logger, terms: Mapping[str, float], minutes: float, courses: Sequence[Mapping[str, Any]]
) -> None:
    """Record what a rollout earned, and how recent courses ended.

    Args:
        logger: Records it.
        terms: Sum of each term of the reward in this process; recorded per hour of all processes.
        minutes: Over which they were earned.
        courses: Reports of courses that ended, of all processes.
    """
    sums = torch.tensor([minutes, *terms.values()], dtype=torch.float64)
    minutes, *totals = distributed.total(sums).tolist()
    for name, total in zip(terms, totals, strict=True):
        logger.record(f"reward/{name}_per_hour", 60 * total / minutes)
    for name in courses[0] if courses else ():
        if name not in NOT_FIGURES:
            logger.record(f"learner/{name}", np.mean([each[name] for each in courses]))


def record_update(
    logger: Logger, means: Tensor, rollout: ClassroomRollout, gain_rate: float
) -> None:
    """Record the mean losses, in the order of `LOSSES`, and what came of the value estimate.

    The explained variance is that of this process's own rollout.
    """
    for name, value in zip(LOSSES[: len(means)], means.tolist(), strict=True):
        section = "policy" if "entropy" in name else "train"
        logger.record(f"{section}/{name}", value)
    there = rollout.present.bool()
    predicted, real = (t[there].cpu().numpy() for t in (rollout.values, rollout.returns))
    logger.record("train/explained_variance", explained_variance(predicted, real))
    logger.record("train/gain_per_hour", 60 * gain_rate)
