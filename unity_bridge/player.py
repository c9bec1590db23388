"""A Unity player without Unity: simulated classrooms behind ML-Agents' protocol.

It is launched as a build is (`classroom.x86_64 --mlagents-port N`, see `unity_bridge.build`) and
speaks as ML-Agents' C# package does, over real gRPC: whatever works with it speaks the protocol,
and whoever writes the other side in another engine can read here what has to be said when.

| step | the player says | Python answers |
|---|---|---|
| greeting | package, protocol version, capabilities | seed, number of areas |
| first call | nothing | reset, and what is on the side channels |
| every call | what agents ended or ask, side channels | actions of those that asked, or reset |
| goodbye | | status other than 200: quit |

Python is the server and must listen first. Behaviours are described in the first call after the
first reset, since only then their agents are there.

Example:
    python -m unity_bridge.player --mlagents-port 5004
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import grpc
import numpy as np
from numpy.typing import NDArray

from unity_bridge.agent_messages import AgentWriter, read_actions
from unity_bridge.build import BuildSettings
from unity_bridge.channel_messages import Hello
from unity_bridge.layout import BEHAVIOUR, fingerprint
from unity_bridge.messages import WireMessage
from unity_bridge.player_channels import PlayerChannels
from unity_bridge.simulated_areas import Moment
from unity_bridge.stage import Stage

EXCHANGE: Final = "/communicator_objects.UnityToExternalProto/Exchange"
TEAM_BEHAVIOUR: Final = f"{BEHAVIOUR}?team=0"
"""Unity sends a behaviour's name with its team."""
PROTOCOL: Final = "1.5.0"
PACKAGE: Final = "4.0.0"
"""Version of ML-Agents' C# package whose manners these are."""
CAPABILITIES: Final = (
    "baseRLCapabilities",
    "hybridActions",
    "trainingAnalytics",
    "variableLengthObservation",
    "multiAgentGroups",
)
OWN_VERSION: Final = "0.1.0"
NO_ENGINE: Final = "none: the stand-in player"
GOES_ON: Final = 200
"""Status of every message but the last, as HTTP's OK."""
RESET: Final = 1
"""CommandProto: 0 is step, 1 reset."""
CONNECTION_SECONDS = 10.0
"""For Python to answer the greeting; afterwards it may think as long as it likes."""
STANDARD_OUTPUT: Final = "-"
"""Stands for it after Unity's -logFile."""
LOG: Final = logging.getLogger("classroom")


class Player:
    """One run of the player, from the greeting to the goodbye.

    Args:
        port: Where Python listens.
        settings: Of the build.
    """

    def __init__(self, port: int, settings: BuildSettings) -> None:
        self.channels = PlayerChannels()
        self.stage = Stage(settings)
        self._writer: AgentWriter | None = None
        self._connection = grpc.insecure_channel(
            f"localhost:{port}",
            options=[("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)],
        )
        self._exchange = self._connection.unary_unary(
            EXCHANGE,
            request_serializer=WireMessage.SerializeToString,
            response_deserializer=WireMessage.FromString,
        )

    def run(self) -> None:
        """Play until Python says goodbye.

        Raises:
            grpc.RpcError: Nobody listens, or Python is gone without a word.
            ValueError: Python asks for what this scene cannot do.
        """
        self.stage.rehearse()
        hello = self._greet()
        LOG.info("connected to mlagents-envs %s", hello.package_version)
        self.stage.expect(areas=hello.num_areas, seed=hello.seed)
        answer = self._exchange(WireMessage(header={"status": GOES_ON}))
        while answer.header.status == GOES_ON:
            answer = self._exchange(self._play(answer.unity_input.rl_input))
        self._quit()

    def _greet(self) -> Any:
        """Say who is here; Python answers with its own greeting."""
        message = WireMessage(header={"status": GOES_ON})
        greeting = message.unity_output.rl_initialization_output
        greeting.name = BEHAVIOUR
        greeting.communication_version, greeting.package_version = PROTOCOL, PACKAGE
        for capability in CAPABILITIES:
            setattr(greeting.capabilities, capability, True)
        answer = self._exchange(message, wait_for_ready=True, timeout=CONNECTION_SECONDS)
        return answer.unity_input.rl_initialization_input

    def _play(self, told: Any) -> Any:
        """Do what Python told, a UnityRLInputProto; the message with what came of it."""
        for setting in self.channels.receive(told.side_channel):
            self.stage.set(setting)
        if told.command == RESET:
            moments = [self.stage.reset()]
            hello = Hello(package=OWN_VERSION, unity=NO_ENGINE, layout=fingerprint())
            self.channels.classroom.send(hello)
        else:
            moments = self.stage.areas.step(self._actions(told))
            for said in self.stage.areas.told:
                self.channels.classroom.send(said)
        return self._message(moments)

    def _actions(self, told: Any) -> NDArray[np.int64]:
        """What Python told the agents; those that it told nothing do the first of everything."""
        actions = self.stage.areas.nothing()
        sent = read_actions(told.agent_actions[TEAM_BEHAVIOUR].value, actions.shape[1])
        actions[: len(sent)] = sent
        return actions

    def _message(self, moments: Sequence[Moment]) -> Any:
        """What the agents say, those that end first; with the first, what a behaviour is."""
        message = WireMessage(header={"status": GOES_ON})
        if self._writer is None:
            self._writer = AgentWriter(self.stage.areas.layout, blind=self.stage.settings.blind)
            greeting = message.unity_output.rl_initialization_output
            self._writer.describe(greeting.brain_parameters.add(brain_name=TEAM_BEHAVIOUR))
        output = message.unity_output.rl_output
        for moment in moments:
            self._writer.write(output.agentInfos[TEAM_BEHAVIOUR].value, moment)
            self._tell_figures(moment)
        output.side_channel = self.channels.packed()
        return message

    def _tell_figures(self, moment: Moment) -> None:
        """Tell the figures of classes whose course is over as statistics."""
        if moment.done:
            report = self.stage.areas.layout.unpack("report", moment.report)
            for name in (name for name, values in report.items() if values.ndim == 1):
                for figure in report[name][~moment.interrupted].tolist():
                    self.channels.add_stat(f"learner/{name}", figure)

    def _quit(self) -> None:
        """Let each agent have one last action, all zeros, as Unity does; then hang up."""
        if self._writer is not None:
            self.stage.areas.step(self.stage.areas.nothing())
        self._connection.close()
        LOG.info("Python said goodbye")


def main(argv: list[str] | None = None) -> int:
    """Play; returns the exit code."""
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__)
    parser.add_argument("--mlagents-port", type=int, required=True)
    parser.add_argument("--data", type=Path, help="folder with the build's settings")
    parser.add_argument("-logFile", "-logfile", default=STANDARD_OUTPUT, help="as Unity's")
    own, engine = parser.parse_known_args(argv)
    file = None if own.logFile == STANDARD_OUTPUT else own.logFile
    logging.basicConfig(filename=file, level=logging.INFO, format="%(levelname)s %(message)s")
    LOG.info("arguments without meaning here: %s", " ".join(engine) or "none")
    settings = BuildSettings.load(own.data) if own.data else BuildSettings()
    try:
        Player(own.mlagents_port, settings).run()
    except grpc.RpcError as error:
        LOG.error("lost Python: %s", error.details())
        return 1
    except ValueError:
        LOG.exception("stopped")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
