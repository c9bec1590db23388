"""The stand-in player keeps the protocol, as mlagents-envs' own environment sees it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.course import Course
from envs.curriculum import Concept, Curriculum
from envs.vector import ClassroomVectorEnv
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.channel_messages import Caption, Classes, Hello, Scene, TaughtCurriculum
from unity_bridge.connection import Connection, Player
from unity_bridge.layout import Layout, fingerprint
from unity_bridge.masks import inverted
from unity_bridge.player import TEAM_BEHAVIOUR, main
from unity_bridge.stage import Stage
from unity_bridge.transport import Listening

COURSE = Course(learners=3, lessons=1, minutes=10)
SETTINGS = BuildSettings(course=COURSE, classrooms=2)
LAYOUT = Layout(3, 16)
SEED = 5


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_build(tmp_path_factory.mktemp("build"), SETTINGS))


@pytest.fixture
def connection(build: str) -> Iterator[Connection]:
    with Connection(
        Player(build=build, seed=SEED), listening=Listening(connect_seconds=1200)
    ) as connected:
        connected.reset()
        yield connected


def test_a_course_over_the_wire(connection: Connection) -> None:
    """Handshake, specs, seed of the greeting, masks, ends beside new starts, channels."""
    assert connection.protocol_version == "1.5.0"
    spec = connection.behavior_specs[TEAM_BEHAVIOUR]
    names = [sensor.name for sensor in spec.observation_specs]
    assert names == [field.name for field in LAYOUT.fields]
    assert spec.action_spec.discrete_branches == LAYOUT.branches
    native, _ = ClassroomVectorEnv(2, course=COURSE).reset(seed=SEED)
    decisions, ends = connection.get_steps(TEAM_BEHAVIOUR)
    assert decisions.agent_id.tolist() == [0, 1]
    assert not len(ends)
    place = names.index("concepts")
    np.testing.assert_array_equal(decisions.obs[place], native["concepts"].reshape(2, -1))
    np.testing.assert_array_equal(
        np.concatenate(decisions.action_mask, axis=1),
        inverted(np.concatenate(LAYOUT.branch_masks(native), axis=1)),
    )
    said = connection.channels.classroom.take()
    assert [m.layout for m in said if isinstance(m, Hello)] == [fingerprint()]
    connection.channels.engine.set_configuration_parameters(time_scale=20.0)
    connection.channels.parameters.set_float_parameter("gravity", 9.81)
    caption = Caption(classroom=0, learner=0, text="Schön: ½ + ¼", seconds=2.0)
    connection.channels.classroom.send(caption)
    for _ in range(5):  # decisions of two minutes
        assert not len(ends)
        connection.step()
        decisions, ends = connection.get_steps(TEAM_BEHAVIOUR)
    assert ends.agent_id.tolist() == decisions.agent_id.tolist() == [0, 1]
    assert not ends.interrupted.any()
    assert not decisions.reward.any()  # of the new course
    report = LAYOUT.unpack("report", ends.obs[names.index("report")])
    assert report["decisions"].tolist() == [5, 5]
    assert set(connection.channels.stats.read()) >= {"learner/nlg_delayed", "learner/dropouts"}


def test_the_player_leaves_when_python_says_goodbye(build: str, tmp_path: Path) -> None:
    log = tmp_path / "player.log"
    listening = Listening(connect_seconds=1200)
    connection = Connection(Player(build=build, log=log), listening=listening)
    connection.reset()
    process: Any = connection._running
    connection.close()
    assert process._process.returncode == 0
    assert "Python said goodbye" in log.read_text()


def test_a_player_without_python_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("unity_bridge.player.CONNECTION_SECONDS", 0.2)
    assert main(["--mlagents-port", "1", "-nographics"]) == 1
    assert "lost Python" in caplog.text


def test_the_player_needs_no_torch() -> None:
    program = "import sys, unity_bridge.player; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)  # noqa: S603  (own words)


def test_a_build_remembers_what_it_teaches(tmp_path: Path) -> None:
    settings = BuildSettings(
        course=COURSE,
        curriculum=Curriculum("two", _two_concepts(), (("a", "b"),)),
        most_decisions=3,
    )
    write_build(tmp_path, settings)
    assert BuildSettings.load(tmp_path / "classroom_Data") == settings


@pytest.mark.parametrize(
    ("name", "value"), [("classrooms", -1), ("threads", 0), ("most_decisions", -1)]
)
def test_impossible_settings_are_refused_by_name(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value}; expected at least"):
        BuildSettings(**{name: value})


def test_the_stage_is_set_by_messages_before_the_first_reset() -> None:
    stage = Stage(SETTINGS)
    stage.expect(areas=7, seed=1)  # the build's own number of classrooms wins
    scene = Scene(
        scene="workshop",
        classrooms=2,
        learners=2,
        seats_in_row=2,
        lessons=3,
        minutes=5,
        gap_days=1.0,
        retention_days=7.0,
        seed=4,
    )
    stage.set(scene)
    stage.set(TaughtCurriculum.of(Curriculum("two", _two_concepts(), (("a", "b"),))))
    moment = stage.reset()
    assert moment.agents.tolist() == [0, 1]
    course = stage.areas.simulation.course
    assert (course.scene, course.learners, course.lessons, course.minutes) == ("workshop", 2, 3, 5)
    assert (course.gap_days, course.retention_days) == (1.0, 7.0)
    assert stage.areas.simulation.curriculum.prerequisites == (("a", "b"),)
    assert stage.areas.simulation.world.state.clock.seed.tolist() == [4, 5]
    stage.set(Classes(seeds=(8, 3), episode=0, spread=False))
    stage.reset()
    assert stage.areas.simulation.world.state.clock.seed.tolist() == [8, 3]
    assert stage.areas.simulation.world.state.clock.episode.tolist() == [0, 0]
    stage.reset()
    assert stage.areas.simulation.world.state.clock.episode.tolist() == [1, 1]
    stage.set(Classes(seeds=(8, 3), episode=4, spread=False))
    stage.reset()
    assert stage.areas.simulation.world.state.clock.episode.tolist() == [4, 4]
    with pytest.raises(ValueError, match="start it anew"):
        stage.set(Scene(**(vars(scene) | {"learners": 3})))


def _two_concepts() -> tuple[Concept, ...]:
    return tuple(Concept(name=name, items=(-1.0, 0.0, 1.0), weight=1.0) for name in ("a", "b"))
