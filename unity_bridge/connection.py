"""A connection to one player: a `UnityEnvironment` that is safe to leave and says what is wrong."""

import atexit
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Final, Self

from unity_bridge.channels import Channels
from unity_bridge.faults import Garbled, WrongVersion
from unity_bridge.mlagents import UnityEnvironment, UnityException, UnityMessageProto
from unity_bridge.player_process import PlayerProcess
from unity_bridge.steps import decisions_and_ends
from unity_bridge.transport import Listening, QueueCommunicator

EDITOR_PORT: Final = 5004
"""Where the Unity editor looks for Python."""


@dataclass(frozen=True, kw_only=True)
class Player:
    """What is connected to: a build that is started here, or whatever connects."""

    build: str = ""
    """Path of the executable; empty: nothing is started, the editor connects."""
    seed: int = 0
    """For Unity's random numbers."""
    areas: int = 1
    """Training areas that the scene replicates."""
    graphics: bool = False
    """Whether a build shows a window; visual observations of a camera need it."""
    arguments: tuple[str, ...] = ()
    """More command-line arguments for the build."""
    log: Path | None = None
    """File for the build's output; default: a temporary one."""
    time_scale: float = 0.0
    """How many times faster than real time the engine runs; 0: as the scene is set."""

    def __post_init__(self) -> None:
        """Check the range."""
        if not 0 <= self.time_scale < inf:
            raise ValueError(f"time_scale is {self.time_scale}; expected at least 0, finite")


class Connection(UnityEnvironment):  # type: ignore[misc]  # mlagents-envs has no types
    """A player at work: all that mlagents-envs' `UnityEnvironment` offers, and typed faults.

    Each build listens on a free port of its own, so any number of them can run. Use it in a `with`
    statement, or call `close`, also after a fault; a broken connection is not mended.

    Args:
        player: The build, or the editor.
        listening: Port, interface, times, sizes; port 0 means 5004 where no build is started.
        channels: Default: new ones.
        waiting: Called ten times a second while the player is awaited; may raise to give up.
        door: Where to listen, kept open by the caller from one connection to the next, so that no
            player finds nobody there; in the place of `listening`.

    Raises:
        Fault: See `unity_bridge.faults`; nothing is left running.
    """

    def __init__(
        self,
        player: Player | None = None,
        *,
        listening: Listening | None = None,
        channels: Channels | None = None,
        waiting: Callable[[], None] | None = None,
        door: QueueCommunicator | None = None,
    ) -> None:
        self.player = player or Player()
        self.channels = channels or Channels()
        self.package_version = self.protocol_version = ""
        self._listening = door.listening if door is not None else listening or Listening()
        self._door = door
        self._waiting = waiting
        self._communicator: QueueCommunicator | None = None
        self._running: PlayerProcess | None = None
        if self.player.time_scale:
            self.channels.engine.set_configuration_parameters(time_scale=self.player.time_scale)
        try:
            super().__init__(
                seed=self.player.seed,
                num_areas=self.player.areas,
                side_channels=self.channels.together(),
            )
        except BaseException:
            self._close()
            raise
        self._waiting = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._port)

    @property
    def answer_seconds(self) -> float:
        """How long the player may take to answer."""
        return self._listening.answer_seconds

    def _get_communicator(self, *_: Any) -> QueueCommunicator:
        """Listen, then start the build: a player tries to connect only once."""
        if not self._listening.port and not self.player.build:
            self._listening = replace(self._listening, port=EDITOR_PORT)
        self._communicator = self._door or QueueCommunicator(self._listening, self._last_lines)
        self._port = self._communicator.port
        if self.player.build:
            hidden = () if self.player.graphics else ("-nographics", "-batchmode")
            arguments = (*hidden, *self.player.arguments)
            self._running = PlayerProcess(self.player.build, self._port, arguments, self.player.log)
        return self._communicator

    def _send_academy_parameters(self, init_parameters: Any) -> Any:
        output = super()._send_academy_parameters(init_parameters)
        hello = output.rl_initialization_output
        self.package_version = hello.package_version
        self.protocol_version = hello.communication_version
        if self.protocol_version.partition(".")[0] != self.API_VERSION.partition(".")[0]:
            raise WrongVersion(
                "ML-Agents' protocol", self.protocol_version or "none", self.API_VERSION
            )
        return output

    def _update_state(self, output: Any) -> None:
        """Read what all agents say; instead of mlagents-envs' own reading (slower, vaguer)."""
        for name, spec in self._env_specs.items():
            agents = output.agentInfos[name].value if name in output.agentInfos else ()
            self._env_state[name] = decisions_and_ends(agents, spec, name)
        try:
            self._side_channel_manager.process_side_channel_message(output.side_channel)
        except (UnityException, ValueError, struct.error) as broken:
            raise Garbled("A side channel's message", str(broken)) from broken

    def _generate_step_input(self, vector_action: dict[str, Any]) -> Any:
        """The message with everybody's actions; mlagents-envs' own takes three times as long."""
        told = UnityMessageProto().unity_input
        for behavior, actions in vector_action.items():
            pairs = zip(actions.continuous.tolist(), actions.discrete.tolist(), strict=True)
            for continuous, discrete in pairs:
                told.rl_input.agent_actions[behavior].value.add(
                    continuous_actions=continuous,
                    discrete_actions=discrete,
                    vector_actions_deprecated=continuous + discrete,  # packages before 2.0
                )
        side = self._side_channel_manager.generate_side_channel_messages()
        told.rl_input.side_channel = bytes(side)
        return told

    def _poll_process(self) -> None:
        if self._running is not None:
            self._running.check()
        if self._waiting is not None:
            self._waiting()

    def _last_lines(self) -> str:
        return self._running.last_lines() if self._running is not None else ""

    def close(self) -> None:
        """Stop the player and free the port; may be called twice."""
        self._close()

    def _close(self, *_timeout: Any) -> None:
        self._loaded = False
        if self._door is not None:
            self._door.release()
        elif self._communicator is not None:
            self._communicator.close()
        if self._running is not None:
            self._running.end()
        self._communicator = self._running = None
        atexit.unregister(self._close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
