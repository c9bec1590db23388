"""Which agent sits in which row: agents come and go, rows stay."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Seated(NamedTuple):
    """Those of a message's agents that have a row."""

    places: NDArray[np.int64]  # (n,) positions in the message
    rows: NDArray[np.int64]  # (n,)


class Seats:
    """A fixed number of rows for a changing set of agents.

    An agent keeps its row from episode to episode, unless a newcomer needed it in between. Who
    comes when all rows are taken gets none.

    Args:
        rows: At least 1.
    """

    def __init__(self, rows: int) -> None:
        self._row: dict[int, int] = {}
        self._vacant = dict.fromkeys(range(rows))  # in the order in which they became so

    def leave(self, agents: Sequence[int]) -> Seated:
        """The episodes of agents end: where they sat."""
        return _seated([self._leave(agent) for agent in agents])

    def take(self, agents: Sequence[int]) -> Seated:
        """Agents are there: where they sit. Those who were here before choose before newcomers."""
        for agent in sorted(agents, key=lambda agent: agent not in self._row):
            self._seat(agent)
        return _seated([self._row.get(agent) for agent in agents])

    def _leave(self, agent: int) -> int | None:
        row = self._row.get(agent)
        if row is None or row in self._vacant:
            return None
        self._vacant[row] = None
        return row

    def _seat(self, agent: int) -> None:
        if agent in self._row:
            self._vacant.pop(self._row[agent], None)
        elif self._vacant:
            row = next(iter(self._vacant))
            del self._vacant[row]
            self._row = {other: r for other, r in self._row.items() if r != row} | {agent: row}


def _seated(found: Sequence[int | None]) -> Seated:
    pairs = [(place, row) for place, row in enumerate(found) if row is not None]
    return Seated(*np.array(pairs, np.int64).reshape(-1, 2).T)
