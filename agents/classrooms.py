"""What a training run teaches: built-in classrooms, or copies of an environment of one's own."""

import numpy as np

from agents.presets import TrainConfig
from agents.sb3_adapter import SB3Classrooms
from agents.variety import Variety, drawn
from envs.constants import Constants
from envs.copies import Copies
from envs.curricula import find
from envs.entry_point import find_classroom
from envs.groups import ClassroomGroups
from envs.vector import ClassroomVectorEnv


def classrooms(config: TrainConfig) -> SB3Classrooms:
    """The batch to train in; built-in classrooms are spread over the course.

    Raises:
        ValueError: There is no such curriculum or environment, or it contradicts the contract.
    """
    if config.env is not None:
        return SB3Classrooms(Copies(find_classroom(config.env), config.classrooms))
    env = SB3Classrooms(_alike(config) if config.variety == Variety() else _varied(config))
    env.set_options({"spread": True})
    return env


def _alike(config: TrainConfig) -> ClassroomVectorEnv:
    return ClassroomVectorEnv(
        config.classrooms,
        course=config.course,
        curriculum=find(config.curriculum),
        constants=config.population.constants,
        believed=Constants(),
        threads=config.simulation_threads,
    )


def _varied(config: TrainConfig) -> ClassroomGroups:
    """Groups as equal in size as can be; the tutor's belief is not told of their constants."""
    usual = config.population.constants
    groups = list(drawn(config.variety, config.course, config.curriculum, usual))
    rows = np.array_split(np.arange(config.classrooms), len(groups))
    return ClassroomGroups(
        [
            ClassroomVectorEnv(
                len(own),
                course=group.course,
                curriculum=group.curriculum,
                constants=group.constants,
                believed=Constants(),
                threads=config.simulation_threads,
            )
            for own, group in zip(rows, groups, strict=True)
        ]
    )
