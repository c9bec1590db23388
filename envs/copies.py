"""Copies of one environment side by side, with the manners of the built-in batch of classrooms."""

from collections.abc import Callable
from typing import Any, SupportsFloat

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from numpy.typing import NDArray

from envs.contract import ContractWrapper, Observation

FACTS = ("minutes", "learner_reward")


class Copies(SyncVectorEnv):
    """B copies, stepped one after the other; copy i gets seed + i.

    Autoreset is SAME_STEP and infos hold `minutes` (B,), `learner_reward` (B, S) and, where an
    episode ended, `final_obs` (B, ...), as those of `envs.vector`. Observation arrays are
    overwritten by the next step.

    Args:
        make: Makes one environment.
        count: B, at least 1.
    """

    def __init__(self, make: Callable[[], ContractWrapper], count: int) -> None:
        makers = [lambda: _FactsAlone(make())] * count
        super().__init__(makers, copy=False, autoreset_mode=AutoresetMode.SAME_STEP)

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Play one decision (B, 3 + 2 S) in every copy; where an episode ends, a new one starts."""
        obs, rewards, terminated, truncated, infos = super().step(actions)
        done = terminated | truncated
        last = infos.get("final_info", {})
        facts: dict[str, Any] = {}
        for name in FACTS:
            going, ended = infos.get(name), last.get(name)
            facts[name] = ended if going is None else going
            if going is not None and ended is not None:
                facts[name][done] = ended[done]
        if done.any():
            final = {key: np.zeros_like(array) for key, array in obs.items()}
            for index in np.flatnonzero(done):
                for key, array in infos["final_obs"][index].items():
                    final[key][index] = array
            facts |= {"final_obs": final, "_final_obs": done}
        return obs, rewards, terminated, truncated, facts


class _FactsAlone(gym.Wrapper[Observation, NDArray[np.int64], Observation, NDArray[np.int64]]):
    """Leaves out what else infos hold: a batch cannot stack what differs from copy to copy."""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        return self.env.reset(seed=seed, options=options)[0], {}

    def step(
        self, action: NDArray[np.int64]
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        obs, reward, terminated, truncated, info = self.env.step(action)
        return obs, reward, terminated, truncated, {name: info[name] for name in FACTS}
