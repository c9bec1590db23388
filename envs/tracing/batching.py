"""Classrooms divided among threads, and output arrays that belong to somebody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray


class Rows:
    """Ranges of classrooms, one a thread; kernels release the interpreter lock."""

    def __init__(self, batch: int, threads: int) -> None:
        """Divide `batch` classrooms among at most `threads` threads."""
        bounds = np.linspace(0, batch, min(threads, batch) + 1).astype(int)
        self._ranges = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
        self._pool = ThreadPoolExecutor(len(self._ranges)) if len(self._ranges) > 1 else None

    def call(self, kernel: Callable[..., None], *arguments: object) -> None:
        """Run `kernel(first, last, *arguments)` for every range and wait."""
        if self._pool is None:
            kernel(*self._ranges[0], *arguments)
            return
        waiting = [self._pool.submit(kernel, *rows, *arguments) for rows in self._ranges]
        for future in waiting:
            future.result()


def check_sizes(**sizes: int) -> None:
    """Raise ValueError where a size is below 1."""
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} is {size}; expected at least 1")


def output(
    name: str, array: NDArray[np.float32] | None, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Take the caller's array to write into, or allocate one.

    Raises:
        ValueError: The array has another shape or is not float32.
    """
    if array is None:
        return np.zeros(shape, np.float32)
    if array.shape != shape or array.dtype != np.float32:
        found = f"{array.dtype} {array.shape}"
        raise ValueError(f"{name} is {found}; expected float32 {shape}")
    return array
