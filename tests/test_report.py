"""The report: every result is written up, nothing is measured twice, and the page is whole."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from agents.presets import PRESETS
from agents.report.commands import shortened
from agents.report.page import Picture, Section, Table, write_report
from agents.run_folder import REFERENCE, write_config
from scripts import report as command
from tests.report_results import RESULTS, SETTING


def a_run(folder: Path) -> Path:
    """A run folder in which everything has been measured."""
    write_config(folder, PRESETS["quick"], preset="quick", seed=0)
    (folder / "evidence").mkdir()
    for name, results in RESULTS.items():
        kept = folder if name == "evaluation" else folder / "evidence"
        content = json.dumps({"command": f"python -m {name}"} | results)
        (kept / f"{name}.json").write_text(content, encoding="utf-8")
    return folder


def test_every_measurement_has_a_section_that_shows_its_figures(tmp_path: Path) -> None:
    assert set(RESULTS) == set(command.MEASUREMENTS)
    assert command.main([str(a_run(tmp_path)), "--json", str(tmp_path / "out.json")]) == 0
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert text.count("\n## ") == len(RESULTS) + 1  # and what it does not prove
    assert "| attention | mastery | +0.2500 (+0.2000 to +0.3000) |" in text
    assert "2,048 decisions imitated and 4,096 learnt from, seeds [0, 1]" in text
    share = "0.923 (0.900 to 0.950)"
    taught = (
        f"policy | 4,096 | 5 | 9 | 0.400 (0.300 to 0.500) | {share} | +0.400 (+0.300 to +0.500)"
    )
    assert f"| attention | {taught} | - |" in text
    assert "the optimum for 99% of the learners; no tutor can reach more than 0.610" in text
    assert "until the training courses reached the NLG of mastery, not before every" in text
    assert "until the training courses reached 80% of the NLG of mastery; median of the" in text
    assert "| 3,072 (2,048 to 4,096) |" in text
    assert "| 7,000 to 8,000 | 0.400 (0.300 to 0.500) | 0.400 (0.300 to 0.500) | +0.000 (" in text
    assert "| +0.025 (+0.300 to +0.500) |" in text  # of the unseen classes
    assert "| modalities | lapsed | sick |" in text
    assert "| all | 0.812 | - |" in text
    assert (
        "| 2 passes | 0.400 (0.300 to 0.500) | +0.0000 (+0.3000 to +0.5000) | 2,048 | 6,349 |"
        in text
    )
    assert "perceptron has 10.3 times as many weights" in text
    assert "depth, degrees, belief and prospects" in text
    assert "median and 1.00 at the least" in text
    drilled = ("87.5", "97.0 (exact)", "91.0 (90.0 to 92.0)", "fixed > attention", "kss-10")
    assert "| lapses, sensors' estimate | 0.613 | 0.700 | 0.400 | 0.500 | 0.280 | 9 |" in text
    assert "| lapses, flat | - | - | - | - | - | 0 |" in text
    for figure in (*drilled, "0.410", "**no**", "+0.1000 (+0.0500 to +0.1500)", "no seats"):
        assert figure in text
    assert "Measured by `python -m transfer`." in text
    assert "| belief | 0.613 | - |" in text  # no log, nothing real
    adapted = "0.400 (0.300 to 0.500) | +0.3500 (+0.3000 to +0.5000)"
    assert f"| lapses x 3 | {adapted} | +0.4000 (+0.3000 to +0.5000) | 52% |" in text
    assert f"| no shift | {adapted} | - | - |" in text
    assert text.count("| 1, 1, 1 |") == 2  # told, promoted, taken back
    assert text.index("| occlusion | 0.100") < text.index("| random order | 0.000")
    assert "| attention | not a slip | 0 | - |" in text
    assert "a loss of 0.47%" in text
    headlines = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert headlines == json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert headlines["transfer"][0]["best_rule"] == SETTING["best_rule"]
    assert headlines["optimum"] == {"share": 0.94}
    assert headlines["matrix"]["policy"] == headlines["matrix"]["best_rule"]
    assert headlines["kss"] == {"5": None, "10": 0.4, "20": None}
    assert headlines["attention"] == dict.fromkeys(RESULTS["attention"]["variants"], 0.4)


def test_pictures_stand_beside_the_text_and_inside_the_page(tmp_path: Path) -> None:
    """A page that points to files is lost as soon as somebody mails it."""
    command.main([str(a_run(tmp_path))])
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    linked = [line.split("(")[-1].rstrip(")") for line in text.splitlines() if line[:2] == "!["]
    assert linked
    assert all((tmp_path / name).stat().st_size > 1000 for name in linked)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == len(linked)
    assert 'src="figures' not in page
    assert "<table>" in page


def test_what_is_there_is_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours of measurements must survive a change of one section."""
    run = a_run(tmp_path)
    (run / "evidence" / "realism.json").unlink()
    calls: list[list[str]] = []

    def measured(words: list[str]) -> int:
        calls.append(words)
        Path(words[words.index("--json") + 1]).write_text(
            json.dumps({"command": "c"} | RESULTS["realism"])
        )
        return 0

    for name, one in command.MEASUREMENTS.items():
        replaced = command.Measurement(
            command=measured, arguments=one.arguments, section=one.section
        )
        monkeypatch.setattr(command, "MEASUREMENTS", dict(command.MEASUREMENTS) | {name: replaced})
    assert command.main([str(run)]) == 0
    assert [call[-1] for call in calls] == [str(run / "evidence" / "realism.json")]
    calls.clear()
    assert command.main([str(run), "--only", "realism", "--again"]) == 0
    assert len(calls) == 1


