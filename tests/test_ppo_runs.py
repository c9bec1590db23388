"""Runs of training: the adapter to stable-baselines3, checkpoints, resuming, the command."""

import json
import signal
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.vec_env import DummyVecEnv

from agents import imitation
from agents.checkpoint import load_policy, load_state, save_state
from agents.ppo import ClassroomPPO
from agents.ppo_config import PPOConfig
from agents.presets import PRESETS, TrainConfig
from agents.run_folder import read_config, rebuild, write_config
from agents.sb3_adapter import SB3Classrooms
from envs.classroom import ClassroomEnv
from envs.course import Course
from envs.vector import ClassroomVectorEnv
from policies.config import PolicyConfig
from scripts import train
from tests.toy_classroom import ToyClassrooms

TINY = PolicyConfig(width=8, layers=1, heads=2, edge_width=4)
SHORT = Course(learners=2, lessons=1, minutes=10)
SMALL_RUN = (
    *("--preset=quick", "--decisions=32", "--classrooms=4", "--threads=1", "--device=cpu"),
    *(
        "--evaluation-classes=0",
        "--inspection-rollouts=0",
        "--ppo.steps=4",
        "--ppo.batch=16",
        "--policy.width=8",
    ),
    *("--policy.heads=2", "--course.learners=2", "--course.lessons=1", "--course.minutes=10"),
)


def make_model(env: SB3Classrooms, seed: int = 3) -> ClassroomPPO:
    config = PPOConfig(steps=5, batch=10, epochs=2)
    return ClassroomPPO(env=env, config=config, policy_config=TINY, seed=seed, device="cpu")


def real_classrooms() -> SB3Classrooms:
    return SB3Classrooms(ClassroomVectorEnv(4, course=SHORT))


def toy_classrooms() -> SB3Classrooms:
    return SB3Classrooms(ToyClassrooms(4))


@pytest.mark.parametrize("classrooms", [toy_classrooms, real_classrooms])
def test_resuming_equals_never_stopping_bit_for_bit(classrooms: object, tmp_path: Path) -> None:
    make = toy_classrooms if classrooms is toy_classrooms else real_classrooms
    whole = make_model(make())
    whole.learn(80, reset_num_timesteps=False)
    first = make_model(make())
    first._total_timesteps = 80
    anneal_to(first, 80)
    first.learn(40, reset_num_timesteps=False)
    save_state(first, tmp_path / "checkpoint")
    second = make_model(make(), seed=99)
    load_state(second, tmp_path / "checkpoint")
    second.learn(80 - second.num_timesteps, reset_num_timesteps=False)
    assert second.num_timesteps == whole.num_timesteps
    expected = whole.policy.state_dict()
    for key, value in second.policy.state_dict().items():
        assert torch.equal(value, expected[key]), key
    assert second.gain_rate == whole.gain_rate


def test_a_state_of_an_older_version_is_refused_by_name(tmp_path: Path) -> None:
    model = make_model(toy_classrooms())
    model.start_courses()
    save_state(model, tmp_path / "checkpoint")
    path = tmp_path / "checkpoint" / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 1}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"format of .*state\.json is 1; expected 2"):
        load_state(model, tmp_path / "checkpoint")


def anneal_to(model: ClassroomPPO, total: int) -> None:
    """Let a shorter `learn` follow the schedule of one of `total` decisions."""

    def update(done: int, _: int) -> None:
        model._current_progress_remaining = 1 - done / total

    model._update_current_progress_remaining = update  # type: ignore[method-assign]


VARIED = (
    *("--variety.groups=4", "--variety.learners", "2", "3", "--variety.constants"),
    *("--variety.curricula", "generated-3-0", "generated-4-0"),
)


