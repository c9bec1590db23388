"""A trained tutor teaches whoever connects, with full sight, through stops, deaths and mistakes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.believed_learners import BelievedLearners
from agents.checkpoint import load_policy
from agents.decision.facts import describe
from agents.decision.json_form import to_json
from agents.decision.service import DecisionService
from agents.run_folder import REFERENCE
from envs.classroom import ClassroomEnv
from envs.constants import Constants
from envs.course import WATCHING_SEED, Course
from envs.curriculum import builtin
from envs.observed_class import FILLED_IN, ObservedClass
from envs.simulation import Simulation
from scripts import unity
from scripts.unity_class import TaughtClass
from tests.scripted_player import ScriptedPlayer, agent, free_port, observation, output
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.channel_messages import Answer
from unity_bridge.faults import Garbled
from unity_bridge.layout import Layout
from unity_bridge.session_record import LINES, SessionRecord, read_lines, read_played
from unity_bridge.told_events import answers, told, windows
from unity_bridge.transport import Listening, QueueCommunicator

COURSE, CURRICULUM = Course(learners=3, lessons=1, minutes=10), builtin("algebra-16")
SHORT = ("--lessons", "1", "--minutes", "10", "--courses", "1")


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A scene that sends what Unity sends, in which another course is set than will be taught."""
    settings = BuildSettings(course=replace(COURSE, lessons=4), classrooms=1, blind=True)
    return str(write_build(tmp_path_factory.mktemp("build"), settings))


