"""The check for strangers: what keeps the contract passes, what breaks it fails at its row."""

import json
from pathlib import Path

import numpy as np
import pytest

from agents.random_play import nearest_legal
from scripts import check_env
from tests.random_teaching import legal_action
from tests.toy_classroom import random_observation

HERE = "tests.own_environments"


def failed(name: str, path: Path) -> tuple[int, list[str]]:
    """Exit code of the command, and the names of the checks that failed."""
    code = check_env.main([f"{HERE}:{name}", f"--json={path}"])
    results = json.loads(path.read_text())
    assert results["passed"] == (code == 0)
    return code, [row["check"] for row in results["checks"] if not row["passed"]]


KINDS = ("Drill", "MaskedDrill", "ClassDrill", "TaskDrill", "TutorDrill", "quiz")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_environment_passes(name: str, tmp_path: Path) -> None:
    assert failed(name, tmp_path / "checks.json") == (0, [])


def test_the_built_in_classroom_passes_through_the_same_door(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check_env.main(["envs.classroom:ClassroomEnv"]) == 0
    printed = capsys.readouterr().out
    assert "FAIL" not in printed
    assert printed.count("pass") >= 13


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("no_environment", ["factory"]),
        ("RowDrill", ["contract"]),
        ("UnseedableDrill", ["gymnasium", "reset"]),
        ("GreedyDrill", ["gymnasium", "legal actions"]),
        ("EndlessDrill", ["end"]),
        ("NaNDrill", ["observation"]),
        ("EmptyMaskDrill", ["masks"]),
        ("TimelessDrill", ["minutes"]),
        ("WrongSumDrill", ["learner_reward"]),
        ("InfiniteDrill", ["reward"]),
        ("MissingDrill", ["modalities"]),
        ("OutsideDrill", ["gymnasium", "observation"]),
        ("UnseededDrill", ["determinism"]),
    ],
)
def test_what_breaks_the_contract_fails_at_its_row(
    name: str, rows: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.random_play.MOST_DECISIONS", 100)
    assert failed(name, tmp_path / "checks.json") == (1, rows)


def test_a_failure_says_what_was_expected_and_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_env.main([f"{HERE}:TimelessDrill"]) == 1
    row = next(line for line in capsys.readouterr().out.splitlines() if "FAIL" in line)
    assert "finite, above 0" in row
    assert "0.0" in row


def test_an_environment_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_env.main(["tests.nowhere:make"]) == 1
    assert "'tests.nowhere:make'; expected an importable module" in capsys.readouterr().err


def test_illegal_actions_are_replaced_and_legal_ones_kept() -> None:
    """Gymnasium's checker draws without masks; what reaches the environment must be legal."""
    batch = random_observation(3, 4, 20)
    rng = np.random.default_rng(1)
    legal = legal_action(batch, rng)
    highs = [8, 4, 4, *[5, 4] * 3]
    for i, action in enumerate(legal):
        one = {key: array[i] for key, array in batch.items()}
        np.testing.assert_array_equal(nearest_legal(action, one), action)
        repaired = nearest_legal(rng.integers(0, highs), one)
        np.testing.assert_array_equal(nearest_legal(repaired, one), repaired)
        assert one["activity_mask"][repaired[0]]
        assert one["target_mask"][repaired[0], repaired[1]]
        assert one["concept_mask"][repaired[0], repaired[2]]
