"""A class taught through player, gRPC and bridge is the class taught in the simulation itself."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from agents.sb3_adapter import SB3Classrooms
from envs.classroom import ClassroomEnv
from envs.course import Course
from envs.vector import ClassroomVectorEnv
from tests.random_teaching import legal_action
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.classroom_env import UnityClassroomEnv
from unity_bridge.classroom_vector_env import UnityClassroomVectorEnv
from unity_bridge.connection import Player
from unity_bridge.faults import AgentsDiffer
from unity_bridge.transport import Listening
from unity_bridge.workers import Restarting

COURSE = Course(learners=3, lessons=2, minutes=10)
FEWEST_COURSES = 20
ANSWER_SECONDS, MOST_SECONDS = 5, 8  # the second with some room for a busy machine
PATIENT = Listening(connect_seconds=1200)  # on a new machine the player compiles first


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("build")
    return str(write_build(folder, BuildSettings(course=COURSE)))


@pytest.fixture(scope="module")
def single(build: str) -> Iterator[UnityClassroomEnv]:
    env = UnityClassroomEnv(Player(build=build), listening=PATIENT)
    yield env
    env.close()


def _same(theirs: Any, ours: Any, what: str) -> None:
    """Equal in float32, bit for bit."""
    np.testing.assert_array_equal(np.float32(theirs), np.float32(ours), err_msg=what)


def _same_observation(theirs: dict[str, Any], ours: dict[str, Any], rows: Any = ...) -> None:
    assert set(theirs) == set(ours)
    for key, array in ours.items():
        assert theirs[key].dtype == np.float32
        _same(theirs[key][rows], array[rows], key)


def _same_infos(theirs: dict[str, Any], ours: dict[str, Any], done: Any) -> None:
    for name in ("minutes", "learner_reward", "phi", "learning_gain", "equity", "wellbeing"):
        _same(theirs[name], ours[name], name)
    if done.any():
        _same_observation(theirs["final_obs"], ours["final_obs"], done)
        assert set(theirs["final_info"]) == set(ours["final_info"])
        for name, values in ours["final_info"].items():
            _same(theirs["final_info"][name][done], values[done], name)
        for name in ("_final_obs", "_final_info"):
            np.testing.assert_array_equal(theirs[name], ours[name])


def test_twenty_courses_in_two_builds_are_those_of_the_simulation(build: str) -> None:
    native = ClassroomVectorEnv(4, course=COURSE)
    bridge = UnityClassroomVectorEnv([Player(build=build, areas=2)] * 2, listening=PATIENT)
    try:
        assert bridge.observation_space == native.observation_space
        assert bridge.action_space == native.action_space
        ours, our_infos = native.reset(seed=7)
        theirs, their_infos = bridge.reset(seed=7)
        _same(their_infos["phi"], our_infos["phi"], "phi")
        random, courses = np.random.default_rng(1), 0
        while courses < FEWEST_COURSES:
            _same_observation(theirs, ours)
            actions = legal_action(ours, random)
            ours, rewards, terminated, truncated, our_infos = native.step(actions)
            theirs, their_rewards, their_end, cut, their_infos = bridge.step(actions)
            _same(their_rewards, rewards, "reward")
            np.testing.assert_array_equal(their_end, terminated)
            np.testing.assert_array_equal(cut, truncated)
            _same_infos(their_infos, our_infos, terminated)
            courses += int(terminated.sum())
        theirs, _ = bridge.reset(options={"spread": True})
        assert theirs["course"][:, 1].tolist() == [1, 0.5, 1, 0.5]  # spread in each build
    finally:
        bridge.close()


def test_twenty_courses_of_a_single_classroom_are_those_of_the_simulation(
    single: UnityClassroomEnv,
) -> None:
    native, random = ClassroomEnv(course=COURSE), np.random.default_rng(2)
    for course in range(FEWEST_COURSES):
        seed = 3 + course if course % 2 == 0 else None  # None is the next class of the last seed
        ours, our_info = native.reset(seed=seed)
        theirs, their_info = single.reset(seed=seed)
        _same(their_info["phi"], our_info["phi"], "phi")
        done = False
        while not done:
            _same_observation(theirs, ours)
            action = legal_action({key: array[None] for key, array in ours.items()}, random)[0]
            ours, reward, done, _, our_info = native.step(action)
            theirs, their_reward, their_end, cut, their_info = single.step(action)
            _same(their_reward, reward, "reward")
            assert (their_end, cut) == (done, False)
            assert set(their_info) == set(our_info)
            for name, value in our_info.items():
                _same(their_info[name], value, name)
        _same_observation(theirs, ours)


def test_a_course_can_be_left_for_the_next(single: UnityClassroomEnv) -> None:
    native = ClassroomEnv(course=COURSE)
    idle = np.zeros(9, np.int64)
    for env in (native, single):
        env.reset(seed=5)
        env.step(idle)
    _same_observation(single.reset()[0], native.reset()[0])


def test_an_illegal_action_is_refused_as_in_the_simulation(single: UnityClassroomEnv) -> None:
    native = ClassroomEnv(course=COURSE)
    action = np.array([0, 2, 0, 0, 0, 0, 0, 0, 0])  # circulate, with learner 2
    messages = []
    for env in (native, single):
        env.reset(seed=0)
        with pytest.raises(ValueError, match="target of circulate") as caught:
            env.step(action)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_the_single_environment_keeps_gymnasiums_promises(single: UnityClassroomEnv) -> None:
    """As far as its checker samples lawfully: it samples actions without masks."""
    single.on_illegal = "circulate"
    try:
        check_env(single, skip_render_check=True, skip_close_check=True)
    finally:
        single.on_illegal = "error"


def test_several_classrooms_are_no_single_environment(build: str) -> None:
    with pytest.raises(AgentsDiffer, match="has 2 agents; expected 1"):
        UnityClassroomEnv(Player(build=build, areas=2), listening=PATIENT)


def test_an_interrupted_course_is_truncated_and_has_no_report(tmp_path: Path) -> None:
    """As stable-baselines3 sees it through the adapter."""
    settings = BuildSettings(course=COURSE, classrooms=2, most_decisions=2)
    player = Player(build=str(write_build(tmp_path, settings)))
    bridge = SB3Classrooms(UnityClassroomVectorEnv([player], listening=PATIENT))
    native = ClassroomVectorEnv(2, course=COURSE)
    try:
        bridge.seed(0)
        bridge.reset()
        ours, _ = native.reset(seed=0)
        random = np.random.default_rng(0)
        for decision in (1, 2):
            actions = legal_action(ours, random)
            theirs, rewards, done, infos = bridge.step(actions)
            ours, our_rewards, *_ = native.step(actions)
            _same(rewards, our_rewards, "reward")
            assert done.all() == (decision == 2)
        for row, info in enumerate(infos):
            assert info["TimeLimit.truncated"]
            assert "episode" not in info
            assert info["minutes"] > 0
            _same_observation(info["terminal_observation"], {k: v[row] for k, v in ours.items()})
        assert (theirs["course"][:, 1] == 1).all()  # the next course is untaught
    finally:
        bridge.close()


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "hanging"])
def test_a_lost_build_stands_still_while_the_others_go_on(build: str, sent: signal.Signals) -> None:
    bridge = UnityClassroomVectorEnv(
        [Player(build=build, areas=2)] * 2,
        listening=replace(PATIENT, answer_seconds=ANSWER_SECONDS),
        restarting=Restarting(wait_seconds=0.1),
    )
    try:
        first, infos = bridge.reset(seed=0)
        before, phi = {key: array.copy() for key, array in first.items()}, infos["phi"]
        os.kill(bridge.workers.each[0].link.connection._running._process.pid, sent)
        random, obs, missed = np.random.default_rng(0), before, 0
        while True:
            begin = time.monotonic()
            obs, rewards, _, truncated, infos = bridge.step(legal_action(obs, random))
            assert time.monotonic() - begin < MOST_SECONDS
            assert infos["moved"].tolist() == [False, False, True, True]
            assert not rewards[:2].any()
            assert not infos["minutes"][:2].any()
            if truncated.any():
                break
            _same_observation(obs, before, slice(2))
            missed += 1
            time.sleep(0.05)
        assert missed > 0
        assert truncated.tolist() == [True, True, False, False]
        assert infos["_final_obs"][:2].all()
        assert not infos["_final_info"][:2].any()
        _same_observation(infos["final_obs"], before, slice(2))
        assert [worker for worker, _ in bridge.faults] == [0]
        assert bridge.workers.each[0].begun.tolist() == [2, 2]
        assert (infos["phi"][:2] != phi[:2]).all()  # new learners, of the same classes
        native = ClassroomVectorEnv(2, course=COURSE)
        native.reset(seed=0)
        _same(infos["phi"][:2], native.reset()[1]["phi"], "phi of the second course")
        assert bridge.step(legal_action(obs, random))[4]["moved"].all()
    finally:
        bridge.close()
