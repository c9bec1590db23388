"""Training in an environment of one's own: batches, learning, stopping, and what is refused."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.held_out import returns
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig, for_own_environment
from agents.random_play import reward_scale
from agents.run_folder import read_config
from agents.sb3_adapter import SB3Classrooms
from agents.tutors.protocol import Actions, Kind, Observation
from agents.tutors.random_choice import RandomLegal
from envs.contract import ContractWrapper
from envs.copies import Copies
from envs.course import EVALUATION_SEED, Course
from envs.entry_point import find_factory
from scripts import evaluate, train, watch
from tests.own_environments import STEPS, ClassDrill, Drill, EndlessDrill, MaskedDrill
from tests.random_teaching import legal_action

HERE = "tests.own_environments"
SMALL_RUN = (
    *("--preset=quick", "--threads=1", "--device=cpu", "--classrooms=8", "--ppo.steps=8"),
    *("--ppo.batch=64", "--ppo.learning-rate=3e-3", "--policy.width=8", "--policy.heads=2"),
    "--policy.edge-width=4",
)


def class_drill() -> ContractWrapper:
    return ContractWrapper(ClassDrill())


def test_copies_equal_single_environments_step_by_step() -> None:
    copies, singles = Copies(class_drill, 3), [class_drill() for _ in range(3)]
    batch, _ = copies.reset(seed=7)
    alone = [env.reset(seed=7 + i)[0] for i, env in enumerate(singles)]
    rng = np.random.default_rng(0)
    for step in range(2 * STEPS):
        actions = legal_action(batch, rng)
        batch, rewards, _, truncated, infos = copies.step(actions)
        for i, env in enumerate(singles):
            obs, reward, _, cut, info = env.step(actions[i])
            assert (reward, cut) == (rewards[i], truncated[i])
            assert infos["minutes"][i] == info["minutes"] == 2.5  # also where an episode ends
            np.testing.assert_array_equal(infos["learner_reward"][i], info["learner_reward"])
            if cut:
                for key, array in infos["final_obs"].items():
                    np.testing.assert_array_equal(array[i], obs[key], err_msg=key)
                obs = env.reset()[0]
            alone[i] = obs
            for key, array in batch.items():
                np.testing.assert_array_equal(array[i], alone[i][key], err_msg=f"{step} {key}")


def test_infos_that_nobody_could_stack_do_not_matter() -> None:
    copies = Copies(lambda: ContractWrapper(MaskedDrill()), 2)
    batch, _ = copies.reset(seed=0)
    rng = np.random.default_rng(0)
    for _ in range(3):
        batch, *_, infos = copies.step(legal_action(batch, rng))
    assert set(infos) == {"minutes", "learner_reward"}


def test_stable_baselines3_gets_its_episodes() -> None:
    env = SB3Classrooms(Copies(class_drill, 2))
    env.seed(3)
    obs: Any = env.reset()
    rng = np.random.default_rng(0)
    for _ in range(STEPS):
        obs, _, done, infos = env.step(legal_action(obs, rng))
    assert done.all()
    for info in infos:
        assert info["TimeLimit.truncated"]
        assert info["episode"]["l"] == STEPS
        assert info["terminal_observation"]["course"].argmax() == STEPS  # the clock, one-hot
        assert info["learner_reward"].shape == (3,)


KINDS = ("Drill", "MaskedDrill", "ClassDrill", "TaskDrill", "TutorDrill", "quiz")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_action_trains(kind: str, tmp_path: Path) -> None:
    flags = [f"--run={tmp_path / 'run'}", f"--json={tmp_path / 'r.json'}", f"--env={HERE}:{kind}"]
    assert train.main([*SMALL_RUN, *flags, "--decisions=256", "--evaluation-classes=4"]) == 0
    results = json.loads((tmp_path / "r.json").read_text())
    assert results["decisions"] == 256
    assert results["episodes"] == 4
    assert set(results["returns"]) == {"policy", "likeliest", "random"}
    assert read_config(tmp_path / "run")[0].env == f"{HERE}:{kind}"


def test_what_can_be_learnt_is_learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two concepts, the needed one shown: all five right, where chance has half."""
    flags = [f"--run={tmp_path / 'run'}", f"--json={tmp_path / 'r.json'}", f"--env={HERE}:Drill"]
    assert train.main([*SMALL_RUN, *flags, "--decisions=2048", "--evaluation-classes=64"]) == 0
    found = json.loads((tmp_path / "r.json").read_text())["returns"]
    assert found["random"]["mean"] == pytest.approx(STEPS / 2, abs=0.5)
    assert found["policy"]["mean"] > 0.9 * STEPS
    printed = capsys.readouterr().out
    assert f"return, random: {found['random']['mean']:.3f}" in printed
    assert "scripts.evaluate" not in printed


class First:
    """Always the first concept for everybody."""

    name: str = "first"
    kind: Kind = "rule"

    def reset(self, batch: int) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> Actions:
        """Choose for B classrooms."""
        return np.zeros((len(observation["task_mask"]), 9), np.int64)


