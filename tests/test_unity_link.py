"""Classrooms that ask at different times, end and come back are rows that stand still or move."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from tests.scripted_player import ScriptedPlayer, agent, free_port, observation, output
from unity_bridge.agreement import LayoutMismatchError
from unity_bridge.channel_messages import Answer, Hello, Message
from unity_bridge.channels import ClassroomChannel
from unity_bridge.classroom_link import ClassroomLink
from unity_bridge.connection import Player
from unity_bridge.faults import AgentsDiffer, BehaviorMissing, Garbled, WrongVersion
from unity_bridge.layout import TRAINING_FIELDS, Layout
from unity_bridge.mlagents import SideChannelManager
from unity_bridge.transport import Listening

LAYOUT = Layout(1, 2)
NAME = "Classroom?team=0"


def _agent(
    number: int, seen: float, *, sizes: Layout = LAYOUT, without: Sequence[str] = (), **fields: Any
) -> dict[str, Any]:
    """An agent whose numbers are all `seen`."""
    sent = [own for own in sizes.fields if own.name not in without]
    sensors = [observation(own.name, np.full(own.size, seen)) for own in sent]
    return agent(number, *sensors, **fields)


def _ended(number: int, seen: float, **fields: Any) -> dict[str, Any]:
    return _agent(number, seen, done=True, **fields)


@contextmanager
def _linked(
    *messages: list[dict[str, Any]],
    name: str = NAME,
    said: Mapping[int, Sequence[Message]] | None = None,
    training: bool = True,
) -> Iterator[tuple[ClassroomLink, ScriptedPlayer]]:
    """A link to a player that says the first message at both resets, then the others.

    With the message of a number, it says on the channel what is given for it.
    """
    lines, numbers = [messages[0], *messages], iter([0, *range(len(messages))])
    channel = ClassroomChannel()

    def script(_: Any) -> Any:
        spoken = output(**{name: lines.pop(0)})
        for message in (said or {}).get(next(numbers), ()):
            channel.send(message)
        spoken.side_channel = bytes(SideChannelManager([channel]).generate_side_channel_messages())
        return spoken

    brain = {"num_discrete_actions": 5, "discrete_branch_sizes": LAYOUT.branches}
    port = free_port()
    player = ScriptedPlayer(port, script, {name: brain})
    link = None
    try:
        listening = Listening(port=port, connect_seconds=20)
        link = ClassroomLink(Player(), listening, training=training)
        yield link, player
    finally:
        if link is not None:
            link.close()
        player.join()


def _actions(*first: int) -> Any:
    return np.array([[choice, 0, 0, 0, 0] for choice in first])


def _told(player: ScriptedPlayer) -> list[int]:
    """The activity that each agent was last told."""
    actions = player.inputs[-1].rl_input.agent_actions[NAME].value
    return [action.discrete_actions[0] for action in actions]


def test_a_busy_classroom_stands_still_and_is_told_nothing() -> None:
    both = [_agent(9, 1), _agent(4, 2)]
    lines = ([_agent(9, 3, reward=0.5)], [_agent(4, 5, reward=2), _agent(9, 4, reward=1)])
    with _linked(both, *lines) as (link, player):
        assert link.observation["course"][:, 0].tolist() == [2, 1]  # in the order of numbers
        move = link.step(_actions(6, 7))
        assert _told(player) == [7, 6]  # in the order in which they asked
        assert move.moved.tolist() == [False, True]
        assert move.rewards.tolist() == [0, 0.5]
        assert link.observation["course"][:, 0].tolist() == [2, 3]
        assert move.outcome[0].tolist() == [0] * 5 + [2]  # phi alone stays
        move = link.step(_actions(1, 2))
        assert _told(player) == [2]
        assert move.moved.all()
        assert move.rewards.tolist() == [2, 1]


def test_a_course_that_ends_early_moves_its_row_when_the_next_begins() -> None:
    lines = (
        [_ended(4, 8, reward=0.25), _agent(9, 3)],
        [],
        [_ended(9, 7, max_step_reached=True)],
        [_agent(4, 5)],
        [_agent(12, 6), _agent(4, 9, reward=3)],
    )
    with _linked([_agent(4, 1), _agent(9, 2)], *lines) as (link, player):
        move = link.step(_actions(0, 0))
        assert move.moved.tolist() == [False, True]
        assert not move.terminated.any()
        move = link.step(_actions(0, 0))  # passes over two messages in which nobody asks
        assert move.moved.tolist() == [True, False]
        assert move.terminated.tolist() == [True, False]
        assert move.rewards.tolist() == [0.25, 0]
        assert move.final["course"][0, 0] == 8
        assert move.outcome[0, 0] == move.report[0, 0] == 8
        assert link.observation["course"][0, 0] == 5
        move = link.step(_actions(0, 0))  # a new agent takes the row of the one that ended
        assert move.truncated.tolist() == [False, True]
        assert move.final["course"][1, 0] == 7
        assert link.observation["course"][:, 0].tolist() == [9, 6]
        assert _told(player) == [0]


def test_more_agents_than_rows_are_refused() -> None:
    with (
        _linked([_agent(1, 0)], [_agent(1, 0), _agent(2, 0)]) as (link, _),
        pytest.raises(AgentsDiffer, match="has 2 agents; expected at most 1"),
    ):
        link.step(_actions(0))


def test_a_scene_with_another_layout_is_refused_by_the_field() -> None:
    wrong = _agent(1, 0, sizes=Layout(1, 3))
    with (
        pytest.raises(LayoutMismatchError, match=r"evidence has shape \(21,\); expected \(14,\)"),
        _linked([wrong]),
    ):
        pass


def test_a_scene_that_knows_no_gain_can_be_taught_and_not_trained_in() -> None:
    """So the Unity package's scenes are, unless *Sends Outcome* is ticked."""
    mute = [_agent(1, 3, without=TRAINING_FIELDS)]
    with _linked(mute, mute, training=False) as (link, _):
        move = link.step(_actions(0))
        assert move.moved.all()
        assert not move.outcome.any()
        assert link.observation["course"][0, 0] == 3
    with pytest.raises(LayoutMismatchError, match="tick Sends Outcome"), _linked(mute):
        pass


