"""Zero-shot transfer: every setting is taught, and the figures are paired and honest."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.evaluation import evaluate
from agents.run_folder import REFERENCE
from agents.transfer import AS_TRAINED, SETTINGS, Setting, transfer
from agents.tutors.registry import make_tutor
from envs.course import Course
from envs.curricula import find
from scripts import transfer as command
from tests.written_up import written_up

SHORT = Setting(course=Course(learners=2, lessons=2, minutes=10), curriculum="generated-4-0")


def test_settings_change_one_thing_each() -> None:
    """A row of the table says what the change of one size does, not of two."""
    usual = (AS_TRAINED.course.learners, AS_TRAINED.curriculum, AS_TRAINED.course.lessons)
    for setting in SETTINGS[1:]:
        own = (setting.course.learners, setting.curriculum, setting.course.lessons)
        assert sum(a != b for a, b in zip(own, usual, strict=True)) == 1
    assert len(set(SETTINGS)) == len(SETTINGS)
    assert {1, 4, 16, 30, 40} <= {setting.course.learners for setting in SETTINGS}
    sizes = {find(setting.curriculum).size for setting in SETTINGS}
    assert {8, 32, 64, 128} <= sizes


def test_runs_of_two_settings_are_not_one_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their mean would be the figure of no policy that anybody could train."""
    other = tmp_path / "other"
    shutil.copytree(REFERENCE, other, ignore=shutil.ignore_patterns("evidence", "figures"))
    config = json.loads((other / "config.json").read_text(encoding="utf-8"))
    config |= {"preset": "quick", "seed": 99}
    config["train"]["decisions"] = 4096
    (other / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert command.main([str(REFERENCE), str(other), "--quick"]) == 2
    assert "expected seeds of one policy" in capsys.readouterr().err


def test_figures_are_those_of_evaluation_and_paired() -> None:
    """The policy is compared with the best rule on the same classes, the specialist too."""
    rules = ("random", "fixed curriculum")
    policy, specialist = make_tutor("mastery"), make_tutor("round robin")
    [found] = transfer([policy], SHORT, [SHORT], {SHORT: [specialist]}, 6, rules=rules)
    tutors = [make_tutor(name) for name in ("mastery", "round robin", *rules)]
    outcomes = evaluate(tutors, SHORT.course, find(SHORT.curriculum), 6)
    mine, trained, *others = (outcome.figures["nlg_delayed"] for outcome in outcomes)
    best = max(others, key=np.mean)
    assert found.best_rule == rules[int(best is others[1])]
    assert found.policy.mean == pytest.approx(mine.mean())
    assert found.ahead.mean == pytest.approx((mine - best).mean())
    assert found.share_of_specialist == pytest.approx(mine.mean() / trained.mean())
    assert (found.as_dict()["concepts"], found.trained) == (4, True)


def test_without_a_specialist_there_is_no_share() -> None:
    [found] = transfer([make_tutor("mastery")], None, [SHORT], {}, 2, rules=("random",))
    assert found.as_dict()["specialist"] is None
    assert found.share_of_specialist is None
    assert not found.trained


def test_command_writes_a_row_for_every_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy that comes with us teaches other sizes without any retraining."""
    other = replace(SHORT, course=replace(SHORT.course, learners=3))
    monkeypatch.setattr(command, "SETTINGS", (SHORT, other))
    target = tmp_path / "transfer.json"
    assert command.main(["--quick", "--curricula", "generated-3-1", "--json", str(target)]) == 0
    rows = json.loads(target.read_text(encoding="utf-8"))["transfer"]
    assert [(row["learners"], row["concepts"]) for row in rows] == [(2, 4), (3, 4), (8, 3)]
    assert all(-1 < row["policy"] < 1 for row in rows)
    assert "| 8 learners, generated-3-1, 6 lessons |" in written_up("transfer", target)


def test_a_specialist_of_another_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A policy trained elsewhere would be shown as the best that training there can do."""
    monkeypatch.setattr(command, "setting_of", lambda _: SHORT)
    monkeypatch.setattr(command, "read_run", lambda _: None)
    assert command.main(["--specialists", "runs/short"]) == 2
    assert f"specialist runs/short learnt in {SHORT.name}" in capsys.readouterr().err


def test_generated_curricula_are_found_by_name() -> None:
    assert find("generated-5-2").name == "generated-5-2"
    assert find("generated-5-2").size == 5
    with pytest.raises(ValueError, match="has 0 concepts; expected 2 to 256"):
        find("generated-0-0")
