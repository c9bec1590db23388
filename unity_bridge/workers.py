"""Several players at work at the same time; one that fails is started again while others go on."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from unity_bridge.classroom_link import ClassroomLink, Transition
from unity_bridge.faults import AgentsDiffer, Fault, PlayerStopped

LOG: Final = logging.getLogger(__name__)
Result = TypeVar("Result")
Connect = Callable[[int, Callable[[], None]], ClassroomLink]
"""Starts the player of a worker; the second argument is to be called while waiting for it."""


@dataclass(frozen=True, kw_only=True)
class Restarting:
    """How the player of a worker that failed is started again.

    Raises:
        ValueError: A number is out of range.
    """

    wait_seconds: float = 1.0
    """Before the first attempt; each further one waits twice as long as the one before."""
    longest_wait_seconds: float = 60.0
    attempts: int = 5
    """That may fail in a row before the fault is raised."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("wait_seconds", "longest_wait_seconds", "attempts"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 0")

    def wait_after(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row, 1 and up."""
        return min(self.longest_wait_seconds, self.wait_seconds * 2.0 ** (failures - 1))


@dataclass
class Worker:
    """One player at work, or the next one on its way."""

    number: int
    link: ClassroomLink
    rows: slice
    """Its classrooms among all."""
    coming: "Future[ClassroomLink] | None" = None
    """The next player; None while the present one works."""
    failures: int = 0
    """In a row."""
    seeds: Sequence[int] = ()
    spread: bool = False
    begun: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    """Courses of its seeds that each of its classrooms has begun, or passed over."""

    def start(self, episode: int) -> None:
        """Note that all its classrooms begin with a course of that number; a spread takes two."""
        rows = self.rows.stop - self.rows.start
        self.begun = np.full(rows, episode + (2 if self.spread else 1))


@dataclass
class Workers:
    """Players that are reset and stepped in parallel, a thread each.

    Args:
        connect: Starts the player of the worker of a number.
        count: At least 1.
        restarting: How often and how soon a failed player is started again.

    Raises:
        Fault: A player cannot be started at the beginning; none is left running.
    """

    connect: Connect
    count: int
    restarting: Restarting = field(default_factory=Restarting)
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    """What went wrong so far: worker and fault."""

    def __post_init__(self) -> None:
        """Start all players at once."""
        self._closing = threading.Event()
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="unity-worker")
        starting = [self._pool.submit(self.connect, n, self._give_up) for n in range(self.count)]
        try:
            links = [future.result() for future in starting]
        except BaseException:  # also Ctrl-C: a player may take minutes to come
            self._closing.set()
            wait(starting)
            for future in starting:
                if not future.exception():
                    future.result().close()
            self._pool.shutdown()
            raise
        edges = np.cumsum([0, *(link.classrooms for link in links)]).tolist()
        rows = [slice(*ends) for ends in pairwise(edges)]
        self.each = [Worker(n, *own) for n, own in enumerate(zip(links, rows, strict=True))]

    def reset(self, seeds: Sequence[int] | None, *, spread: bool, episode: int = 0) -> None:
        """Start new courses everywhere; waits for players that are on their way.

        Args:
            seeds: One for each classroom of all workers; None: the next of the last seeds.
            spread: See `channel_messages.Classes`.
            episode: The same; of no meaning without seeds.
        """
        jobs = {}
        for worker in self.each:
            worker.seeds = worker.seeds if seeds is None else seeds[worker.rows]
            worker.spread = spread
            if worker.coming is None:
                told = () if seeds is None else worker.seeds
                job = self._pool.submit(worker.link.reset, told, spread=spread, episode=episode)
                jobs[worker.number] = job
            worker.start(int(worker.begun.max()) if seeds is None else episode)
        wait(jobs.values())
        for number, job in jobs.items():
            self._result(self.each[number], job)
        while away := [worker.coming for worker in self.each if worker.coming]:
            wait(away)
            self.welcome()

    def step(self, actions: NDArray[np.int64]) -> dict[int, Transition]:
        """Act (B, 3 + 2 S) in the classrooms of all workers that are there.

        Returns:
            Transitions by worker; those of a player that fails, or is away, are missing.

        Raises:
            Fault: A player failed too often in a row, or in a way that starting anew cannot mend.
        """
        jobs = {
            worker.number: self._pool.submit(worker.link.step, actions[worker.rows])
            for worker in self.each
            if worker.coming is None
        }
        wait(jobs.values())  # also where one fails for good: the others are then free to be closed
        moves = {number: self._result(self.each[number], job) for number, job in jobs.items()}
        for number, move in moves.items():
            if move is not None:
                self.each[number].failures = 0
                self.each[number].begun += move.terminated | move.truncated
        return {number: move for number, move in moves.items() if move is not None}

    def welcome(self) -> list[Worker]:
        """The workers whose next player has come; waits for one where nobody else is at work."""
        away = {worker.coming for worker in self.each if worker.coming}
        if len(away) == self.count:
            wait(away, return_when=FIRST_COMPLETED)
        back = []
        for worker in self.each:
            if worker.coming is not None and worker.coming.done():
                job, worker.coming = worker.coming, None
                link = self._result(worker, job)
                if link is not None:
                    worker.link = link
                    LOG.warning("worker %d: its new player is at work", worker.number)
                    back.append(worker)
        return back

    def close(self) -> None:
        """Stop all players."""
        self._closing.set()
        for worker in self.each:
            worker.link.close()
            if worker.coming is not None and not worker.coming.cancel():
                wait([worker.coming])
                if not worker.coming.exception():
                    worker.coming.result().close()
        self._pool.shutdown()

    def _result(self, worker: Worker, job: "Future[Result]") -> "Result | None":
        """What a job of the worker gave; None where its player failed and the next is called."""
        try:
            return job.result()
        except Fault as fault:
            self.faults.append((worker.number, fault))
            worker.failures += 1
            if not fault.passing or worker.failures > self.restarting.attempts:
                raise
            pause = self.restarting.wait_after(worker.failures)
            LOG.warning("worker %d: %s New player in %g s.", worker.number, fault, pause)
            worker.coming = self._pool.submit(self._revive, worker, pause)
            return None

    def _revive(self, worker: Worker, pause: float) -> ClassroomLink:
        worker.link.close()  # here, since a hanging player takes its time to die
        self._closing.wait(pause)
        self._give_up()
        link = self.connect(worker.number, self._give_up)
        expected = worker.rows.stop - worker.rows.start
        episode = int(worker.begun.max())  # new learners, and not those of another run's seeds
        try:
            if link.classrooms != expected:
                raise AgentsDiffer(link.behaviour, link.classrooms, str(expected))
            link.reset(worker.seeds, spread=worker.spread, episode=episode)
        except BaseException:
            link.close()
            raise
        worker.start(episode)
        return link

    def _give_up(self) -> None:
        if self._closing.is_set():
            raise PlayerStopped
