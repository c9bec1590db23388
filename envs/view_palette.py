"""The colours of the picture: few, quiet, and distinct for colour-blind readers.

Affects use hues of Okabe & Ito (2008), and differ in the face as well; mastery is one hue from
light to dark, so that it survives printing in grey.
"""

from typing import Final

from envs.view_canvas import Colour

PAPER: Final[Colour] = (247, 245, 240)
FLOOR: Final[Colour] = (239, 235, 226)
DESK: Final[Colour] = (255, 255, 255)
EDGE: Final[Colour] = (216, 210, 197)
INK: Final[Colour] = (34, 44, 56)
MUTED: Final[Colour] = (112, 120, 130)
FAINT: Final[Colour] = (200, 200, 198)
BOARD: Final[Colour] = (38, 58, 66)
BOARD_EDGE: Final[Colour] = (176, 141, 98)
CHALK: Final[Colour] = (250, 250, 245)
CHALK_MUTED: Final[Colour] = (178, 192, 196)
TUTOR: Final[Colour] = (122, 40, 104)
SPOTLIGHT: Final[Colour] = (122, 40, 104, 20)
GAZE: Final[Colour] = (252, 214, 104)
GAZE_STRONG: Final[Colour] = (226, 168, 20)
WARNING: Final[Colour] = (190, 60, 0)
AFFECT: Final[dict[str, Colour]] = {
    "engaged": (120, 205, 178),
    "confused": (244, 186, 84),
    "frustrated": (232, 120, 74),
    "bored": (170, 180, 208),
}
_LIGHT: Final = (226, 236, 244)
_DARK: Final = (8, 64, 122)


def mastery_colour(share: float) -> Colour:
    """Light for 0, dark for 1."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(_LIGHT, _DARK, strict=True))
    return red, green, blue


def faded(colour: Colour) -> Colour:
    """The same colour, half way to grey paper: whose mind is elsewhere."""
    red, green, blue = (
        round(0.4 * part + 0.6 * grey)
        for part, grey in zip(colour[:3], (222, 222, 220), strict=True)
    )
    return red, green, blue
