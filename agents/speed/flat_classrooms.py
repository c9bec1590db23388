"""Classrooms as a perceptron sees them: the whole observation as one vector."""

from typing import Any, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper

from envs.spaces import LIMIT

Array = NDArray[Any]


class FlatClassrooms(VecEnvWrapper):
    """Observations (B, F), the contract's keys one behind the other; all else unchanged.

    Args:
        classrooms: A Dict observation of boxes, masks included.
    """

    def __init__(self, classrooms: VecEnv) -> None:
        space = cast("spaces.Dict", classrooms.observation_space)
        self.keys = list(space.spaces)
        flat = spaces.Box(-LIMIT, LIMIT, (spaces.flatdim(space),), np.float32)
        super().__init__(classrooms, flat)

    def reset(self) -> Array:
        """Start new courses."""
        return self._flat(self.venv.reset())

    def step_wait(self) -> tuple[Array, Array, Array, list[dict[str, Any]]]:
        """Play the decision."""
        obs, rewards, done, infos = self.venv.step_wait()
        for index in np.flatnonzero(done):
            last = infos[index]["terminal_observation"]
            infos[index]["terminal_observation"] = np.concatenate(
                [last[key].ravel() for key in self.keys]
            )
        return self._flat(obs), rewards, done, infos

    def _flat(self, obs: Any) -> Array:
        return np.concatenate([obs[key].reshape(self.num_envs, -1) for key in self.keys], axis=1)
