"""The kernels of log mode: one learner works alone, answer by answer, until nothing is left."""

import math
from typing import NamedTuple

import numpy as np

from envs.activities import SECONDS_PER_STEP, Activity, Occupation
from envs.answering import QUICKEST_SECONDS, SLOWEST_SECONDS, answer
from envs.compiled import compiled
from envs.draws import Use, normal, uniform
from envs.instruction import multiplier
from envs.learners.calibrated import HOURS_PER_DAY, practise
from envs.logs import Floats, Ints
from envs.population import start_lesson
from envs.stopping import FIFTHS
from envs.teaching import attend, feel
from envs.world import World

HABIT = 1
"""Learner index of the draws for skills, stops and gaps; learner 0 is the one who works."""
STOP, SWITCH, RETURN, WHICH, GAP, SESSION = 0, 1, 2, 3, 4, 5
FIRST_SESSION_STEP = 50_000
"""Step numbers of the draws at a session's start, beyond those of any answer."""
SECONDS_PER_HOUR = 3600.0
LONGEST_STREAK = 3


class Plan(NamedTuple):
    """What L learners will practise."""

    queue: Ints  # (L, skills) skills in order, then -1
    items: Ints  # (skills,) items of each skill
    first_item: Ints  # (L, skills) first item of the learner's class in each skill
    hazard: Floats  # (4, 7) chance of leaving a skill, by streak and opportunity
    column_start: Ints  # (6,) first opportunity of each column but the first
    share: Floats  # (5,) factor on it, by the share of right answers so far
    stop: Floats  # (skills,) factor on it
    interruption: float
    returning: float
    gap_log_mean: float
    gap_log_sd: float
    session_log_mean: float
    session_log_sd: float


class Pen(NamedTuple):
    """The log as it is written, and where the present learner stands."""

    learner: Ints  # (room,)
    skill: Ints  # (room,)
    item: Ints  # (room,)
    correct: Ints  # (room,)
    seconds: Floats  # (room,)
    size: Ints  # (1,) answers written
    streak: Ints  # (skills,) correct answers in a row
    answers: Ints  # (skills,) answers
    right: Ints  # (skills,) of them right
    begun: Ints  # (skills,) skills begun and not finished
    open: Ints  # (1,) how many of them
    next_new: Ints  # (1,) next in the queue


@compiled
def write_log(w: World, plan: Plan, pen: Pen) -> None:
    """Let every learner work through the plan; stops early only when the pen's room is full."""
    for b in range(plan.queue.shape[0]):
        pen.streak[:] = 0
        pen.answers[:] = 0
        pen.right[:] = 0
        pen.open[0] = 0
        pen.next_new[0] = 0
        _write_learner(b, w, plan, pen)


@compiled
def _write_learner(b: int, w: World, plan: Plan, pen: Pen) -> None:
    low, high = w.state.clock[b].low, w.state.clock[b].high
    skill = _next_skill(b, 0, -1, w, plan, pen)
    number, session = 0, 0
    now, until, step_ends, state = 0.0, -1.0, 0.0, 0.0
    while skill >= 0 and pen.size[0] < pen.learner.shape[0]:
        time = w.constants.time
        spread = time.seconds_log_sd * normal(low, high, number, 0, Use.ITEM_SECONDS)
        seconds = math.exp(time.seconds_log_mean + spread)
        now += min(SLOWEST_SECONDS, max(QUICKEST_SECONDS, seconds))
        if now > until:
            if session > 0:
                draw = normal(low, high, session, HABIT, GAP)
                gap = math.exp(plan.gap_log_mean + plan.gap_log_sd * draw)
                now += gap * HOURS_PER_DAY * SECONDS_PER_HOUR
            start_lesson(b, 0, FIRST_SESSION_STEP + session, w.state, w.constants)
            w.state.clock[b].step = 0
            draw = normal(low, high, session, HABIT, SESSION)
            minutes = math.exp(plan.session_log_mean + plan.session_log_sd * draw)
            until = now + 60.0 * minutes
            step_ends = now
            session += 1
        while step_ends <= now:
            state = _pass_step(b, w)
            step_ends += SECONDS_PER_STEP
        _answer_one(b, skill, number, now, state, w, plan, pen)
        number += 1
        skill = _next_skill(b, number, skill, w, plan, pen)


@compiled
def _pass_step(b: int, w: World) -> float:
    """Move attention and affect by 30 s; returns the logit effect on answers."""
    clock = w.state.clock
    clock[b].step += 1
    clock[b].decisions += 1
    step = clock[b].decisions
    w.state.mind[b, 0].unattended_minutes = 0.0
    state = attend(b, 0, Occupation.PRACTISE_MATCHED, Activity.EXPLAIN, step, w)
    feel(b, 0, step, w)
    return state


@compiled
def _answer_one(
    b: int, skill: int, number: int, now: float, state: float, w: World, plan: Plan, pen: Pen
) -> None:
    """Answer one item of a skill with feedback, learn from it, and log it."""
    items = w.curriculum.difficulties.shape[1]
    item = (plan.first_item[b, skill] + pen.answers[skill]) % plan.items[skill]
    hours = now / SECONDS_PER_HOUR
    correct = answer(b, 0, skill, item, number, 0, hours, state, w)
    k, a = w.constants.knowledge, w.constants.acquisition
    amount = multiplier(b, 0, skill, w) * a.practise_opportunities
    amount *= 1.0 if correct else k.failure_ratio
    practise(b, 0, skill, hours, amount, True, w.state.knowledge, a.blind_practice)
    n = pen.size[0]
    pen.learner[n] = b
    pen.skill[n] = skill
    pen.item[n] = skill * items + item
    pen.correct[n] = 1 if correct else 0
    pen.seconds[n] = now
    pen.size[0] = n + 1
    pen.answers[skill] += 1
    pen.right[skill] += pen.correct[n]
    pen.streak[skill] = min(LONGEST_STREAK, pen.streak[skill] + 1) if correct else 0


@compiled
def _next_skill(b: int, number: int, skill: int, w: World, plan: Plan, pen: Pen) -> int:
    """Skill of the next answer: the same, one begun before, a new one, or -1 for none."""
    low, high = w.state.clock[b].low, w.state.clock[b].high
    if skill >= 0:
        column = np.searchsorted(plan.column_start, pen.answers[skill], side="right")
        fifth = max(0, (FIFTHS * pen.right[skill] - 1) // pen.answers[skill])
        hazard = plan.hazard[pen.streak[skill], column] * plan.share[fifth] * plan.stop[skill]
        if uniform(low, high, number, HABIT, STOP) < hazard:
            _finish(skill, pen)
        elif uniform(low, high, number, HABIT, SWITCH) >= plan.interruption:
            return skill
    fresh = pen.next_new[0] < plan.queue.shape[1] and plan.queue[b, pen.next_new[0]] >= 0
    back = uniform(low, high, number, HABIT, RETURN) < plan.returning
    if fresh and (pen.open[0] == 0 or not back):
        new = plan.queue[b, pen.next_new[0]]
        pen.next_new[0] += 1
        pen.begun[pen.open[0]] = new
        pen.open[0] += 1
        return int(new)
    if pen.open[0] == 0:
        return -1
    which = int(uniform(low, high, number, HABIT, WHICH) * pen.open[0])
    return int(pen.begun[which])


@compiled
def _finish(skill: int, pen: Pen) -> None:
    """Take a skill off the list of those begun."""
    for position in range(pen.open[0]):
        if pen.begun[position] == skill:
            pen.begun[position] = pen.begun[pen.open[0] - 1]
            pen.open[0] -= 1
            return
