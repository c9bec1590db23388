"""What a training run teaches: built-in classrooms, or copies of an environment of one's own."""

from agents.presets import TrainConfig
from agents.sb3_adapter import SB3Classrooms
from envs.copies import Copies
from envs.curricula import find
from envs.entry_point import find_classroom
from envs.vector import ClassroomVectorEnv


def classrooms(config: TrainConfig) -> SB3Classrooms:
    """The batch to train in; built-in classrooms are spread over the course.

    Raises:
        ValueError: There is no such curriculum or environment, or it contradicts the contract.
    """
    if config.env is not None:
        return SB3Classrooms(Copies(find_classroom(config.env), config.classrooms))
    env = SB3Classrooms(
        ClassroomVectorEnv(
            config.classrooms,
            course=config.course,
            curriculum=find(config.curriculum),
            threads=config.simulation_threads,
        )
    )
    env.set_options({"spread": True})
    return env
