"""Session records as what inference needs: all whole courses of one tutor, as one log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.course import Course
from envs.curriculum import Curriculum
from envs.session_log import SessionColumns, SessionLog
from envs.spaces import COURSE
from unity_bridge.channel_messages import Answer
from unity_bridge.session_record import LINES, Played, read_course, read_lines, read_played
from unity_bridge.told_events import answers

_LEFT: Final = COURSE.index("course_left")
_ROUNDING: Final = 1e-6
SETTING: Final = ("tutor", "course", "curriculum")
"""What a record says of itself, in its first line."""


@dataclass(frozen=True, kw_only=True)
class RecordedSessions:
    """Courses of one kind, by one tutor."""

    tutor: str
    """Run folder, or name of a rule."""
    policy: str | None
    """Digest of a run's policy as it taught; None of a rule, and in older records."""
    course: Course
    curriculum: Curriculum
    classes: int
    """Whole courses; those that broke off or were joined late are left out."""
    left_out: int
    """Courses that are not whole."""
    log: SessionLog


def read_sessions(folders: Sequence[Path]) -> RecordedSessions:
    """Read the records of `scripts.unity play` and `scripts.watch --record`.

    Raises:
        ValueError: A record cannot be read (the message names file and line), records differ in
            tutor, course, curriculum or class size, or hold no whole course.
    """
    if not folders:
        raise ValueError("from names no record; expected at least one folder of a session")
    refuse_adapted(folders)
    tutor, course, curriculum = same_setting(folders)
    policy = same_policy(folders)
    courses, begun = list[list[Played]](), 0
    for folder in folders:
        played = list(read_played(folder))
        begun += sum(_begins(own) for own in played)
        courses += whole_courses(played)
    course = sized(course, courses, folders)
    return RecordedSessions(
        tutor=tutor,
        policy=policy,
        course=course,
        curriculum=curriculum,
        classes=len(courses),
        left_out=max(0, begun - len(courses)),
        log=as_log(courses, course.learners),
    )


def same_policy(folders: Sequence[Path]) -> str | None:
    """Digest of the policy that taught all sessions, where they tell.

    Raises:
        ValueError: Two tell of different ones: a run trained anew keeps its folder's name.
    """
    told = {folder: next(read_lines(folder)).get("policy") for folder in folders}
    for folder, policy in told.items():
        if policy != told[folders[0]]:
            raise ValueError(
                f"{folder} was taught by another policy than {folders[0]}; expected the same"
            )
    return told[folders[0]]


def refuse_adapted(folders: Sequence[Path]) -> None:
    """Refuse records of a tutor that is not made again: with adapters, or a belief told otherwise.

    Raises:
        ValueError: There is one, or a record cannot be read.
    """
    for folder in folders:
        _setting(folder)
        first = next(read_lines(folder))
        if believed := first.get("believed"):
            raise ValueError(
                f"{folder} was taught with a belief that was told {believed}; expected records of "
                "a belief that takes learners for calibrated ones"
            )
        if (adapters := first.get("adapters")) is not None:
            raise ValueError(
                f"{folder} was taught with adapters {adapters['name']!r}; expected records of a "
                "rule, or of a policy as deployed"
            )


def same_setting(
    folders: Sequence[Path], alike: Sequence[str] = SETTING
) -> tuple[str, Course, Curriculum]:
    """Who taught which course of what, the same in all records; class sizes aside.

    Args:
        folders: At least one.
        alike: Of SETTING, what must be the same.

    Raises:
        ValueError: A record cannot be read, or differs from the first.
    """
    found = [dict(zip(SETTING, _setting(folder), strict=True)) for folder in folders]
    for folder, own in zip(folders, found, strict=True):
        for name in alike:
            if own[name] != found[0][name]:
                raise ValueError(
                    f"{folder} has another {name} than {folders[0]}; expected the same"
                )
    return _setting(folders[0])


def sized(course: Course, courses: Sequence[Sequence[Played]], folders: Sequence[Path]) -> Course:
    """The course with the class size that all whole courses have.

    Raises:
        ValueError: There is no whole course, or they are of several sizes.
    """
    if not courses:
        raise ValueError(f"{_listed(folders)} hold no whole course; expected at least one")
    sizes = {len(own[0].before["learner_present"]) for own in courses}
    if len(sizes) > 1:
        raise ValueError(f"{_listed(folders)} are of classes of {sorted(sizes)}; expected one size")
    return replace(course, learners=sizes.pop())


def _setting(folder: Path) -> tuple[str, Course, Curriculum]:
    """Who taught which course of what in one session; the course is of one learner.

    Raises:
        ValueError: It cannot be read; the message names the file.
    """
    first = next(iter(read_lines(folder)), None)
    try:
        if first is None:
            raise ValueError("it is empty")
        course, curriculum = read_course(folder)
        return str(first["tutor"]), replace(course, learners=1), curriculum
    except (KeyError, TypeError, ValueError, OSError) as wrong:
        lacking = f"lacks {wrong}" if isinstance(wrong, KeyError) else f"cannot be read: {wrong}"
        raise ValueError(f"{folder / LINES}, line 1 or its curriculum {lacking}") from wrong


def whole_courses(played: Iterable[Played]) -> Iterator[list[Played]]:
    """The courses that were taught from their beginning to their end."""
    going: dict[int, list[Played]] = {}
    for own in played:
        if _begins(own):
            going[own.classroom] = []
        if own.classroom in going:
            going[own.classroom].append(own)
        if own.last:
            course = going.pop(own.classroom, None)
            if course is not None and abs(float(own.after["course"][_LEFT])) < _ROUNDING:
                yield course


def _begins(own: Played) -> bool:
    return float(own.before["course"][_LEFT]) > 1.0 - _ROUNDING


def as_log(courses: Sequence[Sequence[Played]], learners: int) -> SessionLog:
    """Courses as one log; each is a class of its own. Figures whom Python simulated say nothing."""
    columns = SessionColumns(learners)
    for number, course in enumerate(courses):
        people = _people(course, learners)
        for own in course:
            seen = own.before | {"learner_present": own.before["learner_present"] * people}
            columns.see(np.array([number]), {name: row[None] for name, row in seen.items()})
            columns.add(
                [
                    (number * learners + a.learner, a.concept, a.item, int(a.correct), a.hours)
                    for a in answers(own.told)
                    if people[a.learner]
                ]
            )
    return columns.log()


def _people(course: Sequence[Played], learners: int) -> NDArray[np.float32]:
    """1 for learners (S,) none of whose answers was simulated beside the scene, else 0."""
    there = np.ones(learners, np.float32)
    for own in course:
        for message in own.told:
            if isinstance(message, Answer) and message.simulated:
                there[message.learner - 1] = 0
    return there


def _listed(folders: Sequence[Path]) -> str:
    return ", ".join(str(folder) for folder in folders)
