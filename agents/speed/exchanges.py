"""Speed of the link to Unity: exchanges with a stand-in build, beside the protocol's own limit."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from envs.activities import STEPS, Activity
from unity_bridge.build import COMPILING_SECONDS, BuildSettings, write_build
from unity_bridge.classroom_vector_env import UnityClassroomVectorEnv
from unity_bridge.connection import Player
from unity_bridge.mlagents import UnityMessageProto
from unity_bridge.player import EXCHANGE, GOES_ON, PROTOCOL
from unity_bridge.transport import Listening, QueueCommunicator

CLASSROOMS: Final = (1, 64)
"""In one build."""
EMPTY: Final = "empty"
"""Stands for exchanges in which neither side says anything."""
REPEATS: Final = 5
CORES: Final = 2
"""Threads of a build's simulation: while it plays, Python waits."""
PATIENT: Final = Listening(connect_seconds=COMPILING_SECONDS)
_NOTHING: Final = """
import sys
import grpc
port, exchange, greeting, empty = sys.argv[1:]
with grpc.insecure_channel(f"localhost:{port}") as channel:
    call = channel.unary_unary(exchange)
    call(bytes.fromhex(greeting), wait_for_ready=True)
    while True:
        call(bytes.fromhex(empty))
"""
"""A player without a scene; takes and gives bytes, and ends with an error when Python is gone."""
Turn = Callable[[], object]


def exchanges_per_second(
    settings: BuildSettings, seconds: float, repeats: int = REPEATS
) -> dict[str, float]:
    """Medians for builds of 1 and 64 classrooms, where nobody thinks, and for empty exchanges.

    They are measured in turns, so that what else the machine does counts for all.

    Args:
        settings: Of the build; their numbers of classrooms and threads are not used.
        seconds: For each repeat of each.
        repeats: At least 1.

    Returns:
        Exchanges per second by number of classrooms, and `EMPTY`.
    """
    with ExitStack() as stack:
        turns = {
            str(number): stack.enter_context(
                _classrooms(replace(settings, classrooms=number, threads=CORES))
            )
            for number in CLASSROOMS
        }
        turns[EMPTY] = stack.enter_context(_nothing())
        rates = [
            {name: _rate(turn, seconds) for name, turn in turns.items()} for _ in range(repeats)
        ]
    return {name: statistics.median(own[name] for own in rates) for name in turns}


def classroom_steps_per_second(exchanges: dict[str, float]) -> dict[str, float]:
    """The same in steps of 30 s of all classrooms of a build, by their number."""
    steps = int(STEPS[Activity.CIRCULATE])  # what nobody's thinking comes to
    return {name: rate * int(name) * steps for name, rate in exchanges.items() if name != EMPTY}


def _rate(turn: Turn, seconds: float) -> float:
    begin, exchanges = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        turn()
        exchanges += 1
    return exchanges / (time.perf_counter() - begin)


@contextmanager
def _classrooms(settings: BuildSettings) -> Iterator[Turn]:
    """A build in which every tutor circulates."""
    with tempfile.TemporaryDirectory() as folder:
        build = write_build(Path(folder), settings)
        env = UnityClassroomVectorEnv([Player(build=str(build))], listening=PATIENT)
        with closing(env):
            env.reset(seed=0)
            idle = np.zeros((env.num_envs, len(env.layout.branches)), np.int64)
            env.step(idle)
            yield lambda: env.step(idle)


@contextmanager
def _nothing() -> Iterator[Turn]:
    """A player that says nothing, in a process of its own, as a build is."""
    greeting = UnityMessageProto(header={"status": GOES_ON})
    greeting.unity_output.rl_initialization_output.communication_version = PROTOCOL
    empty = UnityMessageProto(header={"status": GOES_ON})
    said = [message.SerializeToString().hex() for message in (greeting, empty)]
    with closing(QueueCommunicator(PATIENT)) as communicator:
        words: Sequence[str] = (sys.executable, "-c", _NOTHING, str(communicator.port), EXCHANGE)
        player = subprocess.Popen([*words, *said], stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            communicator.initialize(empty.unity_input)
            yield lambda: communicator.exchange(empty.unity_input)
        finally:
            player.kill()
            player.wait()
