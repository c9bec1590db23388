"""The record of a session: what was seen, decided, answered and why, a line of JSON at a time.

The lines are those of the Unity package's own session record (`SessionRecorder`), and more. Every
line holds `at`, seconds since the session began, and `type`:

| type | holds |
|---|---|
| session | first line: version of this format, when it began, the course, who taught: run \
folder or rule (`tutor`); of a run's policy the digest as deployed (`policy`), and name and digest \
with `adapters`, if it taught with some; what the belief took the learners for (`believed`), where \
not for calibrated ones |
| connected | a player is there: its versions, behaviour, classrooms, learners, concepts |
| hello, answer, windows, curriculum, scene, caption, reasons | messages as they were sent or \
received (`unity_bridge.channel_messages`) |
| decision | classroom, course and number, lesson and clock (hours) when it began, activity, all \
branches of the action, what was `seen` (`SEEN`), the decision's facts with their sentence; of a \
policy its own `choice` before guard-rails, with log-probabilities (`agents.decision.own_choice`) |
| over | the end of a course: classroom, course, whether it was interrupted, what was `seen`; \
where it is known, the normalised gain from pre-test to delayed test (`tested`) |
| fault | what went wrong; decisions that were being played are not finished then |
| end | last line, where the session was not cut off |

Records from before `policy`, `choice` and `tested` were written are read, too.
What is not in `SEEN` follows from it: the belief from the answers (`envs.observed_class`), masks
and seats from course and presence (`envs.implied_fields`). The record holds what learners answered:
treat it as their data.
"""

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from envs.course import Course, RewardWeights
from envs.curriculum import Curriculum, load
from envs.spaces import MODALITIES
from unity_bridge.channel_messages import TYPES, Message
from unity_bridge.message_encoding import from_plain, plain

VERSION: Final = 1
"""Of the format: rises when an older record could no longer be read."""
LINES: Final = "session.jsonl"
CURRICULUM: Final = "curriculum.json"
SEEN: Final = ("course", *MODALITIES, "behaviour", "evidence", "learner_present")
"""Fields of the observation that no other line or file tells."""

Single = NDArray[np.float32]