@pytest.mark.parametrize("variety", [(), VARIED])
def test_the_command_resumes_a_stopped_run_exactly(
    variety: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [*SMALL_RUN, *variety]
    assert train.main([*words, f"--run={tmp_path / 'whole'}"]) == 0
    rollouts = ClassroomPPO.collect_rollouts

    def interrupted(model: ClassroomPPO, *args: Any, **settings: Any) -> bool:
        if model.num_timesteps == 16:
            signal.raise_signal(signal.SIGINT)
        return rollouts(model, *args, **settings)

    with monkeypatch.context() as patched:
        patched.setattr(ClassroomPPO, "collect_rollouts", interrupted)
        assert train.main([*words, f"--run={tmp_path / 'part'}"]) == train.INTERRUPTED
    assert f"python -m scripts.train --resume {tmp_path / 'part'}" in capsys.readouterr().out
    assert train.main([f"--resume={tmp_path / 'part'}", f"--json={tmp_path / 'r.json'}"]) == 0
    weights = [load_policy(tmp_path / name, "cpu").state_dict() for name in ("whole", "part")]
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])
    assert json.loads((tmp_path / "r.json").read_text())["decisions"] == 32


def test_a_profile_names_the_operations_and_changes_nothing(tmp_path: Path) -> None:
    words = [*SMALL_RUN, "--decisions=64"]
    assert train.main([*words, f"--run={tmp_path / 'plain'}"]) == 0
    assert train.main([*words, "--profile", f"--run={tmp_path / 'seen'}"]) == 0
    [trace] = (tmp_path / "seen").glob("*.pt.trace.json")
    names = {each.get("name") for each in json.loads(trace.read_text())["traceEvents"]}
    assert "aten::addmm" in names
    assert any(str(name).startswith("Optimizer.step") for name in names)
    weights = [load_policy(tmp_path / name, "cpu").state_dict() for name in ("plain", "seen")]
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_a_training_too_short_for_a_profile_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = [*SMALL_RUN, "--decisions=16", "--profile"]
    assert train.main([*words, f"--run={tmp_path / 'short'}"]) == 0
    assert not list((tmp_path / "short").glob("*.pt.trace.json"))
    assert "no trace was written" in caplog.text


def test_a_run_stopped_while_it_imitates_starts_again_and_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train.main([*SMALL_RUN, f"--run={tmp_path / 'whole'}"]) == 0
    teach, calls = imitation.fill_rollout, count()

    def interrupted(*args: Any) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        teach(*args)

    with monkeypatch.context() as patched:
        patched.setattr(imitation, "fill_rollout", interrupted)
        assert train.main([*SMALL_RUN, f"--run={tmp_path / 'part'}"]) == train.INTERRUPTED
    assert train.main([f"--resume={tmp_path / 'part'}"]) == 0
    weights = [load_policy(tmp_path / name, "cpu").state_dict() for name in ("whole", "part")]
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_imitating_a_rule_that_needs_another_belief_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main([*SMALL_RUN, f"--run={tmp_path}", "--course.tracer=none"]) == 2
    assert "'greedy on belief' and course.tracer 'none'; expected" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    flags = ("--course.tracer=none", "--warm-start.tutor=fixed curriculum")
    assert train.main([*SMALL_RUN, f"--run={tmp_path}", *flags]) == 0


def test_a_run_folder_is_complete(tmp_path: Path) -> None:
    train.main([*SMALL_RUN, f"--run={tmp_path}", "--seed=5", "--inspection-rollouts=9"])
    names = {path.name.split(".out.")[0] for path in tmp_path.iterdir()}
    assert names >= {"config.json", "model.safetensors", "model.json", "checkpoint", "events"}
    assert json.loads((tmp_path / "training.json").read_text())["decisions"] == 32
    config, content = read_config(tmp_path)
    assert (content["seed"], content["preset"]) == (5, "quick")
    assert content["versions"].keys() >= {"torch", "numpy", "stable-baselines3"}
    assert config.course.minutes == 10
    assert not list(tmp_path.glob("**/*.new")) + list(tmp_path.glob("**/*.pkl"))


