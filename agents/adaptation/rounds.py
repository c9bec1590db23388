"""Which recorded courses adapters learnt from, and which they were judged by.

A file of JSON lines beside the ledger, one for every round. A course keeps its part for ever: who
learnt from it must not be judged by it later. Rounds before the last rollback or undoing count no
more, as in `agents.adaptation.adaptation`; their courses are set aside.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from agents.adaptation.guard import FEWEST_COURSES
from agents.adaptation.ledger import Ledger, add_entry, entries_of
from agents.adaptation.shelf import SHELF
from envs.whole_file import write_text

ROUNDS: Final = "rounds.jsonl"


class Parts(NamedTuple):
    """Courses by their keys."""

    live: list[str]
    """Learnt from."""
    held_back: list[str]
    """Judged by; the deployed policy taught them without adapters."""
    set_aside: list[str]
    """Of rounds before the last change that was taken back."""


class Rounds:
    """Of one folder."""

    def __init__(self, folder: Path) -> None:
        self.path, self.ledger = folder / SHELF / ROUNDS, Ledger(folder)

    def entries(self) -> list[dict[str, Any]]:
        """All rounds, the oldest first."""
        return entries_of(self.path)

    @property
    def looks(self) -> int:
        """Rounds in which there were courses enough to decide something."""
        return sum(len(entry["held_back"]) >= FEWEST_COURSES for entry in self.entries())

    def parts(self, courses: Mapping[str, bool], share: float) -> Parts:
        """Give every course its part: the one it had, or a new one.

        Args:
            courses: By key, whether adapters taught it.
            share: Of all courses, to be held back, as far as the deployed policy taught so many.
        """
        found = Parts([], [], [])
        before = self._before()
        for key in courses:
            if key in before:
                found[before[key]].append(key)
        live, held = found.live, found.held_back
        for key, adapted in courses.items():
            if key not in before:
                few = len(held) < share * (len(live) + len(held) + 1)
                (held if few and not adapted else live).append(key)
        return found

    def write(self, parts: Parts) -> None:
        """Note a round that is about to be judged, and make the ledger if there is none."""
        changes = self.ledger.entries()
        if not changes:
            write_text(self.ledger.path, "")
        entry = {
            "changes": len(changes),  # in the ledger until then
            "adapter": self.ledger.now,
            "live": parts.live,
            "held_back": parts.held_back,
        }
        add_entry(self.path, entry)

    def _before(self) -> dict[str, int]:
        """The part, as its place in `Parts`, of every course that there was in a round."""
        back = {"rolled back", "undone"}
        changes = enumerate(self.ledger.entries(), 1)
        last = max((n for n, entry in changes if entry["event"] in back), default=0)
        found = dict[str, int]()
        for entry in self.entries():
            for place, name in enumerate(Parts._fields[:2]):
                part = 2 if entry["changes"] < last else place
                found |= dict.fromkeys(entry[name], part)
        return found
