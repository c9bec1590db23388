"""Anybody's ML-Agents scene is a Gymnasium environment: nothing that the scene says is lost."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict, Discrete, MultiDiscrete
from gymnasium.utils.env_checker import check_env

from tests.scripted_player import ScriptedPlayer, agent, observation, output, playing
from unity_bridge import faults
from unity_bridge.behavior import Behavior
from unity_bridge.gym_env import UnityGymEnv
from unity_bridge.mlagents import (
    ActionSpec,
    ActionTuple,
    BehaviorSpec,
    DimensionProperty,
    EnvironmentParametersChannel,
    IncomingMessage,
    ObservationSpec,
    ObservationType,
    SideChannelManager,
)

BRANCHES = {"num_discrete_actions": 2, "discrete_branch_sizes": [2, 3]}
HYBRID = BRANCHES | {"num_continuous_actions": 1}
RESET = 1


def _one(value: float, **fields: Any) -> Any:
    return output(pupil=[agent(7, observation("eye", [value]), **fields)])


@contextmanager
def _env(
    said: Iterable[Any], seconds: float = 20.0, brain: dict[str, Any] | None = None, **fields: Any
) -> Iterator[tuple[UnityGymEnv, ScriptedPlayer]]:
    """An environment on a scene that says `said` after the environment was made."""
    lines = iter(said)
    first = [_one(0)]
    with playing(
        lambda _: first.pop() if first else next(lines),
        {"pupil": brain or dict(BRANCHES)},
        seconds,
    ) as (connection, player):
        yield UnityGymEnv(connection, **fields), player


class Drift:
    """A scene that heeds the seed and the actions, with a decision in every third exchange."""

    def __init__(self) -> None:
        self.seed, self.exchange, self.sum = 0.0, 0, 0.0
        self.channel_id = EnvironmentParametersChannel().channel_id
        self.channel = SideChannelManager([self])

    def on_message_received(self, message: IncomingMessage) -> None:
        """An environment parameter came."""
        assert message.read_string() == "seed"
        assert message.read_int32() == 0  # a float
        self.seed = message.read_float32()

    def __call__(self, said: Any) -> Any:
        """Its turn."""
        self.channel.process_side_channel_message(said.side_channel)
        self.exchange += 1
        if said.command == RESET:
            self.exchange, self.sum = 0, self.seed
        for action in said.agent_actions["pupil"].value:
            self.sum += sum(action.continuous_actions) + sum(action.discrete_actions)
        if self.exchange % 3:
            return output(pupil=[])
        seen = observation("eye", np.sin([self.sum, self.exchange]))
        near = observation("near", [[self.sum, 1], [0, 0]], dimension_properties=[4, 1])
        grid = observation("grid", np.zeros((2, 3, 1)))
        mask = [False, True, False, False, True]
        done = self.exchange == 12
        return output(pupil=[agent(7, seen, near, grid, action_mask=mask, done=done, reward=0.5)])


@pytest.mark.filterwarnings("ignore:.*A Box observation space m")  # a scene tells no bounds
def test_it_passes_gymnasium_s_checks() -> None:
    gym.register("UnityDrift-v0", entry_point=lambda: None)
    with playing(Drift(), {"pupil": dict(HYBRID)}) as (connection, _):
        env = UnityGymEnv(connection)
        env.spec = gym.spec("UnityDrift-v0")  # without one, determinism is not checked
        check_env(env, skip_render_check=True, skip_close_check=True)
        env.reset(seed=3)
        *_, info = env.step(env.action_space.sample(mask=env.reset(seed=3)[1]["action_mask"]))
        assert env.observation_space["near_present"] == Box(0, 1, (2,), np.float32)
        discrete = info["action_mask"]["discrete"]
        assert [mask.tolist() for mask in discrete] == [[1, 0], [1, 1, 0]]
        assert env.action_masks().tolist() == [True, False, True, True, False]
    gym.registry.pop("UnityDrift-v0")


def test_seeds_and_options_reach_the_scene() -> None:
    with playing(Drift(), {"pupil": dict(HYBRID)}) as (connection, _):
        env = UnityGymEnv(connection)

        def told(seed: int | None = None, options: dict[str, Any] | None = None) -> float:
            return float(env.reset(seed=seed, options=options)[0]["near"][0, 0])

        first, again = [[told(5), told(), told()] for _ in range(2)]
        assert first == again
        assert first[0] == 5
        assert len(set(first)) == 3  # a reset without a seed is not the same episode again
        assert told(options={"seed": 8}) == 8
        with pytest.raises(ValueError, match=r"options\['wind'\] is 'strong'"):
            told(options={"wind": "strong"})


def test_a_buffer_marks_what_is_no_padding() -> None:
    with playing(Drift(), {"pupil": dict(HYBRID)}) as (connection, _):
        seen, _ = UnityGymEnv(connection).reset(seed=0)
        assert seen["near"].tolist() == [[0, 1], [0, 0]]
        assert seen["near_present"].tolist() == [1, 0]


def test_a_step_is_one_decision_however_many_exchanges_lie_between() -> None:
    said = [_one(1), output(pupil=[]), output(), _one(2, reward=0.25, group_reward=3.0)]
    with _env(said) as (env, player):
        env.reset()
        observation_, reward, terminated, truncated, info = env.step([1, 2])
        assert (observation_["eye"].tolist(), reward, terminated, truncated) == (
            [2],
            0.25,
            *2 * [False],
        )
        assert info["group_reward"] == 3.0
        sent = [
            [list(a.discrete_actions) for a in i.rl_input.agent_actions["pupil"].value]
            for i in player.inputs
        ]
        assert sent[-3:] == [[[1, 2]], [], []]


@pytest.mark.parametrize("interrupted", [False, True])
@pytest.mark.parametrize("next_begins", [False, True])
def test_the_end_tells_its_kind_and_the_last_observation(
    interrupted: bool, next_begins: bool
) -> None:
    last = agent(7, observation("eye", [9]), done=True, max_step_reached=interrupted, reward=2.0)
    new = [agent(7, observation("eye", [100]), reward=50.0)] if next_begins else []
    with _env([_one(1), output(pupil=[*new, last]), _one(3)]) as (env, _):
        env.reset()
        seen, reward, terminated, truncated, _ = env.step([0, 0])
        assert (seen["eye"].tolist(), reward) == ([9], 2.0)
        assert (terminated, truncated) == (not interrupted, interrupted)
        with pytest.raises(RuntimeError, match="call reset"):
            env.step([0, 0])
        assert env.reset()[0]["eye"].tolist() == [3]


def test_sensors_are_found_by_name() -> None:
    names = ("touch", "", "touch", "eye")
    sensors = [observation(name, [n]) for n, name in enumerate(names)]
    first = output(pupil=[agent(7, *sensors)])
    with playing(lambda _: first, {"pupil": dict(BRANCHES)}) as (connection, _):
        seen, _ = UnityGymEnv(connection).reset()
        assert {key: value[0] for key, value in seen.items()} == {
            "touch": 0,
            "obs_1": 1,
            "touch_2": 2,
            "eye": 3,
        }
        seen["eye"] += 1  # the caller's own


SPACES = [
    ({"num_continuous_actions": 2}, Box(-1, 1, (2,), np.float32), [0.5, -1]),
    ({"num_discrete_actions": 1, "discrete_branch_sizes": [4]}, Discrete(4), 3),
    (BRANCHES, MultiDiscrete([2, 3]), [1, 2]),
    (
        HYBRID,
        Dict(continuous=Box(-1, 1, (1,), np.float32), discrete=MultiDiscrete([2, 3])),
        {"continuous": [0.5], "discrete": [1, 2]},
    ),
]


@pytest.mark.parametrize(("brain", "space", "action"), SPACES)
def test_actions_of_every_kind_reach_unity(
    brain: dict[str, Any], space: gym.Space[Any], action: Any
) -> None:
    with _env([_one(1), _one(2)], brain=dict(brain)) as (env, player):
        assert env.action_space == space
        env.reset()
        env.step(action)
        sent = player.inputs[-1].rl_input.agent_actions["pupil"].value[0]
        parts = action if isinstance(action, dict) else {}
        floats = parts.get("continuous", action if isinstance(space, Box) else [])
        whole = parts.get("discrete", [] if isinstance(space, Box) else action)
        assert list(sent.continuous_actions) == list(floats)
        assert list(sent.discrete_actions) == np.atleast_1d(whole).tolist()


@pytest.mark.parametrize(
    ("brain", "action", "says"),
    [
        (BRANCHES, [1, 3], r"discrete actions are \[\[1, 3\]\]; expected .* below \[2, 3\]"),
        (BRANCHES, [0, -1], "expected integers"),
        (BRANCHES, [0, 0.5], "expected integers"),
        (BRANCHES, [0], "1 agents with 2"),
        ({"num_continuous_actions": 1}, [float("nan")], "expected finite"),
    ],
)
def test_an_action_outside_the_space_is_refused(
    brain: dict[str, Any], action: Any, says: str
) -> None:
    with _env([_one(1)], brain=dict(brain)) as (env, _):
        env.reset()
        with pytest.raises(ValueError, match=says):
            env.step(action)


def test_other_behaviours_are_answered_on_the_side() -> None:
    seen = observation("eye", [0])
    scene = output(**{"pupil?team=0": [agent(1, seen)], "bird": [agent(2, seen), agent(3, seen)]})
    brains = {"pupil?team=0": dict(BRANCHES), "bird": {"num_continuous_actions": 1}}

    def fly(decisions: Any, spec: Any) -> ActionTuple:
        assert spec.action_spec.continuous_size == 1
        return ActionTuple(continuous=decisions.agent_id[:, None] / 4)

    with playing(lambda _: scene, dict(brains)) as (connection, player):
        env = UnityGymEnv(connection, "pupil", others={"bird": fly})
        env.reset()
        env.step([1, 1])
        birds = player.inputs[-1].rl_input.agent_actions["bird"].value
        assert [list(bird.continuous_actions) for bird in birds] == [[0.5], [0.75]]


def test_a_missing_behaviour_is_named_with_those_that_are_there() -> None:
    seen = observation("eye", [0])
    scene = output(pupil=[agent(1, seen)], bird=[agent(2, seen)])
    brains = {"pupil": dict(BRANCHES), "bird": dict(BRANCHES)}
    for wanted in ("fish", None):
        with playing(lambda _: scene, dict(brains)) as (connection, _):  # noqa: SIM117  (two things)
            with pytest.raises(faults.BehaviorMissing, match=r"it has (pupil, bird|bird, pupil)"):
                UnityGymEnv(connection, wanted)


def test_several_agents_are_refused_with_the_way_out() -> None:
    scene = output(pupil=[agent(n, observation("eye", [n])) for n in range(3)])
    with playing(lambda _: scene, {"pupil": dict(BRANCHES)}) as (connection, _):
        env = UnityGymEnv(connection)
        with pytest.raises(faults.AgentsDiffer, match=r"has 3 agents.*UnityGymVectorEnv"):
            env.reset()


def test_a_scene_where_nobody_asks_is_given_up() -> None:
    with _env([_one(1), *[output(pupil=[])] * 100_000], seconds=1.0) as (env, _):
        env.reset()
        with pytest.raises(faults.NoDecision, match="No agent of pupil asked"):
            env.step([0, 0])
    with playing(lambda _: output(), {}, 1.0) as (connection, _):  # noqa: SIM117  (two things)
        with pytest.raises(faults.NoDecision, match="No agent of the scene asked"):
            UnityGymEnv(connection)


def test_no_sensor_is_lost_to_another_of_its_name() -> None:
    """A key that is given twice would leave one of the two unseen."""
    buffer = (DimensionProperty.VARIABLE_SIZE, DimensionProperty.NONE)
    plain = (DimensionProperty.NONE,)
    sensors = [
        ObservationSpec(shape, kind, ObservationType.DEFAULT, name)
        for name, shape, kind in (
            ("eye", (1,), plain),
            ("eye", (2,), plain),
            ("eye_2", (3,), plain),
            ("", (4,), plain),
            ("obs_3", (5,), plain),
            ("near", (2, 6), buffer),
            ("near_present", (7,), plain),
        )
    ]
    spaces = Behavior("pupil", BehaviorSpec(sensors, ActionSpec(1, ()))).observation_space.spaces
    assert {key: space.shape for key, space in spaces.items()} == {
        "eye": (1,),
        "eye_3": (2,),
        "eye_2": (3,),
        "obs_3": (4,),
        "obs_3_2": (5,),
        "near": (2, 6),
        "near_present": (7,),
        "near_present_2": (2,),
    }
