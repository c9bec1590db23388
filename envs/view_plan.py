"""Where everything is in the picture, for any class and any number of pixels."""

from dataclasses import dataclass
from typing import Final

from envs.view_canvas import Box, Point
from envs.view_snapshot import ClassView

DESIGN: Final = (960, 640)
"""Pixels for which the sizes were chosen; other sizes scale."""
CELL: Final = (214, 150)
"""Pixels of the largest place of a learner."""
ROOMY: Final = 0.62
"""Share of `CELL` from which a desk has room for the name of its concept."""


@dataclass(frozen=True)
class Plan:
    """Where everything is, in pixels."""

    view: ClassView
    width: int
    height: int

    @property
    def unit(self) -> float:
        """Pixels for one pixel of the design."""
        return min(self.width / DESIGN[0], self.height / DESIGN[1])

    @property
    def board(self) -> Box:
        """The board, above the floor in the middle."""
        u, middle = self.unit, self.width / 2
        return middle - 230 * u, 82 * u, middle + 230 * u, 142 * u

    @property
    def lectern(self) -> Point:
        """Where the tutor stands when it speaks to everybody."""
        left, top, _, bottom = self.board
        return left - 44 * self.unit, (top + bottom) / 2 + 12 * self.unit

    @property
    def floor(self) -> Box:
        """The room; lower down the reason, if there is one, and the legend."""
        u = self.unit
        caption = 44 * u if self.view.reason else 0.0
        return 24 * u, 112 * u, self.width - 24 * u, self.height - 84 * u - caption

    @property
    def scale(self) -> float:
        """Size of a learner's place relative to `CELL`."""
        left, _, right, bottom = self.floor
        across = (right - left - 24 * self.unit) / self.view.columns
        down = (bottom - self.board[3] - 26 * self.unit) / self.view.rows
        return min(across / CELL[0], down / CELL[1], 1.6 * self.unit)

    @property
    def roomy(self) -> bool:
        """Whether there is room for names beside heads and on desks."""
        return self.scale >= ROOMY * self.unit

    def place(self, seat: tuple[int, int]) -> Box:
        """Return the box of one seat."""
        left, _, right, bottom = self.floor
        row, column = seat
        across = (right - left - 24 * self.unit) / self.view.columns
        across = min(across, 1.2 * CELL[0] * self.scale)
        top = self.board[3] + 18 * self.unit
        down = min((bottom - top - 8 * self.unit) / self.view.rows, 1.25 * CELL[1] * self.scale)
        start = (left + right) / 2 + (column - self.view.columns / 2) * across
        first = (top + bottom - 8 * self.unit - down * self.view.rows) / 2
        width, height = CELL[0] * self.scale, CELL[1] * self.scale
        x, y = start + (across - width) / 2, first + row * down + (down - height) / 2
        return x, y, x + width, y + height

    def head(self, seat: tuple[int, int]) -> Point:
        """Return the centre of a learner's head."""
        left, top, right, bottom = self.place(seat)
        return (left + right) / 2, top + 0.73 * (bottom - top)
