"""Our policy on the peers' benchmarks: trained and scored on the learners that everybody meets."""

import json
from pathlib import Path

import numpy as np
import pytest

from agents.peers.attention import SUITE, read_attention
from agents.peers.benchmarks import BENCHMARKS
from agents.peers.policies import WAYS
from agents.peers.results import CEILING
from envs.course import EVALUATION_SEED, TUNING_SEED
from envs.entry_point import find_classroom
from scripts import peers, train


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_every_benchmark_can_be_trained_on_and_has_the_learners_of_the_rules(
    benchmark: str,
) -> None:
    """Else the policy would be compared on other learners, or not at all."""
    env = find_classroom(SUITE + benchmark.replace("-", "_"))()
    learners = BENCHMARKS[benchmark].learners()
    seeds = range(EVALUATION_SEED, EVALUATION_SEED + 3)
    learners.start([np.random.default_rng(seed) for seed in seeds])
    assert env.get_wrapper_attr("steps") == learners.steps
    for row, seed in enumerate(seeds):
        _, info = env.reset(seed=seed)
        known = learners.history.answers[row]
        assert info["history"] == list(
            zip(
                learners.history.item[row, :known].tolist(),
                learners.history.correct[row, :known].tolist(),
                strict=True,
            )
        )
        np.testing.assert_array_equal(info["weights"], learners.history.weights[row])


def test_a_trained_run_stands_among_the_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = "--decisions 64 --classrooms 4 --ppo.steps 8 --ppo.batch 16 --evaluation-classes 0"
    words = [*small.split(), "--policy.width", "8", "--policy.heads", "2"]
    run, file = tmp_path / "run", tmp_path / "peers.json"
    assert train.main([*words, "--run", str(run), "--env", f"{SUITE}kss_5"]) == 0
    flags = ["--quick", "--learners", "6", "--benchmarks", "kss-5", "--json", str(file)]
    flags += ["--workers", "1"]
    assert peers.main([str(run), *flags]) == 0
    found = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]["kss-5"]
    assert found["attention"]["kind"] == "policy"
    assert found["attention"]["decisions"] == [64]
    assert found["attention"]["mean"] <= found[CEILING]["mean"] + 1e-9
    ours = read_attention(run)
    tuning, again = (
        {way: ours.score(6, seed, sampled=way).mean() for way in WAYS}
        for seed in (TUNING_SEED, EVALUATION_SEED)
    )
    better = tuning[True] > tuning[False]
    assert found["attention"]["mean"] == pytest.approx(again[better])
    assert found["attention"]["setting"] == f"{WAYS[better]} 1"
    other = tmp_path / "other"
    train.main([*words, "--run", str(other), "--env", "envs.drill.suite:separate"])
    assert peers.main([str(other), *flags]) == 2
    assert f"expected one of {SUITE}" in capsys.readouterr().err
