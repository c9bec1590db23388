"""A behaviour of a Unity scene in Gymnasium's words: spaces, named observations, masks, actions."""

from itertools import count
from typing import Any

import numpy as np
from gymnasium import Space
from gymnasium.spaces import Box, Dict, Discrete, MultiDiscrete
from numpy.typing import NDArray

from unity_bridge.masks import inverted
from unity_bridge.mlagents import ActionTuple, BehaviorSpec, DimensionProperty

Arrays = dict[str, Any]
"""float32 arrays by the sensors' names."""


class Behavior:
    """What the agents of one behaviour see and do; N agents at a time.

    Attributes:
        observation_space: For one agent: Dict of float32, one key for each sensor by its name
            ("obs_2" where it has none, "name_2" where another has the same, or the next free
            number). A sensor of variable length (a BufferSensor) is padded with zeros; its rows
            that hold something are 1 in "name_present", found as ML-Agents' own trainer does it: a
            row of zeros is padding.
        action_space: Box in [-1, 1] for continuous actions, Discrete for one branch, MultiDiscrete
            for several; a Dict with "continuous" and "discrete" for both.
        choices: Actions in all branches together, the length of a mask.
    """

    def __init__(self, name: str, spec: BehaviorSpec) -> None:
        self.name, self.spec = name, spec
        sensors = spec.observation_specs
        self._keys = _unique([own.name or f"obs_{n}" for n, own in enumerate(sensors)])
        pairs = zip(self._keys, sensors, strict=True)
        buffers = [key for key, sensor in pairs if _is_buffer(sensor)]
        present = _unique(self._keys + [f"{key}_present" for key in buffers])[len(sensors) :]
        self._buffers = dict(zip(buffers, present, strict=True))
        self._branches = tuple(int(branch) for branch in spec.action_spec.discrete_branches)
        self._continuous = int(spec.action_spec.continuous_size)
        self.choices = sum(self._branches)
        self.observation_space = self._observation_space()
        self.action_space = self._action_space()

    def _observation_space(self) -> Dict:
        sensors = zip(self._keys, self.spec.observation_specs, strict=True)
        spaces: dict[str, Space[Any]] = {
            key: Box(-np.inf, np.inf, tuple(sensor.shape), np.float32) for key, sensor in sensors
        }
        for key, present in self._buffers.items():
            spaces[present] = Box(0, 1, (spaces[key].shape or ())[:1], np.float32)
        return Dict(spaces)

    def _action_space(self) -> Space[Any]:
        continuous = Box(-1, 1, (self._continuous,), np.float32)
        if not self._branches:
            return continuous
        several = len(self._branches) > 1
        discrete = MultiDiscrete(list(self._branches)) if several else Discrete(self._branches[0])
        return Dict(continuous=continuous, discrete=discrete) if self._continuous else discrete

    def observations(self, steps: Any) -> Arrays:
        """What the agents of DecisionSteps or TerminalSteps see, each (N, ...)."""
        seen: Arrays = dict(zip(self._keys, steps.obs, strict=True))
        for key, present in self._buffers.items():
            seen[present] = np.any(seen[key], axis=2).astype(np.float32)
        return seen

    def allowed(self, decisions: Any) -> NDArray[np.bool_]:
        """(N, choices) True where an agent may choose an action, branch after branch."""
        if not self._branches:
            return np.ones((len(decisions), 0), np.bool_)
        return inverted(np.concatenate(decisions.action_mask, axis=1))

    def sampling_mask(self, allowed: NDArray[np.bool_]) -> Any:
        """One agent's mask in the form that `action_space.sample` takes; None without branches."""
        if not self._branches:
            return None
        branches = np.split(allowed.astype(np.int8), np.cumsum(self._branches)[:-1])
        discrete = tuple(branches) if len(branches) > 1 else branches[0]
        return {"continuous": None, "discrete": discrete} if self._continuous else discrete

    def actions(self, chosen: Any, agents: int) -> ActionTuple:
        """The message for N agents' actions, given as a batch of `action_space`.

        Raises:
            ValueError: They are not N, not finite, or outside a branch.
        """
        both = bool(self._branches) and bool(self._continuous)
        continuous = chosen["continuous"] if both else chosen if self._continuous else ()
        discrete = chosen["discrete"] if both else () if self._continuous else chosen
        amounts = _table("continuous", continuous, (agents, self._continuous)).astype(np.float32)
        if not np.isfinite(amounts).all():
            raise ValueError(f"continuous actions are {continuous}; expected finite numbers")
        picks = _table("discrete", discrete, (agents, len(self._branches)))
        whole = picks.astype(np.int32)
        if (whole != picks).any() or (whole < 0).any() or (whole >= self._branches).any():
            raise ValueError(
                f"discrete actions are {picks.tolist()}; expected integers from 0 to below "
                f"{list(self._branches)}"
            )
        return ActionTuple(continuous=amounts, discrete=whole)


def _table(kind: str, values: Any, shape: tuple[int, int]) -> NDArray[Any]:
    table = np.asarray(values)
    if table.size != shape[0] * shape[1]:
        raise ValueError(
            f"{kind} actions have shape {table.shape}; expected {shape[0]} agents with {shape[1]}"
        )
    return table.reshape(shape)


def _is_buffer(sensor: Any) -> bool:
    variable = DimensionProperty.VARIABLE_SIZE
    return len(sensor.shape) == 2 and bool(sensor.dimension_property[0] & variable)


def _unique(names: list[str]) -> list[str]:
    """The names, those that came before with the first number behind that makes them new."""
    unique: list[str] = []
    for n, name in enumerate(names):
        taken = {*unique, *names[n + 1 :]} if name in unique else set()
        numbered = (f"{name}_{number}" for number in count(2))
        unique.append(next(own for own in numbered if own not in taken) if taken else name)
    return unique
