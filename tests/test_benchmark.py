"""The benchmark measures what it prints, and writes it as JSON."""

import json
from pathlib import Path

import pytest

from scripts import benchmark


@pytest.mark.slow
def test_benchmark_writes_speeds_and_shares_that_sum_to_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "speed.json"
    flags = [
        "--seconds",
        "0.1",
        "--rollouts",
        "1",
        "--preset",
        "quick",
        "--decisions",
        "100",
        "--json",
        str(path),
    ]
    assert benchmark.main(flags) == 0
    results = json.loads(path.read_text())
    assert results["env_steps_per_s"].keys() == {"1", "256", "4096"}
    assert all(rate > 0 for rate in results["env_steps_per_s"].values())
    assert results["train_decisions_per_s"] > 0
    assert results["shares"].keys() == {"simulation", "inference", "update"}
    assert sum(results["shares"].values()) == pytest.approx(1.0)
    assert 0 < results["decision_ms"]["median"] <= results["decision_ms"]["p99"]
    assert "decisions/s" in capsys.readouterr().out


def test_benchmark_refuses_what_it_cannot_measure() -> None:
    with pytest.raises(ValueError, match=r"seconds is 0\.0; expected at least 0\.1"):
        benchmark.Arguments(seconds=0.0)
    with pytest.raises(ValueError, match="decisions is 9; expected at least 100"):
        benchmark.Arguments(decisions=9)
    with pytest.raises(ValueError, match="preset is 'huge'; expected one of quick"):
        benchmark.Arguments(preset="huge")
