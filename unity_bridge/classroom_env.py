"""A classroom in a Unity build, or in the editor, as a Gymnasium environment."""

from typing import Any, SupportsFloat, cast

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from envs.classroom import Observation
from envs.legal_actions import legal, shown_masks
from unity_bridge.classroom_link import ClassroomLink
from unity_bridge.connection import Player
from unity_bridge.faults import AgentsDiffer
from unity_bridge.layout import Floats
from unity_bridge.transport import Listening


class UnityClassroomEnv(gym.Env[Observation, NDArray[np.int64]]):
    """One classroom behind ML-Agents, with the spaces and infos of `envs.classroom.ClassroomEnv`.

    Observation, Actions, Reward
        Those of the simulated classroom, for the learners and concepts of the scene; numbers have
        the precision of the wire, float32.

    Starting state
        As the scene draws it: by the seed, where the scene can.

    Episode end
        Terminated when the course is over; truncated where Unity interrupts it (Max Step).

    Arguments:
        | name | default | effect |
        |---|---|---|
        | player | Player() | the build to start; default: the editor, on port 5004 |
        | listening | Listening() | port, interface, how long to wait |
        | on_illegal | "error" | or "circulate": replace what the masks forbid |

    Version history
        v0: first.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # as gymnasium declares it

    def __init__(
        self,
        player: Player | None = None,
        *,
        listening: Listening | None = None,
        on_illegal: str = "error",
    ) -> None:
        self.on_illegal = on_illegal
        self.link = ClassroomLink(player or Player(), listening)
        if self.link.classrooms != 1:
            self.link.close()
            raise AgentsDiffer(self.link.behaviour, self.link.classrooms, "1")
        self.observation_space = cast("Any", self.link.layout.observation_space)
        self.action_space = self.link.layout.action_space
        self._going_on = False
        self._seeded = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start a course.

        Args:
            seed: >= 0, of the class; None: the next class of the last seed.
            options: None is expected; anything else is an error.

        Returns:
            Observation and info.
        """
        if options:
            raise ValueError(f"options are {options}; expected none")
        super().reset(seed=seed)
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(2**31))
        if seed is not None or self._going_on:
            self.link.reset([] if seed is None else [seed])
        self._seeded = self._going_on = True  # a course that ended was followed by the next already
        observation = {key: array[0].copy() for key, array in self.link.observation.items()}
        return observation, {"phi": self._parts("outcome", self.link.outcome)["phi"]}

    def step(
        self, action: NDArray[np.int64]
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Play one decision.

        Args:
            action: (3 + 2 S,) integers within the masks of the last observation.

        Returns:
            Observation, reward, terminated, truncated, info.

        Raises:
            ValueError: The action is illegal; the message names the rule.
            RuntimeError: `reset` was not called, or the course is over.
            Fault: The player fails; the message says how and what to do.
        """
        if not self._going_on:
            raise RuntimeError("the course has not started or is over; call reset() first")
        masks = shown_masks(self.link.observation)
        move = self.link.step(legal(np.asarray(action)[None], masks, self.on_illegal))
        terminated, truncated = bool(move.terminated[0]), bool(move.truncated[0])
        self._going_on = not (terminated or truncated)
        info = self._parts("outcome", move.outcome)
        if terminated:
            info |= self._parts("report", move.report)
        shown = self.link.observation if self._going_on else move.final
        observation = {key: array[0].copy() for key, array in shown.items()}
        return observation, float(move.rewards[0]), terminated, truncated, info

    def close(self) -> None:
        """Stop the player."""
        self.link.close()

    def _parts(self, field: str, packed: Floats) -> dict[str, Any]:
        parts = self.link.layout.unpack(field, packed)
        return {
            name: values[0] if values.ndim > 1 else float(values[0])
            for name, values in parts.items()
        }
