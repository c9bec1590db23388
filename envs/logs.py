"""Answer logs: who answered what, in order, right or wrong, and perhaps when.

Two public formats can be read. Rows of such logs are a person's data: they are read where the user
keeps them and never written anywhere; what leaves this package are aggregates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LINES_PER_LEARNER = 4
TIMED_COLUMNS = ("user_id", "item_id", "timestamp", "correct", "skill_id")


@dataclass(frozen=True)
class AnswerLog:
    """N answers, sorted by learner and, within a learner, in the order answered.

    Learners, skills and items are numbered from 0 without gaps.

    Raises:
        ValueError: An array has another length, or a value is out of range.
    """

    learner: Ints  # (N,)
    skill: Ints  # (N,)
    item: Ints  # (N,)
    correct: Ints  # (N,) 1 = right at the first attempt
    seconds: Floats | None = None  # (N,) clock, or None where the log has no times

    def __post_init__(self) -> None:
        size = self.learner.size
        for field in ("skill", "item", "correct", "seconds"):
            values = getattr(self, field)
            if values is not None and values.shape != (size,):
                raise ValueError(f"log.{field} has shape {values.shape}; expected ({size},)")
        if size == 0:
            raise ValueError("log.learner has 0 answers; expected at least 1")
        if np.any(np.diff(self.learner) < 0):
            raise ValueError("log.learner falls at some row; expected rows sorted by learner")
        wrong = self.correct[~np.isin(self.correct, (0, 1))]
        if wrong.size:
            raise ValueError(f"log.correct is {wrong[0]}; expected 0 or 1")

    @cached_property
    def pair(self) -> Ints:
        """Index of the learner-skill pair of every answer, (N,), numbered from 0."""
        return _numbered(self.learner * (self.skill.max() + 1) + self.skill)

    @cached_property
    def opportunity(self) -> Ints:
        """How many-th answer of its learner-skill pair each answer is, (N,), from 1."""
        return _rank_within(self.pair)

    def before(self, what: NDArray[np.bool_]) -> Ints:
        """How many earlier answers of the same pair `what` (N,) is true for, (N,)."""
        order = np.argsort(self.pair, kind="stable")
        counts: Ints = np.cumsum(what[order]) - what[order]
        pairs = self.pair[order]
        first = np.r_[True, pairs[1:] != pairs[:-1]]
        start = np.maximum.accumulate(np.where(first, np.arange(pairs.size), 0))
        earlier = np.empty(pairs.size, np.int64)
        earlier[order] = counts - counts[start]
        return earlier

    def previous(self) -> Ints:
        """Row of the previous answer of the same pair, (N,), -1 for the first."""
        order = np.argsort(self.pair, kind="stable")
        same = self.pair[order][1:] == self.pair[order][:-1]
        rows = np.full(order.size, -1)
        rows[order[1:]] = np.where(same, order[:-1], -1)
        return rows


def read_pid(source: Path) -> AnswerLog:
    """Read an ASSISTments log in the pid format: a file, or a folder of `*.csv` that partition it.

    Four lines a learner: count and id; problem ids; skill ids; correctness, in the order answered.
    An answer to a problem with k skills stands there k times in a row; the first is kept (15.7 % of
    the rows of ASSISTments 2009 are such repeats, and they leak).

    Args:
        source: File or folder.

    Returns:
        The log, without times.

    Raises:
        ValueError: The file has another form; the message names file and line.
    """
    files = sorted(source.glob("*.csv")) if source.is_dir() else [source]
    if not files or not files[0].is_file():
        raise ValueError(f"log is {source}; expected a file or a folder with .csv files")
    parts = [part for file in files for part in _pid_learners(file)]
    if not parts:
        raise ValueError(f"log {source} has no learner; expected 4 lines a learner")
    rows = np.concatenate(parts, axis=1)  # (3, N) item, skill, correct
    learner = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    repeat = (np.diff(learner) == 0) & (np.diff(rows[0]) == 0)
    keep = np.r_[True, ~repeat]
    item, skill, correct = rows[:, keep]
    return AnswerLog(learner[keep], _numbered(skill), _numbered(item), correct)


def read_timed(source: Path) -> AnswerLog:
    """Read a log with times: tab-separated, one row an answer, seconds since some start.

    Args:
        source: File with the columns user_id, item_id, timestamp, correct, skill_id.

    Returns:
        The log with times, each learner's answers in the order of their times.

    Raises:
        ValueError: A column is missing or a value is no number.
    """
    if not source.is_file():
        raise ValueError(f"log is {source}; expected a tab-separated file")
    with source.open() as lines:
        header = lines.readline().rstrip("\n").split("\t")
        missing = [column for column in TIMED_COLUMNS if column not in header]
        if missing:
            raise ValueError(f"log {source} lacks the column {missing[0]}; it has {header}")
        try:
            table = np.loadtxt(
                lines, delimiter="\t", usecols=[header.index(c) for c in TIMED_COLUMNS], ndmin=2
            )
        except ValueError as error:
            raise ValueError(f"log {source}: {error}; expected numbers") from error
    if not table.size:
        raise ValueError(f"log {source} has 0 answers; expected at least 1")
    table = table[np.lexsort((table[:, 2], table[:, 0]))]
    learner, item, _, correct, skill = table.astype(np.int64).T
    return AnswerLog(_numbered(learner), _numbered(skill), _numbered(item), correct, table[:, 2])


def _pid_learners(file: Path) -> Iterable[Ints]:
    lines = file.read_text().splitlines()
    if len(lines) % LINES_PER_LEARNER:
        raise ValueError(f"log {file} has {len(lines)} lines; expected 4 a learner")
    for first in range(0, len(lines), LINES_PER_LEARNER):
        try:
            rows = [[int(v) for v in line.split(",") if v] for line in lines[first + 1 : first + 4]]
            yield np.array(rows, dtype=np.int64)
        except ValueError as error:
            where = f"log {file}, lines {first + 2} to {first + 4}"
            raise ValueError(f"{where}: {error}; expected 3 rows of whole numbers") from error


def _numbered(names: Ints) -> Ints:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _rank_within(group: Ints) -> Ints:
    order = np.argsort(group, kind="stable")
    first = np.r_[True, np.diff(group[order]) != 0]
    start = np.maximum.accumulate(np.where(first, np.arange(group.size), 0))
    rank = np.empty(group.size, np.int64)
    rank[order] = np.arange(group.size) - start + 1
    return rank
