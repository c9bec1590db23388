"""The learners at their desks."""

from itertools import pairwise
from typing import Final

from envs import view_palette as palette
from envs.activities import Occupation
from envs.view_canvas import Box, Canvas, Lettering, Point, fit
from envs.view_glyphs import head, strip
from envs.view_icons import OCCUPATION_ICONS
from envs.view_plan import Plan
from envs.view_snapshot import LearnerView

SICK: Final = 40.0
"""SSQ total above which a learner is marked: `SicknessConstants.threshold`."""


def draw_pairs(canvas: Canvas, plan: Plan) -> None:
    """Join the desks of seat neighbours who work together: columns 0-1, 2-3, ... of each row."""
    at_work = {
        learner.seat
        for learner in plan.view.learners
        if learner.present and learner.occupation == Occupation.PEER
    }
    for row, column in at_work:
        if column % 2 == 0 and (row, column + 1) in at_work:
            left, right = plan.place((row, column)), plan.place((row, column + 1))
            y = left[1] + 36 * plan.scale
            canvas.line([(left[2] - 12, y), (right[0] + 12, y)], palette.TUTOR, 6 * plan.scale)


def draw_seat(canvas: Canvas, plan: Plan, learner: LearnerView) -> None:
    """Draw one learner with desk, task, mastery and head; an outline where the learner left."""
    left, top, right, _ = plan.place(learner.seat)
    s = plan.scale
    desk = (left + 8 * s, top + 6 * s, right - 8 * s, top + 66 * s)
    if not learner.present:
        _empty_seat(canvas, plan, learner, desk)
        return
    centre = plan.head(learner.seat)
    head(canvas, centre, 22 * s, centre[1] - desk[3], learner)
    if plan.view.target == learner.number:
        around = (desk[0] - 3 * s, desk[1] - 3 * s, desk[2] + 3 * s, desk[3] + 3 * s)
        canvas.rectangle(around, palette.TUTOR, 10 * s)
    canvas.rectangle(desk, palette.DESK, 8 * s, palette.EDGE)
    _desk(canvas, plan, learner, desk)
    _name(canvas, plan, learner, (centre[0] + 42 * s, centre[1]))


def _desk(canvas: Canvas, plan: Plan, learner: LearnerView, desk: Box) -> None:
    left, top, right, bottom = desk
    s = plan.scale
    icon = (left + 19 * s, top + 20 * s)
    OCCUPATION_ICONS[learner.occupation](canvas, icon, 22 * s, palette.INK)
    if plan.roomy and learner.occupation != Occupation.NONE:
        size = max(12 * s, 10 * plan.unit)
        label = fit(learner.concept, size, right - left - 44 * s)
        canvas.text((left + 37 * s, top + 20 * s), label, Lettering(size, palette.INK))
    elif not plan.roomy:
        canvas.text(
            (right - 8 * s, icon[1]), str(learner.number), Lettering(26 * s, palette.MUTED), "rm"
        )
    strip(canvas, (left + 8 * s, top + 39 * s, right - 8 * s, bottom - 8 * s), learner.mastery)


def _name(canvas: Canvas, plan: Plan, learner: LearnerView, at: Point) -> None:
    s, (x, y) = plan.scale, at
    warning = f"sick {learner.sickness:.0f}" if learner.sickness > SICK else ""
    if not plan.roomy:
        canvas.text((x - 4 * s, y), warning[:4], Lettering(18 * s, palette.WARNING))
        return
    canvas.text((x, y - 2 * s), f"Learner {learner.number}", Lettering(13 * s, palette.INK))
    mean = f"knows {learner.mastery.mean():.0%}"
    canvas.text((x, y + 15 * s), mean, Lettering(12 * s, palette.MUTED))
    canvas.text((x, y + 30 * s), warning, Lettering(12 * s, palette.WARNING))


def _empty_seat(canvas: Canvas, plan: Plan, learner: LearnerView, desk: Box) -> None:
    left, top, right, bottom = desk
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    for start, end in pairwise(corners):
        canvas.dashes(start, end, palette.MUTED, 1.2 * plan.unit)
    text = f"learner {learner.number} left" if plan.roomy else "left"
    middle = ((left + right) / 2, (top + bottom) / 2)
    canvas.text(middle, text, Lettering(max(13 * plan.scale, 10 * plan.unit), palette.MUTED), "mm")
