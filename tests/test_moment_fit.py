"""The fit of the population to a real log goes towards its statistics, within the ranges."""

import json
from pathlib import Path

import numpy as np
import pytest

from envs.constants import Constants
from envs.log_simulation import LogDesign
from envs.moment_fit import FIRST_SEEDS, FREE, distance, fit_moments, ranges, with_values
from envs.scorecard import Row, core_rows, logs
from scripts.fit_moments import main

SMALL = LogDesign(learners=300)


def test_distance_is_in_tolerances() -> None:
    rows = [Row("a", "core", 1.0, 1.2, 0.1), Row("b", "core", 0.5, 0.5, 0.1)]
    assert distance(rows) == pytest.approx(4.0)


def test_committed_constants_are_within_their_ranges() -> None:
    for name, (low, high) in zip(FREE, ranges(), strict=True):
        assert low <= getattr(Constants().knowledge, name) <= high


def test_the_fit_comes_nearer_from_a_wrong_start() -> None:
    values = np.array([getattr(Constants().knowledge, name) for name in FREE])
    values[FREE.index("growth")] = 0.38
    wrong = with_values(Constants(), values)
    told: list[float] = []
    fit = fit_moments(wrong, SMALL, 12, lambda _, least: told.append(least))
    start = distance(list(core_rows(logs(SMALL, wrong, FIRST_SEEDS), wrong)))
    assert told == sorted(told, reverse=True)
    assert len(told) == 12
    assert told[0] == pytest.approx(start)
    assert fit.distance < 0.8 * start
    assert all(
        low <= getattr(fit.constants.knowledge, name) <= high
        for name, (low, high) in zip(FREE, ranges(), strict=True)
    )


def test_the_command_writes_constants_and_rows(tmp_path: Path) -> None:
    main(["--tries", "1", "--learners", "300", "--json", str(tmp_path / "fit.json")])
    written = json.loads((tmp_path / "fit.json").read_text())
    assert set(written["constants"]) == set(FREE)
    assert len(written["rows"]) == 26


def test_a_wrong_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--tries", "0"])
    assert "tries is 0; expected at least 1" in capsys.readouterr().err
