"""What the inspection writes into TensorBoard, and that it leaves the training alone."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import configure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.callbacks import (
    InspectionCallback,
    _spread,
    activity_shares,
    decision_list,
    rule_results,
)
from agents.decision.service import DecisionService
from agents.inspection_figures import activity_bars, attention_map
from agents.narration import Turn, narrate, service_chooser
from agents.ppo import ClassroomPPO
from agents.ppo_config import PPOConfig
from agents.sb3_adapter import SB3Classrooms
from envs.activities import Activity
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from envs.vector import ClassroomVectorEnv
from policies.config import PolicyConfig

COURSE = Course(learners=3, lessons=2, minutes=10)
RULES = {
    "round robin": {"kind": "rule", "nlg_delayed": {"mean": 0.2}},
    "beam search": {"kind": "reference", "nlg_delayed": {"mean": 0.4}},
    "attention": {"kind": "policy", "nlg_delayed": {"mean": 0.3}},
}


def a_class() -> Simulation:
    simulation = Simulation(1, COURSE, builtin("algebra-16"), Constants())
    simulation.seed(np.array([5]))
    simulation.start()
    return simulation


def a_model(course: Course = COURSE) -> ClassroomPPO:
    torch.set_num_threads(1)
    env = SB3Classrooms(ClassroomVectorEnv(2, course=course))
    config = PPOConfig(steps=4, batch=8, epochs=1)
    return ClassroomPPO(
        env=env, config=config, policy_config=PolicyConfig(layers=1), seed=0, device="cpu"
    )


def events(folder: Path) -> EventAccumulator:
    found = EventAccumulator(str(folder), size_guidance={"images": 0, "tensors": 0, "scalars": 0})
    found.Reload()
    return found


@pytest.fixture(scope="module")
def turns() -> list[Turn]:
    simulation = a_class()
    service = DecisionService(a_model().policy, simulation.curriculum, seed=None)
    return list(narrate(simulation, service_chooser(service)))


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train for four updates of 8 decisions, inspected at every second and at the end."""
    folder = tmp_path_factory.mktemp("run")
    results = folder / "evaluation.json"
    results.write_text(json.dumps({"tutors": RULES}))
    model = a_model()
    model.set_logger(configure(str(folder), ["tensorboard"]))
    callback = InspectionCallback(a_class(), every=2, most_time=1.0, rules=results)
    model.learn(32, callback=callback)
    return folder


def test_scalars_are_written_at_every_second_update_and_at_the_end(inspected: Path) -> None:
    found = events(inspected)
    scalars = set(found.Tags()["scalars"])
    shares = {f"policy/share_{activity.name.lower()}" for activity in Activity}
    terms = {"eval/learning_gain", "eval/equity", "eval/wellbeing"}
    assert scalars >= shares | terms | {"eval/nlg_of_class"}
    assert [event.step for event in found.Scalars("eval/nlg_of_class")] == [8, 24, 32]
    assert sum(found.Scalars(tag)[0].value for tag in shares) == pytest.approx(1.0)
    gain, term = found.Scalars("eval/nlg_of_class")[0], found.Scalars("eval/learning_gain")[0]
    assert gain.value == pytest.approx(term.value, abs=1e-6)


def test_rules_are_constant_lines_in_one_chart_with_the_policy(inspected: Path) -> None:
    found = events(inspected)
    values = [event.value for event in found.Scalars("eval/nlg_rule_round_robin")]
    assert values == pytest.approx([0.2, 0.2, 0.2])
    assert "eval/nlg_rule_attention" not in found.Tags()["scalars"]
    layout = found.Tensors("custom_scalars__config__")[0].tensor_proto.SerializeToString()
    for tag in (b"^learner/nlg_delayed$", b"^eval/nlg_rule_beam_search$", b"^policy/share_cue$"):
        assert tag in layout


def test_pictures_maps_and_reasons_are_written(inspected: Path) -> None:
    found = events(inspected)
    images = set(found.Tags()["images"])
    assert images >= {"policy/attention_learners", "policy/attention_concepts"}
    assert images >= {"policy/activities", "eval/class_1"}
    assert found.Images("eval/class_1")[0].width == 960
    text = found.Tensors("eval/decisions/text_summary")[-1].tensor_proto.string_val[0].decode()
    assert text.startswith("- **lesson 1, minute 0**")
    assert "Chosen with" in text
    start = found.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    assert b"policy.layers" in start
    assert b"ppo.entropy.plan" in start


