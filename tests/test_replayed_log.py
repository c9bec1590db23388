"""A real log teaches the trunk to foretell answers, and is judged on learners who were held out."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.answer_prediction import by_belief
from agents.auxiliary_config import AuxiliaryConfig
from agents.held_out_learners import part
from agents.presets import PRESETS, TrainConfig
from agents.pretraining import mixture, pretrain
from agents.replayed_log import STEP, ReplayedLog
from envs.course import Course
from envs.logs import AnswerLog
from envs.spaces import observation_space
from policies.encoder import Observation
from scripts import pretrain as command
from scripts.train import make_model
from tests.answer_logs import generated, write_pid

LEARNERS = 100


def tiny(weight: float) -> TrainConfig:
    """A training of seconds."""
    quick = PRESETS["quick"]
    auxiliary = AuxiliaryConfig(self_weight=weight, cross_weight=1 - weight, rows=10)
    return replace(
        quick,
        classrooms=5,
        device="cpu",
        course=Course(learners=2, lessons=1, minutes=10),
        policy=replace(quick.policy, width=8, heads=2, edge_width=4),
        ppo=replace(quick.ppo, steps=4, epochs=1, learning_rate=0.01, auxiliary=auxiliary),
    )


@pytest.fixture(scope="module")
def log() -> ReplayedLog:
    whole, _, _ = generated(5)
    return ReplayedLog(part(whole, whole.learner < LEARNERS), draws=10)


def test_every_known_answer_is_asked_in_every_pass_and_no_other(log: ReplayedLog) -> None:
    shares = [list(share) for share in log.shares(3, 2, 0)]
    asked = torch.cat([question.answers for share in shares for question in share])
    correct = log.log.correct[log.log.learner < 0.8 * LEARNERS]
    assert asked.sum((0, 1, 2)).tolist() == [2 * correct.size, 2 * correct.sum()]
    assert asked[:, 0, 0].sum(0).tolist() == asked.sum((0, 1, 2)).tolist()
    sizes = [len(question.answers) for share in shares for question in share]
    assert max(sizes) <= STEP
    assert min(sizes) > 0.8 * STEP
    before = torch.cat([question.obs["evidence"] for question in shares[0]])
    other = torch.cat([question.obs["evidence"] for question in shares[1]])
    assert not torch.equal(before[:100], other[:100])


def test_a_question_is_what_the_classroom_would_show(log: ReplayedLog) -> None:
    """The same keys and shapes, but for masks: nobody chooses anything here."""
    obs = log.question(torch.arange(6)).obs
    space = observation_space(1, obs["concepts"].shape[1])
    assert obs.keys() == {name for name in space.spaces if not name.endswith("_mask")}
    for name, values in obs.items():
        assert values.shape == (6, *(space[name].shape or ())), name
        assert space[name].contains(values[0].numpy()), name


def test_the_trunk_learns_from_the_log(log: ReplayedLog) -> None:
    config = tiny(1.0)
    model = make_model(config, 0)
    tutor = mixture(("random",), config.course.tracer)
    shares = log.shares(6, 8, 0, model.device)
    losses = [float(found["log_answers"]) for found in pretrain(model, tutor, 6, shares)]
    guessing = np.log(2)
    assert losses[0] > losses[-1]
    assert losses[-1] < guessing - 0.05
    model.policy.set_training_mode(False)
    found = log.foretold(command.predictors(model))
    assert found["trunk"]["auc"] > 0.7
    assert found.keys() == {"trunk", "belief", "tracer"}


def test_a_trunk_that_may_not_predict_answers_is_refused(log: ReplayedLog) -> None:
    model = make_model(tiny(0.0), 0)
    shares = log.shares(1, 1, 0)
    with pytest.raises(ValueError, match="self_weight is 0; expected more"):
        next(pretrain(model, mixture(("random",), "gaussian"), 1, shares))


def test_figures_are_of_held_out_learners_alone(log: ReplayedLog) -> None:
    def constant(obs: Observation) -> torch.Tensor:
        return torch.full(obs["belief"].shape[:3], 0.7)

    found = log.foretold({"constant": constant, "belief": by_belief})
    there = log.log.learner >= 0.8 * LEARNERS
    assert found["constant"]["answers"] == there.sum()
    assert found["constant"]["learners"] == 0.2 * LEARNERS
    share = log.log.correct[there].mean()
    expected = -(share * np.log(0.7) + (1 - share) * np.log(0.3))
    assert found["constant"]["log_loss"] == pytest.approx(expected, rel=1e-6)
    assert found["constant"]["auc"] == pytest.approx(0.5)
    assert found["belief"]["auc"] > 0.7
    assert 0.0 < found["tracer"]["auc_error"] < 0.1


def test_held_out_answers_change_nothing_that_is_learnt(log: ReplayedLog) -> None:
    held_out = log.log.learner >= 0.8 * LEARNERS
    other = np.where(held_out, 1 - log.log.correct, log.log.correct)
    changed = AnswerLog(log.log.learner, log.log.skill, log.log.item, other)
    again = ReplayedLog(changed, draws=10)
    known = torch.from_numpy(np.flatnonzero(~held_out))
    for name, values in log.question(known).obs.items():
        torch.testing.assert_close(again.question(known).obs[name], values, rtol=0, atol=0)


def test_the_command_reports_real_beside_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PRESETS", {"default": tiny(1.0)})
    write_pid(tmp_path / "log.csv", generated(6)[0], learners=25)
    run, results = tmp_path / "run", tmp_path / "results.json"
    words = ["--quick", f"--log={tmp_path / 'log.csv'}", f"--run={run}", f"--json={results}"]
    assert command.main(words) == 0
    found = json.loads(results.read_text(encoding="utf-8"))["next_answer_auc"]
    assert found["real"].keys() == {"trunk", "belief", "tracer"}
    assert {"auc", "log_loss"} <= found["simulated"]["trunk"].keys() & found["real"]["trunk"].keys()
    assert "5 learners held out" in capsys.readouterr().out
    assert command.main([*words[:1], f"--run={run}-2", f"--json={results}"]) == 0
    assert json.loads(results.read_text(encoding="utf-8"))["next_answer_auc"]["real"] is None


def test_a_log_that_cannot_be_read_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert command.main([f"--log={tmp_path / 'none.csv'}", f"--run={run}"]) == 2
    assert "none.csv; expected a file or a folder" in capsys.readouterr().err
    assert not run.exists()
