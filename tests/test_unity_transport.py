"""Whatever goes wrong between Python and a player is named, and nothing is left behind."""

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.scripted_player import (
    ScriptedPlayer,
    agent,
    free_port,
    observation,
    output,
    playing,
)
from unity_bridge import faults, player_process
from unity_bridge.connection import Connection, Player
from unity_bridge.mlagents import ActionTuple, UnityEnvironment
from unity_bridge.transport import UNITY_TAKES, Listening, QueueCommunicator

PUPIL = {"num_discrete_actions": 1, "discrete_branch_sizes": [3]}
ONE = output(pupil=[agent(1, observation("eyes", [1, 2]))])


@pytest.fixture
def port() -> Iterator[int]:
    """A port that must be free again at the end."""
    number = free_port()
    yield number
    QueueCommunicator(Listening(port=number)).close()


def _listen(port: int, **fields: Any) -> Listening:
    return Listening(port=port, **{"connect_seconds": 20.0, "answer_seconds": 20.0} | fields)


def test_a_player_steps_and_is_told_to_stop_at_the_end() -> None:
    with playing(lambda _: ONE, {"pupil": dict(PUPIL)}) as (connection, player):
        connection.reset()
        connection.step()
        assert connection.get_steps("pupil")[0].obs[0].tolist() == [[1, 2]]
        assert connection.package_version == "4.0.0"
    assert player.join() == 400


def test_actions_are_written_as_mlagents_writes_them() -> None:
    rng = np.random.default_rng(0)
    crowd = output(pupil=[agent(n, observation("eyes", [1, 2])) for n in range(3)])
    brain = PUPIL | {"num_continuous_actions": 2}
    with playing(lambda _: crowd, {"pupil": brain}) as (connection, _):
        connection.reset()
        for shown in (3, 0):
            told = ActionTuple(rng.normal(size=(shown, 2)), rng.integers(3, size=(shown, 1)))
            connection._env_state["pupil"] = (range(shown), ())
            theirs = UnityEnvironment._generate_step_input(connection, {"pupil": told})
            assert connection._generate_step_input({"pupil": told}) == theirs
        connection._env_state["pupil"] = (range(3), ())


def test_a_hanging_player() -> None:
    wake = threading.Event()

    def hang(said: Any) -> Any:
        return ONE if said.command == 1 else wake.wait(10) and None

    with playing(hang, {"pupil": dict(PUPIL)}, seconds=1.0) as (connection, _):
        connection.reset()
        with pytest.raises(faults.PlayerSilent, match=r"answer for 1 s"):
            connection.step()
        wake.set()


def test_a_broken_connection() -> None:
    with playing(lambda _: ONE, {"pupil": dict(PUPIL)}) as (connection, player):
        connection.reset()
        waiting = connection._communicator._pending
        player.kill()
        deadline = time.monotonic() + 20.0
        while not waiting.broken and time.monotonic() < deadline:
            time.sleep(0.01)  # the news of a broken call takes its time on a busy machine
        with pytest.raises(faults.PlayerDied, match="its connection broke"):
            connection.step()


def test_play_is_ended_in_the_editor() -> None:
    turns = iter([ONE])
    with playing(lambda _: next(turns, None), {"pupil": dict(PUPIL)}) as (connection, player):
        connection.reset()
        with pytest.raises(faults.PlayerStopped):
            connection.step()
        assert player.join() == 400  # the editor hangs where its goodbye has no answer


def test_another_player_comes_before_the_first_has_gone() -> None:
    wake = threading.Event()

    def hang(said: Any) -> Any:
        return ONE if said.command == 1 else wake.wait(10) and None

    with playing(hang, {"pupil": dict(PUPIL)}) as (connection, _):
        connection.reset()
        second = ScriptedPlayer(connection.port, lambda _: ONE, {})
        with pytest.raises(faults.PlayerRestarted):
            connection.step()
        wake.set()
    second.join()


def test_an_open_door_takes_players_one_after_the_other(port: int) -> None:
    """One that stops, one that dies, and one that comes before its forerunner was missed."""
    door = QueueCommunicator(_listen(port))
    wake = threading.Event()

    def play(script: Any) -> Connection:
        players.append(ScriptedPlayer(port, script, {"pupil": dict(PUPIL)}))
        return Connection(door=door)

    def silent(said: Any) -> Any:
        return ONE if said.command == 1 else wake.wait(10) and None

    players: list[ScriptedPlayer] = []
    turns = iter([ONE])
    try:
        with play(lambda _: next(turns, None)) as connection:
            connection.reset()
            with pytest.raises(faults.PlayerStopped):
                connection.step()
        with play(lambda _: ONE) as connection:
            connection.reset()
            waiting = door._pending
            players[1].kill()
            deadline = time.monotonic() + 20.0
            while not waiting.broken and time.monotonic() < deadline:
                time.sleep(0.01)
            with pytest.raises(faults.PlayerDied):
                connection.step()
        with play(silent) as connection:
            connection.reset()
            players.append(ScriptedPlayer(port, lambda _: ONE, {"pupil": dict(PUPIL)}))
            with pytest.raises(faults.PlayerRestarted):
                connection.step()
        with Connection(door=door) as connection:  # it need not come again
            connection.reset()
            assert connection.get_steps("pupil")[0].obs[0].tolist() == [[1, 2]]
        assert players[3].join() == 400
    finally:
        wake.set()
        door.close()


