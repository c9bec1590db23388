"""The parts of a policy's network, by how it mixes what it knows."""

from typing import NamedTuple

from gymnasium import spaces

from policies.config import PolicyConfig
from policies.encoder import Encoder, size
from policies.flat import FlatEncoder, FlatPlanHead, FlatTutorHead, FlatValueHead
from policies.heads import PlanHead, TutorHead, ValueHead


class Network(NamedTuple):
    """An encoder and the heads that work on what it gives."""

    encoder: Encoder | FlatEncoder
    tutor_head: TutorHead | FlatTutorHead
    plan_head: PlanHead | FlatPlanHead
    value_head: ValueHead | FlatValueHead


def build(space: spaces.Dict, config: PolicyConfig) -> Network:
    """Make the parts for a contract's observation space.

    Raises:
        ValueError: The configuration ignores a key that the space has not.
    """
    if unknown := sorted(set(config.ignores) - set(space.spaces)):
        raise ValueError(f"ignores has {unknown}; expected some of {sorted(space.spaces)}")
    if config.mixing == "flat":
        return Network(
            FlatEncoder(space, config),
            FlatTutorHead(space, config),
            FlatPlanHead(space, config),
            FlatValueHead(space, config),
        )
    return Network(
        Encoder(space, config),
        TutorHead(config, size(space, "activity_mask", 0)),
        PlanHead(config, size(space, "task_mask", 1)),
        ValueHead(config),
    )
