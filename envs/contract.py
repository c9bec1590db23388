"""Any environment as a classroom: what it offers of the contract is kept, the rest is filled in."""

from collections.abc import Mapping
from typing import Any, Final, SupportsFloat, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.spaces.utils import flatten, flatten_space
from numpy.typing import NDArray

from envs.contract_sizes import ACTION_MASK, AXES, PAIRS, PREFIXES, Sizes, axes_of, read_sizes
from envs.spaces import MODALITIES

Array = NDArray[np.float32]
Observation = dict[str, Array]

MINUTES: Final = 1.0
"""Minutes of a decision where the environment names none."""
WHOLE: Final = "observation"
"""Key of an observation that is not a Dict."""
_TELL_LEARNERS_APART: Final = {"behaviour", "seats", *MODALITIES}
_TELL_CONCEPTS_APART: Final = {"concepts", "prerequisites"}


class ContractWrapper(gym.Wrapper[Observation, NDArray[np.int64], Any, Any]):
    """Turns an environment that offers part of the contract of `envs.spaces` into one with all.

    | the environment has | becomes |
    |---|---|
    | a key of the contract | that key, as it is |
    | any other (S, F), or `learner_...` (S,) or (S, F) | further features of `behaviour` |
    | any other (C, F), or `concept_...` (C,) or (C, F) | further features of `concepts` |
    | any other (S, C, F) | a pair key of its own |
    | any other (G,), (), Discrete or the like (one-hot) | further features of `course` |
    | an observation that is not a Dict | the same, as the one key `observation` |
    | `action_mask` (C,), in obs or info | the plan's `task_concept_mask` |
    | no such key | zeros of width 1; modalities missing; all allowed, all present |

    Where nothing tells the learners apart, or the concepts, each gets its own number (one-hot): to
    the policy they would all be the same.

    Actions are the contract's. `MultiDiscrete([A, S + 1, C] + [K, C] * S)` passes through;
    `Discrete(C)`, `MultiDiscrete([C] * S)` and `MultiDiscrete([K, C] * S)` are the plan, beside one
    activity of the tutor with one target and one concept.

    `info` gets `minutes` and `learner_reward` (S,) where the environment does not give them: 1, and
    the reward in equal parts to the learners present.

    Args:
        env: Not vectorised.

    Raises:
        ValueError: Spaces contradict each other or the contract; the message names keys and shapes.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        own = {key: _as_box(key, space) for key, space in _keys(env.observation_space).items()}
        mask = own.pop(ACTION_MASK, None)
        self.sizes = sizes = read_sizes(spaces.Dict(cast("Any", own)), env.action_space)
        if mask is not None:
            self._check_mask(tuple(mask.shape))
        self._parts = _group(own, sizes)
        self._neutral = neutral(sizes, told=set(self._parts))
        self.observation_space = cast("Any", self._contract_space(own))
        plan = [sizes.tasks, sizes.concepts] * sizes.learners
        own_part = [sizes.activities, sizes.learners + 1, sizes.concepts]
        self.action_space = spaces.MultiDiscrete(np.array([*own_part, *plan], np.int64))
        self._start = np.ravel(getattr(env.action_space, "start", 0))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start an episode, as the environment does."""
        obs, info = self.env.reset(seed=seed, options=options)
        return self.observe(obs, info), info

    def step(
        self, action: NDArray[np.int64]
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Play one decision (3 + 2 S,)."""
        obs, reward, terminated, truncated, info = self.env.step(self.own_action(action))
        observation = self.observe(obs, info)
        facts: dict[str, Any] = {"minutes": float(info.get("minutes", MINUTES))}
        present = observation["learner_present"].astype(np.float64)  # (S,)
        if not present.any():
            present[:] = 1
        equal = float(reward) * present / present.sum()
        facts["learner_reward"] = np.array(info.get("learner_reward", equal), np.float64)
        return observation, reward, terminated, truncated, info | facts

    def own_action(self, action: NDArray[np.int64]) -> Any:
        """The environment's own action in a contract's action (3 + 2 S,)."""
        own = np.asarray(action)[list(self.sizes.positions)] + self._start
        shape = self.env.action_space.shape
        return own.reshape(shape) if shape else int(own[0])

    def contract_action(self, own: Any) -> NDArray[np.int64]:
        """The contract's action (3 + 2 S,) that stands for one of the environment's own."""
        action = np.zeros(3 + 2 * self.sizes.learners, np.int64)
        action[list(self.sizes.positions)] = np.ravel(own) - self._start
        return action

    def observe(self, obs: Any, info: Mapping[str, Any]) -> Observation:
        """The contract's observation, from the environment's own and its info."""
        offered = self.env.observation_space
        whole: Mapping[str, Any] = obs if isinstance(offered, spaces.Dict) else {WHOLE: obs}
        arrays = {key: _as_array(space, whole[key]) for key, space in _keys(offered).items()}
        observation = {key: array.copy() for key, array in self._neutral.items()}
        for group, parts in self._parts.items():
            observation[group] = self._joined(group, parts, arrays)
        mask = arrays.get(ACTION_MASK, info.get(ACTION_MASK))
        if mask is not None:
            self._check_mask(np.shape(mask))
            observation["task_concept_mask"][0] = mask
        return observation

    def _joined(self, group: str, parts: tuple[str, ...], arrays: Mapping[str, Array]) -> Array:
        """Features of several keys side by side; masks and graphs as they are."""
        axes = AXES.get(group, "SCF")
        if axes[-1] not in "FG":
            return arrays[parts[0]]
        rows = tuple(self.sizes.length(axis) for axis in axes[:-1])
        return np.concatenate([arrays[part].reshape(*rows, -1) for part in parts], axis=-1)

    def _contract_space(self, own: dict[str, spaces.Box]) -> spaces.Dict:
        low, high = ({k: getattr(box, end) for k, box in own.items()} for end in ("low", "high"))
        boxes = {key: _box(0 * array, 0 * array + 1) for key, array in self._neutral.items()}
        for group, parts in self._parts.items():
            boxes[group] = _box(self._joined(group, parts, low), self._joined(group, parts, high))
        return spaces.Dict(cast("Any", boxes))

    def _check_mask(self, shape: tuple[int, ...]) -> None:
        sizes = self.sizes
        if shape != (sizes.concepts,) or not sizes.plan_only or sizes.tasks > 1:
            raise ValueError(
                f"{ACTION_MASK} has shape {shape} beside action_space {self.env.action_space}; "
                f"expected ({sizes.concepts},) for a plan of concepts alone, or the contract's "
                "task_mask and task_concept_mask"
            )


def neutral(sizes: Sizes, told: set[str]) -> Observation:
    """Every key of the contract as it reads where nothing is known and everything is allowed.

    Args:
        sizes: Of the environment.
        told: Keys that the environment fills itself.
    """
    filled = {
        key: np.full(
            [sizes.length(axis) for axis in axes], key.endswith(("_mask", "_present")), np.float32
        )
        for key, axes in AXES.items()
    }
    if sizes.plan_only:
        for key in ("target_mask", "concept_mask"):
            filled[key][:, 1:] = 0
    pairs = told - (set(AXES) - set(PAIRS))
    if sizes.learners > 1 and not pairs and told.isdisjoint(_TELL_LEARNERS_APART):
        filled["behaviour"] = np.eye(sizes.learners, dtype=np.float32)
    if not pairs and told.isdisjoint(_TELL_CONCEPTS_APART):
        filled["concepts"] = np.eye(sizes.concepts, dtype=np.float32)
    return filled


def _group(own: dict[str, spaces.Box], sizes: Sizes) -> dict[str, tuple[str, ...]]:
    """Keys of the environment by the contract's key that they belong to, its namesake first."""
    groups: dict[str, tuple[str, ...]] = {}
    for key, box in sorted(own.items(), key=lambda item: (item[0] not in AXES, item[0])):
        group = _group_of(key, tuple(box.shape), sizes)
        groups[group] = (*groups.get(group, ()), key)
    return groups


def _group_of(key: str, shape: tuple[int, ...], sizes: Sizes) -> str:
    axes = axes_of(key, shape)
    if key in AXES or axes == "SCF":
        return key
    if len(shape) < 2 and axes is None:
        return "course"
    learners, concepts = (shape[:1] == (size,) for size in (sizes.learners, sizes.concepts))
    if axes is None and len(shape) == 2 and learners != concepts:
        axes = "SF" if learners else "CF"
    if axes is None:
        prefixes = " or ".join(PREFIXES)
        raise ValueError(
            f"{key} has shape {shape}; expected ({sizes.learners}, F) for learners or "
            f"({sizes.concepts}, F) for concepts, with the prefix {prefixes} where both are the "
            f"same, or ({sizes.learners}, {sizes.concepts}, F) for pairs or (G,) for the course"
        )
    return "behaviour" if axes[0] == "S" else "concepts"


def _keys(space: spaces.Space[Any]) -> Mapping[str, spaces.Space[Any]]:
    return space.spaces if isinstance(space, spaces.Dict) else {WHOLE: space}


def _box(low: NDArray[Any], high: NDArray[Any]) -> spaces.Box:
    return spaces.Box(low.astype(np.float32), high.astype(np.float32), dtype=np.float32)


def _as_box(key: str, space: spaces.Space[Any]) -> spaces.Box:
    """The space of what `_as_array` gives."""
    if isinstance(space, spaces.MultiBinary):
        return spaces.Box(0, 1, space.shape, np.float32)
    flattens = not isinstance(space, spaces.Box) and space.is_np_flattenable
    box = flatten_space(space) if flattens else space
    if not isinstance(box, spaces.Box):
        raise ValueError(f"{key} is {space}; expected a Box, or what can be flattened into one")
    return _box(box.low, box.high)


def _as_array(space: spaces.Space[Any], value: Any) -> Array:
    shaped = isinstance(space, spaces.Box | spaces.MultiBinary)
    return np.array(value if shaped else flatten(space, value), np.float32)
