"""Turn by turn with one behaviour of a scene, whatever else the scene holds."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from unity_bridge.behavior import Behavior
from unity_bridge.connection import Connection
from unity_bridge.faults import BehaviorMissing, NoDecision
from unity_bridge.mlagents import ActionTuple, BehaviorSpec, DecisionSteps

Chooser = Callable[[DecisionSteps, BehaviorSpec], ActionTuple]
"""Chooses for the agents of a behaviour that ask; ML-Agents' words, not Gymnasium's."""
Turn = tuple[Any, Any]
"""DecisionSteps and TerminalSteps."""


class Conversation:
    """One behaviour's turns; other behaviours of the scene are answered on the side.

    Args:
        connection: To a player whose scene holds the behaviour.
        behavior: Its name; "Tutor" also finds "Tutor?team=0". None where the scene has only one.
        others: Who chooses for other behaviours, by their full names; absent ones get zeros.

    Raises:
        BehaviorMissing: There is none of that name, or None was given and there are several.
        NoDecision: No agent of any behaviour asked for a decision in time.
    """

    def __init__(
        self,
        connection: Connection,
        behavior: str | None = None,
        others: Mapping[str, Chooser] | None = None,
    ) -> None:
        self._connection, self._others = connection, dict(others or {})
        self._idle, self._idle_since = 0, 0.0
        connection.reset()
        while not connection.behavior_specs:  # Unity names them with the first agents that ask
            connection.step()
            self._lose_patience(behavior or "the scene")
        name = _find(behavior, list(connection.behavior_specs))
        self.behavior = Behavior(name, connection.behavior_specs[name])

    def restart(self, parameters: Mapping[str, float]) -> Any:
        """Reset the scene with environment parameters, and go on to its first decisions.

        Raises:
            NoDecision: No agent asked in time.
        """
        for name, value in parameters.items():
            self._connection.channels.parameters.set_float_parameter(name, float(value))
        self._connection.reset()
        decisions, _ = self._turn()
        while not len(decisions):
            decisions, _ = self.say(None)
        return decisions

    def say(self, actions: ActionTuple | None) -> Turn:
        """Answer those that asked, and hear the next turn, which may hold no decision and no end.

        Args:
            actions: In the order of the last decisions; None where nobody asked.

        Raises:
            NoDecision: No agent of the behaviour has asked or ended for too long.
            Fault: The player failed.
        """
        connection, name = self._connection, self.behavior.name
        if actions is not None:
            connection.set_actions(name, actions)
        for other, choose in self._others.items():
            if other in connection.behavior_specs and len(connection.get_steps(other)[0]):
                spec = connection.behavior_specs[other]
                connection.set_actions(other, choose(connection.get_steps(other)[0], spec))
        connection.step()
        return self._turn()

    def _turn(self) -> Turn:
        decisions, ends = self._connection.get_steps(self.behavior.name)
        if len(decisions) or len(ends):
            self._idle = 0
        else:
            self._lose_patience(self.behavior.name)
        return decisions, ends

    def _lose_patience(self, whose: str) -> None:
        if not self._idle:
            self._idle_since = time.monotonic()
        self._idle += 1
        seconds = time.monotonic() - self._idle_since
        if seconds > self._connection.answer_seconds:
            raise NoDecision(whose, round(seconds, 1), self._idle)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _find(wanted: str | None, known: list[str]) -> str:
    matching = [name for name in known if wanted in {None, name, name.partition("?")[0]}]
    if len(matching) == 1:
        return matching[0]
    raise BehaviorMissing(wanted or "of no given name", ", ".join(known))
