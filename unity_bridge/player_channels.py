"""The player's ends of the side channels: what Python tells the scene, and the scene Python."""

import logging
from typing import Any

from unity_bridge.channel_messages import Message
from unity_bridge.channels import ClassroomChannel
from unity_bridge.mlagents import (
    DefaultTrainingAnalyticsSideChannel,
    EngineConfigurationChannel,
    EnvironmentParametersChannel,
    OutgoingMessage,
    SideChannel,
    SideChannelManager,
    StatsAggregationMethod,
    StatsSideChannel,
)

LOG = logging.getLogger("classroom")


class _Heard(SideChannel):  # type: ignore[misc]  # mlagents-envs has no types
    """A channel whose messages mean something to an engine, and nothing here."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(theirs.channel_id)
        self._name = type(theirs).__name__

    def on_message_received(self, msg: Any) -> None:
        LOG.debug("%s: %d bytes without meaning here", self._name, len(msg.get_raw_bytes()))


class PlayerChannels:
    """Every side channel of ML-Agents, and ours, as seen from the player."""

    def __init__(self) -> None:
        self.classroom = ClassroomChannel()
        self._stats = _Heard(StatsSideChannel())
        engine = (
            EngineConfigurationChannel(),
            EnvironmentParametersChannel(),
            DefaultTrainingAnalyticsSideChannel(),
        )
        heard = [_Heard(channel) for channel in engine]
        self._manager = SideChannelManager([self.classroom, self._stats, *heard])

    def receive(self, packed: bytes) -> list[Message]:
        """Take in what Python sent, and give our own messages among it."""
        self._manager.process_side_channel_message(packed)
        return self.classroom.take()

    def add_stat(self, name: str, value: float) -> None:
        """Tell Python one value of a statistic; it forms the mean."""
        message = OutgoingMessage()
        message.write_string(name)
        message.write_float32(value)
        message.write_int32(StatsAggregationMethod.AVERAGE.value)
        self._stats.queue_message_to_send(message)

    def packed(self) -> bytes:
        """What is to be sent, in ML-Agents' frames; it then counts as sent."""
        return bytes(self._manager.generate_side_channel_messages())
