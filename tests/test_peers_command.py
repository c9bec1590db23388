"""`python -m scripts.peers` end to end, in its small form and smaller."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from stable_baselines3 import PPO

from agents.peers.attention import AttentionRun
from agents.peers.benchmarks import BENCHMARKS
from agents.peers.chooser import Floats
from agents.peers.mlp import MlpSettings, load, train
from agents.peers.policies import row_of, taught_by
from agents.peers.results import CEILING, Row, results
from agents.peers.scoring import score
from agents.presets import TrainConfig
from envs.course import TUNING_SEED
from scripts.peers import Arguments, main, standings
from tests.written_up import written_up

if TYPE_CHECKING:
    from policies.policy import AttentionPolicy

TINY = MlpSettings(decisions=64, environments=2, steps=32, batch=32)


def test_command_trains_compares_and_writes_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = train("kss-5", 7, replace(TINY, masked=False), tmp_path / "before")
    written = tmp_path / "peers.json"
    words = (
        f"{tmp_path / 'before'} --quick --learners 5 --benchmarks kss-5 --workers 1 "
        f"--train-mlp 0 --mlp.no-masked "
        f"--mlp.decisions 64 --mlp.environments 2 --mlp.steps 32 --mlp.batch 32 "
        f"--folder {tmp_path} --json {written}"
    )
    assert main(words.split()) == 0
    found = json.loads(written.read_text(encoding="utf-8"))
    rows = found["benchmarks"]["kss-5"]
    assert "**kss-5**" in written_up("peers", written)
    assert found["learners"] == 5
    assert rows[CEILING]["share_proven"] == 1.0
    assert rows[CEILING]["share_of_best"] == 1.0
    assert rows[CEILING]["share_of_best_interval"] == [1.0, 1.0]  # each with its own optimum
    assert max(row["mean"] for row in rows.values()) == rows[CEILING]["mean"]
    assert rows["stock PPO (MLP)"]["runs"] == 2  # one trained before, one by the command
    assert rows["stock PPO (MLP)"]["kind"] == "policy"
    assert rows["stock PPO (MLP)"]["decisions"] == [64, 64]
    assert rows["stock PPO (MLP)"]["best_informed_rule"] == "plans on its belief, knows the model"
    shown = capsys.readouterr().out
    assert "trained on 64 decisions" in shown
    assert f"{rows['one-step oracle']['mean']:.3f}" in shown
    benchmark, kept = load(tmp_path / "before")
    assert (benchmark, kept.seed) == ("kss-5", 7)
    learners = BENCHMARKS["kss-5"].learners()
    np.testing.assert_array_equal(score(kept, learners, 4, 0), score(before, learners, 4, 0))


def test_tuning_learners_decide_how_a_policy_chooses() -> None:
    """Chosen on the learners that are reported, the better way would be luck."""

    class Run(AttentionRun):
        def score(self, learners: int, seed: int, *, sampled: bool) -> Floats:
            better = self.decisions == sampled and seed == TUNING_SEED
            return np.full(learners, better + sampled / 4)

    nothing = {"policy": cast("AttentionPolicy", None), "env": "", "settings": TrainConfig()}
    runs = [Run(**nothing, decisions=way, seed=seed) for seed, way in enumerate((0, 1, 1))]
    found = row_of(runs, BENCHMARKS["efc"].learners(), count=2, tuning=3)
    assert found.setting == "likeliest 1, sampled 2"
    np.testing.assert_array_equal(found.returns, [[0, 0], [0.25, 0.25], [0.25, 0.25]])


def test_only_seeds_of_one_training_count_as_one_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mean of unlike trainings is nobody's figure, and one run twice is not two."""
    first, other = tmp_path / "first", tmp_path / "other"
    train("efc", 0, TINY, first)
    train("efc", 1, replace(TINY, gamma=0.9), other)
    assert main([str(first), str(other)]) == 2
    assert "with seeds 0 and 1 have other settings" in capsys.readouterr().err
    assert main([str(first), str(first)]) == 2
    assert "have seeds [0, 0]; expected each once" in capsys.readouterr().err


