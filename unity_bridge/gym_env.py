"""Anybody's ML-Agents scene with one agent as a Gymnasium environment."""

from collections.abc import Mapping
from typing import Any, Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from unity_bridge.behavior import Arrays
from unity_bridge.connection import Connection
from unity_bridge.conversation import Chooser, Conversation
from unity_bridge.faults import AgentsDiffer

SEED_PARAMETER: Final = "seed"
"""C# reads it with `Academy.Instance.EnvironmentParameters.GetWithDefault("seed", 0)`."""
SEEDS: Final = 2**24
"""Environment parameters are 32-bit floats, which hold whole numbers up to here."""


def scene_parameters(seed: int, options: Mapping[str, Any] | None) -> dict[str, float]:
    """What a reset tells the scene: its options, and a seed.

    Raises:
        ValueError: An option is no number.
    """
    parameters = dict(options or {})
    for name, value in parameters.items():
        if isinstance(value, str) or not np.isscalar(value) or not np.isfinite(value):
            raise ValueError(f"options[{name!r}] is {value!r}; expected a finite number")
    return {SEED_PARAMETER: float(seed % SEEDS)} | parameters


class UnityGymEnv(gym.Env[Arrays, Any]):
    """The one agent of a behaviour in a Unity scene.

    Observation and actions: see `unity_bridge.behavior.Behavior`. Each step is one decision of the
    agent, however many exchanges without a decision lie between (decision periods over 1).

    Reward: what the agent's C# code added since its last decision; `info["group_reward"]` holds
    that of its group.

    Episode end: `terminated` where the scene ended it, `truncated` where it was interrupted (its
    MaxStep was reached). The last observation of the episode is returned then.

    Starting state: `reset` resets the whole scene. `options` are environment parameters (numbers);
    the parameter "seed" is `seed`, or the next one drawn from the last. The scene's C# code may
    heed them or not.

    `info["action_mask"]` (discrete branches only) is what `action_space.sample` takes as mask;
    `action_masks()` gives one array of bool. Masks are True or 1 where an action is allowed.
    A forbidden action is passed on: what happens then is the scene's affair.

    Args:
        connection: To the player; closed with the environment.
        behavior: Its name; None where the scene has only one.
        others: Who chooses for other behaviours, by their full names; absent ones get zeros.

    Raises:
        BehaviorMissing, AgentsDiffer, NoDecision: The scene does not hold just one such agent.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  (gymnasium's own type)

    def __init__(
        self,
        connection: Connection,
        behavior: str | None = None,
        *,
        others: Mapping[str, Chooser] | None = None,
    ) -> None:
        self._conversation = Conversation(connection, behavior, others)
        self._behavior = self._conversation.behavior
        self.observation_space = self._behavior.observation_space
        self.action_space = self._behavior.action_space
        self._allowed = np.ones(self._behavior.choices, np.bool_)
        self._acting = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Arrays, dict[str, Any]]:
        """Reset the scene, and go on to the agent's first decision."""
        super().reset(seed=seed)
        drawn = int(self.np_random.integers(SEEDS)) if seed is None else seed
        parameters = scene_parameters(drawn, options)
        decisions = self._conversation.restart(parameters)
        self._acting = True
        return self._seen(decisions), self._info(decisions)

    def step(self, action: Any) -> tuple[Arrays, float, bool, bool, dict[str, Any]]:
        """Act, and go on to the agent's next decision or its episode's end.

        Raises:
            ValueError: The action is outside the space.
            RuntimeError: There is no episode: `reset` was not called since the last end.
        """
        if not self._acting:
            raise RuntimeError("the episode has ended or not begun; call reset() first")
        decisions, ends = self._conversation.say(self._behavior.actions(action, 1))
        while not len(decisions) and not len(ends):
            decisions, ends = self._conversation.say(None)
        if not len(ends):
            return (
                self._seen(decisions),
                float(decisions.reward[0]),
                False,
                False,
                self._info(decisions),
            )
        self._acting = False
        interrupted = bool(ends.interrupted[0])
        info = {"group_reward": float(ends.group_reward[0])}
        return self._seen(ends), float(ends.reward[0]), not interrupted, interrupted, info

    def _seen(self, steps: Any) -> Arrays:
        if len(steps) != 1:
            raise AgentsDiffer(self._behavior.name, len(steps), "1")
        return {key: array[0] for key, array in self._behavior.observations(steps).items()}

    def _info(self, decisions: Any) -> dict[str, Any]:
        self._allowed = self._behavior.allowed(decisions)[0]
        info: dict[str, Any] = {"group_reward": float(decisions.group_reward[0])}
        if self._behavior.choices:
            info["action_mask"] = self._behavior.sampling_mask(self._allowed)
        return info

    def action_masks(self) -> NDArray[np.bool_]:
        """Which actions the agent may choose now, branch after branch, as MaskablePPO asks for."""
        return self._allowed.copy()

    def close(self) -> None:
        """Stop the player."""
        self._conversation.close()