def test_training_is_the_same_with_and_without_inspection() -> None:
    weights = []
    for callback in (None, InspectionCallback(a_class(), every=1, most_time=1.0)):
        model = a_model()
        model.set_logger(configure(None, []))
        model.learn(16, callback=callback)
        weights.append(torch.nn.utils.parameters_to_vector(model.policy.parameters()))
    assert torch.equal(*weights)


def test_a_smaller_class_than_those_of_training_can_be_inspected() -> None:
    """Rooms of several sizes are padded to the largest; the class that is shown is not."""
    model = a_model(replace(COURSE, learners=5))
    model.set_logger(configure(None, []))
    model.learn(8, callback=InspectionCallback(a_class(), every=1, most_time=1.0))
    assert model.num_timesteps == 8


def test_inspections_wait_while_they_have_taken_more_than_their_share() -> None:
    callback = InspectionCallback(a_class(), every=1, most_time=0.0)
    model = a_model()
    model.set_logger(configure(None, []))
    model.learn(16, callback=callback)
    assert (callback.rollouts, callback.due) == (2, 1)


def test_shares_add_up_in_every_third_of_the_course(turns: list[Turn]) -> None:
    shares = activity_shares(turns)
    assert shares.shape == (3, len(Activity))
    assert shares.sum(axis=1) == pytest.approx(1.0)
    early = [turn for turn in turns if turn.course_share < 1 / 3]
    spent = sum(turn.minutes for turn in early if turn.decision.activity == Activity.QUIZ)
    quiz = spent / sum(turn.minutes for turn in early)
    assert shares[0, Activity.QUIZ] == pytest.approx(quiz)


def test_course_is_narrated_to_its_end(turns: list[Turn]) -> None:
    assert sum(turn.minutes for turn in turns) == COURSE.total_minutes
    assert sum(turn.terms["learning_gain"] for turn in turns) == pytest.approx(turns[-1].view.gain)
    assert (turns[-1].view.lesson, turns[-1].view.minute) == (2, 10)
    assert turns[0].view.reason == turns[0].sentence


def test_terms_are_told_apart(turns: list[Turn]) -> None:
    assert all(turn.terms["wellbeing"] <= 0 for turn in turns)
    assert any(turn.terms["equity"] != turn.terms["learning_gain"] for turn in turns)


def test_samples_reach_from_first_to_last() -> None:
    assert _spread(100, 10) == [0, 11, 22, 33, 44, 55, 66, 77, 88, 99]
    assert _spread(3, 10) == [0, 1, 2]


def test_list_shows_ten_decisions_from_first_to_last(turns: list[Turn]) -> None:
    lines = decision_list(turns).splitlines()
    assert len(lines) == min(10, len(turns))
    assert lines[0].startswith("- **lesson 1, minute 0**")
    assert turns[-1].sentence in lines[-1]


def test_figures_follow_their_numbers() -> None:
    weights = np.full((2, 4), 0.25)
    rows, columns = ["learner 1", "learner 2"], ["course", "learner 1", "learner 2", "ratios"]
    even = attention_map(weights, rows, columns, "attention")
    weights[0] = [0.7, 0.1, 0.1, 0.1]
    uneven = attention_map(weights, rows, columns, "attention")
    assert even.dtype == np.uint8
    assert len(np.unique(even.reshape(-1, 3), axis=0)) < len(
        np.unique(uneven.reshape(-1, 3), axis=0)
    )
    shares = np.zeros((3, len(Activity)))
    shares[:, 0] = 1.0
    assert (activity_bars(shares) != activity_bars(np.roll(shares, 1, axis=1))).any()


def test_bad_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="every is 0; expected at least 1"):
        InspectionCallback(a_class(), every=0)
    with pytest.raises(ValueError, match=r"most_time is 2.0; expected a share"):
        InspectionCallback(a_class(), most_time=2.0)
    with pytest.raises(ValueError, match="batch is 2; expected 1 classroom"):
        InspectionCallback(Simulation(2, COURSE, builtin("algebra-16"), Constants()))
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(ValueError, match=r"results.json holds no results of scripts.evaluate"):
        rule_results(tmp_path / "results.json")