def test_a_second_run_does_not_overwrite_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main([*SMALL_RUN, f"--run={tmp_path}"])
    assert train.main([*SMALL_RUN, f"--run={tmp_path}", "--seed=9"]) == 2
    assert "other settings or another seed: expected a new folder" in capsys.readouterr().err


def test_a_folder_of_other_things_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").touch()
    assert train.main([*SMALL_RUN, f"--run={tmp_path}"]) == 2
    assert "which holds other things; expected a new or empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_same_command_again_leaves_a_finished_run_as_it_is(tmp_path: Path) -> None:
    assert train.main([*SMALL_RUN, f"--run={tmp_path}"]) == 0
    weights = (tmp_path / "model.safetensors").read_bytes()
    assert train.main([*SMALL_RUN, f"--run={tmp_path}"]) == 0
    assert (tmp_path / "model.safetensors").read_bytes() == weights


def test_a_finished_training_is_evaluated_on_unseen_classes(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    flags = [f"--run={tmp_path / 'run'}", f"--json={results}", "--evaluation-classes=3"]
    assert train.main([*SMALL_RUN, *flags]) == 0
    figures = json.loads(results.read_text())
    assert figures["classes"] == 3
    assert -1 < figures["nlg_delayed"] < 1


def test_settings_survive_json(tmp_path: Path) -> None:
    for name, preset in PRESETS.items():
        write_config(tmp_path, preset, preset=name, seed=1)
        assert read_config(tmp_path)[0] == preset


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match=r"train has speed; expected only"):
        rebuild(TrainConfig, {"speed": 1}, "train")


def test_an_unknown_preset_ends_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"preset is 'tiny'; expected one of quick, default"):
        train.parse(["--preset", "tiny"])


def test_the_command_line_changes_a_preset() -> None:
    arguments = train.parse(["--preset", "large", "--ppo.clip", "0.1"])
    assert arguments.train.ppo.clip == 0.1
    assert arguments.train.policy == PRESETS["large"].policy


def test_the_adapter_reports_as_stable_baselines3_expects() -> None:
    env = SB3Classrooms(ToyClassrooms(3, truncate=True))
    env.seed(7)
    obs = env.reset()
    actions = np.zeros((3, 9), np.int64)
    for _ in range(6):
        before = {key: array.copy() for key, array in obs.items()}
        new, rewards, done, infos = env.step(actions)
        np.testing.assert_array_equal(obs["evidence"], before["evidence"])
        obs = new
    assert done.all()
    assert rewards.dtype == np.float32
    for info in infos:
        assert info["TimeLimit.truncated"]
        assert info["terminal_observation"]["course"][0] == 0
        assert info["episode"]["l"] == 6
        assert info["episode"]["nlg_delayed"] == pytest.approx(0.6)
        assert info["learner_reward"].shape == (3,)
    assert obs["course"][0, 0] == 1


def test_the_adapter_seeds_classroom_by_classroom() -> None:
    env = real_classrooms()
    env.seed(11)
    batched = env.reset()
    single, _ = ClassroomEnv(course=SHORT).reset(seed=13)
    np.testing.assert_array_equal(batched["behaviour"][2], single["behaviour"])
    np.testing.assert_array_equal(batched["gaze"][2], single["gaze"])


def test_attributes_of_some_classrooms_only_cannot_be_set() -> None:
    with pytest.raises(ValueError, match=r"indices of truncate are \[1\]; expected all 4"):
        toy_classrooms().set_attr("truncate", True, indices=[1])


def test_single_environments_train_the_same_as_batched_ones() -> None:
    singles = DummyVecEnv([lambda: ClassroomEnv(course=SHORT) for _ in range(4)])
    models = []
    for env in (real_classrooms(), singles):
        config = PPOConfig(steps=5, batch=10, epochs=2)
        model = ClassroomPPO(env=env, config=config, policy_config=TINY, seed=3, device="cpu")
        model.learn(40)
        models.append(model.policy.state_dict())
    for key in models[0]:
        torch.testing.assert_close(models[0][key], models[1][key])
