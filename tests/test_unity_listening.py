"""The bridge listens where it should, and only there, and shares its port with nobody."""

import os
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.scripted_player import free_port
from unity_bridge import faults
from unity_bridge.connection import Connection
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
