"""Where processes that train together find each other, also after torchrun started them again."""

import time
import uuid
from datetime import timedelta
from typing import Final

from torch.distributed.distributed_c10d import PrefixStore, Store

ROOM: Final = "room"
POLL: Final = 0.05
"""Seconds between two looks into the store. Chosen."""


def meeting_place(store: Store, rank: int, size: int, patience: timedelta) -> Store:
    """A part of torchrun's store that holds nothing of processes that died before a restart.

    torchrun keeps one store over its restarts (torch 2.13; pytorch issue 135712), where processes
    would meet the addresses of dead ones, and its machines agree on no number of the restart. So
    the first process opens a room with a new name, and the others look again until one is open
    whose list of guests has the new name of their own.

    Args:
        store: Shared by all processes.
        rank: Number of this process, from 0.
        size: Number of processes.
        patience: How long to wait for the others.

    Raises:
        TimeoutError: The first process did not come.
    """
    own = uuid.uuid4().hex
    room = _open(store, own, size) if rank == 0 else _find(store, own, rank, patience)
    return PrefixStore(room, store)


def _open(store: Store, own: str, size: int) -> str:
    store.set(ROOM, own)
    guests = [store.get(f"{own}/{other}").decode() for other in range(1, size)]  # waits for each
    store.set(f"{own}/guests", " ".join(guests))
    return own


def _find(store: Store, own: str, rank: int, patience: timedelta) -> str:
    deadline = time.monotonic() + patience.total_seconds()
    while time.monotonic() < deadline:
        room = store.get(ROOM).decode()
        store.set(f"{room}/{rank}", own)
        guests = f"{room}/guests"
        if store.check([guests]) and own in store.get(guests).decode():
            return room
        time.sleep(POLL)
    raise TimeoutError(f"process {rank} waited {patience} for process 0; expected it to come")
