"""The robust evaluation matrix: paired within a family, ordered by the least gain."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.evaluation import evaluate
from agents.matrix import best_rules, columns, lines
from agents.tutors.registry import make_tutor
from envs.course import Course
from envs.curricula import find
from envs.learners.family import FAMILIES
from scripts import evaluate as command

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


def test_command_writes_every_family(tmp_path: Path) -> None:
    target = tmp_path / "matrix.json"
    words = ["--matrix", "--classes", "2", "--curriculum", "generated-3-0", "--tutors", *NAMES]
    assert command.main([*words, "--json", str(target)]) == 0
    content = json.loads(target.read_text(encoding="utf-8"))
    assert content["families"] == list(FAMILIES)
    assert set(content["tutors"]) == set(NAMES)
    for tutor in content["tutors"].values():
        assert set(tutor["nlg"]) == set(FAMILIES)
    assert set(content["best_rule"]) == set(FAMILIES)
