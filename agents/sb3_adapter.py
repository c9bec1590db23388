"""The one adapter from the batched classrooms to stable-baselines3's VecEnv."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

from envs.classroom import TERMS

Arrays = dict[str, NDArray[Any]]
PER_ACTIVITY = "activity_minutes"
"""The one figure of the final report that is neither a classroom's nor a learner's."""


class Transition(NamedTuple):
    """One decision in B classrooms, as arrays; observations are the environment's own."""

    obs: Arrays
    rewards: NDArray[np.float64]  # (B,)
    done: NDArray[np.bool_]  # (B,)
    truncated: NDArray[np.bool_]  # (B,)
    minutes: NDArray[np.float64]  # (B,)
    learner_reward: NDArray[np.float64]  # (B, S)
    terms: Arrays  # reward terms by name, (B,) each
    final_obs: Arrays  # (B, ...) rows valid where done; empty when no course ended
    infos: list[dict[str, Any]]  # per classroom; empty where its course goes on


class SB3Classrooms(VecEnv):
    """B classrooms for stable-baselines3; finished courses report as its Monitor would, and more.

    `infos[i]["episode"]` holds return `r`, decisions `l`, seconds `t`, and every figure of the
    course's final report (learners' figures as class means). Training uses `advance`, which skips
    the dictionaries of classrooms whose course goes on.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        self.env = env
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)
        self.returns = np.zeros(env.num_envs)  # (B,)
        self.lengths = np.zeros(env.num_envs, np.int64)  # (B,)
        self.decisions = 0
        self.started = time.time()
        self._actions: NDArray[np.int64] = np.zeros(0, np.int64)

    def reset(self) -> Arrays:
        """Start new courses, with what `seed` and `set_options` were last called with."""
        seed = self._seeds[0]
        obs, _ = self.env.reset(
            seed=None if seed is None else int(seed), options=self._options[0] or None
        )
        self._reset_seeds()
        self._reset_options()
        self.returns[:], self.lengths[:], self.started = 0, 0, time.time()
        return {key: array.copy() for key, array in obs.items()}

    def advance(self, actions: NDArray[np.int64]) -> Transition:
        """Step all classrooms without copying; observations last until the next step."""
        obs, rewards, terminated, truncated, infos = self.env.step(actions)
        done = np.logical_or(terminated, truncated)
        self.returns += rewards
        self.lengths += 1
        self.decisions += self.num_envs
        transition = Transition(
            obs,
            rewards,
            done,
            np.asarray(truncated),
            infos["minutes"],
            infos["learner_reward"],
            {name: infos[name] for name in TERMS if name in infos},
            infos.get("final_obs", {}),
            self._reports(done, infos),
        )
        self.returns[done] = self.lengths[done] = 0
        return transition

    def _reports(self, done: NDArray[np.bool_], infos: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What ended, per classroom; of an interrupted course, which has no figures, nothing."""
        reports: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        final = {k: v for k, v in infos.get("final_info", {}).items() if k != PER_ACTIVITY}
        for index in np.flatnonzero(done & infos.get("_final_info", done)):
            figures = {k: float(np.mean(v[index])) for k, v in final.items()}
            seconds = round(time.time() - self.started, 6)
            own = {"r": float(self.returns[index]), "l": int(self.lengths[index]), "t": seconds}
            reports[index]["episode"] = own | figures
        return reports

    def step_async(self, actions: NDArray[np.int64]) -> None:
        """Remember the actions for `step_wait`."""
        self._actions = actions

    def step_wait(self) -> tuple[Arrays, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step, with everything that stable-baselines3 expects copied and per classroom."""
        move = self.advance(self._actions)
        for index, info in enumerate(move.infos):
            info["minutes"] = float(move.minutes[index])
            info["learner_reward"] = move.learner_reward[index].copy()
            info.update({name: float(values[index]) for name, values in move.terms.items()})
            info["TimeLimit.truncated"] = bool(move.truncated[index])
            if move.done[index]:
                last = {key: array[index].copy() for key, array in move.final_obs.items()}
                info["terminal_observation"] = last
        obs = {key: array.copy() for key, array in move.obs.items()}
        return obs, move.rewards.astype(np.float32), move.done, move.infos

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Give the shared environment's attribute once for each classroom asked for."""
        return [getattr(self.env, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set the attribute for all classrooms; they cannot differ."""
        self._check_all(self._get_indices(indices), attr_name)
        setattr(self.env, attr_name, value)

    def env_method(
        self,
        method_name: str,
        *method_args: Any,
        indices: VecEnvIndices = None,
        **method_kwargs: Any,
    ) -> list[Any]:
        """Call the shared environment's method once; its result stands for every classroom."""
        asked = list(self._get_indices(indices))
        self._check_all(asked, method_name)
        return [getattr(self.env, method_name)(*method_args, **method_kwargs)] * len(asked)

    def env_is_wrapped(
        self,
        wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]],
        indices: VecEnvIndices = None,
    ) -> list[bool]:
        """Whether courses are reported as by this wrapper: true for Monitor."""
        return [wrapper_class is Monitor for _ in self._get_indices(indices)]

    def _check_all(self, indices: Iterable[int], name: str) -> None:
        asked = list(indices)
        if len(asked) != self.num_envs:
            raise ValueError(
                f"indices of {name} are {asked}; expected all {self.num_envs}: classrooms share it"
            )

    @property
    def can_be_saved(self) -> bool:
        """Whether a saved course goes on where it stopped; one's own environment starts anew."""
        return hasattr(self.env, "state_dict")

    def state_dict(self) -> Arrays:
        """Everything that the next step depends on, the simulation's arrays included.

        Of environments that cannot be saved: how much was taught, so that what follows is new.
        """
        if not self.can_be_saved:
            begun = getattr(self.env, "episodes", 0)
            return {
                "adapter.decisions": np.array(self.decisions),
                "adapter.episodes": np.array(begun),
            }
        own = {"adapter.returns": self.returns, "adapter.lengths": self.lengths}
        theirs: Arrays = self.get_attr("state_dict", 0)[0]()
        return own | theirs

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> Arrays:
        """Go back to a saved state, and give its observation.

        Environments that cannot be saved start new episodes: those that count the episodes of their
        seeds, with the first that has not begun; others with seeds not used before, as many on from
        the adapter's own as decisions were made.
        """
        if not self.can_be_saved:
            self.decisions = int(state["adapter.decisions"])
            if hasattr(self.env, "episodes"):
                begun = int(state["adapter.episodes"])
                self.set_options({**self._options[0], "episode": begun})
            else:
                self.seed((self._seeds[0] or 0) + self.decisions)
            return self.reset()
        self.returns[:] = state["adapter.returns"]
        self.lengths[:] = state["adapter.lengths"]
        theirs = {k: v for k, v in state.items() if not k.startswith("adapter.")}
        observation: Arrays = self.get_attr("load_state_dict", 0)[0](theirs)
        return observation


def advance(env: VecEnv, actions: NDArray[np.int64]) -> Transition:
    """Step any VecEnv whose infos hold each classroom's `minutes` and `learner_reward`.

    Raises:
        ValueError: An info lacks one of the two; credit per learner needs both.
    """
    if isinstance(env, SB3Classrooms):
        return env.advance(actions)
    obs, rewards, done, infos = env.step(actions)
    if not isinstance(obs, dict) or any(
        name not in info for info in infos for name in ("minutes", "learner_reward")
    ):
        raise ValueError(
            f"the infos hold {sorted(infos[0])}; expected minutes and learner_reward, and a Dict "
            "observation, as envs.classroom gives them"
        )
    final: Arrays = {}
    for index in np.flatnonzero(done):
        for key, array in infos[index]["terminal_observation"].items():
            final.setdefault(key, np.zeros_like(obs[key]))[index] = array
    return Transition(
        obs,
        rewards.astype(np.float64),
        done,
        np.array([bool(info.get("TimeLimit.truncated", False)) for info in infos]),
        np.array([info["minutes"] for info in infos]),
        np.stack([info["learner_reward"] for info in infos]),
        {n: np.array([info[n] for info in infos]) for n in TERMS if n in infos[0]},
        final,
        infos,
    )
