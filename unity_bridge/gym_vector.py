"""Anybody's ML-Agents scene with many agents as a Gymnasium vector environment."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from unity_bridge.behavior import Arrays
from unity_bridge.connection import Connection
from unity_bridge.conversation import Chooser, Conversation
from unity_bridge.gym_env import SEEDS, scene_parameters
from unity_bridge.mlagents import ActionTuple
from unity_bridge.seats import Seats

Infos = dict[str, Any]


class _Outcome:
    """What one step brought the rows; N rows."""

    def __init__(self, rows: int, final: Arrays) -> None:
        self.reward = np.zeros(rows, np.float32)  # (N,)
        self.group_reward = np.zeros(rows, np.float32)  # (N,)
        self.terminated = np.zeros(rows, np.bool_)  # (N,)
        self.truncated = np.zeros(rows, np.bool_)  # (N,)
        self.final = final  # (N, ...) each


class UnityGymVectorEnv(VectorEnv[Arrays, Any, NDArray[Any]]):
    """The agents of a behaviour in a Unity scene, one in each row.

    Observation, actions, reward, masks: as in `UnityGymEnv`. A step answers the agents that asked
    and goes on until some agent asks again. Agents that ask at different times are told apart by
    `infos["decides"]`, (N,) bool: only in these rows does the next action count, and only there is
    the observation new. Where all agents ask together, it is all True.

    Agents may leave and arrive (`infos["present"]`): an empty row holds zeros and reward 0. An
    agent keeps its row over its episodes (`infos["agent_id"]`, -1 for none); a newcomer takes an
    empty one. Agents for whom there is no row are answered with zeros and counted in
    `infos["unseated"]`.

    Autoreset is SAME_STEP, as Unity does it: where an episode ended, `infos["final_obs"]` has its
    last observation (rows marked by `_final_obs`), and the returned one is the next episode's
    first, or zeros where that has not begun.

    `infos["action_mask"]`, (N, choices) bool: branch after branch, True where allowed.

    Args:
        connection: To the player; closed with the environment.
        behavior: Its name; None where the scene has only one.
        rows: N; None: as many as there are agents at the start.
        others: Who chooses for other behaviours, by their full names; absent ones get zeros.

    Raises:
        BehaviorMissing, NoDecision: The scene does not hold such agents.
        ValueError: `rows` is below 1.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}  # noqa: RUF012  (gymnasium's own type)

    def __init__(
        self,
        connection: Connection,
        behavior: str | None = None,
        *,
        rows: int | None = None,
        others: Mapping[str, Chooser] | None = None,
    ) -> None:
        if rows is not None and rows < 1:
            raise ValueError(f"rows is {rows}; expected at least 1")
        self._conversation = Conversation(connection, behavior, others)
        self._behavior = self._conversation.behavior
        self.num_envs = rows or len(self._conversation.restart({}))
        self.single_observation_space = self._behavior.observation_space
        self.single_action_space = self._behavior.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._begun = False
        self._clear()

    def _clear(self) -> None:
        n = self.num_envs
        self._seats = Seats(n)
        self._observation = self._zeros()
        self._present = np.zeros(n, np.bool_)
        self._agent = np.full(n, -1)
        self._asked, self._seated = 0, self._seats.take([])  # agents that asked, and their rows
        self._allowed = np.ones((n, self._behavior.choices), np.bool_)

    def _zeros(self) -> Arrays:
        spaces = self._behavior.observation_space.spaces
        return {
            key: np.zeros((self.num_envs, *(s.shape or ())), np.float32)
            for key, s in spaces.items()
        }

    def _outcome(self) -> _Outcome:
        return _Outcome(self.num_envs, self._zeros())

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Arrays, Infos]:
        """Reset the scene, and go on to its first decisions.

        Args:
            seed: One for the whole scene.
            options: Environment parameters: numbers by name.
        """
        if isinstance(seed, list):
            raise ValueError(f"seed is {seed}; expected one number, for the whole scene")
        super().reset(seed=seed)
        drawn = int(self.np_random.integers(SEEDS)) if seed is None else seed
        parameters = scene_parameters(drawn, options)
        self._clear()
        self._begun = True
        return self._hear(self._conversation.restart(parameters), self._outcome())

    def step(
        self, actions: Any
    ) -> tuple[Arrays, NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_], Infos]:
        """Answer the agents that asked, and go on until some agent asks.

        Args:
            actions: A batch of `single_action_space`; rows that do not decide are ignored.

        Raises:
            ValueError: An action that counts is outside the space.
            RuntimeError: `reset` was not called.
        """
        if not self._begun:
            raise RuntimeError("the episodes have not begun; call reset() first")
        outcome = self._outcome()
        decisions, ends = self._conversation.say(self._message(actions))
        self._end(ends, outcome)
        while not len(decisions):
            decisions, ends = self._conversation.say(None)
            self._end(ends, outcome)
        observation, infos = self._hear(decisions, outcome)
        return observation, outcome.reward, outcome.terminated, outcome.truncated, infos

    def _message(self, actions: Any) -> ActionTuple:
        """The actions of the rows whose agents asked, in the order in which they did."""
        parts = actions if isinstance(actions, dict) else {"": actions}
        picked = {}
        for name, part in parts.items():
            table = np.asarray(part)
            if len(table) != self.num_envs:
                raise ValueError(f"{len(table)} {name} actions came; expected {self.num_envs}")
            picked[name] = np.zeros((self._asked, *table.shape[1:]), table.dtype)
            picked[name][self._seated.places] = table[self._seated.rows]  # the unseated do zeros
        chosen = picked if isinstance(actions, dict) else picked[""]
        return self._behavior.actions(chosen, self._asked)

    def _end(self, ends: Any, outcome: _Outcome) -> None:
        """Note whose episodes ended, and clear their rows."""
        places, rows = self._seats.leave(ends.agent_id.tolist())
        outcome.reward[rows] = ends.reward[places]
        outcome.group_reward[rows] = ends.group_reward[places]
        outcome.truncated[rows] = ends.interrupted[places]
        outcome.terminated[rows] = ~ends.interrupted[places]
        for key, array in self._behavior.observations(ends).items():
            outcome.final[key][rows] = array[places]
            self._observation[key][rows] = 0
        self._present[rows], self._agent[rows], self._allowed[rows] = False, -1, True

    def _hear(self, decisions: Any, outcome: _Outcome) -> tuple[Arrays, Infos]:
        """Put what the asking agents see in their rows."""
        self._asked = len(decisions)
        self._seated = asking, rows = self._seats.take(decisions.agent_id.tolist())
        going_on = self._present[rows]  # else its reward belongs to no action
        outcome.reward[rows[going_on]] = decisions.reward[asking[going_on]]
        outcome.group_reward[rows[going_on]] = decisions.group_reward[asking[going_on]]
        for key, array in self._behavior.observations(decisions).items():
            self._observation[key][rows] = array[asking]
        self._allowed[rows] = self._behavior.allowed(decisions)[asking]
        self._present[rows], self._agent[rows] = True, decisions.agent_id[asking]
        decides = np.zeros(self.num_envs, np.bool_)
        decides[rows] = True
        infos: Infos = {
            "present": self._present.copy(),
            "decides": decides,
            "agent_id": self._agent.copy(),
            "group_reward": outcome.group_reward,
            "unseated": self._asked - len(rows),
        }
        if self._behavior.choices:
            infos["action_mask"] = self._allowed.copy()
        ended = outcome.terminated | outcome.truncated
        if ended.any():
            infos |= {"final_obs": outcome.final, "_final_obs": ended}
        return {key: array.copy() for key, array in self._observation.items()}, infos

    def close_extras(self, **_: Any) -> None:
        """Stop the player."""
        self._conversation.close()
