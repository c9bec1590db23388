"""The network of the neural learners learns from a log what the log's learners were made of."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from scipy.special import expit

from agents.answer_fit import FitConfig, fit_network, play, predict
from agents.answer_network import AnswerNetwork
from envs.answer_filter import area_under_curve
from envs.answer_statistics import answer_statistics
from envs.item_easiness import easiness_from_others
from envs.learners.network import pack
from envs.logs import AnswerLog
from scripts.fit_learner import main
from tests.answer_logs import ANSWERS, LEARNERS, SKILLS, generated, write_pid


@pytest.fixture(scope="module")
def fitted() -> tuple[AnswerNetwork, list[float]]:
    log, easiness, _ = generated(0)
    losses: list[float] = []
    config = FitConfig(width=8, epochs=16, rate=0.03, learners=20)
    everybody = np.ones(log.learner.size, bool)
    network = fit_network(log, easiness, everybody, config, 0, lambda _, loss: losses.append(loss))
    return network, losses


def test_it_predicts_new_learners_almost_as_well_as_their_true_chances(
    fitted: tuple[AnswerNetwork, list[float]],
) -> None:
    network, losses = fitted
    log, easiness, _ = generated(0)
    rng = np.random.default_rng(9)  # other learners at the same items
    ability = rng.normal(0, 1.2, LEARNERS)[log.learner]
    practice = np.log1p(np.tile(np.arange(ANSWERS), LEARNERS * SKILLS))
    chance = expit(ability + easiness + 0.4 * practice - 0.3)
    correct = (rng.random(chance.size) < chance).astype(np.int64)
    new = AnswerLog(log.learner, log.skill, log.item, correct)
    everybody = np.ones(correct.size, bool)
    found = area_under_curve(predict(network, new, easiness, everybody), correct)
    items_alone = area_under_curve(easiness, correct)
    assert losses[-1] < losses[0]
    assert items_alone + 0.05 < found < area_under_curve(chance, correct)


def test_its_own_answers_look_like_the_learners(
    fitted: tuple[AnswerNetwork, list[float]],
) -> None:
    """Fed back one by one they spread learners as far, and depend on each other as much."""
    log, easiness, _ = generated(0)
    played = AnswerLog(log.learner, log.skill, log.item, play(fitted[0], log, easiness, 1))
    real, own = answer_statistics(log), answer_statistics(played)
    for name in ("share correct", "learner accuracy sd", "split-half r of learner accuracy"):
        assert own[name] == pytest.approx(real[name], abs=0.03), name


def test_nobodys_own_answers_make_their_items_look_easy() -> None:
    log, easiness, _ = generated(3)
    known = log.learner < 250
    found = easiness_from_others(log, known, draws=20)
    assert np.corrcoef(found, easiness)[0, 1] > 0.9
    own = log.learner == 7
    other = np.where(own, 1 - log.correct, log.correct)
    changed = AnswerLog(log.learner, log.skill, log.item, other)
    again = easiness_from_others(changed, known, draws=20)
    np.testing.assert_array_equal(again[own], found[own])
    assert np.abs(again - found).max() > 0.0
    held_out = AnswerLog(log.learner, log.skill, log.item, np.where(known, log.correct, 0))
    np.testing.assert_array_equal(easiness_from_others(held_out, known, draws=20), found)


def test_the_command_writes_a_network_that_the_classroom_takes(tmp_path: Path) -> None:
    log, _, _ = generated(4)
    write_pid(tmp_path / "log.csv", log, learners=40)
    out, figures = tmp_path / "network.safetensors", tmp_path / "figures.json"
    command = ["--log", str(tmp_path / "log.csv"), "--quick"]
    assert main([*command, "--out", str(out), "--json", str(figures)]) == 0
    assert np.isfinite(pack(load_file(out))).all()
    written = json.loads(figures.read_text())
    assert written["held_out"]["learners"] == 8
    assert 0.3 < written["held_out"]["auc"] < 1.0
    assert len(figures.read_text()) < 5000


@pytest.mark.parametrize(
    ("field", "value"), [("width", 0), ("epochs", 0), ("rate", 0.0), ("learners", 0)]
)
def test_settings_out_of_range_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value}; expected"):
        FitConfig(**{field: value})  # type: ignore[arg-type]
