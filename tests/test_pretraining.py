"""Pre-training without rewards: it learns to foretell answers, and training can start from it."""

import json
import signal
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from agents import pretraining
from agents.answer_prediction import by_belief, foretell
from agents.checkpoint import has_state
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS
from agents.pretrained import start_from
from agents.tutors.mixture import Mixture
from agents.tutors.random_choice import RandomAny, RandomLegal
from agents.tutors.registry import make_tutor
from envs.course import TUNING_SEED, Course
from envs.vector import ClassroomVectorEnv
from policies.encoder import Observation
from scripts import pretrain as command
from scripts import train
from tests.toy_classroom import random_observation

SHORT = Course(learners=2, lessons=1, minutes=10)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Presets of a second."""
    quick = PRESETS["quick"]
    tiny = replace(
        quick,
        decisions=32,
        classrooms=5,
        device="cpu",
        course=SHORT,
        ppo=replace(quick.ppo, steps=4, batch=10, epochs=1),
        policy=replace(quick.policy, width=8, heads=2, edge_width=4),
        inspection_rollouts=0,
        evaluation_classes=0,
    )
    for module in (command, train):
        monkeypatch.setattr(module, "PRESETS", {"quick": tiny, "default": tiny})


def test_each_tutor_of_a_mixture_teaches_its_own_classrooms_as_if_alone() -> None:
    obs = random_observation(2, 3, 5)
    first, second = make_tutor("round robin"), RandomLegal(3)
    both = Mixture([first, second])
    both.reset(5)
    chosen = both.act(obs)
    for place, tutor in enumerate((make_tutor("round robin"), RandomLegal(3))):
        own = {key: array[place::2] for key, array in obs.items()}
        tutor.reset(len(own["course"]))
        np.testing.assert_array_equal(chosen[place::2], tutor.act(own))


def test_a_mixture_refuses_whom_it_cannot_serve() -> None:
    with pytest.raises(ValueError, match="tutors is empty"):
        Mixture([])
    with pytest.raises(ValueError, match="tutors has 'greedy on truth'"):
        Mixture([make_tutor("greedy on truth")])
    with pytest.raises(ValueError, match="tutors has 'random over all'"):
        Mixture([RandomAny()])
    with pytest.raises(ValueError, match="batch is 1; expected a classroom for each of"):
        Mixture([RandomLegal(), RandomLegal()]).reset(1)


def test_foretelling_is_scored_on_every_answer_of_one_course() -> None:
    """Answers are counted as the simulation counts them; a constant guess has an AUC of a half."""
    env = ClassroomVectorEnv(4, course=replace(SHORT, minutes=20))

    def constant(obs: Observation) -> torch.Tensor:
        return torch.full(obs["belief"].shape[:3], 0.7)

    tutor = make_tutor("fixed curriculum")
    predictors = {"constant": constant, "belief": by_belief}
    found = foretell(predictors, tutor, env, TUNING_SEED)
    assert found["constant"].auc == pytest.approx(0.5)
    assert found["belief"].auc > 0.55
    other = ClassroomVectorEnv(4, course=replace(SHORT, minutes=20))
    obs, _ = other.reset(seed=TUNING_SEED)
    tutor.reset(4)
    answers, right, over = 0, 0, np.zeros(4, bool)
    while not over.all():
        obs, _, done, _, _ = other.step(tutor.act(obs))
        over |= done
        events = other.simulation.world.events
        for b, i in np.argwhere((events.answers > 0) & ~over[:, None]):
            answers += events.answers[b, i]
            right += events.correct[b, i, : events.answers[b, i]].sum()
    assert found["constant"].answers == answers
    share = right / answers
    expected = -(share * np.log(0.7) + (1 - share) * np.log(0.3))
    assert found["constant"].log_loss == pytest.approx(expected, rel=1e-6)


@pytest.mark.usefixtures("small")
def test_training_starts_from_the_pretrained_trunk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, results = tmp_path / "first", tmp_path / "results.json"
    assert command.main(["--quick", f"--run={first}", f"--json={results}"]) == 0
    shown = json.loads(results.read_text(encoding="utf-8"))["next_answer_auc"]["simulated"]
    assert shown.keys() == {"trunk", "belief"}
    assert f"scripts.train --init {first}" in capsys.readouterr().out
    arguments = train.parse(["--preset=quick", f"--init={first}", "--seed=1"])
    model, fresh = (train.make_model(arguments.train, 1) for _ in range(2))
    start_from(model, first)
    saved = load_file(first / "model.safetensors")
    for key, value in model.policy.state_dict().items():
        expected = saved[key] if key.startswith("encoder.") else fresh.policy.state_dict()[key]
        assert torch.equal(value, expected), key
    assert train.main(["--preset=quick", f"--init={first}", f"--run={tmp_path / 'second'}"]) == 0


@pytest.mark.usefixtures("small")
def test_a_trunk_that_does_not_fit_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, first = f"--run={tmp_path / 'run'}", tmp_path / "first"
    assert command.main(["--quick", f"--run={first}", "--classes=0"]) == 0
    wider = ["--preset=quick", "--policy.width=16", f"--init={first}", run]
    assert train.main(wider) == 2
    assert "of shape (8" in capsys.readouterr().err
    assert train.main(["--preset=quick", f"--init={tmp_path}", run]) == 2
    assert "expected a run folder that holds model.json" in capsys.readouterr().err
    assert not (tmp_path / "run" / "config.json").exists()


def test_a_rule_that_reads_another_belief_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--tutors", "random", "mastery (BKT)"])
    assert "'mastery (BKT)'; expected some that" in capsys.readouterr().err


def test_nothing_to_learn_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--self-weight=0", "--cross-weight=0"])
    assert "self_weight and cross_weight are 0" in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_after_ctrl_c_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With all that was learnt, in the same courses, and only with the rollouts that were left."""
    run = tmp_path / "run"
    words = ["--quick", f"--run={run}", "--classes=0"]
    seen: list[tuple[dict[str, torch.Tensor], float, np.ndarray]] = []
    fill = pretraining.fill_rollout

    def watched(model: ClassroomPPO, tutor: Mixture) -> None:
        weights = {key: value.clone() for key, value in model.policy.state_dict().items()}
        rate = model.policy.optimizer.param_groups[0]["lr"]
        seen.append((weights, rate, model.observation["course"].copy()))
        fill(model, tutor)
        if len(seen) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(pretraining, "fill_rollout", watched)
    assert command.main(words) == train.INTERRUPTED
    assert "to go on: the same command" in capsys.readouterr().out
    assert command.main([*words, "--seed=1"]) == 2
    assert "begun with" in capsys.readouterr().err
    kept = load_file(run / command.STATE / "state.safetensors")
    assert command.main(words) == 0
    assert len(seen) == command.QUICK_ROLLOUTS == 4
    weights, _, course = seen[3]
    for key, value in weights.items():
        assert torch.equal(value, kept[f"policy.{key}"]), key
    assert np.diff([rate for _, rate, _ in seen], n=2) == pytest.approx(0, abs=1e-9)  # it falls on
    assert not np.array_equal(course, seen[0][2])  # not a new course
    assert command.main(words) == 0  # finished: it only foretells
    assert len(seen) == 4


