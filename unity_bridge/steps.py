"""What the agents of a behaviour say in one message, as arrays, checked as they are read."""

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unity_bridge.faults import Garbled, NotFinite, WrongShape
from unity_bridge.mlagents import BehaviorSpec, DecisionSteps, TerminalSteps

PNG = b"\x89PNG\r\n\x1a\n"


def decisions_and_ends(
    agents: Sequence[Any], spec: BehaviorSpec, behavior: str
) -> tuple[DecisionSteps, TerminalSteps]:
    """Agents that ask for a decision, and agents whose episode ended.

    Args:
        agents: AgentInfoProto as in `unity_bridge.messages.WireMessage`.
        spec: Of the behaviour.
        behavior: Its name, for faults.

    Returns:
        Steps as mlagents-envs gives them; masks there are True where an action is NOT allowed.

    Raises:
        WrongShape, NotFinite, Garbled: An observation or reward is not as it must be.
    """
    asking = [agent for agent in agents if not agent.done]
    ended = [agent for agent in agents if agent.done]
    decisions = DecisionSteps(
        _observations(asking, spec, behavior),
        _rewards(asking, behavior, "reward"),
        np.array([agent.id for agent in asking], np.int32),
        _masks(asking, spec, behavior),
        np.array([agent.group_id for agent in asking], np.int32),
        _rewards(asking, behavior, "group_reward"),
    )
    ends = TerminalSteps(
        _observations(ended, spec, behavior),
        _rewards(ended, behavior, "reward"),
        np.array([agent.max_step_reached for agent in ended], np.bool_),
        np.array([agent.id for agent in ended], np.int32),
        np.array([agent.group_id for agent in ended], np.int32),
        _rewards(ended, behavior, "group_reward"),
    )
    return decisions, ends


def _rewards(agents: Sequence[Any], behavior: str, which: str) -> NDArray[np.float32]:
    rewards = np.array([getattr(agent, which) for agent in agents], np.float32)  # (agents,)
    for row in np.flatnonzero(~np.isfinite(rewards)).tolist():
        raise NotFinite(behavior, f"its {which}", agents[row].id, float(rewards[row]))
    return rewards


def _observations(
    agents: Sequence[Any], spec: BehaviorSpec, behavior: str
) -> list[NDArray[np.float32]]:
    """One array (agents, *shape) for each sensor."""
    expected = len(spec.observation_specs)
    for agent in agents:
        if len(agent.observations) != expected:
            got = f"of {len(agent.observations)} sensors"
            raise WrongShape(behavior, "list", agent.id, got, str(expected))
    arrays = []
    for n, sensor in enumerate(spec.observation_specs):
        said = [agent.observations[n] for agent in agents]
        try:
            array = _sensed(said, tuple(sensor.shape))
        except _MisshapenError as wrong:
            number, shapes = agents[wrong.row].id, (str(wrong.got), str(tuple(sensor.shape)))
            raise WrongShape(behavior, sensor.name, number, *shapes) from None
        if not np.isfinite(array).all():
            row, *index = np.argwhere(~np.isfinite(array))[0].tolist()
            where, value = f"observation {sensor.name}{index}", float(array[(row, *index)])
            raise NotFinite(behavior, where, agents[row].id, value)
        arrays.append(array)
    return arrays


class _MisshapenError(ValueError):
    def __init__(self, row: int, got: tuple[int, ...]) -> None:
        self.row, self.got = row, got


def _sensed(said: Sequence[Any], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """What one sensor says of each agent, (agents, *shape); pictures in [0, 1]."""
    if said and said[0].compression_type:
        pictures = [_picture(observation, shape) for observation in said]
        for row, picture in enumerate(pictures):
            if picture.shape != shape:
                raise _MisshapenError(row, picture.shape)
        return np.array(pictures, np.float32)
    numbers = np.frombuffer(bytearray().join([o.float_data.data for o in said]), "<f4")
    if numbers.size != len(said) * math.prod(shape):
        for row, observation in enumerate(said):
            if len(observation.float_data.data) != 4 * math.prod(shape):
                raise _MisshapenError(row, tuple(observation.shape))
    return numbers.reshape(-1, *shape)


def _picture(said: Any, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A picture sent as one PNG for each three channels, as `shape` has it.

    Unity packages before 3.0 describe height, width, channels; later ones channels first. The
    channel mapping says which of the sent channels make which of the observation's (their mean);
    without one, a single channel is the mean of the first three (ML-Agents' `rpc_utils`).
    """
    try:
        sent = [Image.open(io.BytesIO(PNG + part)) for part in said.compressed_data.split(PNG)[1:]]
        pixels = np.concatenate([np.atleast_3d(np.asarray(png)) for png in sent], axis=2)
    except (OSError, ValueError) as broken:
        raise Garbled(f"Observation {said.name}", f"it is no PNG ({broken})") from broken
    first = pixels.shape[:2] != shape[:2] and pixels.shape[:2] == shape[1:]
    channels = shape[0] if first else shape[2]
    makes = np.array(
        said.compressed_channel_mapping or ([0, 0, 0] if channels == 1 else range(channels))
    )[: pixels.shape[2]]
    made = [pixels[..., : makes.size][..., makes == c] for c in range(channels)]
    if any(sources.shape[2] == 0 for sources in made):
        reason = f"its {pixels.shape[2]} channels do not make {channels}"
        raise Garbled(f"Observation {said.name}", reason)
    return np.stack([c.mean(2, dtype=np.float32) / 255 for c in made], axis=0 if first else 2)


def _masks(agents: Sequence[Any], spec: BehaviorSpec, behavior: str) -> list[NDArray[Any]] | None:
    """For each branch (agents, actions), True where NOT allowed; None without branches."""
    branches = spec.action_spec.discrete_branches
    if not branches:
        return None
    masks = np.zeros((len(agents), sum(branches)), np.bool_)
    for row, agent in enumerate(agents):
        if agent.action_mask:
            if len(agent.action_mask) != sum(branches):
                got, expected = f"of {len(agent.action_mask)} actions", str(sum(branches))
                raise WrongShape(behavior, "action mask", agent.id, got, expected)
            masks[row] = np.frombuffer(agent.action_mask, np.bool_)
    return np.split(masks, np.cumsum(branches)[:-1], axis=1)
