"""Agents as ML-Agents' messages: what the player writes for each, and what Python reads."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unity_bridge.layout import TRAINING_FIELDS, Layout
from unity_bridge.messages import WireMessage
from unity_bridge.simulated_areas import Moment


class AgentWriter:
    """Writes agents with the layout's sensors.

    Args:
        layout: Of their classrooms.
        blind: Leaves out the fields of training.
    """

    def __init__(self, layout: Layout, *, blind: bool = False) -> None:
        self.layout = layout
        fields = [own for own in layout.fields if not (blind and own.name in TRAINING_FIELDS)]
        self._names = [field.name for field in fields]
        self._template = WireMessage().unity_output.rl_output.agentInfos["a"].value.add()
        for field in fields:
            self._template.observations.add(name=field.name, shape=[field.size])

    def describe(self, behaviour: Any) -> None:
        """Write the actions of the agents' behaviour, a BrainParametersProto."""
        actions = behaviour.action_spec
        actions.num_discrete_actions = len(self.layout.branches)
        actions.discrete_branch_sizes.extend(self.layout.branches)

    def write(self, agents: Any, moment: Moment) -> None:
        """Add one AgentInfoProto for each agent of a moment to a list of them."""
        vectors = [moment.vectors[name] for name in self._names]
        for row, number in enumerate(moment.agents.tolist()):
            agent = agents.add()
            agent.CopyFrom(self._template)
            agent.id = number
            agent.reward = moment.rewards[row]
            agent.done = moment.done
            agent.max_step_reached = moment.interrupted[row]
            agent.action_mask = moment.forbidden[row].tobytes()
            for sensor, vector in zip(agent.observations, vectors, strict=True):
                sensor.float_data.data = vector[row].tobytes()


def read_actions(sent: Sequence[Any], branches: int) -> NDArray[np.int64]:
    """Discrete actions (n, branches) in a list of AgentActionProto."""
    return np.array([action.discrete_actions for action in sent], np.int64).reshape(-1, branches)
