"""The server side of ML-Agents' protocol: Unity calls `Exchange`, Python's answer is the next turn.

It takes the place of mlagents-envs' own communicator, which listens on every interface without
authentication, lets two programs share a port, passes messages through an operating-system pipe,
and waits for its timeout when the player's connection breaks.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from unity_bridge.faults import (
    Fault,
    Garbled,
    MessageTooLarge,
    NobodyConnected,
    PlayerDied,
    PlayerRestarted,
    PlayerSilent,
    PlayerStopped,
    PortTaken,
)
from unity_bridge.messages import WireMessage
from unity_bridge.mlagents import Communicator, UnityMessageProto
from unity_bridge.ports import is_own, loopback, owner

SERVICE: Final = "communicator_objects.UnityToExternalProto"
CONTINUE, STOP = 200, 400  # the protocol's two statuses
UNITY_TAKES: Final = 4 * 2**20
"""Bytes: gRPC's default for a client, which the Unity package does not change."""
LAST_PORT: Final = 65535
POLL_SECONDS: Final = 0.1
GOODBYE_SECONDS: Final = 1.0
CALLS_AT_ONCE: Final = 2
"""One of the player, and one of a player that comes too early."""
Poll = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where and how long the bridge waits for a player.

    Raises:
        ValueError: A field is out of range; the message names it.
    """

    port: int = 0
    """0 takes any free one."""
    host: str = ""
    """Interface to listen on; empty: this machine only. There is no authentication: open another
    interface only in a network that you trust."""
    connect_seconds: float = 60.0
    """How long a player may take to connect; infinity waits for the editor's Play button."""
    answer_seconds: float = 60.0
    """How long a connected player may take to answer."""
    largest_message: int = 64 * 2**20
    """Bytes that a player may send at once."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 <= self.port <= LAST_PORT:
            raise ValueError(f"port is {self.port}; expected 0 to {LAST_PORT}")
        for name in ("connect_seconds", "answer_seconds", "largest_message"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; expected more than 0")
        if self.host and not is_own(self.host):
            raise ValueError(f"host is {self.host!r}; expected an address of this machine")


@dataclass
class _Call:
    """One call of the player, which waits for its answer in a thread of its own."""

    request: bytes
    peer: str = ""
    """The caller's address: a player keeps its own while its connection lasts."""
    broken: bool = False
    _answer: SimpleQueue[bytes] = field(default_factory=SimpleQueue)
    _answered: bool = False

    def answer(self, reply: bytes) -> None:
        self._answered = True
        self._answer.put(reply)

    def wait(self) -> bytes:
        return self._answer.get()

    def end(self) -> bool:
        """Note that the call is over; True where it broke before its answer."""
        self.broken = not self._answered
        self._answer.put(b"")  # lets the waiting thread go
        return self.broken