def test_a_network_samples_alike_for_the_same_learners(tmp_path: Path) -> None:
    policy = train("efc", 0, TINY, tmp_path)
    learners = BENCHMARKS["efc"].learners()
    once, again = (taught_by(policy, learners, 3, 5, sampled=True) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert (once != taught_by(policy, learners, 3, 5, sampled=False)).any()


def test_no_two_seeds_of_stock_ppo_learn_from_the_same_learners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neighbouring seeds would share all but one: five trainings would be little more than one."""
    begun: list[list[int]] = []

    def learn(model: PPO, _: int) -> None:
        env: Any = model.env
        begun.append(list(env.unwrapped._seeds))

    monkeypatch.setattr(PPO, "learn", learn)
    for seed in (0, 1):
        train("kss-5", seed, TINY, tmp_path / str(seed))
    assert len({*begun[0], *begun[1]}) == 2 * TINY.environments


def test_masked_network_never_chooses_what_is_not_allowed(tmp_path: Path) -> None:
    """Plain, it does after this little training: that is what the mask prevents."""
    chosen = []
    for masked in (True, False):
        policy = train("kss-10", 0, replace(TINY, masked=masked), tmp_path / str(masked))
        learners = BENCHMARKS["kss-10"].learners()
        learners.start([np.random.default_rng(n) for n in range(50)])
        legal = []
        while not learners.over:
            items = policy.choose(learners.history)
            legal.append(learners.history.allowed[np.arange(50), items])
            learners.practise(items)
        chosen.append(np.mean(legal))
    assert chosen[0] == 1.0 > chosen[1]


def test_figures_are_relative_to_chance_and_to_the_optimum() -> None:
    returns = np.array([[0.1, 0.3]])
    rows = [
        Row(name=CEILING, kind="reference", returns=2 * returns, bound=np.array([0.2, 0.9])),
        Row(name="ours", kind="policy", returns=np.stack([returns[0], returns[0] + 0.1])),
        Row(name="random over all", kind="rule", returns=returns / 2),
    ]
    found = results(rows)
    assert found[CEILING]["upper_bound"] == pytest.approx(0.55)
    assert found[CEILING]["share_proven"] == 0.5
    assert found["ours"]["runs"] == 2
    assert found["ours"]["share_of_best"] == pytest.approx(0.25 / 0.4)
    low, high = found["ours"]["share_of_best_interval"]
    assert (
        0.5 <= low < 0.25 / 0.4 < high <= 0.2 / 0.2
    )  # first run, second run on the poorer learner
    assert found["ours"]["times_random"] == pytest.approx(2.5)


def test_a_policy_is_compared_learner_by_learner_with_the_best_rules() -> None:
    """References are no rivals; who knows the model is one apart, on the learners of both."""
    mine, noise = np.array([0.5, 0.1, 0.9, 0.3]), np.array([0.2, -0.2, 0.1, -0.1])
    rows = [
        Row(name="truth", kind="reference", returns=(mine + 1)[None]),
        Row(name="ours", kind="policy", returns=np.stack([mine, mine + 0.2]), decisions=(8, 9)),
        Row(name="planner", kind="rule", returns=(mine + 0.3)[None, :2], knows_model=True),
        Row(name="turns", kind="rule", returns=(mine - 0.2)[None]),
        Row(name="random over all", kind="rule", returns=(mine - 0.3 + noise)[None]),
    ]
    found = results(rows)
    assert "ahead" not in found["truth"]
    ours = found["ours"]
    assert ours["decisions"] == [8, 9]
    assert (ours["best_rule"], ours["best_informed_rule"]) == ("turns", "planner")
    assert ours["ahead"]["mean"] == pytest.approx(0.3)
    assert ours["ahead"]["mean_low"] == pytest.approx(0.2)  # over runs: learners do not differ
    assert ours["ahead_of_informed"]["mean"] == pytest.approx(-0.2)
    [line] = standings(found)
    assert line.startswith(
        "ours, trained on 8 and 9 decisions: +0.300 (+0.200 to +0.400) over turns"
    )


@pytest.mark.slow
def test_benchmarks_side_by_side_are_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train("efc", 3, TINY, tmp_path / "run")
    found = []
    for workers in "1", "2":
        path = tmp_path / f"{workers}.json"
        words = f"{tmp_path / 'run'} --quick --learners 4 --benchmarks kss-5 efc --json {path}"
        assert main([*words.split(), "--workers", workers]) == 0
        found.append(json.loads(path.read_text(encoding="utf-8"))["benchmarks"])
    assert found[0] == found[1]
    assert list(found[0]) == ["kss-5", "efc"]
    assert capsys.readouterr().out.count("efc: 4 fresh learners") == 2


def test_bad_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="learners is 0"):
        Arguments(learners=0)
    with pytest.raises(ValueError, match="workers is 0"):
        Arguments(workers=0)
    with pytest.raises(ValueError, match="benchmarks has 'kss-7'"):
        Arguments(benchmarks=("kss-7",))
    assert main(["nowhere"]) == 2
    assert "run is nowhere; expected a folder with config.json" in capsys.readouterr().err


def test_a_trained_baseline_is_kept_and_never_overwritten_by_another(tmp_path: Path) -> None:
    """Half an hour of training must not be lost to a look at a small form."""
    settings = MlpSettings(decisions=32, environments=2, steps=8, batch=16)
    train("kss-5", 0, settings, tmp_path)
    written = (tmp_path / "model.zip").read_bytes()
    train("kss-5", 0, settings, tmp_path)
    assert (tmp_path / "model.zip").read_bytes() == written
    with pytest.raises(ValueError, match=r"which holds .* expected"):
        train("kss-5", 0, replace(settings, decisions=64), tmp_path)
