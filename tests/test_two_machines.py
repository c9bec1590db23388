"""Training over the wire: two network namespaces of this machine stand for two machines."""

import ctypes
import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from safetensors.numpy import load_file

from tests.launched import assert_same, launched, played

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
NETWORK_NAMESPACE = 0x40000000
"""CLONE_NEWNET of Linux's sched.h."""


class Machine(NamedTuple):
    """A network namespace and the one interface in it, of the same name."""

    name: str
    address: str


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S603, S607  # root's own


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    """Two of them, with a cable between."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and the command ip (iproute2) to make network namespaces")
    both = [Machine(f"als{os.getpid()}{end}", f"10.77.0.{n}") for n, end in ((1, "a"), (2, "b"))]
    names = [machine.name for machine in both]
    try:
        for name in names:
            ip("netns", "add", name)
        ip("link", "add", names[0], "type", "veth", "peer", "name", names[1])
        for name, address in both:
            ip("link", "set", name, "netns", name)
            ip("-n", name, "addr", "add", f"{address}/24", "dev", name)
            ip("-n", name, "link", "set", name, "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield both
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)  # noqa: S603, S607


def on_machine(machine: Machine, first: Machine, folder: Path, decisions: int) -> None:
    """Start one process there, which trains with that of the other machine."""
    with Path("/run/netns", machine.name).open() as namespace:
        assert ctypes.CDLL(None).setns(namespace.fileno(), NETWORK_NAMESPACE) == 0
    os.environ["GLOO_SOCKET_IFNAME"] = machine.name
    launched(
        *(played, folder, decisions),
        processes=1,
        min_nodes=2,
        max_nodes=2,
        run_id="wire",
        rdzv_endpoint=f"{first.address}:29400",
        rdzv_configs={"is_host": machine == first, "timeout": 60},
        local_addr=machine.address,
    )


def test_two_machines_train_as_two_processes_of_one(
    machines: list[Machine], tmp_path: Path
) -> None:
    """Bit for bit: what is learnt does not depend on where the processes run."""
    forked = multiprocessing.get_context("fork")
    running = [
        forked.Process(target=on_machine, args=(machine, machines[0], tmp_path / "wire", 64))
        for machine in machines
    ]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0, 0]
    launched(played, tmp_path / "here", 64)
    assert_same(*(load_file(tmp_path / name / "state.safetensors") for name in ("wire", "here")))