class SessionRecord:
    """Writes a session into a folder of its own; each line is on the disk before the next begins.

    Args:
        folder: Made if missing.
        course: That is taught.
        curriculum: What is taught; kept beside the lines.
        about: Who teaches, for the first line.

    Raises:
        FileExistsError: The folder holds a session.
    """

    def __init__(
        self, folder: Path, course: Mapping[str, Any], curriculum: Curriculum, **about: Any
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / LINES
        self._file = self.path.open("x", encoding="utf-8", newline="\n")
        self._began = time.monotonic()
        curriculum.save(folder / CURRICULUM)
        began = datetime.now(UTC).isoformat(timespec="seconds")
        self.write("session", version=VERSION, began=began, course=dict(course), **about)

    def write(self, kind: str, **content: Any) -> None:
        """Add a line; arrays are written so that they come back bit for bit."""
        self._write({"type": kind, **content})

    def pass_on(self, message: Message) -> None:
        """Add a message of the classroom channel."""
        self._write(plain(message))

    def _write(self, content: Mapping[str, Any]) -> None:
        at = round(time.monotonic() - self._began, 3)
        line = json.dumps({"at": at, **content}, ensure_ascii=False, default=_numbers)
        self._file.write(line + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the last line; may be called twice."""
        if not self._file.closed:
            self.write("end")
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _numbers(array: Any) -> Any:
    """An array as lists of the shortest decimals that mean the same in its precision."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{type(array).__name__} cannot be recorded; expected an array")
    return array.astype("U32").astype(np.float64).tolist()


@dataclass(frozen=True, kw_only=True)
class Played:
    """One decision that was played to its end."""

    classroom: int
    course: int
    """Courses of the classroom in this connection, from 0."""
    action: NDArray[np.int64]  # (3 + 2 S,)
    before: dict[str, Single]
    """What was seen when it was made: `SEEN`, without a batch axis."""
    told: tuple[Message, ...]
    """Answers and windows while it was played."""
    after: dict[str, Single]
    last: bool
    """Whether the course ended with it."""
    decision: dict[str, Any]
    """Its facts, as `agents.decision.json_form` reads them."""
    choice: dict[str, Any] | None = None
    """What the policy chose by itself; None of a rule, and in older records."""
    tested: float = math.nan
    """Normalised gain from pre-test to delayed test, with the last one; NaN where not known."""


def read_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of a session; a last one that was cut off is left out.

    Raises:
        ValueError: There is no session, it is of another version, or a line cannot be read.
    """
    path = folder / LINES
    if not path.exists():
        raise ValueError(f"session is {folder}; expected a folder that holds {LINES}")
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            yield _line(line, f"{path}, line {number}", first=number == 1)


def _line(text: str, where: str, *, first: bool) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as broken:
        raise ValueError(f"{where} is no JSON: {broken}") from broken
    if not isinstance(found, dict) or "type" not in found:
        raise ValueError(f"{where} is {text[:60]!r}; expected an object with a type")
    if first and (found["type"], found.get("version")) != ("session", VERSION):
        head = f"type {found['type']!r} and version {found.get('version')!r}"
        raise ValueError(f"{where} has {head}; expected 'session' and {VERSION}")
    return found


def read_course(folder: Path) -> tuple[Course, Curriculum]:
    """The course and the curriculum of a session.

    Raises:
        ValueError: As `read_lines`, or they cannot be read.
    """
    told = next(read_lines(folder))["course"]
    weights = RewardWeights(**told["reward"])
    return Course(**told | {"reward": weights}), load(folder / CURRICULUM)


@dataclass
class _Open:
    """A decision that is being played."""

    line: dict[str, Any]
    told: list[Message] = field(default_factory=list)


def read_played(folder: Path) -> Iterator[Played]:
    """Every decision of a session that was played to its end, in the order of their ends.

    Raises:
        ValueError: As `read_lines`; or a line lacks what its type holds, or holds another kind of
            value: the message names file and line.
    """
    played: dict[int, _Open] = {}
    for number, line in enumerate(read_lines(folder), 1):
        try:
            own = _take(line, played)
        except (KeyError, TypeError, ValueError) as wrong:
            found = f"lacks {wrong}" if isinstance(wrong, KeyError) else f"cannot be read: {wrong}"
            raise ValueError(f"{folder / LINES}, line {number} {found}") from wrong
        if own is not None:
            yield own


def _take(line: dict[str, Any], played: dict[int, _Open]) -> Played | None:
    """Take in one line; the decision that ended with it, if one did."""
    kind, classroom = line["type"], line.get("classroom", 0)
    own = None
    if kind in {"connected", "fault"}:
        played.clear()
    elif kind in {"answer", "windows"} and classroom in played:
        content = {name: value for name, value in line.items() if name != "at"}
        played[classroom].told.append(from_plain(TYPES[kind], content))
    elif kind in {"decision", "over"}:
        if (open_ := played.pop(classroom, None)) is not None:
            own = _finished(open_, line)
        if kind == "decision":
            played[classroom] = _Open(line)
    return own


def _finished(own: _Open, after: Mapping[str, Any]) -> Played:
    return Played(
        classroom=own.line["classroom"],
        course=own.line["course"],
        action=np.array(own.line["action"], np.int64),
        before=_arrays(own.line["seen"]),
        told=tuple(own.told),
        after=_arrays(after["seen"]),
        last=after["type"] == "over",
        decision=own.line["decision"],
        choice=own.line.get("choice"),
        tested=float(after.get("tested", math.nan)),
    )


def _arrays(seen: Mapping[str, Any]) -> dict[str, Single]:
    return {name: np.array(values, np.float32) for name, values in seen.items()}
