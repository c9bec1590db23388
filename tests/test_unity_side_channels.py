"""What goes beside actions and observations: read as bytes, and broken on purpose."""

import struct
import uuid
from typing import Any

import pytest

from tests.scripted_player import ScriptedPlayer, agent, observation, output, playing
from unity_bridge.connection import Player

ENGINE = uuid.UUID("e951342c-4f7e-11ea-b238-784f4387d1f7")
TIME_SCALE = 2  # ML-Agents' EngineConfigurationChannel.ConfigurationType
PUPIL: dict[str, Any] = {"num_discrete_actions": 1, "discrete_branch_sizes": [3]}
ONE = output(pupil=[agent(1, observation("eyes", [1, 2]))])


def frame(channel: uuid.UUID, payload: bytes) -> bytes:
    """One message of a side channel as ML-Agents packs it."""
    return channel.bytes_le + struct.pack("<i", len(payload)) + payload


def _received(player: ScriptedPlayer) -> bytes:
    return b"".join(bytes(said.rl_input.side_channel) for said in player.inputs)


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