@pytest.fixture(scope="module")
def taught(build: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The session of one short course."""
    folder = tmp_path_factory.mktemp("session")
    asked = ["play", "--build", build, "--folder", str(folder), *SHORT]
    assert unity.main([*asked, "--json", str(folder / "play.json")]) == 0
    return folder


def test_the_tutor_decides_as_in_the_simulation_where_it_sees_all(taught: Path) -> None:
    env = ClassroomEnv(course=COURSE)
    policy = load_policy(REFERENCE, "cpu").at_size(
        env.observation_space,  # type: ignore[arg-type]
        env.action_space,  # type: ignore[arg-type]
    )
    service = DecisionService(policy, CURRICULUM)
    seen, _ = env.reset(seed=WATCHING_SEED)
    chosen, over = [], False
    while not over:
        decision = service.decide(seen)
        chosen.append(list(decision.action))
        seen, _, over, _, _ = env.step(np.array(decision.action))
    assert [played.action.tolist() for played in read_played(taught)] == chosen
    assert json.loads((taught / "play.json").read_text())["decisions"] == len(chosen)


def test_the_record_tells_all_that_the_tutor_knew(taught: Path) -> None:
    """From it alone the belief of every decision is made again, as it stood in its reasons."""
    replays(taught, Constants())
    assert not any(set(FILLED_IN) & line.get("seen", {}).keys() for line in read_lines(taught))


def test_the_belief_is_told_what_the_learners_are_like(build: str, tmp_path: Path) -> None:
    """And the record says so: replayed with the usual belief it would be of another tutor."""
    asked = ["--folder", str(tmp_path), *SHORT, "--believed.forgetting", "0.2"]
    assert unity.main(["play", "--build", build, *asked]) == 0
    assert next(read_lines(tmp_path))["believed"]["forgetting"] == 0.2
    replays(tmp_path, BelievedLearners(forgetting=0.2).constants)


def replays(session: Path, believed: Constants) -> None:
    """Make the belief of every decision again from the record, and compare it with the reasons."""
    observed = ObservedClass(COURSE, CURRICULUM, believed)
    names = [concept.name.replace("-", " ") for concept in CURRICULUM.concepts]
    widths = Layout(3, 16).observation_space.spaces
    rest = {key: np.zeros(widths[key].shape or (), np.float32) for key in widths}
    filled, decisions = {}, list(read_played(session))
    for played in decisions:
        filled = filled or observed.begin(rest | played.before)
        again = to_json(describe(filled, played.action, names))
        for fact in ("mastery", "understanding", "promise", "gain", "rank", "plan_concept"):
            assert again[fact] == played.decision[fact], fact
        given, read = answers(played.told), windows(played.told, COURSE.learners)
        filled = observed.follow(played.action, given, rest | played.after, read)
    assert len(decisions) > 5
    assert filled["belief"].any()


def test_the_scene_is_told_what_is_taught_and_why(taught: Path) -> None:
    lines = list(read_lines(taught))
    kinds = [line["type"] for line in lines]
    assert kinds[:5] == ["session", "connected", "hello", "curriculum", "scene"]
    scene = next(line for line in lines if line["type"] == "scene")
    assert (scene["lessons"], scene["minutes"], scene["learners"]) == (1, 10, 3)
    decided = [line for line in lines if line["type"] == "decision"]
    reasons = [line for line in lines if line["type"] == "reasons"]
    assert [own["sentence"] for own in reasons] == [own["decision"]["sentence"] for own in decided]
    assert len(reasons[0]["learners"]) == 3
    wrong = [line for line in lines if line["type"] == "answer" and not line["correct"]]
    captions = [line for line in lines if line["type"] == "caption"]
    assert 0 < len(captions) <= len(wrong)
    assert all("Not right." in caption["text"] for caption in captions)
    assert kinds[-2:] == ["over", "end"]


def test_statistics_of_the_scene_are_in_tensorboard(taught: Path) -> None:
    events = EventAccumulator(str(taught)).Reload()
    assert "scene/learner/nlg_delayed" in events.Tags()["scalars"]
    [nlg] = events.Scalars("scene/learner/nlg_delayed")
    assert 0 < nlg.value < 1


def test_answers_that_go_astray_are_missed(tmp_path: Path) -> None:
    """The tutor must not go on without them: the books that the scene sends count them too."""
    simulation = Simulation(1, COURSE, CURRICULUM, Constants())
    simulation.seed(np.array([1]))
    simulation.start()
    layout = Layout(COURSE.learners, CURRICULUM.size)
    policy = load_policy(REFERENCE, "cpu").at_size(layout.observation_space, layout.action_space)
    with SessionRecord(tmp_path, asdict(COURSE), CURRICULUM) as record:
        own = TaughtClass(0, DecisionService(policy, CURRICULUM), COURSE, record, 1, Constants())
        own.begin({key: array[0] for key, array in simulation.observation.items()})
        while not simulation.world.events.answers.any():
            simulation.step(own.action[None])
            seen = {key: array[0].copy() for key, array in simulation.observation.items()}
            said = list(told(simulation, 0))
            if not simulation.world.events.answers.any():
                own.go_on(said, seen)
        *first, last = [message for message in said if isinstance(message, Answer)]
        match = f"{len(first)} were told and {len(first) + 1} are in the books"
        with pytest.raises(Garbled, match=match):
            own.go_on([message for message in said if message is not last], seen)
        with pytest.raises(Garbled, match="item of an answer is 99; expected 0 to"):
            own.go_on([*first, replace(last, item=99)], seen)


@pytest.fixture
def port() -> Iterator[int]:
    """A port that must be free again at the end."""
    number = free_port()
    yield number
    QueueCommunicator(Listening(port=number)).close()


def _soon(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _count(folder: Path, kind: str) -> int:
    path = folder / LINES
    return path.read_text("utf-8").count(f'"type": "{kind}"') if path.exists() else 0


def _press_play(build: str, port: int) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([build, "--mlagents-port", str(port)], **quiet)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def test_a_wrong_scene_and_a_player_that_dies_do_not_end_the_session(
    build: str, port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, players = tmp_path / "session", []

    def others_play() -> None:
        layout = Layout(1, 2)  # of another curriculum
        own = agent(1, *(observation(f.name, np.zeros(f.size)) for f in layout.fields))
        brain = {"num_discrete_actions": 5, "discrete_branch_sizes": layout.branches}
        name = "Classroom?team=0"
        ScriptedPlayer(port, lambda _: output(**{name: [own]}), {name: brain}).join()
        players.append(_press_play(build, port))
        _soon(lambda: _count(folder, "decision") >= 2)
        players[0].kill()
        players.append(_press_play(build, port))

    helper = threading.Thread(target=others_play)
    helper.start()
    path = tmp_path / "play.json"
    asked = ["play", "--port", str(port), "--folder", str(folder), *SHORT]
    try:
        assert unity.main([*asked, "--json", str(path)]) == 0
    finally:
        helper.join()
        for player in players:
            player.kill()
            player.wait()
    results = json.loads(path.read_text(encoding="utf-8"))
    assert (results["players"], results["courses"]) == (3, 1)
    assert len(results["faults"]) == 2
    assert "the scene has 2 concepts and algebra-16 has 16" in results["faults"][0]
    assert "connection broke" in results["faults"][1] or "new player" in results["faults"][1]
    shown = capsys.readouterr().out
    assert shown.count("press Play in the editor") == 3
    assert "last decision: " in shown


def _players_of(program: int) -> list[int]:
    """Numbers of the builds that a program has started."""
    tasks = Path("/proc", str(program), "task").glob("*/children")
    children = " ".join(task.read_text("utf-8") for task in tasks).split()
    words = {int(child): Path("/proc", child, "cmdline").read_bytes() for child in children}
    return [child for child, own in words.items() if b"unity_bridge.player" in own]


def test_a_build_that_dies_is_started_again(build: str, tmp_path: Path) -> None:
    folder = tmp_path / "session"

    def kill_it() -> None:
        _soon(lambda: _count(folder, "decision") >= 2)
        [player] = _players_of(os.getpid())
        os.kill(player, signal.SIGKILL)

    helper = threading.Thread(target=kill_it)
    helper.start()
    path = tmp_path / "play.json"
    asked = ["play", "--build", build, "--folder", str(folder), *SHORT, "--json", str(path)]
    assert unity.main(asked) == 0
    helper.join()
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert (results["players"], results["courses"]) == (2, 1)
    assert "SIGKILL" in results["faults"][0]


def test_ctrl_c_ends_the_session_with_its_last_line_and_a_free_port(
    port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        _soon(lambda: any(tmp_path.glob("events.*")))  # the last thing before it waits
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    helper = threading.Thread(target=interrupt)
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored
    try:
        helper.start()
        assert unity.main(["play", "--port", str(port), "--folder", str(tmp_path)]) == 0
    finally:
        signal.signal(signal.SIGINT, earlier)
    helper.join()
    assert [line["type"] for line in read_lines(tmp_path)] == ["session", "end"]
    assert "stopped" in capsys.readouterr().out


def test_no_build_outlives_a_program_that_is_told_to_end(build: str, tmp_path: Path) -> None:
    asked = ["-m", "scripts.unity", "play", "--build", build, "--folder", str(tmp_path)]
    program = subprocess.Popen([sys.executable, *asked], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _soon(lambda: _count(tmp_path, "decision") >= 2)
        [player] = _players_of(program.pid)
        program.terminate()
        assert program.wait(60) == 128 + signal.SIGTERM
    finally:
        program.kill()
        program.wait()
    assert not Path("/proc", str(player)).exists()
    assert [line["type"] for line in read_lines(tmp_path)][-1] == "end"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--courses", "-1"], "courses is -1; expected at least 0"),
        (["--patience", "0"], "patience is 0.0; expected above 0"),
        (["--run", "nowhere"], "expected a folder that holds"),
        (["--minutes", "3"], "course.minutes is 3; expected 5 to 180"),
        (["--curriculum", "greek"], "greek"),
        (["--adapters", "nowhere"], "expected a folder that holds adapters/ledger.jsonl"),
        (["--build", "nowhere"], "nowhere cannot be started: there is no such executable"),
    ],
)
def test_bad_input_fails_before_any_work(
    asked: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert unity.main(["play", "--folder", str(tmp_path), *asked]) == 1
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
