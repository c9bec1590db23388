"""Small signs for what the tutor and the learners do, drawn from lines and circles."""

from collections.abc import Callable
from typing import Final

from envs.activities import Activity, Occupation
from envs.view_canvas import Canvas, Colour, Point

Icon = Callable[[Canvas, Point, float, Colour], None]


def _eye(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    half = size / 2
    canvas.arc((x, y + 0.55 * half), 1.1 * half, (215, 325), colour, size / 10)
    canvas.arc((x, y - 0.55 * half), 1.1 * half, (35, 145), colour, size / 10)
    canvas.disc(at, size / 6, colour)


def _board(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h, w = size / 2, size / 10
    top, bottom = y - 0.8 * h, y + 0.3 * h
    corners = [(x - h, top), (x + h, top), (x + h, bottom), (x - h, bottom), (x - h, top)]
    canvas.line(corners, colour, w)
    canvas.line([(x - 0.5 * h, y - 0.25 * h), (x + 0.5 * h, y - 0.25 * h)], colour, w)
    canvas.line([(x, bottom), (x - 0.5 * h, y + 0.9 * h)], colour, w)
    canvas.line([(x, bottom), (x + 0.5 * h, y + 0.9 * h)], colour, w)


def _headset(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h = size / 2
    canvas.rectangle((x - h, y - 0.45 * h, x + h, y + 0.6 * h), colour, radius=size / 6)
    canvas.arc((x, y - 0.2 * h), 0.9 * h, (200, 340), colour, size / 9)


def _question(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h, w = size / 2, size / 8
    canvas.arc((x, y - 0.4 * h), 0.48 * h, (180, 400), colour, w)
    canvas.line([(x + 0.33 * h, y - 0.14 * h), (x, y + 0.2 * h), (x, y + 0.4 * h)], colour, w)
    canvas.disc((x, y + 0.82 * h), size / 12, colour)


def _speech(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h = size / 2
    canvas.rectangle((x - h, y - 0.8 * h, x + h, y + 0.4 * h), colour, radius=size / 5)
    canvas.polygon([(x - 0.5 * h, y + 0.2 * h), (x, y + 0.2 * h), (x - 0.6 * h, y + h)], colour)


def _pair(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h = size / 2
    for side in (-1, 1):
        centre = x + side * 0.52 * h
        canvas.disc((centre, y - 0.4 * h), 0.3 * h, colour)
        canvas.slice((centre, y + 0.75 * h), 0.5 * h, (180, 360), colour)


def _bell(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h = size / 2
    canvas.slice((x, y - 0.1 * h), 0.6 * h, (180, 360), colour)
    canvas.rectangle((x - 0.6 * h, y - 0.12 * h, x + 0.6 * h, y + 0.4 * h), colour)
    canvas.rectangle((x - 0.85 * h, y + 0.3 * h, x + 0.85 * h, y + 0.5 * h), colour, radius=1)
    canvas.disc((x, y + 0.7 * h), 0.2 * h, colour)


def _cup(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h = size / 2
    canvas.rectangle((x - 0.75 * h, y - 0.3 * h, x + 0.4 * h, y + 0.7 * h), colour, radius=size / 8)
    canvas.arc((x + 0.4 * h, y + 0.15 * h), 0.38 * h, (-90, 90), colour, size / 9)
    for shift in (-0.4, 0.05):
        canvas.line(
            [(x + shift * h, y - 0.5 * h), (x + (shift + 0.1) * h, y - 0.9 * h)], colour, size / 11
        )


def _page(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    h, w = size / 2, size / 10
    left, right, top, bottom = x - 0.65 * h, x + 0.65 * h, y - 0.9 * h, y + 0.9 * h
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    canvas.line(corners, colour, w)
    for line in (-0.4, 0.05, 0.5):
        canvas.line([(x - 0.3 * h, y + line * h), (x + 0.3 * h, y + line * h)], colour, w)


def _nothing(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
    x, y = at
    canvas.line([(x - size / 4, y), (x + size / 4, y)], colour, size / 10)


def _steps(level: int) -> Icon:
    def practise(canvas: Canvas, at: Point, size: float, colour: Colour) -> None:
        x, y = at
        h = size / 2
        for step in range(3):
            left, top = x + (step - 1.45) * 0.68 * h, y + (0.25 - 0.55 * step) * h
            box = (left, top, left + 0.5 * h, y + 0.85 * h)
            pale = (*colour[:3], 60)
            canvas.rectangle(box, colour if step < level else pale, radius=size / 20)

    return practise


ACTIVITY_ICONS: Final[dict[Activity, Icon]] = {
    Activity.CIRCULATE: _eye,
    Activity.PRESENT: _board,
    Activity.DEMONSTRATE: _headset,
    Activity.QUIZ: _question,
    Activity.EXPLAIN: _speech,
    Activity.PEER: _pair,
    Activity.CUE: _bell,
    Activity.REST: _cup,
}
OCCUPATION_ICONS: Final[dict[Occupation, Icon]] = {
    Occupation.NONE: _nothing,
    Occupation.PRESENT: _board,
    Occupation.DEMONSTRATE: _headset,
    Occupation.QUIZ: _question,
    Occupation.EXPLAIN: _speech,
    Occupation.PEER: _pair,
    Occupation.REST: _cup,
    Occupation.WORKED_EXAMPLE: _page,
    Occupation.PRACTISE_EASIER: _steps(1),
    Occupation.PRACTISE_MATCHED: _steps(2),
    Occupation.PRACTISE_HARDER: _steps(3),
}
