"""The legend of the picture: every sign with its word."""

from collections.abc import Callable

from envs import view_palette as palette
from envs.activities import Occupation
from envs.view_canvas import Canvas, Lettering, Point, text_width
from envs.view_glyphs import attention_ring, face, gaze, wandering
from envs.view_icons import OCCUPATION_ICONS
from envs.view_snapshot import AFFECTS

Sign = Callable[[Canvas, Point, float], None]


def _face(affect: str) -> Sign:
    return lambda canvas, at, u: face(canvas, at, 9 * u, affect, attending=True)


def _attentive(canvas: Canvas, at: Point, u: float) -> None:
    low = (at[0], at[1] + 6 * u)
    gaze(canvas, low, 9 * u, 13 * u)
    canvas.disc(low, 4 * u, palette.MUTED)


def _elsewhere(canvas: Canvas, at: Point, u: float) -> None:
    low = (at[0] - 5 * u, at[1] + 5 * u)
    canvas.disc(low, 4 * u, palette.FAINT)
    wandering(canvas, low, 9 * u)


def _ring(canvas: Canvas, at: Point, u: float) -> None:
    attention_ring(canvas, at, 7 * u, 0.7)


def _scale(canvas: Canvas, at: Point, u: float) -> None:
    for step in range(8):
        left = at[0] + (step - 4) * 7 * u
        box = (left, at[1] - 6 * u, left + 6 * u, at[1] + 6 * u)
        canvas.rectangle(box, palette.mastery_colour(step / 7), 1.0)


def _task(occupation: Occupation) -> Sign:
    icon = OCCUPATION_ICONS[occupation]
    return lambda canvas, at, u: icon(canvas, at, 16 * u, palette.INK)


_FEELINGS: tuple[tuple[str, Sign, float], ...] = (
    *((affect, _face(affect), 12.0) for affect in AFFECTS),
    ("attends", _attentive, 18.0),
    ("mind elsewhere", _elsewhere, 18.0),
    ("attention of the last minutes", _ring, 12.0),
)
_WORK: tuple[tuple[str, Sign, float], ...] = (
    ("worked example", _task(Occupation.WORKED_EXAMPLE), 12.0),
    ("practice, easier", _task(Occupation.PRACTISE_EASIER), 12.0),
    ("matched", _task(Occupation.PRACTISE_MATCHED), 12.0),
    ("harder", _task(Occupation.PRACTISE_HARDER), 12.0),
    ("mastery of each concept, 0 to 100 %", _scale, 29.0),
)


def draw_legend(canvas: Canvas, corner: Point, width: float, u: float) -> None:
    """Write two rows of signs and words across the picture, from `corner` down; `u` scales."""
    for row, entries in enumerate((_FEELINGS, _WORK)):
        y = corner[1] + (16 + 30 * row) * u
        size = 12 * u
        words = sum(text_width(text, size) for text, _, _ in entries)
        signs = sum((2 * half + 8) * u for _, _, half in entries)
        room = width - 2 * corner[0] - words - signs
        gap = min(30 * u, room / max(1, len(entries) - 1))
        x = corner[0]
        for text, sign, half in entries:
            sign(canvas, (x + half * u, y), u)
            x += (2 * half + 8) * u
            canvas.text((x, y), text, Lettering(size, palette.MUTED))
            x += text_width(text, size) + gap
