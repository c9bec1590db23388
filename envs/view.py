"""Pictures of a classroom: `draw` gives pixels, `as_text` a table, both of the same snapshot."""

import numpy as np
from numpy.typing import NDArray

from envs.view_picture import picture
from envs.view_plan import DESIGN
from envs.view_snapshot import AFFECTS, ClassView, LearnerView, readable, snapshot
from envs.view_text import table

__all__ = ["AFFECTS", "ClassView", "LearnerView", "as_text", "draw", "readable", "snapshot"]

SMALLEST_SIDE = 160
"""Pixels; a smaller picture shows nothing."""


def draw(view: ClassView, width: int = DESIGN[0], height: int = DESIGN[1]) -> NDArray[np.uint8]:
    """Draw the class from above: seats, attention, affect, mastery, the tutor and the time.

    Args:
        view: What to draw.
        width: Pixels, at least 160; sizes are chosen for 960 x 640 and scale.
        height: Pixels, at least 160.

    Returns:
        (H, W, 3) picture.

    Raises:
        ValueError: A side is too small.
    """
    for name, value in (("width", width), ("height", height)):
        if value < SMALLEST_SIDE:
            raise ValueError(f"{name} is {value}; expected at least {SMALLEST_SIDE} pixels")
    return picture(view, width, height)


def as_text(view: ClassView, *, colours: bool = False) -> str:
    """Write the same as a table: a line for the class, one per learner, the reason if known.

    Args:
        view: What to write.
        colours: True to colour affects with ANSI codes.

    Returns:
        Lines that end in a newline.
    """
    return table(view, colours=colours)
