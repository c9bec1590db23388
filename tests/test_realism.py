"""The realism command and the classroom half of its scorecard."""

import json
from pathlib import Path

import numpy as np
import pytest

from envs.anchors import LECTURE, PROBES, teach
from envs.constants import Constants
from envs.lesson_trace import (
    Trace,
    affect_shares,
    lapsed_share,
    lapsed_slope,
    mixed_lesson,
    typical_links,
    watch,
)
from scripts import realism
from scripts.realism import Options
from tests.written_up import written_up


def trace_of(lapsed: np.ndarray, affect: np.ndarray) -> Trace:
    """A lesson in which everybody stays."""
    ones = np.ones_like(lapsed)
    shape = lapsed.shape
    return Trace(lapsed, affect, ones, np.zeros(shape), np.zeros((*shape, 8)))


def test_lapsed_share_and_slope_of_a_known_rise() -> None:
    steps, classes, learners = 80, 10, 10
    order = np.arange(classes * learners).reshape(classes, learners)
    lapsed = (order[None] < np.arange(steps)[:, None, None]).astype(np.int64)
    trace = trace_of(lapsed, lapsed)
    assert lapsed_share(trace) == pytest.approx(np.arange(steps).mean() / 100)
    assert lapsed_slope(trace) == pytest.approx(1.2)


def test_affect_shares_and_links_of_a_known_cycle() -> None:
    cycle = np.tile([0, 1, 0, 1, 2, 3], 20)[:, None, None]
    trace = trace_of(np.zeros_like(cycle), cycle)
    assert affect_shares(trace) == pytest.approx([1 / 3, 1 / 3, 1 / 6, 1 / 6], abs=0.02)
    assert typical_links(trace) == 4
    backwards = trace_of(np.zeros_like(cycle), cycle[::-1])
    assert typical_links(backwards) == 2


def test_a_watched_lesson_has_readings_where_sensors_see() -> None:
    trace = watch(mixed_lesson(20), 2, Constants())
    assert trace.reading.shape == (40, 2, 8, 8)
    gaze = trace.reading[..., 0]
    assert 0.8 < np.isfinite(gaze).mean() < 1.0
    assert set(np.unique(trace.lapsed)) == {0, 1}
    assert trace.ssq[-1].mean() > trace.ssq[0].mean()


def test_lectures_teach_something_and_probes_are_asked() -> None:
    taught = teach(LECTURE, 4, Constants())
    assert taught.probes.shape[0] == PROBES
    assert 0.05 < taught.report.nlg_immediate.mean() < 0.6


def test_the_command_writes_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.json"
    monkeypatch.setitem(realism.QUICK, "learners", 300)
    monkeypatch.setitem(realism.QUICK, "classes", 2)
    assert realism.main(["--quick", "--json", str(file)]) == 0
    rows = json.loads(file.read_text())["rows"]
    assert {row["group"] for row in rows} == {"core", "fitted", "anchored"}
    assert all(
        list(row) == ["name", "group", "real", "simulated", "tolerance", "pass"] for row in rows
    )
    assert len({row["name"] for row in rows}) == len(rows)
    assert f"| {rows[0]['name']} |" in written_up("realism", file)
    assert "NOT validated on data" in capsys.readouterr().out


def test_a_wrong_option_names_field_and_value() -> None:
    with pytest.raises(ValueError, match="learners is 3"):
        Options(learners=3)
