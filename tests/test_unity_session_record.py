"""A session's record loses at most its last line, and tells all that the tutor knew."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.course import Course
from envs.curriculum import builtin
from unity_bridge.channel_messages import Answer
from unity_bridge.session_record import (
    LINES,
    SEEN,
    SessionRecord,
    read_course,
    read_lines,
    read_played,
)

COURSE, CURRICULUM = Course(learners=2, lessons=1, minutes=10), builtin("algebra-16")
ANSWER = Answer(
    classroom=1,
    learner=2,
    concept=5,
    item=2,
    correct=False,
    quiz=False,
    seconds=7.25,
    hints=1,
    time=31.0,
    simulated=False,
)


def _seen(number: float) -> dict[str, Any]:
    return {name: np.full((2, 3), number, np.float32) for name in SEEN}


def _decide(record: SessionRecord, classroom: int, action: list[int], number: float) -> None:
    seen = _seen(number)
    record.write(
        "decision", classroom=classroom, course=0, action=action, seen=seen, decision={"value": 1}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session: two classrooms decide in turn, one course ends, one decision is cut off."""
    with SessionRecord(tmp_path, asdict(COURSE), CURRICULUM, tutor="agents/reference") as record:
        record.write("connected", package="1.0.0")
        _decide(record, 0, [1, 0], 0.1)
        _decide(record, 1, [2, 0], 0.2)
        record.pass_on(ANSWER)
        _decide(record, 1, [3, 0], 1 / 3)
        record.write("over", classroom=0, course=0, interrupted=False, seen=_seen(0.5))
        record.write("fault", fault="PlayerDied", text="it died")
        _decide(record, 1, [4, 0], 0.7)
    return tmp_path


def test_what_was_played_comes_back_with_what_was_seen_and_answered(folder: Path) -> None:
    second, first = read_played(folder)
    assert (second.classroom, second.action.tolist(), second.last) == (1, [2, 0], False)
    assert second.told == (ANSWER,)
    assert second.decision == {"value": 1}
    for name in SEEN:  # bit for bit
        np.testing.assert_array_equal(second.before[name], _seen(0.2)[name])
        np.testing.assert_array_equal(second.after[name], _seen(1 / 3)[name])
    assert (first.classroom, first.told, first.last) == (0, (), True)
    assert read_course(folder) == (COURSE, CURRICULUM)


def test_a_crash_loses_the_line_that_was_being_written_and_no_other(folder: Path) -> None:
    whole = list(read_lines(folder))
    assert whole[-1]["type"] == "end"
    text = (folder / LINES).read_bytes()
    (folder / LINES).write_bytes(text[:-3])
    assert list(read_lines(folder)) == whole[:-1]


def test_a_line_is_on_the_disk_before_the_next_begins(tmp_path: Path) -> None:
    record = SessionRecord(tmp_path, asdict(COURSE), CURRICULUM)
    record.write("connected", package="1.0.0")
    assert [line["type"] for line in read_lines(tmp_path)] == ["session", "connected"]
    record.close()
    record.close()
    assert [line["type"] for line in read_lines(tmp_path)][-1] == "end"


def test_a_session_is_never_written_over(folder: Path) -> None:
    before = (folder / LINES).read_bytes()
    with pytest.raises(FileExistsError):
        SessionRecord(folder, asdict(COURSE), CURRICULUM)
    assert (folder / LINES).read_bytes() == before


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (['{"type": "session", "version": 2}'], "line 1 has type 'session' and version 2"),
        (['{"type": "decision"}'], "line 1 has type 'decision' and version None; expected"),
        (['{"type": "session", "version": 1}', "{"], "line 2 is no JSON"),
        (['{"type": "session", "version": 1}', "[]"], r"line 2 is '\[\]"),
    ],
)
def test_what_is_no_session_is_refused_by_its_line(
    tmp_path: Path, lines: list[str], says: str
) -> None:
    (tmp_path / LINES).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        list(read_lines(tmp_path))


def test_a_folder_without_a_session_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected a folder that holds session\.jsonl"):
        list(read_lines(tmp_path))


def test_what_is_no_array_is_not_recorded(tmp_path: Path) -> None:
    with SessionRecord(tmp_path, asdict(COURSE), CURRICULUM) as record:
        with pytest.raises(TypeError, match="set cannot be recorded"):
            record.write("connected", package={1})
        record.write("connected", package="1.0.0")
    assert all(json.dumps(line) for line in read_lines(tmp_path))