def test_a_scene_without_a_classroom_is_refused_by_its_names() -> None:
    with (
        pytest.raises(BehaviorMissing, match="no behaviour Classroom; it has 3DBall"),
        _linked([_agent(1, 0)], name="3DBall?team=0"),
    ):
        pass


def test_a_package_of_another_layout_is_refused() -> None:
    hello = Hello(package="1.0.0", unity="6000.0", layout="other")
    with (
        pytest.raises(WrongVersion, match=r"version other of the layout \(ClassroomLayout\.cs\)"),
        _linked([_agent(1, 0)], said={0: [hello]}),
    ):
        pass


def _answer(classroom: int, item: int) -> Answer:
    fields = {"correct": True, "quiz": False, "seconds": 1.0, "hints": 0, "time": 0.0}
    fields["simulated"] = False
    return Answer(classroom=classroom, learner=1, concept=0, item=item, **fields)


def test_what_is_told_of_a_decision_comes_with_its_end() -> None:
    """Also where others asked meanwhile, where nobody asked, and where it was the course's last."""
    both = [_agent(4, 1), _agent(9, 2)]
    lines = ([_agent(9, 3)], [], [_ended(4, 5)], [_agent(4, 6), _agent(9, 4)])
    said = {0: [_answer(0, 7)], 1: [_answer(0, 1), _answer(1, 2)], 2: [_answer(0, 3)]}
    with _linked(both, *lines, said=said | {4: [_answer(1, 4)]}) as (link, _):
        told = link.step(_actions(0, 0)).told
        assert [[a.item for a in own] for own in told] == [[], [2]]  # what came before is dropped
        told = link.step(_actions(0, 0)).told
        assert [[a.item for a in own] for own in told] == [[1, 3], [4]]


def test_an_answer_from_a_classroom_that_is_not_there_is_refused() -> None:
    with (
        _linked([_agent(1, 0)], [_agent(1, 0)], said={1: [_answer(1, 0)]}) as (link, _),
        pytest.raises(Garbled, match="classroom is 1; there are 1"),
    ):
        link.step(_actions(0))
