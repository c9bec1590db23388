"""A worker whose player fails is started again while the others go on; what cannot help ends it."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from unity_bridge.faults import (
    AgentsDiffer,
    Fault,
    MessageTooLarge,
    NobodyConnected,
    NoDecision,
    NotFinite,
    WrongShape,
    WrongVersion,
)
from unity_bridge.workers import Restarting, Workers

NAN = NotFinite("Classroom", "its reward", 1, float("nan"))
SHAPE = WrongShape("Classroom", "gaze", 1, "(3,)", "(4,)")
LARGE = MessageTooLarge(5_000_000, 4_194_304, "The player")
IDLE = NoDecision("Classroom", 60.0, 9)
ABSENT = NobodyConnected(5005, 60.0, "")
OLD = WrongVersion("ML-Agents' protocol", "0.9.0", "1.5.0")
ACTIONS = np.zeros((4, 5), np.int64)


@dataclass
class _Link:
    """A player with two classrooms, whose steps are played or fail as it is told."""

    steps: Iterator[Fault | None]
    classrooms: int = 2
    behaviour: str = "Classroom"
    resets: list[tuple[Sequence[int], int]] = field(default_factory=list)
    closed: bool = False
    refuses: Fault | None = None
    """To be reset."""

    def reset(self, seeds: Sequence[int], *, spread: bool, episode: int) -> None:
        del spread
        if self.refuses:
            raise self.refuses
        self.resets.append((tuple(seeds), episode))

    def step(self, actions: Any) -> Any:
        assert len(actions) == 2
        if fault := next(self.steps, None):
            raise fault
        no = np.zeros(2, np.bool_)
        return SimpleNamespace(terminated=no, truncated=no)

    def close(self) -> None:
        self.closed = True


class _Clock:
    """In the place of the event that a closing ends waiting with: notes how long is waited."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def is_set(self) -> bool:
        return False

    def set(self) -> None:
        """There is nobody to tell."""


Play = Callable[..., tuple[Workers, _Clock, list[_Link]]]


@pytest.fixture
def play() -> Iterator[Play]:
    """Two workers; worker 0 gets the given players in turn, a fault being a failed start."""
    made: list[Workers] = []

    def begin(players: Sequence[_Link | Fault], **restarting: Any) -> Any:
        coming, links = iter(players), list[_Link]()

        def connect(number: int, _waiting: Any) -> Any:
            player = _Link(iter(())) if number else next(coming)
            if isinstance(player, Fault):
                raise player
            links.append(player)
            return player

        workers = Workers(connect, 2, Restarting(**restarting))
        workers._closing = clock = _Clock()  # type: ignore[assignment]
        made.append(workers)
        workers.reset([7, 8, 9, 10], spread=False)
        return workers, clock, links

    yield begin
    for workers in made:
        workers.close()


def _until_back(workers: Workers) -> int:
    """Step until worker 0 has a player again; steps that the other made alone."""
    alone = 0
    while workers.each[0].coming is not None:
        assert set(workers.step(ACTIONS)) == {1}
        alone += 1
        workers.welcome()
    return alone


@pytest.mark.parametrize("fault", [NAN, SHAPE, LARGE, IDLE], ids=lambda own: type(own).__name__)
def test_a_worker_that_fails_is_started_again_until_it_comes(play: Play, fault: Fault) -> None:
    sick, well = _Link(iter([None, fault])), _Link(iter(()))
    workers, clock, _ = play([sick, ABSENT, ABSENT, well], wait_seconds=1.5)
    assert set(workers.step(ACTIONS)) == {0, 1}
    assert set(workers.step(ACTIONS)) == {1}
    assert _until_back(workers) > 0
    assert sick.closed
    assert [own for _, own in workers.faults] == [fault, ABSENT, ABSENT]
    assert clock.pauses == [1.5, 3.0, 6.0]
    assert well.resets == [((7, 8), 1)]  # its own classes, the next course
    assert set(workers.step(ACTIONS)) == {0, 1}
    assert workers.each[0].failures == 0


def test_a_new_player_that_cannot_be_reset_is_closed(play: Play) -> None:
    """It would run on beside the next one, a whole Unity build, until Python ends."""
    bad, well = _Link(iter(()), refuses=SHAPE), _Link(iter(()))
    workers, _, _ = play([_Link(iter([NAN])), bad, well])
    workers.step(ACTIONS)
    _until_back(workers)
    assert bad.closed
    assert not well.closed
    assert [own for _, own in workers.faults] == [NAN, SHAPE]


def test_failures_count_in_a_row_alone(play: Play) -> None:
    players = [_Link(iter([None, NAN])) for _ in range(4)]
    workers, clock, _ = play(players, attempts=1)
    for _ in range(3):
        assert set(workers.step(ACTIONS)) == {0, 1}
        workers.step(ACTIONS)
        _until_back(workers)
    assert clock.pauses == [1.0, 1.0, 1.0]


def test_after_too_many_failures_in_a_row_the_last_is_raised(play: Play) -> None:
    workers, clock, _ = play([_Link(iter([NAN])), ABSENT, ABSENT], attempts=2)
    workers.step(ACTIONS)
    with pytest.raises(NobodyConnected):
        _until_back(workers)
    assert len(workers.faults) == 3
    assert clock.pauses == [1.0, 2.0]


def test_waits_grow_to_the_longest(play: Play) -> None:
    restarting = Restarting(wait_seconds=10.0, longest_wait_seconds=25.0)
    assert [restarting.wait_after(n) for n in (1, 2, 3, 9)] == [10.0, 20.0, 25.0, 25.0]
    with pytest.raises(ValueError, match="attempts is -1; expected at least 0"):
        play([], attempts=-1)


def test_what_starting_anew_cannot_mend_is_raised_at_once(play: Play) -> None:
    workers, clock, _ = play([_Link(iter([OLD]))])
    with pytest.raises(WrongVersion):
        workers.step(ACTIONS)
    assert clock.pauses == []


def test_a_fault_is_raised_when_all_others_have_answered() -> None:
    """A player that is stopped in the middle of a step would be waited for until its time is up."""
    answered = list[float]()

    class Slow(_Link):
        def step(self, actions: Any) -> Any:
            time.sleep(0.2)
            answered.append(1)
            return super().step(actions)

    links = [_Link(iter([OLD])), Slow(iter(()))]
    workers = Workers(lambda number, _: links[number], 2)  # type: ignore[arg-type,return-value]
    workers.reset([7, 8, 9, 10], spread=False)
    with pytest.raises(WrongVersion):
        workers.step(ACTIONS)
    assert answered
    workers.close()


def test_a_new_player_of_another_size_is_refused(play: Play) -> None:
    other = _Link(iter(()), classrooms=3)
    workers, _, _ = play([_Link(iter([NAN])), other])
    workers.step(ACTIONS)
    with pytest.raises(AgentsDiffer, match="has 3 agents; expected 2"):
        _until_back(workers)
    assert other.closed


def test_a_player_that_cannot_start_at_the_beginning_leaves_none_running() -> None:
    players: list[_Link] = []

    def connect(number: int, _waiting: Any) -> Any:
        if number:
            raise ABSENT
        players.append(_Link(iter(())))
        return players[-1]

    with pytest.raises(NobodyConnected):
        Workers(connect, 2)
    assert [own.closed for own in players] == [True]
