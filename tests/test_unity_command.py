"""The link's commands run end to end without Unity."""

import itertools
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.checkpoint import STATE, has_model, load_policy
from agents.presets import PRESETS, WarmStart
from agents.run_folder import CHECKPOINT, REFERENCE
from agents.unity_model import packages
from envs.course import Course
from scripts import unity, unity_demo, unity_train
from scripts.train import INTERRUPTED
from tests.scripted_player import free_port
from unity_bridge import codegen
from unity_bridge.classroom_link import ClassroomLink
from unity_bridge.connection import Player
from unity_bridge.faults import WrongVersion
from unity_bridge.layout import fingerprint
from unity_bridge.transport import Listening


@pytest.fixture
def build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    asked = ["build", str(tmp_path / "stand-in"), "--classrooms", "2", "--course.learners", "3"]
    assert unity.main(asked) == 0
    return Path(capsys.readouterr().out.strip())


def test_the_demo_teaches_in_the_build_as_in_the_simulation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "demo.json"
    asked = ["demo", str(REFERENCE), "--quick", "--json", str(path)]
    assert unity.main(asked) == 0
    results = json.loads(path.read_text(encoding="utf-8"))
    assert results["parity"] is True
    assert results["nlg_unity"] == pytest.approx(results["nlg_native"], abs=1e-6)
    assert results["exchanges_per_s"].keys() == {"1", "64", "empty"}
    assert min(results["exchanges_per_s"].values()) > 0
    assert results["onnx_p99_ms"] > 0
    shown = capsys.readouterr().out
    assert "protocol 1.5.0" in shown
    assert "mastery is" in shown
    assert "went the same way, bit for bit" in shown
    assert "speed, 64 classrooms" in shown


def test_the_demo_does_without_the_packages_for_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "NEEDED", ("no_such_package",))
    policy, settings = cast("Any", None), cast("Any", None)
    assert unity_demo.onnx_p99(policy, settings, quick=True) is None


def test_another_course_is_not_taken_for_the_same() -> None:
    """The comparison can fail: a reward that differs in its last bit is another lesson."""
    turn = unity_demo.Turn({}, np.zeros(3, np.int64), "", 0.1, {})
    nearly = turn._replace(reward=float(np.nextafter(np.float32(0.1), 1)))
    assert unity_demo.same_lesson([turn], [turn])
    assert not unity_demo.same_lesson([turn], [nearly])
    assert not unity_demo.same_lesson([turn], [])


