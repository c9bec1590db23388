"""The bridge listens where it should, and only there, and shares its port with nobody."""

import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.scripted_player import EXCHANGE, agent, free_port, observation, output, playing
from unity_bridge import faults, ports
from unity_bridge.connection import Connection
from unity_bridge.mlagents import UnityMessageProto
from unity_bridge.transport import Listening, QueueCommunicator


@pytest.fixture
def port() -> Iterator[int]:
    """A port that must be free again at the end."""
    number = free_port()
    yield number
    QueueCommunicator(Listening(port=number)).close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_taken_port_names_who_has_it(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as other:
        try:
            other.bind((address, 0))
        except OSError:
            pytest.skip(f"this machine has no {address}; IPv6 on loopback would make this run")
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(faults.PortTaken, match=rf"Port {taken} .* \(pid {os.getpid()}\)"):
            Connection(listening=Listening(port=taken))


def test_an_owner_that_ends_while_it_is_looked_for_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would be told that the port is taken."""
    table = "  sl  local_address rem_address st\n0: 0100007F:138C 0:0 0A 0 0 0 0 0 4711\n"
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(table, "ascii")
    (tmp_path / "77" / "fd").mkdir(parents=True)  # and no name: it has just ended
    (tmp_path / "77" / "fd" / "3").symlink_to("socket:[4711]")
    monkeypatch.setattr(ports, "PROC", tmp_path)
    assert ports.owner(5004) == "another program"
    (tmp_path / "77" / "comm").write_text("trainer\n", "ascii")
    assert ports.owner(5004) == "trainer (pid 77)"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (b"\xff\xff", "A message of the player cannot be read"),
        (UnityMessageProto(header={"status": 200}).SerializeToString(), "does not introduce"),
    ],
)
def test_something_else_calls(port: int, message: bytes, says: str) -> None:
    with grpc.insecure_channel(f"localhost:{port}") as channel:
        call = channel.unary_unary(EXCHANGE).future(message, wait_for_ready=True)
        with pytest.raises(faults.Garbled, match=says):
            Connection(listening=Listening(port=port, connect_seconds=20.0))
        call.cancel()


def test_a_stranger_who_gives_up_does_not_end_a_living_player() -> None:
    """Such as a browser, a scanner, or another editor that was stopped at once."""
    one = output(pupil=[agent(1, observation("eyes", [1, 2]))])
    brain = {"num_discrete_actions": 1, "discrete_branch_sizes": [3]}
    with playing(lambda _: one, {"pupil": brain}) as (connection, _):
        connection.reset()
        inbox = connection._communicator._inbox
        with grpc.insecure_channel(f"localhost:{connection.port}") as channel:
            call = channel.unary_unary(EXCHANGE).future(b"hello", wait_for_ready=True)
            _soon(lambda: inbox.qsize() == 1)
            call.cancel()
            _soon(lambda: inbox.qsize() == 2)  # called, and gone
        connection.step()
        connection.step()
        assert connection.get_steps("pupil")[0].obs[0].tolist() == [[1, 2]]


def _soon(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20.0
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_bridges_never_share_a_port(port: int) -> None:
    first = QueueCommunicator(Listening(port=port))
    with pytest.raises(faults.PortTaken):
        QueueCommunicator(Listening(port=port))
    first.close()


def test_only_this_machine_can_connect(port: int) -> None:
    communicator = QueueCommunicator(Listening(port=port))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), 5)  # mlagents-envs' server accepts this
    communicator.close()
    everywhere = QueueCommunicator(Listening(port=port, host="0.0.0.0"))  # noqa: S104  (asked for)
    socket.create_connection(("127.0.0.2", port), 5).close()
    everywhere.close()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"port": 70000}, "port is 70000; expected 0 to 65535"),
        ({"answer_seconds": 0}, "answer_seconds is 0; expected more than 0"),
        ({"connect_seconds": float("nan")}, "connect_seconds is nan"),
        ({"host": "192.0.2.1"}, "host is '192.0.2.1'; expected an address of this machine"),
    ],
)
def test_a_wrong_setting_is_named(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Listening(**fields)


def test_nobody_connects(port: int) -> None:
    with pytest.raises(faults.NobodyConnected, match=rf"port {port} within 0\.3 s"):
        Connection(listening=Listening(port=port, connect_seconds=0.3))


def test_waiting_can_be_watched_and_given_up(port: int) -> None:
    seen: list[int] = []

    def watch() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Connection(listening=Listening(port=port, connect_seconds=float("inf")), waiting=watch)