def test_remarks_open_their_section(tmp_path: Path) -> None:
    """Why an aim is missed stands where its figures stand."""
    run = a_run(tmp_path)
    (run / "evidence" / "matrix.md").write_text("Two families are behind.\n", encoding="utf-8")
    assert command.main([str(run)]) == 0
    text = (run / "report.md").read_text(encoding="utf-8")
    assert "## And if the learners are other ones?\n\nTwo families are behind.\n\nEvery" in text


def test_the_committed_report_says_what_its_evidence_says(tmp_path: Path) -> None:
    """Figures that were measured again and not written up would contradict what readers see."""
    run = tmp_path / REFERENCE.name
    shutil.copytree(REFERENCE, run)
    assert command.main([str(run), "--only"]) == 0
    for name in ("report.md", "report.json"):
        written = (run / name).read_text(encoding="utf-8")
        assert written == (REFERENCE / name).read_text(encoding="utf-8"), name


def test_trained_runs_reach_their_commands(tmp_path: Path) -> None:
    """What hours of training made must not be left out, nor a run that is not finished taken."""
    for kind in ("families", "specialists", "peers", "mlp"):
        (tmp_path / kind / "a-0").mkdir(parents=True)
        held = "model.zip" if kind == "mlp" else "training.json"
        (tmp_path / kind / "a-0" / held).touch()
    (tmp_path / "families" / "fsrs-0").mkdir()
    (tmp_path / "families" / "flashcards-0").mkdir()
    (tmp_path / "families" / "flashcards-0" / "training.json").touch()
    given = command.Arguments(run=Path("r"), runs=tmp_path, curricula=("algebra-48",))
    words = {name: one.arguments(given) for name, one in command.MEASUREMENTS.items()}
    families = [str(tmp_path / "families" / name) for name in ("a-0", "flashcards-0")]
    assert words["matrix"] == ["r", *families, "--matrix"]
    yardstick = ["--specialists", f"flashcards learners={families[1]}"]
    assert words["adaptation"] == ["r", "--folder=r/adaptation", *yardstick]
    specialists = ["--specialists", str(tmp_path / "specialists/a-0")]
    assert words["transfer"] == ["r", *specialists, "--curricula", "algebra-48"]
    assert words["peers"] == [str(tmp_path / "peers/a-0"), str(tmp_path / "mlp/a-0")]
    assert words["optimum"] == []
    assert command.MEASUREMENTS["transfer"].arguments(command.Arguments(run=Path("r"))) == ["r"]


@pytest.mark.parametrize(
    "command",
    [
        "python -m scripts.peers runs/k-10-0 runs/k-10-1 runs/k-10-2 runs/k-5-1 --seeds 0 1",
        "echo a-9 a-10 a-11 b-11 b-13 --tutors 'x y-0 y-1 z' c-01 c-02 -1 -2",
        "echo runs/f0 runs/f1",
    ],
)
def test_a_shortened_command_is_the_same_to_a_shell(command: str) -> None:
    """Fifty run folders by name hide what was done; bash gives them back, word for word."""
    told = [["bash", "-c", f"printf '%s\\n' {each}"] for each in (command, shortened(command))]
    before, after = (subprocess.run(each, capture_output=True, check=True).stdout for each in told)  # noqa: S603  # our words
    assert after == before


def test_numbered_runs_are_named_once() -> None:
    assert shortened("x runs/a-0 runs/a-1 runs/a-2 runs/b-2") == "x runs/a-{0..2} runs/b-2"


def test_a_failed_measurement_ends_the_report_with_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run(tmp_path)
    one = command.MEASUREMENTS["realism"]
    failing = command.Measurement(command=lambda _: 3, arguments=one.arguments, section=one.section)
    monkeypatch.setattr(command, "MEASUREMENTS", {"realism": failing})
    with pytest.raises(SystemExit, match="3"):
        command.main([str(run), "--only", "realism", "--again"])


def test_a_folder_without_a_run_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path)]) == 2
    assert f"run is {tmp_path}; expected a folder that holds config.json" in capsys.readouterr().err


def test_text_tables_and_pictures_keep_their_order(tmp_path: Path) -> None:
    table = Table(head=["a", "b"], rows=[["1", "2"], ["P(a | b)", "3"]])
    picture = Picture(name="empty", figure=Figure(), caption="nothing")
    write_report("T", [Section(title="S", blocks=["first", table, picture, "last"])], tmp_path)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    places = [text.index(part) for part in ("# T", "## S", "first", "| 1 | 2 |", "![", "last")]
    assert places == sorted(places)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<td>P(a | b)</td>" in page  # a bar within a cell ends no cell
