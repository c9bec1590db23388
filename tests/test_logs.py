"""Reading answer logs: both public formats, what is dropped, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from envs.logs import AnswerLog, read_pid, read_timed

PID = "5,77\n10,10,11,12,10\n1,2,1,2,1\n1,1,0,1,0\n2,3\n11,11\n1,1\n0,0\n"


def log_of(skill: list[int], correct: list[int], learner: list[int] | None = None) -> AnswerLog:
    """A log with one item for each answer."""
    size = len(skill)
    who = np.array(learner or [0] * size)
    return AnswerLog(who, np.array(skill), np.arange(size), np.array(correct))


def test_an_answer_repeated_under_another_skill_counts_once(tmp_path: Path) -> None:
    (tmp_path / "fold1.csv").write_text(PID)
    log = read_pid(tmp_path)
    assert log.learner.tolist() == [0, 0, 0, 0, 1]
    assert log.item.tolist() == [0, 1, 2, 0, 1]
    assert log.skill.tolist() == [0, 0, 1, 0, 0]
    assert log.correct.tolist() == [1, 0, 1, 0, 0]


def test_folds_of_a_folder_are_read_as_one_log(tmp_path: Path) -> None:
    (tmp_path / "fold1.csv").write_text(PID)
    (tmp_path / "fold2.csv").write_text(PID)
    assert read_pid(tmp_path).learner.max() == 3


def test_opportunities_count_within_learner_and_skill() -> None:
    log = log_of([0, 1, 0, 0, 0], [1, 1, 0, 1, 1], [0, 0, 0, 0, 1])
    assert log.opportunity.tolist() == [1, 1, 2, 3, 1]
    assert log.previous().tolist() == [-1, -1, 0, 2, -1]
    assert log.before(log.correct == 1).tolist() == [0, 0, 1, 1, 0]


def test_a_timed_log_is_sorted_by_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "log.tsv"
    header = "user_id\titem_id\ttimestamp\tcorrect\tskill_id\n"
    file.write_text(header + "9\t5\t200\t0\t3\n9\t6\t100\t1\t3\n4\t5\t300\t1\t2\n")
    log = read_timed(file)
    assert log.seconds is not None
    assert log.seconds.tolist() == [300.0, 100.0, 200.0]
    assert log.correct.tolist() == [1, 1, 0]
    assert log.learner.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3,1\n1,2,3\n", "expected 4 a learner"),
        ("3,1\n1,2,3\n1,1\n0,1,1\n", "lines 2 to 4"),
        ("3,1\n1,2,x\n1,1,1\n0,1,1\n", "lines 2 to 4"),
        ("", "no learner"),
    ],
)
def test_a_malformed_pid_log_is_refused_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_pid(file)


def test_a_timed_log_without_a_column_names_it(tmp_path: Path) -> None:
    file = tmp_path / "log.tsv"
    file.write_text("user_id\titem_id\tcorrect\tskill_id\n1\t1\t1\t1\n")
    with pytest.raises(ValueError, match="timestamp"):
        read_timed(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        read_pid(tmp_path / "nowhere.csv")
    with pytest.raises(ValueError, match="nowhere"):
        read_timed(tmp_path / "nowhere.tsv")


def test_wrong_values_name_field_and_value() -> None:
    with pytest.raises(ValueError, match=r"log\.correct is 2"):
        log_of([0, 0], [1, 2])
    with pytest.raises(ValueError, match=r"log\.learner falls"):
        log_of([0, 0], [1, 1], [1, 0])
    with pytest.raises(ValueError, match=r"log\.skill has shape"):
        AnswerLog(np.zeros(2, int), np.zeros(3, int), np.zeros(2, int), np.zeros(2, int))
    with pytest.raises(ValueError, match="0 answers"):
        log_of([], [])
