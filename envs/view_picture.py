"""The class from above: board and tutor in front, desks in rows, a legend below."""

import numpy as np
from numpy.typing import NDArray

from envs import view_palette as palette
from envs.activities import Activity
from envs.view_canvas import Canvas, Lettering, fit, whole_sentences
from envs.view_desks import draw_pairs, draw_seat
from envs.view_glyphs import arrow, tutor
from envs.view_icons import ACTIVITY_ICONS
from envs.view_legend import draw_legend
from envs.view_plan import CELL, Plan
from envs.view_snapshot import ClassView


def picture(view: ClassView, width: int, height: int) -> NDArray[np.uint8]:
    """Draw one classroom; see `envs.view.draw`."""
    canvas = Canvas(width, height, palette.PAPER)
    plan = Plan(view, width, height)
    _header(canvas, plan)
    canvas.rectangle(plan.floor, palette.FLOOR, 14 * plan.unit)
    _board(canvas, plan)
    _spotlight(canvas, plan)
    _call(canvas, plan)
    draw_pairs(canvas, plan)
    for learner in view.learners:
        draw_seat(canvas, plan, learner)
    _tutor(canvas, plan)
    _caption(canvas, plan)
    draw_legend(canvas, (24 * plan.unit, height - 72 * plan.unit), width, plan.unit)
    return canvas.picture()


def _header(canvas: Canvas, plan: Plan) -> None:
    view, u, right = plan.view, plan.unit, plan.width - 24 * plan.unit
    lesson = f"Lesson {view.lesson} of {view.lessons}"
    canvas.text((24 * u, 28 * u), lesson, Lettering(22 * u, palette.INK, bold=True))
    minute = f"minute {view.minute:g} of {view.minutes:g}"
    canvas.text((178 * u, 30 * u), minute, Lettering(15 * u, palette.MUTED))
    gain = f"learning gain so far {view.gain:+.2f}"
    canvas.text((right, 28 * u), gain, Lettering(22 * u, palette.INK, bold=True), "rm")
    score = f"expected score in the delayed test {view.score:.0%}"
    canvas.text((right - 285 * u, 30 * u), score, Lettering(15 * u, palette.MUTED), "rm")
    step = (right - 24 * u) / view.lessons
    for lesson_index in range(view.lessons):
        left = 24 * u + lesson_index * step
        end = left + step - 4 * u
        canvas.rectangle((left, 50 * u, end, 58 * u), palette.EDGE, 4 * u)
        done = np.clip(view.lesson - 1 - lesson_index + view.minute / view.minutes, 0, 1)
        if done > 0:
            filled = max(left + 8 * u, left + float(done) * (end - left))
            canvas.rectangle((left, 50 * u, filled, 58 * u), palette.BOARD, 4 * u)


def _board(canvas: Canvas, plan: Plan) -> None:
    view, u = plan.view, plan.unit
    left, top, right, bottom = plan.board
    frame = (left - 4 * u, top - 4 * u, right + 4 * u, bottom + 4 * u)
    canvas.rectangle(frame, palette.BOARD_EDGE, 6 * u)
    canvas.rectangle(plan.board, palette.BOARD, 4 * u)
    middle = (top + bottom) / 2
    title = "The class comes in"
    if view.activity is not None:
        title = view.activity.name.capitalize()
        ACTIVITY_ICONS[view.activity](canvas, (left + 36 * u, middle), 34 * u, palette.CHALK)
    room = right - left - 90 * u
    about = f"{title}: {view.concept}" if view.concept else title
    canvas.text(
        (left + 72 * u, middle - 11 * u), fit(about, 20 * u, room), Lettering(20 * u, palette.CHALK)
    )
    minutes = f" · {view.decision_minutes:g} min" if view.activity is not None else ""
    canvas.text(
        (left + 72 * u, middle + 15 * u),
        view.addressee + minutes,
        Lettering(14 * u, palette.CHALK_MUTED),
    )


def _spotlight(canvas: Canvas, plan: Plan) -> None:
    """Tint the floor where the tutor addresses everybody."""
    view, u = plan.view, plan.unit
    if view.activity in {None, Activity.CIRCULATE} or view.target:
        return
    left, _, right, bottom = plan.floor
    start, _, end, top = plan.board
    inset = 10 * u
    canvas.polygon(
        [
            (start, top + 4 * u),
            (end, top + 4 * u),
            (right - inset, top + 44 * u),
            (right - inset, bottom - inset),
            (left + inset, bottom - inset),
            (left + inset, top + 44 * u),
        ],
        palette.SPOTLIGHT,
    )


def _call(canvas: Canvas, plan: Plan) -> None:
    """Draw the line of a cue from the board to one learner, beneath the desks."""
    view, u = plan.view, plan.unit
    if view.activity != Activity.CUE or not view.target:
        return
    seats = {learner.number: learner.seat for learner in view.learners}
    left, top, right, _ = plan.place(seats[view.target])
    x, y = plan.lectern
    arrow(canvas, (x, y + 20 * u), ((left + right) / 2, top - 2 * u), 2.5 * u)


def _tutor(canvas: Canvas, plan: Plan) -> None:
    """Draw the tutor: among the learners, beside its target, or at the board."""
    view, u, s = plan.view, plan.unit, plan.scale
    seats = {learner.number: learner.seat for learner in view.learners}
    if view.activity == Activity.CIRCULATE:
        middle = view.learners[(view.rows // 2) * view.columns + view.columns // 2 - 1 :][:1]
        x, y = plan.head((middle or view.learners)[0].seat)
        tutor(canvas, (x + 0.5 * CELL[0] * s, y), min(26 * u, 30 * s))
        return
    if view.target and view.activity != Activity.CUE:
        x, y = plan.head(seats[view.target])
        tutor(canvas, (x - 72 * s, y), min(26 * u, 27 * s))
        arrow(canvas, (x - 50 * s, y + 6 * s), (x - 35 * s, y + 6 * s), 2.5 * min(u, s))
        return
    tutor(canvas, plan.lectern, 26 * u)


def _caption(canvas: Canvas, plan: Plan) -> None:
    u = plan.unit
    if not plan.view.reason:
        return
    lines = whole_sentences(plan.view.reason, 14 * u, plan.width - 60 * u, 2)
    top = plan.floor[3] + 8 * u
    canvas.rectangle((24 * u, top + 4 * u, 27 * u, top + 38 * u), palette.TUTOR)
    for number, line in enumerate(lines):
        y = top + (21 if len(lines) == 1 else 12 + 18 * number) * u
        canvas.text((36 * u, y), line, Lettering(14 * u, palette.INK))