@pytest.mark.usefixtures("small")
def test_trainings_and_pretrainings_keep_out_of_each_others_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checkpoint of one, taken for the other's, would go on as nobody asked."""
    run = tmp_path / "run"
    assert train.main(["--preset=quick", f"--run={run}"]) == 0
    assert command.main(["--quick", f"--run={run}"]) == 2
    assert "holds a training; expected a new or empty folder" in capsys.readouterr().err
    assert command.main(["--quick", f"--run={tmp_path / 'trunk'}", "--classes=0"]) == 0
    assert not has_state(tmp_path / "trunk" / "checkpoint")


def test_a_log_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares that were learnt from are not learnt from again, nor are others left out."""
    asked = []
    monkeypatch.setattr(pretraining, "fill_rollout", Mock())
    monkeypatch.setattr(pretraining, "_fit", lambda *_: torch.zeros(5))
    monkeypatch.setattr(
        pretraining, "_answer", lambda *given: asked.append(given[-1]) or torch.zeros(3)
    )
    model = Mock(n_epochs=1, **{"minibatches.return_value": [0], "lr_schedule": float})
    model.policy.optimizer.param_groups = []
    list(pretraining.pretrain(model, Mock(), 4, iter([["a"], ["b"], ["c"], ["d"]]), done=2))
    assert asked == ["c", "d"]
