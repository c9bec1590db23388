"""The figures of the picture: a learner's head with its gaze, mastery as a strip, the tutor."""

import numpy as np
from numpy.typing import NDArray

from envs import view_palette as palette
from envs.view_canvas import Canvas, Colour, Point
from envs.view_snapshot import LearnerView

STRIP_CELLS = 32
"""More concepts than this are averaged in groups of neighbours."""


def face(canvas: Canvas, at: Point, radius: float, affect: str, attending: bool) -> None:
    """Draw a head: its colour and face tell the affect, its eyes where the mind is."""
    x, y = at
    colour = palette.AFFECT[affect]
    canvas.disc(at, radius, colour if attending else palette.faded(colour))
    ink = palette.INK if attending else palette.MUTED
    glance = 0.0 if attending else 0.16 * radius
    for side in (-1, 1):
        eye = (x + side * 0.36 * radius + glance, y - 0.12 * radius)
        if affect == "bored":
            lid = (eye[0] - 0.17 * radius, eye[1]), (eye[0] + 0.17 * radius, eye[1])
            canvas.line(lid, ink, 0.12 * radius)
        else:
            canvas.disc(eye, 0.12 * radius, ink)
    _mouth(canvas, (x + glance / 2, y), radius, affect, ink)


def _mouth(canvas: Canvas, at: Point, r: float, affect: str, ink: Colour) -> None:
    x, y = at
    width = 0.11 * r
    if affect == "engaged":
        canvas.arc((x, y + 0.12 * r), 0.42 * r, (25, 155), ink, width)
    elif affect == "bored":
        canvas.line([(x - 0.3 * r, y + 0.45 * r), (x + 0.3 * r, y + 0.45 * r)], ink, width)
    elif affect == "confused":
        wave = [(-0.36, 0.5), (-0.14, 0.36), (0.1, 0.52), (0.36, 0.38)]
        canvas.line([(x + a * r, y + b * r) for a, b in wave], ink, width)
        canvas.line([(x + 0.2 * r, y - 0.52 * r), (x + 0.56 * r, y - 0.42 * r)], ink, width)
        canvas.line([(x - 0.56 * r, y - 0.34 * r), (x - 0.2 * r, y - 0.34 * r)], ink, width)
    else:
        canvas.arc((x, y + 0.78 * r), 0.42 * r, (212, 328), ink, width)
        for side in (-1, 1):
            brow = [(x + side * 0.6 * r, y - 0.52 * r), (x + side * 0.18 * r, y - 0.32 * r)]
            canvas.line(brow, ink, width)


def gaze(canvas: Canvas, at: Point, radius: float, reach: float) -> None:
    """Draw the light that falls from attentive eyes towards the board."""
    x, y = at
    for share, alpha in ((1.0, 110), (0.72, 120)):
        half = share * 1.25 * reach
        top = y - reach
        base = 0.55 * radius
        canvas.polygon(
            [(x - base, y), (x - half, top), (x + half, top), (x + base, y)],
            (*palette.GAZE[:3], alpha),
        )


def wandering(canvas: Canvas, at: Point, radius: float) -> None:
    """Draw the bubbles of a thought that is somewhere else."""
    x, y = at
    for right, up, size in ((0.95, 0.82, 0.13), (1.28, 1.08, 0.19), (1.72, 1.32, 0.3)):
        centre = (x + right * radius, y - up * radius)
        canvas.disc(centre, size * radius + 1.0, palette.MUTED)
        canvas.disc(centre, size * radius, palette.PAPER)


def attention_ring(canvas: Canvas, at: Point, radius: float, share: float) -> None:
    """Draw around a head the share of the decision that it attended."""
    width = 0.17 * radius
    canvas.arc(at, 1.28 * radius, (0, 360), palette.FAINT, width)
    if share > 0:
        canvas.arc(at, 1.28 * radius, (-90, -90 + 360 * share), palette.GAZE_STRONG, width)


def head(canvas: Canvas, at: Point, radius: float, reach: float, learner: LearnerView) -> None:
    """Draw a learner's head with gaze or wandering thought, ring and face."""
    if learner.attending:
        gaze(canvas, at, radius, reach)
    canvas.disc(at, 1.36 * radius, palette.FLOOR)
    attention_ring(canvas, at, radius, learner.attention)
    face(canvas, at, radius, learner.affect, learner.attending)
    if not learner.attending:
        wandering(canvas, at, radius)


def strip(
    canvas: Canvas, box: tuple[float, float, float, float], mastery: NDArray[np.float64]
) -> None:
    """Draw one cell per concept in curriculum order, darker for higher mastery."""
    left, top, right, bottom = box
    groups = np.array_split(mastery, min(len(mastery), STRIP_CELLS))
    step = (right - left) / len(groups)
    gap = min(1.0, step / 6)
    for place, group in enumerate(groups):
        start = left + place * step
        cell = (start, top, start + step - gap, bottom)
        canvas.rectangle(cell, palette.mastery_colour(float(np.clip(group.mean(), 0, 1))), 1.0)


def tutor(canvas: Canvas, at: Point, size: float) -> None:
    """Draw the tutor: a bust with a mortarboard."""
    x, y = at
    canvas.slice((x, y + 0.95 * size), 0.78 * size, (180, 360), palette.PAPER)
    canvas.slice((x, y + 0.95 * size), 0.7 * size, (180, 360), palette.TUTOR)
    canvas.disc((x, y - 0.1 * size), 0.44 * size, palette.PAPER)
    canvas.disc((x, y - 0.1 * size), 0.38 * size, (236, 208, 178))
    brim = [(-0.72, -0.52), (0.0, -0.8), (0.72, -0.52), (0.0, -0.24)]
    canvas.polygon([(x + a * size, y + b * size) for a, b in brim], palette.TUTOR)
    canvas.line(
        [(x + 0.6 * size, y - 0.5 * size), (x + 0.6 * size, y - 0.08 * size)],
        palette.TUTOR,
        0.07 * size,
    )


def arrow(canvas: Canvas, start: Point, end: Point, width: float) -> None:
    """Draw whom the tutor addresses: a line with a head at its end."""
    canvas.line([start, end], palette.TUTOR, width)
    way = np.array([end[0] - start[0], end[1] - start[1]], np.float64)
    length = float(np.hypot(*way))
    if length == 0:
        return
    way /= length
    across = np.array([-way[1], way[0]])
    tip = np.array(end) + 1.5 * width * way
    sides = [np.array(end) - 3 * width * way + side * 2.2 * width * across for side in (-1, 1)]
    canvas.polygon([(float(point[0]), float(point[1])) for point in (tip, *sides)], palette.TUTOR)
