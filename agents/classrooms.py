"""What a training run teaches: built-in classrooms, or copies of an environment of one's own."""

import numpy as np

from agents import distributed
from agents.presets import TrainConfig
from agents.sb3_adapter import SB3Classrooms
from agents.variety import Variety, drawn
from envs.constants import Constants
from envs.copies import Copies
from envs.curricula import find
from envs.entry_point import find_classroom
from envs.groups import ClassroomGroups
from envs.vector import ClassroomVectorEnv


def classrooms(config: TrainConfig, on_illegal: str = "error") -> SB3Classrooms:
    """The batch to train in; built-in classrooms are spread over the course.

    Where several processes train together: this one's share, of every group of a variety alike.

    Args:
        config: What is taught to whom.
        on_illegal: What a built-in classroom does with an action that the masks forbid: "error" or
            "circulate".

    Raises:
        ValueError: There is no such curriculum or environment, or it contradicts the contract; or
            the classrooms cannot be shared out among the processes.
    """
    own = distributed.share(config.classrooms, "classrooms", config.variety.groups)
    if config.env is not None:
        return SB3Classrooms(Copies(find_classroom(config.env), own))
    make = _alike if config.variety == Variety() else _varied
    env = SB3Classrooms(make(config, own, on_illegal))
    env.set_options({"spread": True, "part": (distributed.rank(), distributed.size())})
    return env


def _alike(config: TrainConfig, classrooms: int, on_illegal: str) -> ClassroomVectorEnv:
    return ClassroomVectorEnv(
        classrooms,
        course=config.course,
        curriculum=find(config.curriculum),
        constants=config.population.constants,
        believed=Constants(),
        on_illegal=on_illegal,
        threads=distributed.threads(config.simulation_threads),
    )


def _varied(config: TrainConfig, classrooms: int, on_illegal: str) -> ClassroomGroups:
    """Groups as equal in size as can be; the tutor's belief is not told of their constants."""
    usual = config.population.constants
    groups = list(drawn(config.variety, config.course, config.curriculum, usual))
    rows = np.array_split(np.arange(classrooms), len(groups))
    return ClassroomGroups(
        [
            ClassroomVectorEnv(
                len(own),
                course=group.course,
                curriculum=group.curriculum,
                constants=group.constants,
                believed=Constants(),
                on_illegal=on_illegal,
                threads=distributed.threads(config.simulation_threads),
            )
            for own, group in zip(rows, groups, strict=True)
        ]
    )
