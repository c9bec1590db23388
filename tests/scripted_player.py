"""A player without a scene: the client side of the protocol, answering from a script."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import numpy as np

from unity_bridge.connection import Connection, Player
from unity_bridge.mlagents import UnityMessageProto
from unity_bridge.transport import Listening

EXCHANGE = "/communicator_objects.UnityToExternalProto/Exchange"
Output = Any  # UnityRLOutputProto
Script = Callable[[Any], Any]  # the input that came (UnityRLInputProto) -> the next output, or None


def observation(name: str, values: Any, **fields: Any) -> dict[str, Any]:
    """One sensor's message; `fields` such as dimension_properties are passed on."""
    array = np.asarray(values, np.float32)
    return {
        "name": name,
        "shape": array.shape,
        "float_data": {"data": array.ravel().tolist()},
        **fields,
    }


def agent(number: int, *sensors: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """One agent's message: `done`, `reward`, `max_step_reached`, `action_mask` are passed on."""
    return {"id": number, "observations": list(sensors), **fields}


def output(**behaviors: Iterable[dict[str, Any]]) -> Any:
    """What the player says in one exchange: the agents of each behaviour."""
    message = UnityMessageProto()
    for name, agents in behaviors.items():
        message.unity_output.rl_output.agentInfos[name].SetInParent()
        for fields in agents:
            message.unity_output.rl_output.agentInfos[name].value.add(**fields)
    return message.unity_output.rl_output


class ScriptedPlayer:
    """Connects to `port` from a thread of its own and answers each exchange by calling `script`.

    Args:
        port: Where the bridge listens.
        script: Called with each input; its output is sent. None says "stopped" (status 400).
        brains: Behaviour name -> fields of its ActionSpecProto.
        version: Communication version to announce.
    """

    def __init__(
        self,
        port: int,
        script: Script,
        brains: dict[str, dict[str, Any]],
        *,
        version: str = "1.5.0",
    ) -> None:
        self.script, self.brains, self.version = script, brains, version
        self.inputs: list[Any] = []
        self.reply: Any = None
        again = [(f"grpc.{which}_reconnect_backoff_ms", 50) for which in ("initial", "max", "min")]
        self.channel = grpc.insecure_channel(f"localhost:{port}", options=again)
        self.call = self.channel.unary_unary(
            EXCHANGE,
            request_serializer=UnityMessageProto.SerializeToString,
            response_deserializer=UnityMessageProto.FromString,
        )
        self.thread = threading.Thread(target=self._play, daemon=True)
        self.thread.start()

    def _play(self) -> None:
        try:
            self._speak(self._greeting(), wait_for_ready=True)
            reply = self._speak(UnityMessageProto(header={"status": 200}))
            while reply.header.status == 200:
                said = self.script(reply.unity_input.rl_input)
                message = UnityMessageProto(header={"status": 200 if said is not None else 400})
                if said is not None:
                    message.unity_output.rl_output.CopyFrom(said)
                    self._introduce(message.unity_output)
                reply = self._speak(message)
            self.reply = reply
        except (grpc.RpcError, ValueError):  # the bridge closed, or this player was killed
            pass

    def _speak(self, message: Any, *, wait_for_ready: bool = False) -> Any:
        reply = self.call(message, wait_for_ready=wait_for_ready, timeout=20)
        self.inputs.append(reply.unity_input)
        return reply

    def _greeting(self) -> Any:
        message = UnityMessageProto(header={"status": 200})
        hello = message.unity_output.rl_initialization_output
        hello.name, hello.communication_version = "scripted", self.version
        hello.package_version = "4.0.0"
        hello.capabilities.baseRLCapabilities = True
        return message

    def _introduce(self, said: Any) -> None:
        """Describe behaviours in the first output that holds agents of them, as Unity does."""
        for name in [n for n in self.brains if said.rl_output.agentInfos[n].value]:
            said.rl_initialization_output.brain_parameters.add(
                brain_name=name, action_spec=self.brains.pop(name)
            )

    def kill(self) -> None:
        """Cut the connection without a word."""
        self.channel.close()

    def join(self) -> int:
        """Wait for the thread; the status of the bridge's last answer, 0 where it never came."""
        self.thread.join(10)
        self.channel.close()
        return self.reply.header.status if self.reply is not None else 0


@contextmanager
def playing(
    script: Script,
    brains: dict[str, dict[str, Any]],
    seconds: float = 20.0,
    time_scale: float = 0.0,
    **listening: Any,
) -> Iterator[tuple[Connection, ScriptedPlayer]]:
    """A connection with a scripted player at its other end."""
    port = free_port()
    player = ScriptedPlayer(port, script, brains)
    try:
        waits = Listening(port=port, connect_seconds=20.0, answer_seconds=seconds, **listening)
        with Connection(Player(time_scale=time_scale), listening=waits) as connection:
            yield connection, player
    finally:
        player.join()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