@pytest.mark.parametrize("version", ["0.14.0", "2.0.0", ""])
def test_an_incompatible_version(port: int, version: str) -> None:
    player = ScriptedPlayer(port, lambda _: ONE, {}, version=version)
    with pytest.raises(faults.WrongVersion, match=f"version {version or 'none'} of .* 1.5.0"):
        Connection(listening=_listen(port))
    player.join()


def test_a_message_over_the_limit_in_either_direction() -> None:
    large = output(pupil=[agent(1, observation("eyes", range(2000)))])
    script = iter([ONE, large])
    brains = {"pupil": dict(PUPIL)}
    with playing(lambda _: next(script), brains, largest_message=4000) as (connection, _):
        connection.reset()
        with pytest.raises(faults.MessageTooLarge, match=r"The player sent .* the limit is 4000"):
            connection.step()
    with playing(lambda _: ONE, {"pupil": dict(PUPIL)}) as (connection, player):
        connection.reset()
        connection.channels.parameters.set_float_parameter("x" * UNITY_TAKES, 1.0)
        with pytest.raises(faults.MessageTooLarge, match="Python sent"):
            connection.step()
    assert player.join() == 400


BAD = [
    (agent(4, observation("eyes", [1, float("nan")])), faults.NotFinite, r"eyes\[1\] is nan"),
    (agent(4, observation("eyes", [-float("inf"), 0])), faults.NotFinite, r"eyes\[0\] is -inf"),
    (agent(4, observation("eyes", [1, 2]), reward=float("nan")), faults.NotFinite, "its reward"),
    (agent(4, observation("eyes", [1, 2, 3])), faults.WrongShape, r"eyes is \(3,\).*\(2,\)"),
    (agent(4), faults.WrongShape, "of 0 sensors; expected 1"),
    (
        agent(4, observation("eyes", [1, 2]), action_mask=[True]),
        faults.WrongShape,
        "mask is of 1 actions; expected 3",
    ),
]


# an agent whose episode ended chooses nothing, and has no mask
@pytest.mark.parametrize(
    ("said", "kind", "says", "done"),
    [
        (*bad, done)
        for bad in BAD
        for done in (False, True)
        if not (done and "action_mask" in bad[0])
    ],
)
def test_a_bad_observation_names_agent_and_sensor(
    said: dict[str, Any], kind: type[faults.Fault], says: str, done: bool
) -> None:
    good = agent(3, observation("eyes", [1, 2]))
    turns = iter([ONE, output(pupil=[good, said | {"done": done}])])
    with playing(lambda _: next(turns), {"pupil": dict(PUPIL)}) as (connection, _):
        connection.reset()
        with pytest.raises(kind, match=rf"pupil, agent 4: .*{says}"):
            connection.step()


def _build(folder: Path, text: str, mode: int = 0o755) -> str:
    path = folder / "game.x86_64"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_a_build_that_dies_leaves_its_exit_code_and_log(tmp_path: Path) -> None:
    build = _build(tmp_path, "#!/bin/sh\necho NullReferenceException: board\nexit 3\n")
    with pytest.raises(faults.PlayerDied, match="exit code 3") as died:
        Connection(Player(build=build), listening=_listen(0))
    assert "NullReferenceException: board" in str(died.value)
    build = _build(tmp_path, "#!/bin/sh\nkill -9 $$\n")
    with pytest.raises(faults.PlayerDied, match="signal SIGKILL"):
        Connection(Player(build=build), listening=_listen(0))


def test_a_build_that_never_connects_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player_process, "END_SECONDS", 0.1)
    build = _build(tmp_path, "#!/bin/sh\nsleep 60 &\necho $$ $! loading $*\nwait\n")
    log = tmp_path / "logs" / "player.log"
    begun = time.monotonic()
    with pytest.raises(
        faults.NobodyConnected,
        match=r"needs no click to start\.\nThe end of .*\n  .* loading --mlagents-port",
    ):
        Connection(Player(build=build, log=log), listening=_listen(0, connect_seconds=2.0))
    assert time.monotonic() - begun < 30
    for number in log.read_text(encoding="utf-8").split()[:2]:
        state = Path("/proc", number, "stat")
        assert not state.exists() or ") Z " in state.read_text(encoding="utf-8")


def test_a_build_that_is_not_there_or_may_not_run(tmp_path: Path) -> None:
    with pytest.raises(faults.BuildMissing, match="no such executable"):
        Connection(Player(build=str(tmp_path / "other")))
    build = _build(tmp_path, "#!/bin/sh\n", mode=0o644)
    with pytest.raises(faults.BuildMissing, match="Permission denied"):
        Connection(Player(build=build))


def test_python_ends_with_a_player_still_connected(port: int) -> None:
    program = f"""
from tests.scripted_player import ScriptedPlayer, output
from unity_bridge.connection import Connection
from unity_bridge.transport import Listening
player = ScriptedPlayer({port}, lambda _: output(), {{}})
Connection(listening=Listening(port={port})).reset()
print("bye")
"""
    done = subprocess.run(  # noqa: S603  (the program is the test's own)
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "bye\n"


KINDS = [k for k in vars(faults).values() if isinstance(k, type) and hasattr(k, "remedy")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_says_its_facts_and_crosses_processes(kind: type[Any]) -> None:
    facts = {"str": "x{y}", "int": 3, "float": 0.5}
    fault = kind(*(facts[str(getattr(f.type, "__name__", f.type))] for f in fields(kind)))
    text = str(fault)
    assert text.removesuffix(facts["str"]).endswith(".")
    assert all(str(getattr(fault, f.name)) in text for f in fields(kind))
    again = pickle.loads(pickle.dumps(fault))  # noqa: S301  (just pickled)
    assert (type(again), str(again)) == (kind, text)
