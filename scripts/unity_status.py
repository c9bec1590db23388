"""What `scripts.unity play` shows while it waits and teaches."""

import time
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

REFRESH: float = 4.0
"""Per second."""


class PlayStatus:
    """A table that stays in place on a terminal; elsewhere, a line for each thing that happens.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._facts: dict[str, str] = {}
        self._state, self._since = "", time.monotonic()
        self._live = (
            Live(console=console, get_renderable=self._table, refresh_per_second=REFRESH)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def become(self, state: str, **facts: str) -> None:
        """Begin to do something else; what was known of the former player is forgotten."""
        self._state, self._since, self._facts = state, time.monotonic(), facts
        details = "".join(f"\n  {name}: {value}" for name, value in facts.items())
        self.say(f"{state}{details}" if self._live is None else state)

    def show(self, name: str, value: str) -> None:
        """Keep a fact in view."""
        self._facts[name] = value
        if self._live is None:
            self._console.print(f"{name}: {value}", soft_wrap=True, markup=False)

    def count(self, name: str, value: str) -> None:
        """Keep a number in view where it can be; it is not worth a line."""
        self._facts[name] = value

    def say(self, text: str) -> None:
        """Say something once; it stays above the table."""
        self._console.print(text, soft_wrap=True, markup=False)

    def _table(self) -> Table:
        grid = Table.grid(padding=(0, 2))
        seconds = int(time.monotonic() - self._since)
        grid.add_row("now", Text(f"{self._state}, for {seconds // 60}:{seconds % 60:02}"))
        for name, value in self._facts.items():
            grid.add_row(name, Text(value))
        return grid
