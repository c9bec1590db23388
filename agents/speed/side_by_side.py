"""Independent simulations in several processes at the same time: what more cores bring."""

import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from threading import Barrier

from agents.speed.simulation import decisions_per_second, make_simulation


def side_by_side(
    counts: Sequence[int], classrooms: int, seconds: float, repeats: int
) -> dict[str, float]:
    """Decisions per second of all processes together, by their number: medians of turns.

    Every process has one thread and classrooms of its own, and all begin at the same moment.
    """
    spawned = get_context("spawn")  # a fork would share locks of threads that it does not have
    with spawned.Manager() as manager, ProcessPoolExecutor(max(counts), spawned) as pool:
        turns = [
            [_together(pool, manager.Barrier(count), classrooms, seconds) for count in counts]
            for _ in range(repeats + 1)
        ]
    columns = zip(*turns[1:], strict=True)  # in the first turn the processes start
    return {str(n): statistics.median(rates) for n, rates in zip(counts, columns, strict=True)}


def _together(pool: ProcessPoolExecutor, begin: Barrier, classrooms: int, seconds: float) -> float:
    work = partial(_teach, begin=begin, classrooms=classrooms)
    return sum(pool.map(work, [seconds] * begin.parties))


def _teach(seconds: float, begin: Barrier, classrooms: int) -> float:
    simulation = make_simulation(classrooms)
    begin.wait()
    return decisions_per_second(simulation, seconds)