def test_check_says_what_it_found(
    build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "check.json"
    asked = ["check", "--build", str(build), "--seconds", "1200", "--json", str(path)]
    assert unity.main(asked) == 0
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["ok"]
    assert found["found"]["classrooms"] == "2"
    assert found["found"]["learners"] == "3"
    assert found["found"]["layout"] == fingerprint()
    assert "All is right" in capsys.readouterr().out


def test_check_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unity.main(["check", "--build", str(tmp_path / "nothing")]) == 1
    assert "cannot be started: there is no such executable" in capsys.readouterr().out
    assert unity.main(["check", "--port", str(free_port()), "--seconds", "0.2"]) == 1
    assert "Start Python before pressing Play" in capsys.readouterr().out


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A preset that learns in seconds."""
    quick = PRESETS["quick"]
    preset = replace(
        quick,
        course=Course(learners=2, lessons=1, minutes=10),
        warm_start=WarmStart(),
        inspection_rollouts=0,
        evaluation_classes=0,
        ppo=replace(quick.ppo, steps=128, epochs=1),
    )
    monkeypatch.setattr(unity_train, "PRESETS", {"quick": preset})


@pytest.mark.usefixtures("small")
def test_training_goes_on_when_a_build_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(model: Any, config: Any, run: Path, besides: Any) -> bool:
        env = model.get_env().env
        worker, step = env.workers.each[0], env.step

        def noted(actions: Any) -> Any:
            if len(moved) == 3:
                os.kill(worker.link.connection._running._process.pid, signal.SIGKILL)
            if worker.coming is not None:
                time.sleep(0.1)  # or the others come to the end of this short training alone
            transition = step(actions)
            moved.append(transition[4]["moved"].tolist())
            return transition

        monkeypatch.setattr(env, "step", noted)
        return unity_train_learn(model, config, run, besides)

    unity_train_learn, moved = unity_train.learn, list[list[bool]]()
    monkeypatch.setattr(unity_train, "learn", learn)
    path, run = tmp_path / "train.json", tmp_path / "run"
    asked = ["train", str(run), "--classrooms", "2", "--decisions", "2048", "--json", str(path)]
    assert unity.main(asked) == 0
    results = json.loads(path.read_text(encoding="utf-8"))
    assert results["decisions"] == 2048
    assert len(results["faults"]) == 1
    assert "signal SIGKILL" in results["faults"][0]
    assert moved[3] == [False, False, True, True]
    assert moved[-1] == [True, True, True, True]  # the new build is taught as well
    assert has_model(run)
    assert "scene/learner/nlg_delayed" in EventAccumulator(str(run)).Reload().Tags()["scalars"]


def test_training_gives_a_build_the_time_that_an_activity_takes(
    build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A demonstration of 6 minutes at real time must not count as a hanging build."""

    def seen(players: list[Player], listening: Listening) -> None:
        scales = {player.time_scale for player in players}
        raise ValueError(f"{scales}, {listening.connect_seconds}, {listening.answer_seconds}")

    monkeypatch.setattr(unity_train, "UnityClassroomVectorEnv", seen)
    assert unity.main(["train", "--build", str(build)]) == 1
    assert "{20.0}, 600.0, 600.0" in capsys.readouterr().err
    asked = ["train", "--build", str(build), "--patience", "900", "--time-scale", "1.5"]
    assert unity.main(asked) == 1
    assert "{1.5}, 900.0, 900.0" in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_a_training_that_was_stopped_goes_on_with_new_learners_of_its_own_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    resets: list[tuple[list[int], int]] = []
    reset = ClassroomLink.reset

    def noted(link: ClassroomLink, seeds: Any = (), **options: Any) -> None:
        resets.append((list(seeds), options["episode"]))
        reset(link, seeds, **options)

    def interrupt(own: Any) -> None:
        monkeypatch.setattr(unity_train.SceneCallback, "_on_rollout_end", log)
        os.kill(os.getpid(), signal.SIGINT)
        log(own)

    log = unity_train.SceneCallback._on_rollout_end
    monkeypatch.setattr(ClassroomLink, "reset", noted)
    monkeypatch.setattr(unity_train.SceneCallback, "_on_rollout_end", interrupt)
    path, run = tmp_path / "train.json", tmp_path / "run"
    asked = ["train", str(run), "--classrooms", "2", "--decisions", "1024", "--seed", "3"]
    assert unity.main(asked) == INTERRUPTED
    assert "stopped at 512 decisions" in capsys.readouterr().out
    assert sorted(resets) == [([12, 13], 0), ([14, 15], 0)]  # classes of seed 3 alone
    resets.clear()
    assert unity.main([*asked, "--json", str(path)]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["decisions"] == 1024
    seeds, [episode, other] = zip(*sorted(resets), strict=True)
    assert seeds == ([12, 13], [14, 15])
    assert episode == other >= 512 // 4 // 20  # as many courses of at most 20 decisions were over
    shown = EventAccumulator(str(run)).Reload().Scalars("scene/learner/nlg_delayed")
    assert [event.step for event in shown] == [512, 1024]


@pytest.mark.usefixtures("small")
def test_what_was_learnt_before_a_fault_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hours of training must not be lost to a build that fails for good; what is kept is whole."""
    kept: dict[str, Any] = {}
    start, step = unity_train.SceneCallback._on_rollout_start, ClassroomLink.step
    steps = itertools.count(1)

    def note(own: Any) -> None:
        kept.update({k: v.clone() for k, v in own.model.policy.state_dict().items()})
        start(own)

    def fail(link: ClassroomLink, actions: Any) -> Any:
        if next(steps) > 128 + 10:  # in the middle of the second rollout
            raise WrongVersion("the classroom channel", "2", "1")
        return step(link, actions)

    path, run = tmp_path / "train.json", tmp_path / "run"
    asked = ["train", str(run), "--workers", "1", "--classrooms", "2", "--decisions", "512"]
    with monkeypatch.context() as patch:
        patch.setattr(unity_train.SceneCallback, "_on_rollout_start", note)
        patch.setattr(ClassroomLink, "step", fail)
        assert unity.main(asked) == 1
    shown = capsys.readouterr()
    assert "version 2 of the classroom channel" in shown.err
    assert "learnt from 256 decisions is kept; the same command goes on" in shown.out
    counters = json.loads((run / CHECKPOINT / f"{STATE}.json").read_text("utf-8"))
    assert counters["num_timesteps"] == 256
    weights = load_policy(run, "cpu").state_dict()
    assert all(torch.equal(weights[name], value) for name, value in kept.items())
    assert unity.main([*asked, "--json", str(path)]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["decisions"] == 512


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["demo", "--seed", "-1"], "seed is -1; expected at least 0"),
        (["demo", "--seconds", "0"], "seconds is 0.0; expected above 0"),
        (["demo", "nowhere"], "expected a folder that holds"),
        (["train", "--workers", "0"], "workers is 0; expected at least 1"),
        (["train", "--preset", "huge"], "preset is 'huge'; expected one of"),
        (["train", "--patience", "0"], "patience is 0.0; expected above 0"),
        (["train", "--time-scale", "nan"], "time_scale is nan; expected above 0"),
        (["check", "--seconds", "0"], "seconds is 0.0; expected above 0"),
    ],
)
def test_bad_input_fails_before_any_work(
    asked: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert unity.main(asked) == 1
    assert message in capsys.readouterr().err


def test_codegen_check_names_what_is_stale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert unity.main(["codegen", "--check"]) == 0
    monkeypatch.setattr(codegen, "layout_source", lambda: "// another contract")
    assert unity.main(["codegen", "--check"]) == 1
    assert f"stale: {codegen.PACKAGE / codegen.LAYOUT}" in capsys.readouterr().out


def test_compile_says_what_is_no_player(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unity.main(["compile", "--managed", str(tmp_path)]) == 1
    assert f"managed is {tmp_path}; expected a folder that holds" in capsys.readouterr().err
