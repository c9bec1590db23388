"""Many agents of a scene as rows: whoever leaves, arrives or asks late, no transition is lost."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.scripted_player import agent, observation, output, playing
from unity_bridge.connection import Connection
from unity_bridge.gym_vector import UnityGymVectorEnv
from unity_bridge.seats import Seats

FLOAT = {"num_continuous_actions": 1}
BRANCH = {"num_discrete_actions": 1, "discrete_branch_sizes": [3]}


def _asks(number: int, seen: float, **fields: Any) -> dict[str, Any]:
    return agent(number, observation("eye", [seen]), **fields)


def _ends(number: int, seen: float, **fields: Any) -> dict[str, Any]:
    return _asks(number, seen, done=True, **fields)


class Script:
    """Says `first` until the environment was made, then line after line."""

    def __init__(self, first: list[dict[str, Any]], *lines: list[dict[str, Any]]) -> None:
        self.first, self.lines, self.begun = first, list(lines), False

    def __call__(self, _: Any) -> Any:
        """Its turn."""
        return output(pupil=self.lines.pop(0) if self.begun else self.first)

    def made(self, connection: Connection, **fields: Any) -> UnityGymVectorEnv:
        """The environment; what it says from now on is the script."""
        env = UnityGymVectorEnv(connection, **fields)
        self.lines.insert(0, self.first)
        self.begun = True
        return env


def _column(array: NDArray[Any]) -> list[Any]:
    column: list[Any] = array.reshape(-1).tolist()
    return column


def test_an_episode_s_end_and_the_next_one_s_start_share_a_step() -> None:
    script = Script(
        [_asks(4, 1), _asks(9, 2)],
        [_asks(9, 4, reward=0.5), _asks(4, 50, reward=7), _ends(4, 3, reward=2)],
        [_ends(4, 5, max_step_reached=True), _ends(9, 6)],
        [],
        [_asks(4, 60), _asks(9, 70)],
    )
    with playing(script, {"pupil": dict(BRANCH)}) as (connection, _):
        env = script.made(connection)
        assert env.num_envs == 2
        assert _column(env.reset()[0]["eye"]) == [1, 2]
        seen, reward, terminated, truncated, infos = env.step(np.array([0, 1]))
        assert _column(seen["eye"]) == [50, 4]
        assert reward.tolist() == [2, 0.5]  # not the 7: it belongs to no action
        assert (terminated.tolist(), truncated.any()) == ([True, False], False)
        assert infos["_final_obs"].tolist() == [True, False]
        assert infos["final_obs"]["eye"][0] == 3
        seen, _, terminated, truncated, infos = env.step(np.array([2, 0]))  # skips the silent one
        assert _column(seen["eye"]) == [60, 70]
        assert (terminated.tolist(), truncated.tolist()) == ([False, True], [True, False])
        assert _column(infos["final_obs"]["eye"]) == [5, 6]
        assert infos["decides"].all()


def test_actions_go_to_the_agents_that_asked_in_unity_s_order() -> None:
    script = Script(
        [_asks(4, 1), _asks(9, 2)],
        [_asks(9, 3)],
        [_asks(9, 5), _asks(4, 4)],
        [_asks(4, 4)],
    )
    with playing(script, {"pupil": dict(BRANCH)}) as (connection, player):
        env = script.made(connection)
        env.reset()
        infos = env.step(np.array([0, 1]))[-1]
        assert infos["decides"].tolist() == [False, True]
        assert infos["present"].tolist() == [True, True]
        env.step(np.array([0, 2]))
        env.step(np.array([1, 2]))
        sent = [
            [a.discrete_actions[0] for a in said.rl_input.agent_actions["pupil"].value]
            for said in player.inputs[-3:]
        ]
        assert sent == [[0, 1], [2], [2, 1]]
        with pytest.raises(ValueError, match=r"3 .*expected 2"):
            env.step(np.array([0, 1, 2]))


def test_agents_leave_and_arrive() -> None:
    script = Script(
        [_asks(4, 1), _asks(9, 2)],
        [_ends(4, 3), _asks(9, 4)],
        [_asks(9, 5), _asks(12, 6), _asks(13, 8)],
        [_ends(12, 7), _asks(9, 5), _asks(13, 9)],
    )
    with playing(script, {"pupil": dict(BRANCH)}) as (connection, player):
        env = script.made(connection)
        env.reset()
        seen, *_, infos = env.step(np.array([0, 1]))
        assert _column(seen["eye"]) == [0, 4]
        assert infos["present"].tolist() == [False, True]
        assert infos["agent_id"].tolist() == [-1, 9]
        seen, *_, infos = env.step(np.array([0, 1]))
        assert _column(seen["eye"]) == [6, 5]
        assert infos["agent_id"].tolist() == [12, 9]
        assert infos["unseated"] == 1
        env.step(np.array([2, 1]))
        sent = player.inputs[-1].rl_input.agent_actions["pupil"].value
        assert [a.discrete_actions[0] for a in sent] == [1, 2, 0]  # the unseated gets zero


def test_masks_are_true_where_an_action_is_allowed() -> None:
    masked = _asks(4, 1, action_mask=[False, True, True])
    with playing(lambda _: output(pupil=[masked]), {"pupil": dict(BRANCH)}) as (connection, _):
        env = UnityGymVectorEnv(connection, rows=2)
        infos = env.reset()[1]
        assert infos["action_mask"].tolist() == [[True, False, False], [True, True, True]]
        assert env.action_space.shape == (2,)


@pytest.mark.parametrize("brain", [FLOAT | BRANCH, FLOAT])
def test_batches_of_every_kind_of_action_pass(brain: dict[str, Any]) -> None:
    both = [_asks(4, 1), _asks(9, 2)]
    with playing(lambda _: output(pupil=both), {"pupil": dict(brain)}) as (connection, player):
        env = UnityGymVectorEnv(connection)
        assert env.reset()[0]["eye"] in env.observation_space["eye"]
        actions = env.action_space.sample()
        env.step(actions)
        sent = player.inputs[-1].rl_input.agent_actions["pupil"].value
        parts = actions if isinstance(actions, dict) else {"continuous": actions}
        floats = [list(a.continuous_actions) for a in sent]
        np.testing.assert_array_equal(floats, parts["continuous"])
        if "discrete" in parts:
            assert [list(a.discrete_actions) for a in sent] == parts["discrete"].reshape(
                2, 1
            ).tolist()


class Crowd:
    """A scene where agents come, ask, end and go by chance; keeps each agent's transitions.

    What an agent sees is a number that nobody else ever sees.
    """

    def __init__(self, seed: int, agents: int) -> None:
        self.rng, self.agents, self.count = np.random.default_rng(seed), agents, 0
        self.open: dict[int, tuple[float, float]] = {}  # agent -> what it saw and was told
        self.waiting: list[tuple[int, float]] = []  # who asked in the last message, seeing what
        self.transitions: list[tuple[float, ...]] = []

    def _new(self) -> float:
        self.count += 1
        return float(self.count)

    def __call__(self, said: Any) -> Any:
        """Its turn."""
        actions = said.agent_actions["pupil"].value
        if said.command:  # a reset
            self.open, self.waiting, self.transitions = {}, [], []
        for (number, seen), told in zip(self.waiting, actions, strict=not said.command):
            self.open[number] = (seen, told.continuous_actions[0])
        self.waiting = []
        lines: list[dict[str, Any]] = []
        for number in self.rng.permutation(self.agents).tolist():
            lines += self._agent(number, sure=bool(said.command))
        return output(pupil=lines)

    def _agent(self, number: int, *, sure: bool) -> list[dict[str, Any]]:
        chance, lines = self.rng.random(4), []
        reward = float(self.rng.integers(1, 100))
        if number in self.open and chance[0] < 0.7:
            seen, interrupted, done = self._new(), bool(chance[1] < 0.5), bool(chance[2] < 0.4)
            self.transitions.append(
                (*self.open.pop(number), reward, seen, done, done and interrupted)
            )
            if done:
                lines.append(_ends(number, seen, reward=reward, max_step_reached=interrupted))
            else:
                self.waiting.append((number, seen))
                return [_asks(number, seen, reward=reward)]
        if number not in self.open and (sure or chance[3] < 0.5):
            self.waiting.append((number, self._new()))
            lines.append(_asks(*self.waiting[-1], reward=1000.0))
        return lines


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_every_transition_of_every_agent_arrives_whole(seed: int, agents: int) -> None:
    crowd, told = Crowd(seed, agents), iter(range(1, 10_000))
    found: list[tuple[float, ...]] = []
    with playing(crowd, {"pupil": dict(FLOAT)}) as (connection, _):
        env = UnityGymVectorEnv(connection)
        seen, infos = env.reset()
        open_rows: dict[int, tuple[float, float]] = {}
        for _ in range(30):
            actions = np.array([[next(told)] for _ in range(agents)], np.float32)
            for row in np.flatnonzero(infos["decides"]).tolist():
                open_rows[row] = (float(seen["eye"][row, 0]), float(actions[row, 0]))
            seen, reward, terminated, truncated, infos = env.step(actions)
            done = terminated | truncated
            for row in range(agents):
                if done[row] or (infos["decides"][row] and row in open_rows):
                    where = infos["final_obs"] if done[row] else seen
                    end = float(where["eye"][row, 0])
                    flags = bool(done[row]), bool(truncated[row])
                    found.append((*open_rows.pop(row), float(reward[row]), end, *flags))
                else:
                    assert reward[row] == 0
        assert sorted(found) == sorted(crowd.transitions)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=60), st.integers(1, 4))
def test_no_two_agents_share_a_row_and_none_moves(
    events: list[tuple[bool, int]], rows: int
) -> None:
    seats, sits = Seats(rows), dict[int, int]()
    for comes, number in events:
        if comes:
            (row,) = seats.take([number]).rows.tolist() or (None,)
            assert sits.get(number, row) == row
            assert (row is None) == (number not in sits and len(sits) == rows)
            if row is not None:
                sits[number] = row
        else:
            left = sits.pop(number, None)
            assert seats.leave([number]).rows.tolist() == ([] if left is None else [left])
        assert len(set(sits.values())) == len(sits)


def test_who_was_here_before_keeps_the_row_against_newcomers() -> None:
    seats = Seats(2)
    assert seats.take([1, 2]).rows.tolist() == [0, 1]
    assert seats.leave([1, 2, 9]).places.tolist() == [0, 1]
    seated = seats.take([3, 2, 1])
    assert seated.places.tolist() == [1, 2]
    assert seated.rows.tolist() == [1, 0]
