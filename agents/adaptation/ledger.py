"""The book of promotions: what was put in force when and why, and the way back by hand.

A file of JSON lines beside the adapters. The last line says what is in force; nothing is deleted.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from agents.adaptation.shelf import SHELF
from envs.whole_file import write_text

LEDGER: Final = "ledger.jsonl"


def entries_of(path: Path) -> list[dict[str, Any]]:
    """All entries of a book of JSON lines, the oldest first; none where there is no book."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def add_entry(path: Path, entry: dict[str, Any]) -> None:
    """Add an entry, and the time, to a book of JSON lines."""
    stamped = {**entry, "time": datetime.now(UTC).isoformat(timespec="seconds")}
    lines = [*entries_of(path), stamped]
    write_text(path, "".join(json.dumps(each) + "\n" for each in lines))


class Ledger:
    """Of one folder; it is read again each time, so that several programs may look on."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / SHELF / LEDGER

    def entries(self) -> list[dict[str, Any]]:
        """All entries, the oldest first."""
        return entries_of(self.path)

    @property
    def now(self) -> str | None:
        """Name of the adapters in force; None where the deployed policy teaches as it is."""
        entries = self.entries()
        return entries[-1]["adapter"] if entries else None

    def write(
        self, event: str, adapter: str | None, reason: str, courses: int, figures: dict[str, Any]
    ) -> None:
        """Put adapters in force, or none.

        Args:
            event: promoted, rolled back, or undone.
            adapter: Name of those that teach from now on.
            reason: For people.
            courses: Live courses so far.
            figures: That decided.
        """
        entry = {
            "event": event,
            "adapter": adapter,
            "reason": reason,
            "courses": courses,
            "figures": figures,
        }
        add_entry(self.path, entry)

    def undo(self) -> str | None:
        """Put back in force what was before the last change that was not itself taken back.

        Returns:
            Name of the adapters that teach now; None for the deployed policy.

        Raises:
            ValueError: Nothing is left to take back.
        """
        entries, standing = self.entries(), list[str | None]([None])
        for entry in entries:
            if entry["event"] == "undone":
                standing.pop()
            else:
                standing.append(entry["adapter"])
        if len(standing) == 1:
            raise ValueError(f"{self.path} holds no change to undo; expected a promotion")
        before = standing[-2]
        self.write("undone", before, "by hand", entries[-1]["courses"], {})
        return before
