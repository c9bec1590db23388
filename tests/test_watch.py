"""The command that shows a class: terminal, GIF, picture, and what it says when it cannot."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from agents.believed_learners import BelievedLearners
from agents.checkpoint import save_policy
from agents.learner_population import LearnerPopulation
from agents.presets import TrainConfig
from agents.run_folder import write_config
from envs.constants import Constants
from envs.course import Course
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from scripts import watch
from tests.untrained import write_untrained_run

LEARNERS = 3


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of an untrained tutor for three learners, two lessons of 12 minutes."""
    folder = tmp_path_factory.mktemp("run")
    torch.manual_seed(0)
    spaces = observation_space(LEARNERS, 16), action_space(LEARNERS, 16)
    policy = AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(layers=1))
    config = TrainConfig(course=Course(learners=LEARNERS, lessons=2, minutes=12))
    write_config(folder, config, preset="quick", seed=0)
    save_policy(policy, folder)
    return folder


def test_terminal_shows_every_decision_with_its_reason(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch.main([str(run)]) == 0
    shown = capsys.readouterr().out
    decisions = shown.count("Chosen with")
    assert decisions >= 4
    assert " ".join(shown.split()).count("Plan for whoever is free:") == decisions
    assert f"{decisions} decisions; normalised learning gain" in shown
    assert "Lesson 1 of 2" in shown
    assert "Lesson 2 of 2, minute 12 of 12" in shown.replace("\n", " ")
    assert "…" not in shown  # in a file nothing is cut off


def test_seed_chooses_the_class_and_repeats_it(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = []
    for seed in ("0", "0", "1"):
        assert watch.main([str(run), "--seed", seed]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert shown[0] != shown[2]


def test_other_learners_are_watched_and_taken_for_the_usual_ones() -> None:
    """Records of them are to tell who they are: a belief that knew already would hide it."""
    usual, weak = (
        watch.classroom(TrainConfig(), 0, LearnerPopulation(**given), BelievedLearners())
        for given in ({}, {"intercept": 0.15})
    )
    assert weak.constants.knowledge.intercept == 0.15
    assert usual.constants == Constants()
    for key in ("belief", "prospects"):
        assert (weak.observation[key] == usual.observation[key]).all()


def test_a_belief_is_told_what_the_learners_are_like() -> None:
    """What adaptation estimated of a class can be put to use; the learners stay who they are."""
    usual, told = (
        watch.classroom(TrainConfig(), 0, LearnerPopulation(), BelievedLearners(**given))
        for given in ({}, {"forgetting": 0.2})
    )
    assert told.constants == usual.constants
    assert (told.observation["evidence"] == usual.observation["evidence"]).all()
    assert (told.observation["prospects"] != usual.observation["prospects"]).any()


def test_a_run_for_other_learners_is_watched_among_these(tmp_path: Path) -> None:
    """What `scripts.iterate` keeps was refitted to somebody: calibrated ones would be strangers."""
    other = LearnerPopulation(intercept=0.15)
    config = TrainConfig(course=Course(learners=LEARNERS), population=other)
    folder = write_untrained_run(tmp_path, config)
    for asked, taught in ((LearnerPopulation(), 0.15), (LearnerPopulation(intercept=0.9), 0.9)):
        simulation, _, _ = watch.trained(folder, None, 0, asked, BelievedLearners())
        assert simulation.constants.knowledge.intercept == taught


def test_one_lesson_alone(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch.main([str(run), "--lesson", "1"]) == 0
    shown = capsys.readouterr().out
    assert "Lesson 1 of 2" in shown
    assert "Lesson 2 of 2" not in shown


def test_gif_has_a_frame_for_every_decision(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new" / "lesson.gif"
    assert watch.main([str(run), "--gif", str(path), "--lesson", "2", "--delay", "0.5"]) == 0
    with Image.open(path) as gif:
        frames = getattr(gif, "n_frames", 1)
        assert frames >= 2
        assert gif.size == watch.GIF_SIZE
        assert gif.info["duration"] == 500
    assert f"{frames} frames" in capsys.readouterr().out


def test_picture_is_of_the_decision_asked_for(run: Path, tmp_path: Path) -> None:
    pictures = []
    for decision in ("1", "2"):
        path = tmp_path / f"{decision}.png"
        assert watch.main([str(run), "--picture", str(path), "--decision", decision]) == 0
        with Image.open(path) as image:
            pictures.append(np.asarray(image))
    assert pictures[0].shape == (640, 960, 3)
    assert (pictures[0] != pictures[1]).any()


def test_step_waits_for_enter(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []

    def press_twice_then_leave(prompt: object = "") -> str:
        waited.append(str(prompt))
        if len(waited) > 2:
            raise KeyboardInterrupt
        return ""

    monkeypatch.setattr("builtins.input", press_twice_then_leave)
    assert watch.main([str(run), "--step"]) == watch.INTERRUPTED
    assert len(waited) == 3


def test_without_a_run_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watch, "REFERENCE", tmp_path)
    assert watch.main([]) == 2
    assert "python -m scripts.train" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Leitner", "mastery (BKT)", "random over all", "greedy on truth"])
def test_rules_and_references_can_be_watched(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "Course", partial(Course, learners=LEARNERS, lessons=1, minutes=5))
    assert watch.main(["--tutor", name]) == 0
    shown = capsys.readouterr().out
    assert "minute 5 of 5" in shown.replace("\n", " ")
    assert "Chosen with" not in shown


def test_unknown_rule_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert watch.main(["--tutor", "nobody"]) == 2
    assert "Leitner" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--lesson", "3"], "lesson is 3; expected at most 2"),
        (["--seed", "-1"], "seed is -1; expected at least 0"),
        (["--decision", "99", "--picture", "x.png"], "decision is 99; expected one that"),
        (["--tutor", "round robin"], "expected one of them"),
    ],
)
def test_bad_arguments_are_named(
    run: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch.main([str(run), *words]) == 2
    assert message in capsys.readouterr().err
