"""A drawing surface: everything is drawn large and then reduced, so that edges are smooth."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int] | tuple[int, int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Span = tuple[float, float]

OVERSAMPLING: Final = 3
SMALLEST_TEXT: Final = 8
"""Pixels; smaller letters cannot be read."""
_REPLACED: Final = str.maketrans(
    {"\u2013": "-", "\u2014": "-", "\u2212": "-", "\u00d7": "x", "\u00f7": "/", "\u2019": "'"}
)
"""Dashes, minus, times, divided by, apostrophe: letters that the bundled font lacks."""


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType; install a Pillow wheel to draw text")
    return font


def plain(text: str) -> str:
    """Spell a text in the letters that Pillow's bundled font has."""
    parts = unicodedata.normalize("NFKD", text.translate(_REPLACED))
    return "".join(c if c.isascii() or c in "·…" else "?" for c in parts if not _accent(c))


def _accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


def text_width(text: str, size: float) -> float:
    """Pixels that one line takes."""
    return _font(_letters(size)).getlength(plain(text)) / OVERSAMPLING


def fit(text: str, size: float, width: float) -> str:
    """Shorten one line with an ellipsis until it takes at most `width` pixels."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def wrap(text: str, size: float, width: float, lines: int) -> list[str]:
    """Break a text into at most `lines` lines; what is left over ends in an ellipsis."""
    broken: list[str] = []
    words = text.split()
    while words and len(broken) < lines - 1:
        taken = 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), size) <= width:
            taken += 1
        broken.append(fit(" ".join(words[:taken]), size, width))
        words = words[taken:]
    return [*broken, fit(" ".join(words), size, width)] if words else broken


def whole_sentences(text: str, size: float, width: float, lines: int) -> list[str]:
    """As many sentences from the beginning as fit; of the first one what fits, if it does not."""
    sentences = text.split(". ")
    for count in range(len(sentences), 0, -1):
        rest = "" if count == len(sentences) else "."
        broken = wrap(". ".join(sentences[:count]) + rest, size, width, lines)
        if not broken[-1].endswith("…"):
            return broken
    return broken


class Lettering(NamedTuple):
    """How a line of text looks."""

    size: float
    """Pixels."""
    colour: Colour
    bold: bool = False


class Canvas:
    """Shapes and text in pixels of the final picture; what is drawn later lies above."""

    def __init__(self, width: int, height: int, background: Colour) -> None:
        for name, value in (("width", width), ("height", height)):
            if value < 1:
                raise ValueError(f"{name} is {value}; expected at least 1 pixel")
        size = (width * OVERSAMPLING, height * OVERSAMPLING)
        self._image = Image.new("RGB", size, background)
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self._draw.polygon([_scaled(point) for point in points], fill=fill)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line with round ends."""
        scaled = [_scaled(point) for point in points]
        self._draw.line(scaled, fill=colour, width=_thick(width), joint="curve")
        for point in (points[0], points[-1]):
            if len(colour) == 3 and width > 1.0:
                self.disc(point, width / 2, colour)

    def dashes(self, start: Point, end: Point, colour: Colour, width: float) -> None:
        """Draw a dashed straight line; dashes and gaps are four widths long."""
        length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        pieces = max(1, round(length / (4 * width)))
        for piece in range(0, pieces, 2):
            self.line(
                [_along(start, end, piece / pieces), _along(start, end, (piece + 1) / pieces)],
                colour,
                width,
            )

    def rectangle(
        self, box: Box, fill: Colour | None, radius: float = 0.0, edge: Colour | None = None
    ) -> None:
        """Draw a rectangle with round corners and, where asked, a thin edge."""
        large = tuple(value * OVERSAMPLING for value in box)
        self._draw.rounded_rectangle(
            large, radius * OVERSAMPLING, fill=fill, outline=edge, width=_thick(1.2)
        )

    def disc(self, centre: Point, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        self._draw.ellipse(_around(centre, radius), fill=fill)

    def arc(
        self,
        centre: Point,
        radius: float,
        degrees: tuple[float, float],
        colour: Colour,
        width: float,
    ) -> None:
        """Draw part of a circle, clockwise from three o'clock."""
        self._draw.arc(_around(centre, radius), *degrees, fill=colour, width=_thick(width))

    def slice(self, centre: Point, radius: float, degrees: Span, fill: Colour) -> None:
        """Fill a sector of a circle, clockwise from three o'clock."""
        self._draw.pieslice(_around(centre, radius), *degrees, fill=fill)

    def text(self, at: Point, text: str, lettering: Lettering, anchor: str = "lm") -> None:
        """Write one line; `anchor` as in Pillow: l, m, r, then a, m, s, d."""
        font = _font(_letters(lettering.size))
        x, y = _scaled(at)
        weight = 0.02 * font.size if lettering.bold else 0.0
        for shift in (-weight, weight) if lettering.bold else (0.0,):
            self._draw.text((x + shift, y), plain(text), lettering.colour, font, anchor)

    def picture(self) -> NDArray[np.uint8]:
        """Return the finished picture (H, W, 3)."""
        return np.asarray(self._image.reduce(OVERSAMPLING), np.uint8)


def _letters(size: float) -> int:
    return round(max(SMALLEST_TEXT, size) * OVERSAMPLING)


def _scaled(point: Point) -> Point:
    return point[0] * OVERSAMPLING, point[1] * OVERSAMPLING


def _thick(width: float) -> int:
    return max(1, round(width * OVERSAMPLING))


def _around(centre: Point, radius: float) -> Box:
    x, y, r = centre[0] * OVERSAMPLING, centre[1] * OVERSAMPLING, radius * OVERSAMPLING
    return x - r, y - r, x + r, y + r


def _along(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
