"""Ports of this machine: which addresses are loopback, and who listens on a taken port."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"  # state in /proc/net/tcp, see proc_pid_net(5)


def is_own(host: str) -> bool:
    """Whether the machine can listen on an address or name (IPv6 with or without brackets)."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), 0, type=socket.SOCK_STREAM)
        family, kind, *_, address = found[0]
        with socket.socket(family, kind) as probe:
            probe.bind(address)
    except OSError:
        return False
    return True


def loopback() -> list[str]:
    """The machine's loopback addresses; Unity asks for "localhost", which may be any of them."""
    return [address for address in ("127.0.0.1", "[::1]") if is_own(address)]


def owner(port: int) -> str:
    """Who listens on a port, as "name (pid N)"; "another program" where that cannot be seen.

    Only Linux tells it through files, and only about the processes of the same user.
    """
    wanted = {f"socket:[{inode}]" for inode in _listeners(port)}
    for process in PROC.glob("[0-9]*"):
        if wanted & set(_open_files(process)):
            with suppress(OSError):  # it has ended meanwhile
                name = (process / "comm").read_text(encoding="utf-8").strip()
                return f"{name} (pid {process.name})"
    return "another program"


def _open_files(process: Path) -> Iterator[str]:
    """What a process has open; nothing where it has ended meanwhile, or is another user's."""
    with suppress(OSError):
        for link in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                yield str(link.readlink())


def _listeners(port: int) -> Iterator[str]:
    """Inodes of the sockets that listen on the port."""
    for table in ("tcp", "tcp6"):
        path = PROC / "net" / table
        rows = path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []
        for row in rows:
            _, local, _, state, *rest = row.split()
            if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                yield rest[5]
