"""The command that measures adaptation, and takes a promotion back."""

import json
from pathlib import Path

import pytest

from agents.adaptation.ledger import Ledger
from agents.adaptation.shifts import NO_SHIFT, SHIFTS
from agents.learner_population import LearnerPopulation
from agents.presets import TrainConfig
from envs.constants import Constants
from envs.course import Course
from scripts import adapt
from tests.untrained import write_untrained_run
from tests.written_up import written_up

SHORT = [
    "--design.courses",
    "5",
    "--design.classes",
    "3",
    "--seeds",
    "0",
    "--adaptation.updates",
    "1",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of an untrained tutor for two learners and one short lesson."""
    config = TrainConfig(course=Course(learners=2, lessons=1, minutes=10), classrooms=2)
    return write_untrained_run(tmp_path_factory.mktemp("run"), config)


def test_results_are_printed_written_and_found_again(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The JSON is what the issue asks for; a study that was interrupted must not start anew."""
    path, folder = tmp_path / "adapt.json", tmp_path / "runs"
    given = f"fsrs learners={run}"
    words = [str(run), *SHORT, "--shifts", "fsrs learners", NO_SHIFT, "--json", str(path)]
    words += ["--specialists", given, "--folder", str(folder)]
    assert adapt.main(words) == 0
    found = json.loads(path.read_text())
    shift = found["shifts"]["fsrs learners"]
    assert {"frozen", "adapted", "specialist", "courses"} <= shift.keys()
    assert shift["courses"] == [0, 5]
    assert len(shift["adapted"]) == 2
    assert shift["adapted"][0] == shift["frozen"]
    assert shift["specialist"] == shift["frozen"]
    assert shift["recovered"] is None
    assert found["no_shift"]["specialist"] is None
    assert "fsrs learners" in capsys.readouterr().out
    assert "| fsrs learners |" in written_up("adaptation", path)
    written = folder / "fsrs-learners-0" / "adapted.json"
    before = written.stat().st_mtime_ns
    assert adapt.main(words) == 0
    assert written.stat().st_mtime_ns == before
    assert json.loads(path.read_text()) == found
    assert adapt.main([*words, "--adaptation.clip", "0.1"]) == 2
    said = "holds an adaptation with config.clip 0.2; expected 0.1, as asked"
    assert said in " ".join(capsys.readouterr().err.split())
    with pytest.raises(ValueError, match="undo is True with from"):
        adapt.Arguments(records=(tmp_path,), undo=True)


def test_a_promotion_is_undone_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger(tmp_path)
    ledger.write("promoted", "after-25-courses", "better", 25, {})
    assert adapt.main(["--undo", "--folder", str(tmp_path)]) == 0
    assert ledger.now is None
    assert "the deployed policy teaches again" in capsys.readouterr().out
    assert adapt.main(["--undo", "--folder", str(tmp_path)]) == 2


def test_bad_input_is_named_before_any_work(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, name in (
        (["--shifts", "rain"], "rain"),
        (["--specialists", "rain=runs/x"], "rain"),
        (["--specialists", "lapses x 3=runs/none"], "specialists has lapses x 3"),
        (["--seeds", "1", "1"], "seeds"),
        (["--adaptation.held-back", "2"], "held_back"),
        (["--design.courses", "10", "10"], "design.courses are (10, 10)"),
        (["--design.classes", "0"], "design.classes is 0"),
    ):
        with pytest.raises((SystemExit, ValueError)):
            assert adapt.main([str(run), *words]) == 0
        assert name in capsys.readouterr().err
    assert adapt.main([str(tmp_path / "nothing")]) == 2


def test_every_shift_is_one() -> None:
    """A shift that changed nothing would be adapted to at once."""
    usual = TrainConfig()
    for name, shift in SHIFTS.items():
        same = (
            shift.course(usual) == usual.course
            and tuple(shift.constants(usual)) == tuple(Constants())
            and shift.subject(usual).name == usual.curriculum
        )
        assert same == (name == NO_SHIFT)
    refitted = TrainConfig(population=LearnerPopulation(forgetting=0.08))
    for trained in (usual, refitted):
        forgetting = SHIFTS["forgetting x 4"].constants(trained).memory.forgetting
        assert forgetting == pytest.approx(4 * trained.population.forgetting)
