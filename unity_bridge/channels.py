"""The side channels of a connection: our own messages, engine settings, parameters, statistics.

The byte format of our own messages is at the top of `unity_bridge.channel_messages`.
"""

import logging
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from unity_bridge.channel_messages import CHANNEL_ID, Message
from unity_bridge.message_encoding import decode, encode
from unity_bridge.mlagents import (
    EngineConfigurationChannel,
    EnvironmentParametersChannel,
    OutgoingMessage,
    SideChannel,
    StatsAggregationMethod,
    StatsSideChannel,
)

LOG: Final = logging.getLogger(__name__)
MOST_KEPT: Final = 65_536
"""Messages kept for a reader; where nobody reads, the oldest go first."""


class ClassroomChannel(SideChannel):  # type: ignore[misc]  # mlagents-envs has no types
    """Our messages, in both directions; either side of the wire can hold one."""

    def __init__(self) -> None:
        super().__init__(CHANNEL_ID)
        self._received: deque[Message] = deque(maxlen=MOST_KEPT)

    def send(self, message: Message) -> None:
        """Have a message sent with the next exchange.

        Raises:
            ValueError: A number in it is not finite.
        """
        outgoing = OutgoingMessage()
        outgoing.set_raw_bytes(encode(message))
        self.queue_message_to_send(outgoing)

    def take(self) -> list[Message]:
        """The messages that came since the last call, in order."""
        taken = list(self._received)
        self._received.clear()
        return taken

    def on_message_received(self, msg: Any) -> None:
        """Called by mlagents-envs with each message.

        Raises:
            Garbled, WrongVersion: See `message_encoding.decode`.
        """
        message = decode(bytes(msg.get_raw_bytes()))
        if message is not None:
            self._received.append(message)


@dataclass
class _Summary:
    """The values of one statistic since the last reading."""

    method: Any
    total: float = 0.0
    times: int = 0
    last: float = 0.0

    def add(self, value: float) -> None:
        self.total, self.times, self.last = self.total + value, self.times + 1, value

    def merge(self, other: "_Summary") -> None:
        """Add the values of the same statistic of another scene."""
        self.total, self.times, self.last = (
            self.total + other.total,
            self.times + other.times,
            other.last,
        )

    @property
    def value(self) -> float:
        if self.method == StatsAggregationMethod.SUM:
            return self.total
        if self.method == StatsAggregationMethod.MOST_RECENT:
            return self.last
        return self.total / self.times


class SceneStats(StatsSideChannel):  # type: ignore[misc]  # mlagents-envs has no types
    """What C# code adds to `Academy.Instance.StatsRecorder`, summed up as it arrives.

    The channel of mlagents-envs keeps every value until somebody asks; this one keeps a sum. Values
    that are not finite are left out, with one warning for each name: a curve would end there.
    """

    def __init__(self) -> None:
        super().__init__()
        self._summaries: dict[str, _Summary] = {}
        self._warned: set[str] = set()

    def _warn(self, name: str, value: float) -> None:
        if name not in self._warned:
            self._warned.add(name)
            LOG.warning("statistic %s of the scene is %s; it is left out", name, value)

    def on_message_received(self, msg: Any) -> None:
        """Called by mlagents-envs with each value."""
        super().on_message_received(msg)
        for name, values in self.get_and_reset_stats().items():
            for value, method in values:
                if not math.isfinite(value):
                    self._warn(name, value)
                    continue
                self._summaries.setdefault(name, _Summary(method)).add(value)

    def read(self) -> dict[str, float]:
        """Name -> value since the last call, ready for TensorBoard.

        Averages and histograms give the mean, sums the sum, the rest the most recent value, as the
        C# code chose.
        """
        return read_together([self])

    def take(self) -> dict[str, _Summary]:
        """The summaries since the last call."""
        taken, self._summaries = self._summaries, {}
        return taken


def read_together(scenes: Iterable[SceneStats]) -> dict[str, float]:
    """What `SceneStats.read` gives, of several scenes as of one."""
    together: dict[str, _Summary] = {}
    for scene in scenes:
        for name, summary in scene.take().items():
            if name in together:
                together[name].merge(summary)
            else:
                together[name] = summary
    return {name: summary.value for name, summary in together.items()}


@dataclass(frozen=True)
class Channels:
    """The side channels that every connection has."""

    classroom: ClassroomChannel = field(default_factory=ClassroomChannel)
    engine: Any = field(default_factory=EngineConfigurationChannel)
    """mlagents-envs' own: `set_configuration_parameters(time_scale=..., width=..., ...)`."""
    parameters: Any = field(default_factory=EnvironmentParametersChannel)
    """mlagents-envs' own: `set_float_parameter(name, value)`."""
    stats: SceneStats = field(default_factory=SceneStats)

    def together(self) -> list[Any]:
        """A new list of them all; mlagents-envs appends to the list that it is given."""
        return [self.classroom, self.engine, self.parameters, self.stats]