def test_rewards_of_any_size_are_brought_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred times the reward must not drown the policy's loss in that of the values."""
    monkeypatch.setattr("agents.random_play.SCALE_EPISODES", 256)

    class Rich(Drill):
        def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
            obs, reward, ended, cut, info = super().step(action)
            return obs, 100 * reward, ended, cut, info

    class Poor(Rich):
        def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
            obs, _, ended, cut, info = super().step(action)
            return obs, 0.0, ended, cut, info

    plain, rich, poor = (reward_scale(ContractWrapper(k()), 1.0, 7.0) for k in (Drill, Rich, Poor))
    expected = np.sqrt(np.mean([n / 4 + n**2 / 4 for n in range(1, STEPS + 1)]))  # n coins' square
    assert 1 / plain == pytest.approx(expected, rel=0.08)  # 3 standard errors
    assert rich == pytest.approx(plain / 100)
    assert poor == 7.0


def test_held_out_episodes_are_the_same_however_many_run_at_once() -> None:
    whole, parts = (returns(First(), Copies(class_drill, n), 5, EVALUATION_SEED) for n in (5, 2))
    np.testing.assert_array_equal(whole, parts)
    alone = class_drill()
    alone.reset(seed=EVALUATION_SEED + 3)
    fourth = sum(float(alone.step(np.zeros(9, np.int64))[1]) for _ in range(STEPS))
    assert fourth == pytest.approx(whole[3])


def test_a_stopped_run_goes_on_with_new_episodes_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [f"--run={tmp_path}", f"--env={HERE}:Drill", "--decisions=256"]
    rollouts = ClassroomPPO.collect_rollouts

    def interrupted(model: ClassroomPPO, *args: Any, **settings: Any) -> bool:
        if model.num_timesteps == 128:
            signal.raise_signal(signal.SIGINT)
        return rollouts(model, *args, **settings)

    with monkeypatch.context() as patched:
        patched.setattr(ClassroomPPO, "collect_rollouts", interrupted)
        stopped = train.main([*SMALL_RUN, *flags, "--evaluation-classes=0"])
    assert stopped == train.INTERRUPTED
    capsys.readouterr()
    assert train.main([f"--resume={tmp_path}", f"--json={tmp_path / 'r.json'}"]) == 0
    assert "cannot be saved in the middle of an episode: all start anew" in capsys.readouterr().out
    assert json.loads((tmp_path / "r.json").read_text())["decisions"] == 256


def test_resumed_episodes_are_not_those_of_the_start() -> None:
    first, again = (SB3Classrooms(Copies(class_drill, 2)) for _ in range(2))
    for env in (first, again):
        env.seed(5)
    first.reset()
    for _ in range(3):
        first.advance(np.zeros((2, 9), np.int64))
    seen = again.load_state_dict(first.state_dict())["need"]
    for i in range(2):  # six decisions were made: the seeds are six further on
        np.testing.assert_array_equal(seen[i], class_drill().reset(seed=5 + 6 + i)[0]["need"])
    assert again.decisions == 6


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("classrooms", "env is 'classrooms'; expected module:factory"),
        (
            "tests.nowhere:make",
            "'tests.nowhere:make'; expected an importable module: No module",
        ),
        (f"{HERE}:nothing", "expected nothing to be a callable of tests.own_environments"),
        (f"{HERE}:STEPS", "expected STEPS to be a callable"),
        (f"{HERE}:no_environment", "which gives 3; expected a gymnasium.Env"),
        (
            f"{HERE}:WrongSumDrill",
            "fails the check of learner_reward: .*python -m scripts.check_env",
        ),
    ],
)
def test_an_environment_that_cannot_be_taught_is_refused_at_once(
    name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main([*SMALL_RUN, f"--run={tmp_path / 'run'}", f"--env={name}"]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_factories_may_be_classes() -> None:
    assert isinstance(find_factory(f"{HERE}:Drill")(), Drill)


def test_what_is_of_the_built_in_classroom_alone_is_refused() -> None:
    own = for_own_environment(PRESETS["default"], f"{HERE}:Drill")
    assert (own.env, own.warm_start.tutor) == (f"{HERE}:Drill", "none")
    assert own.inspection_rollouts == 0
    for changed, message in (
        ({"course": Course(learners=3)}, "course is .* and env is 'a:b'; expected course"),
        ({"curriculum": "algebra-48"}, "curriculum is 'algebra-48' and env"),
        ({"inspection_rollouts": 5}, "inspection_rollouts is 5 and env is 'a:b'; expected"),
        (
            {"warm_start": PRESETS["default"].warm_start},
            "warm_start.tutor is 'greedy on belief' and env",
        ),
    ):
        settings = {"env": "a:b", "inspection_rollouts": 0, **changed}
        with pytest.raises(ValueError, match=message):
            TrainConfig(**settings)  # type: ignore[arg-type]


def test_other_commands_name_the_environment_and_what_to_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [f"--run={tmp_path}", f"--env={HERE}:Drill", "--decisions=64"]
    assert train.main([*SMALL_RUN, *flags, "--evaluation-classes=0"]) == 0
    for command in (evaluate.main, watch.main):
        assert command([str(tmp_path)]) != 0
        said = capsys.readouterr().err
        assert f"trained on env '{HERE}:Drill'" in said
        assert f"python -m scripts.train --resume {tmp_path}" in said


def test_an_episode_without_an_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.held_out.MOST_DECISIONS", 20)
    copies = Copies(lambda: ContractWrapper(EndlessDrill()), 2)
    with pytest.raises(ValueError, match=r"goes on after 20 decisions; expected it to end"):
        returns(RandomLegal(), copies, 2, EVALUATION_SEED)
