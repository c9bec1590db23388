"""The command that puts reasons, guard-rails and feedback to the test."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.presets import TrainConfig
from agents.tutors.registry import make_tutor
from envs.course import Course
from envs.seeds import SEEDS, Choosable
from envs.simulation import Simulation
from scripts import evaluate, reasons
from tests.untrained import write_untrained_run
from tests.written_up import written_up


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of an untrained tutor for three learners, two lessons of 12 minutes."""
    config = TrainConfig(course=Course(learners=3, lessons=2, minutes=12))
    return write_untrained_run(tmp_path_factory.mktemp("run"), config)


def test_results_are_printed_and_written(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The limits are those of the command line: here the class must rest after five minutes."""
    path = tmp_path / "reasons.json"
    flags = ["--quick", "--json", str(path), "--limits.minutes-without-rest", "5"]
    assert reasons.main([str(run), *flags]) == 0
    found = json.loads(path.read_text())
    assert found["faithfulness"]["states"] == reasons.QUICK_CLASSES
    guard = found["guard_rails"]
    assert guard["vetoes_per_course"]["rest"] > 0
    difference, without = guard["difference"]["mean"], guard["nlg_without"]["mean"]
    assert guard["share_lost"] == pytest.approx(-difference / without)
    named = {make_tutor(name).name for name in reasons.OTHERS}
    assert named < found["error_causes"].keys()
    assert "| occlusion |" in written_up("reasons", path)
    shown = capsys.readouterr().out
    assert "occlusion" in shown
    assert "vetoes of a course: rest" in shown


@pytest.mark.parametrize("purpose", ["evaluation", "tuning"])
def test_figures_are_of_the_classes_that_they_name(
    run: Path,
    purpose: Choosable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Limits chosen on the classes on which their cost is told would look cheaper than they are."""
    met: list[int] = []
    seed = Simulation.seed

    def watched(self: Simulation, seeds: np.ndarray, *rest: Any) -> None:
        met.extend(np.ravel(seeds).tolist())
        seed(self, seeds, *rest)

    monkeypatch.setattr(Simulation, "seed", watched)
    assert reasons.main([str(run), "--quick", "--purpose", purpose]) == 0
    assert met
    assert all(each in SEEDS[purpose] for each in met)
    assert capsys.readouterr().out.count(f"classes for {purpose}") >= 3


def test_bad_input_is_named_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="classes is 1; expected at least 2"):
        reasons.Arguments(classes=1)
    with pytest.raises(SystemExit):
        reasons.main(["--limits.sway", "-1"])
    assert "sway is -1.0" in capsys.readouterr().err
    assert reasons.main([str(tmp_path)]) == 2
    assert "expected a folder that holds config.json" in capsys.readouterr().err


def test_evaluation_compares_a_policy_with_itself_under_guard_rails(
    run: Path, tmp_path: Path
) -> None:
    path = tmp_path / "evaluation.json"
    flags = ["--guard-rails", "--classes", "2", "--workers", "1", "--json", str(path)]
    assert evaluate.main([str(run), *flags, "--tutors", "fixed curriculum"]) == 0
    tutors = json.loads(path.read_text())["tutors"]
    assert tutors.keys() == {
        "attention (quick)",
        "attention (quick), guarded",
        "fixed curriculum",
    }
