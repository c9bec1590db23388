"""Which agent sits in which row: agents come and go, rows stay."""

from collections.abc import Iterable


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

    def leave(self, agent: int) -> int | None:
        """An agent's episode ends; its row, None where it had none."""
        row = self._row.get(agent)
        if row is None or row in self._vacant:
            return None
        self._vacant[row] = None
        return row

    def take(self, agents: Iterable[int]) -> list[int | None]:
        """Agents are there; their rows. Those who were here before choose before newcomers."""
        wanted = list(agents)
        for agent in sorted(wanted, key=lambda agent: agent not in self._row):
            self._seat(agent)
        return [self._row.get(agent) for agent in wanted]

    def _seat(self, agent: int) -> None:
        if agent in self._row:
            self._vacant.pop(self._row[agent], None)
        elif self._vacant:
            row = next(iter(self._vacant))
            del self._vacant[row]
            self._row = {other: r for other, r in self._row.items() if r != row} | {agent: row}
