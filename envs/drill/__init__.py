"""A drill: one learner, few concepts, few decisions; small enough that the best tutor is known."""

from envs.drill.drawing import InstanceDraw
from envs.drill.environment import DrillEnv
from envs.drill.instance import DrillConcept, Instance

__all__ = ["DrillConcept", "DrillEnv", "Instance", "InstanceDraw"]
