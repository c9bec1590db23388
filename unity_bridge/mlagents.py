"""The border to mlagents-envs: what the bridge uses of it, imported after protobuf was made to fit.

mlagents-envs has no types, so everything named here is Any to a type checker.
"""

from unity_bridge import protobuf_compat

protobuf_compat.use_modern_protobuf()

from mlagents_envs import environment  # noqa: E402  (needs the line above)
from mlagents_envs.base_env import (  # noqa: E402
    ActionSpec,
    ActionTuple,
    BehaviorSpec,
    DecisionSteps,
    DimensionProperty,
    ObservationSpec,
    ObservationType,
    TerminalSteps,
)
from mlagents_envs.communicator import Communicator  # noqa: E402
from mlagents_envs.communicator_objects.unity_message_pb2 import UnityMessageProto  # noqa: E402
from mlagents_envs.env_utils import validate_environment_path  # noqa: E402
from mlagents_envs.environment import UnityEnvironment  # noqa: E402
from mlagents_envs.exception import UnityException  # noqa: E402
from mlagents_envs.side_channel import (  # noqa: E402
    DefaultTrainingAnalyticsSideChannel,
    IncomingMessage,
    OutgoingMessage,
    SideChannel,
)
from mlagents_envs.side_channel.engine_configuration_channel import (  # noqa: E402
    EngineConfigurationChannel,
)
from mlagents_envs.side_channel.environment_parameters_channel import (  # noqa: E402
    EnvironmentParametersChannel,
)
from mlagents_envs.side_channel.side_channel_manager import SideChannelManager  # noqa: E402
from mlagents_envs.side_channel.stats_side_channel import (  # noqa: E402
    StatsAggregationMethod,
    StatsSideChannel,
)


class _Version:
    """A version such as 1.5.0, in place of distutils' class, which warns whenever it is used.

    (Ignoring the warning would not do: Python's filters are shared by threads that connect.)
    """

    def __init__(self, text: str) -> None:
        self.version = tuple(int(part) for part in text.split("."))


environment.StrictVersion = _Version

__all__ = [
    "ActionSpec",
    "ActionTuple",
    "BehaviorSpec",
    "Communicator",
    "DecisionSteps",
    "DefaultTrainingAnalyticsSideChannel",
    "DimensionProperty",
    "EngineConfigurationChannel",
    "EnvironmentParametersChannel",
    "IncomingMessage",
    "ObservationSpec",
    "ObservationType",
    "OutgoingMessage",
    "SideChannel",
    "SideChannelManager",
    "StatsAggregationMethod",
    "StatsSideChannel",
    "TerminalSteps",
    "UnityEnvironment",
    "UnityException",
    "UnityMessageProto",
    "validate_environment_path",
]