class _DaemonThreads(Executor):
    """Threads for the calls: unlike a ThreadPoolExecutor's, they do not keep Python from ending."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        for _ in range(CALLS_AT_ONCE):
            threading.Thread(target=self._run, daemon=True, name="unity-call").start()

    def _run(self) -> None:
        while work := self._work.get():
            work()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        self._work.put(work)
        return future

    def shutdown(self, *_: Any, **__: Any) -> None:
        """Let the threads end when their present calls have."""
        for _thread in range(CALLS_AT_ONCE):
            self._work.put(None)


class QueueCommunicator(Communicator):  # type: ignore[misc]  # mlagents-envs has no types
    """A Communicator for `UnityEnvironment` that listens on loopback and fails with typed faults.

    Args:
        listening: Where, how long, how much.
        log: Gives the last lines of the player's log, for the message of a fault.

    Raises:
        PortTaken: Another program listens there.
    """

    def __init__(self, listening: Listening, log: Callable[[], str] = str) -> None:
        self.listening, self._log = listening, log
        self._inbox: SimpleQueue[_Call] = SimpleQueue()  # a call that broke comes once more
        self._pending: _Call | None = None
        self._peer = ""  # of the player
        self._threads = _DaemonThreads()
        exchange = grpc.unary_unary_rpc_method_handler(self._exchange)  # bytes in, bytes out
        self._server = grpc.server(
            self._threads,
            handlers=[grpc.method_handlers_generic_handler(SERVICE, {"Exchange": exchange})],
            # sizes are checked here, where the error can say so; two servers must not share a port
            options=[("grpc.max_receive_message_length", -1), ("grpc.so_reuseport", 0)],
        )
        self.port = self._bind(listening.port)
        self._server.start()

    def _bind(self, port: int) -> int:
        host = self.listening.host
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"  # IPv6
        for address in [host] if host else loopback():
            try:
                bound = self._server.add_insecure_port(f"{address}:{port}")
            except RuntimeError:
                bound = 0
            if not bound:
                self._threads.shutdown()
                raise PortTaken(port, owner(port))
            port = bound
        return port

    def _exchange(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Called by gRPC in a thread for each of the player's calls."""
        call = _Call(request, context.peer())
        if not context.add_callback(lambda: self._inbox.put(call) if call.end() else None):
            return b""  # it is over already
        self._inbox.put(call)
        return call.wait()

    def initialize(self, inputs: Any, poll_callback: Poll | None = None) -> Any:
        """Wait for a player, let it introduce itself, and introduce this side.

        Raises:
            NobodyConnected: Nobody came in time.
            Fault: As in `exchange`.
        """
        seconds, call = self.listening.connect_seconds, _Call(b"", broken=True)
        while call.broken:  # of a player that has gone: the next one is awaited
            call = self._next_call(
                seconds, lambda: NobodyConnected(self.port, seconds, self._log()), poll_callback
            )
        output = self._read(call)
        if not output.HasField("rl_initialization_output"):
            raise Garbled("The player's first message", "it does not introduce the player")
        self._send(inputs, poll_callback)
        self._receive(self.listening.answer_seconds, self._silent, poll_callback)
        return output

    def exchange(self, inputs: Any, poll_callback: Poll | None = None) -> Any:
        """Send this side's turn and wait for the player's.

        Args:
            inputs: UnityInputProto.
            poll_callback: Called ten times a second while waiting; may raise.

        Returns:
            UnityOutputProto, with observations as `unity_bridge.messages.WireMessage` has them.

        Raises:
            PlayerSilent, PlayerDied, PlayerStopped, PlayerRestarted: There is no answer.
            MessageTooLarge, Garbled: One of the two messages cannot be.
        """
        self._send(inputs, poll_callback)
        output = self._receive(self.listening.answer_seconds, self._silent, poll_callback)
        if self._pending and output.rl_initialization_output.communication_version:
            self._inbox.put(self._pending)  # for who listens on: see `release`
            self._pending = None
            raise PlayerRestarted
        return output

    def _silent(self) -> Fault:
        return PlayerSilent(self.listening.answer_seconds, self._log())

    def _send(self, inputs: Any, poll: Poll | None) -> None:
        call = self._pending
        if call is None or call.broken:
            raise self._death(poll)
        message = UnityMessageProto(header={"status": CONTINUE}, unity_input=inputs)
        if message.ByteSize() > UNITY_TAKES:
            raise MessageTooLarge(message.ByteSize(), UNITY_TAKES, "Python")
        call.answer(message.SerializeToString())
        self._pending = None

    def _death(self, poll: Poll | None) -> Fault:
        """The fault for a broken connection; `poll` may know and raise better: the exit code."""
        deadline = time.monotonic() + GOODBYE_SECONDS
        while poll and time.monotonic() < deadline:  # a dying process takes a moment
            poll()
            time.sleep(POLL_SECONDS / 10)
        return PlayerDied("its connection broke", self._log())

    def _receive(self, seconds: float, missing: Callable[[], Fault], poll: Poll | None) -> Any:
        """Read the player's next call; of somebody else's, those that broke are passed over."""
        deadline = time.monotonic() + seconds
        call = self._next_call(seconds, missing, poll)
        while call.broken:
            if call.peer == self._peer:
                raise self._death(poll)
            call = self._next_call(deadline - time.monotonic(), missing, poll)
        return self._read(call)

    def _read(self, call: _Call) -> Any:
        """What the player says in a call, which then waits for its answer."""
        self._pending, self._peer = call, call.peer
        if len(call.request) > self.listening.largest_message:
            limit = self.listening.largest_message
            raise MessageTooLarge(len(call.request), limit, "The player")
        try:
            message = WireMessage.FromString(call.request)
        except DecodeError as broken:
            raise Garbled("A message of the player", str(broken)) from broken
        if message.header.status != CONTINUE:
            self._stop_pending()
            raise PlayerStopped
        return message.unity_output

    def _next_call(self, seconds: float, missing: Callable[[], Fault], poll: Poll | None) -> _Call:
        """The next call, or one that broke. Polls while there is none."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self._inbox.get(timeout=min(left, POLL_SECONDS))
            except Empty:
                if poll:
                    poll()
        raise missing()

    def _stop_pending(self) -> None:
        if self._pending is not None:
            stop = UnityMessageProto(header={"status": STOP})
            self._pending.answer(stop.SerializeToString())
            self._pending = None

    def release(self) -> None:
        """Tell the player to stop, where it is waiting, and listen on for the next.

        A player that introduced itself too early is the next.
        """
        self._stop_pending()

    def close(self) -> None:
        """Tell everybody who is waiting to stop, and free the port."""
        self.release()
        while not self._inbox.empty():
            self._pending = self._inbox.get()
            self._stop_pending()
        self._server.stop(GOODBYE_SECONDS).wait()
        self._threads.shutdown()
