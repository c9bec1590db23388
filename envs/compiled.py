"""The one way in which this package compiles its equations.

Kernels are plain Python over scalars; numba compiles them once and keeps the machine code in the
user's cache directory, in a folder named after a hash of the package's sources. (numba itself
notices a change only in the file of the outermost function, and would run stale code.)
`NUMBA_DISABLE_JIT=1` runs the same functions as plain Python.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from envs.user_cache import user_cache

Kernel = TypeVar("Kernel", bound=Callable[..., object])


NAMES_IN_KERNELS = (
    "activities.py",
    "spaces.py",
    "state.py",
    "constants.py",
    "compiled.py",
    "family.py",
    "stopping.py",
)
"""Modules without kernels whose constants and record layouts are compiled into others."""


KERNELS = (b"@compiled", b"@borrowing")
"""What stands above a kernel."""


def _cache_directory() -> Path:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        text = source.read_bytes()
        if any(mark in text for mark in KERNELS) or source.name in NAMES_IN_KERNELS:
            digest.update(text)
    return user_cache() / digest.hexdigest()[:16]


def announce() -> None:
    """Say, before the first start on a machine, why it takes so long."""
    settings: Any = numba.config  # its names are set at import
    if not (settings.DISABLE_JIT or Path(settings.CACHE_DIR).exists()):
        logging.getLogger(__name__).warning(
            "compiling the simulation; the first start takes some minutes"
        )


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(_cache_directory())  # type: ignore[attr-defined]  # set at import


def compiled(kernel: Kernel) -> Kernel:
    """Compile one kernel: cached on disk, without the interpreter lock, IEEE arithmetic kept.

    Calls between kernels are inlined: a call that passes the world hands over hundreds of pointers
    and sizes one by one, which took two fifths of a simulation's time.
    """
    jit = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
    return cast("Kernel", jit(kernel))


def borrowing(kernel: Kernel) -> Kernel:
    """Compile a kernel that allocates no array, nor does anything that it calls.

    Such a kernel borrows its arrays: it does not count references to them, as numba otherwise does
    wherever an array is looked at. Counting took a quarter of a simulation's time.
    """
    jit = numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]  # missing in its stubs
    return cast("Kernel", jit(kernel))
