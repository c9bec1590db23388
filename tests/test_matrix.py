"""The robust evaluation matrix: paired within a family, ordered by the least gain."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.evaluation import evaluate
from agents.matrix import best_rules, columns, headline, lines, population_of
from agents.presets import PRESETS
from agents.trained_run import read_runs
from agents.tutors.registry import make_tutor
from envs.course import Course
from envs.curricula import find
from envs.learners.family import FAMILIES
from scripts import evaluate as command
from tests.untrained import write_untrained_run
from tests.written_up import written_up

SHORT = Course(learners=2, lessons=2, minutes=10)
NAMES = ("random", "fixed curriculum")


def test_cells_are_those_of_evaluation_with_that_family() -> None:
    tutors = [make_tutor(name) for name in NAMES]
    found = list(columns(tutors, SHORT, find("generated-4-0"), FAMILIES, 4, 1))
    rows = {row.name: row for row in lines(tutors, FAMILIES, found)}
    for family in FAMILIES:
        own = replace(SHORT, family=family)
        for outcome in evaluate(tutors, own, find("generated-4-0"), 4):
            mean = outcome.figures["nlg_delayed"].mean()
            assert rows[outcome.name].nlg[family].mean == pytest.approx(mean)
    for row in rows.values():
        assert row.least[1] == min(each.mean for each in row.nlg.values())


def test_the_least_gain_decides_and_every_column_has_its_own_best_rule() -> None:
    """A rule that fails with one family must not stand first for shining with another."""
    tutors = [make_tutor(name) for name in NAMES]
    gains = [
        {"random": [np.full(5, 0.2)], "fixed curriculum": [np.full(5, 0.9)]},
        {"random": [np.full(5, 0.2)], "fixed curriculum": [np.full(5, 0.1)]},
    ]
    rows = lines(tutors, ("calibrated", "bkt"), gains)
    assert [row.name for row in rows] == ["random", "fixed curriculum"]
    assert rows[1].least == ("bkt", pytest.approx(0.1))
    assert best_rules(rows) == pytest.approx({"calibrated": 0.9, "bkt": 0.2})


def a_run(folder: Path, **course: Any) -> Path:
    """A run folder of an untrained policy."""
    return write_untrained_run(folder, replace(PRESETS["quick"], course=Course(**course)))


def test_a_policy_is_compared_with_each_columns_best_rule(tmp_path: Path) -> None:
    """Ahead of every rule by the mean of each may still be behind the best of each column."""
    [run] = read_runs([a_run(tmp_path, family="+".join(FAMILIES))], population_of)
    assert run.tutor.name == "attention (quick) on every family"
    tutors = [run.tutor, *map(make_tutor, NAMES)]
    means = ((0.5, 0.2, 0.4), (0.5, 0.6, 0.1))
    gains = [{t.name: [np.full(5, m)] for t, m in zip(tutors, row, strict=True)} for row in means]
    ours, *rules = lines(tutors, ("calibrated", "bkt"), gains)
    assert ours.ahead is not None
    assert {name: each.mean for name, each in ours.ahead.items()} == pytest.approx(
        {"calibrated": 0.1, "bkt": -0.1}
    )
    assert [rule.ahead for rule in rules] == [None, None]


def test_the_headline_is_the_policy_of_all_families_whatever_it_gains() -> None:
    """Picked by its gains on the test classes, it would flatter itself."""
    assert headline(["a on bkt", "a on every family, varied constants", "a on every family"]) == (
        "a on every family"
    )
    assert headline(["a on bkt", "a on fsrs"]) == "a on bkt"
    assert headline([]) is None


def test_a_policy_for_another_course_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--matrix", "--quick", str(a_run(tmp_path, learners=4, family="bkt"))]
    assert command.main(words) == 2
    assert "expected but for the family (Course(learners=8" in capsys.readouterr().err


def test_unlike_runs_are_not_taken_for_seeds_of_one_policy(tmp_path: Path) -> None:
    """The mean over a short and a long training is no policy's."""
    short = replace(PRESETS["quick"], decisions=2048)
    runs = [a_run(tmp_path / "a"), write_untrained_run(tmp_path / "b", short)]
    with pytest.raises(
        ValueError, match=r"another attention \(quick\) on calibrated: expected seeds"
    ):
        read_runs(runs, population_of)


def test_command_writes_every_family(tmp_path: Path) -> None:
    target = tmp_path / "matrix.json"
    words = ["--matrix", "--classes", "2", "--curriculum", "generated-3-0", "--tutors", *NAMES]
    assert command.main([*words, "--json", str(target), "--plots", str(tmp_path)]) == 0
    content = json.loads(target.read_text(encoding="utf-8"))
    assert content["families"] == list(FAMILIES)
    assert set(content["tutors"]) == set(NAMES)
    for tutor in content["tutors"].values():
        assert set(tutor["nlg"]) == set(FAMILIES)
    assert set(content["best_rule"]) == set(FAMILIES)
    assert "| fixed curriculum |" in written_up("matrix", target)
    assert (tmp_path / "matrix.png").stat().st_size > 1000
