"""What goes beside actions and observations: read as bytes, and broken on purpose."""

import struct
import uuid
from typing import Any

import pytest

from tests.scripted_player import ScriptedPlayer, agent, observation, output, playing
from unity_bridge.channel_messages import CHANNEL_ID
from unity_bridge.connection import Player
from unity_bridge.faults import Garbled

ENGINE = uuid.UUID("e951342c-4f7e-11ea-b238-784f4387d1f7")
TIME_SCALE = 2  # ML-Agents' EngineConfigurationChannel.ConfigurationType
PUPIL: dict[str, Any] = {"num_discrete_actions": 1, "discrete_branch_sizes": [3]}
ONE = output(pupil=[agent(1, observation("eyes", [1, 2]))])


def frame(channel: uuid.UUID, payload: bytes) -> bytes:
    """One message of a side channel as ML-Agents packs it."""
    return channel.bytes_le + struct.pack("<i", len(payload)) + payload


def _received(player: ScriptedPlayer) -> bytes:
    return b"".join(bytes(said.rl_input.side_channel) for said in player.inputs)


STATS = uuid.UUID("a1d8f7b7-cec8-50f9-b78b-d3e165a78520")
BROKEN = {
    "cut off in the id": b"\x00" * 7,
    "cut off in the length": CHANNEL_ID.bytes_le + b"\x01",
    "cut off in the payload": frame(CHANNEL_ID, b"{}")[:-1],
    "of negative length": CHANNEL_ID.bytes_le + struct.pack("<i", -4) + b"1234",
    "a statistic with half a value": frame(STATS, struct.pack("<i", 4) + b"mean" + b"\x00\x00"),
    "a statistic's name beyond ASCII": frame(STATS, struct.pack("<i", 2) + "ö".encode()),
    "a statistic of an unknown kind": frame(STATS, struct.pack("<i1sfi", 1, b"m", 1.0, 77)),
    "settings of the engine, which are Python's": frame(ENGINE, b""),
    "no message of ours": frame(CHANNEL_ID, b"\xff"),
}


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_a_fault_after_which_training_goes_on(said: bytes) -> None:
    """Another error would end hours of training; so it is one that starts the worker again."""
    broken = output(pupil=[agent(1, observation("eyes", [1, 2]))])
    broken.side_channel = said
    turns = iter([ONE, broken])
    with playing(lambda _: next(turns), {"pupil": dict(PUPIL)}) as (connection, _):
        connection.reset()
        with pytest.raises(Garbled, match="cannot be read") as fault:
            connection.step()
    assert fault.value.passing


@pytest.mark.parametrize("time_scale", [20.0, 1.5])
def test_every_new_connection_sets_the_engines_speed(time_scale: float) -> None:
    """A build that was started again knows nothing of what the one before was told."""
    told = frame(ENGINE, struct.pack("<if", TIME_SCALE, time_scale))
    for _ in ("the first player", "its successor"):
        brains = {"pupil": dict(PUPIL)}
        with playing(lambda _: ONE, brains, time_scale=time_scale) as (connection, player):
            connection.reset()
            connection.step()
        assert _received(player).count(told) == 1


def test_a_scene_keeps_its_own_speed_where_none_is_asked_for() -> None:
    with playing(lambda _: ONE, {"pupil": dict(PUPIL)}) as (connection, player):
        connection.reset()
    assert ENGINE.bytes_le not in _received(player)
    with pytest.raises(ValueError, match="time_scale is -1; expected at least 0, finite"):
        Player(time_scale=-1)
