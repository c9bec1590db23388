"""The kernels that a simulation calls: start a course, play a decision, close the books."""

from typing import NamedTuple

import numpy as np

from envs.activities import ACTIVITIES, STEPS, USES_CONCEPT, Occupation
from envs.compiled import borrowing, compiled
from envs.draws import Use, key, uniform
from envs.instruction import STEP_MINUTES
from envs.learners.learner import begin, expected_at
from envs.legality import Masks, write_masks
from envs.observing import Views, observe, reveal
from envs.population import draw_concept_slopes, draw_knowledge, draw_traits, start_lesson
from envs.reward import lowest_quarter, reward
from envs.sensors import attended_share, forget_windows
from envs.state import Floats, Ints
from envs.teaching import (
    address,
    clock_hours,
    follow_plan,
    lesson_start_step,
    occupation_of,
    play_step,
)
from envs.testing import DELAYED_TEST, POST_TEST, PRE_TEST, normalised, sit_test
from envs.world import World

TEACHING = (
    Occupation.PRESENT,
    Occupation.DEMONSTRATE,
    Occupation.EXPLAIN,
    Occupation.WORKED_EXAMPLE,
)
"""Occupations in which a learner is shown how, as the tutor's books count it."""


class Outcome(NamedTuple):
    """What a decision led to, for B classrooms."""

    reward: Floats  # (B,)
    learner_reward: Floats  # (B, S) sums to the reward
    terms: Floats  # (B, 3) learning_gain, equity, wellbeing before weights
    minutes: Floats  # (B,) length of the decision
    done: Ints  # (B,) 1 = the course is over
    share: Floats  # (B, S) scratch


class Report(NamedTuple):
    """The course in figures, written when it ends, for B classrooms."""

    nlg_delayed: Floats  # (B,) expected, normalised
    nlg_immediate: Floats  # (B,) expected, normalised
    nlg_measured: Floats  # (B,) from answered tests, pre-test to delayed post-test
    lowest_quarter_gain: Floats  # (B,) normalised gain of the quarter that started lowest
    dropouts: Floats  # (B,) learners who left a lesson, over all lessons
    decisions: Floats  # (B,)
    gain: Floats  # (B, S) expected delayed gain, not normalised
    pre_test: Floats  # (B, S) measured share correct
    post_test: Floats  # (B, S)
    delayed_test: Floats  # (B, S)
    minutes_lapsed: Floats  # (B, S)
    minutes_frustrated: Floats  # (B, S)
    minutes_sick: Floats  # (B, S)
    ssq_peak: Floats  # (B, S)
    activity_minutes: Floats  # (B, A)


def empty_outcome(batch: int, learners: int) -> Outcome:
    """Allocate the outcome of B classrooms."""
    each, pair = np.zeros(batch), np.zeros((batch, learners))
    terms, done = np.zeros((batch, 3)), np.zeros(batch, np.int64)
    return Outcome(each, pair, terms, each.copy(), done, pair.copy())


def empty_report(batch: int, learners: int) -> Report:
    """Allocate the report of B classrooms."""
    classes = {name: np.zeros(batch) for name in Report._fields[:6]}
    pairs = {name: np.zeros((batch, learners)) for name in Report._fields[6:-1]}
    return Report(**classes, **pairs, activity_minutes=np.zeros((batch, ACTIVITIES)))


@compiled
def start_course(
    start: int, stop: int, chosen: Ints, privileged: int, w: World, views: Views, masks: Masks
) -> None:
    """Draw a new class in every chosen classroom of [start, stop), and write its observation."""
    for b in range(start, stop):
        if chosen[b] == 0:
            continue
        _new_class(b, w)
        show(b, privileged, w, views, masks)


@compiled
def _new_class(b: int, w: World) -> None:
    clock, tally = w.state.clock, w.state.tally
    clock[b].low = key(clock[b].seed, clock[b].episode, 0)
    clock[b].high = key(clock[b].seed, clock[b].episode, 1)
    draw = uniform(clock[b].low, clock[b].high, 0, 0, Use.FAMILY)
    w.family[b] = w.families[int(draw * w.families.shape[0])]
    clock[b].lesson = 0
    clock[b].step = 0
    clock[b].last_steps = 0
    clock[b].decisions = 0
    clock[b].dropouts = 0
    w.state.activity_minutes[b, :] = 0.0
    w.events.clock[b] = 0.0
    draw_concept_slopes(b, w.state, w.constants)
    for i in range(w.seats.shape[0]):
        draw_traits(b, i, w.state, w.constants)
        draw_knowledge(b, i, w.state, w.curriculum, w.constants)
        begin(b, i, w)
        start_lesson(b, i, 0, w.state, w.constants)
        forget_windows(b, i, w.state.channels)
        w.events.answers[b, i] = 0
        w.events.occupation[b, i] = 0
        tally[b, i].lapsed_minutes = 0.0
        tally[b, i].frustrated_minutes = 0.0
        tally[b, i].sick_minutes = 0.0
        tally[b, i].peak_ssq = 0.0
        tally[b, i].pre_test = sit_test(b, i, PRE_TEST, 0.0, w)
        expected = expected_at(b, i, w.timetable.test_hours, w)
        tally[b, i].expected = expected
        tally[b, i].expected_start = expected


@borrowing
def show(b: int, privileged: int, w: World, views: Views, masks: Masks) -> None:
    """Write classroom b's observation and masks; the hidden truth too where that is asked for."""
    observe(b, views, w)
    write_masks(b, w.state.mind[b].present, w.timetable.columns, masks)
    if privileged == 1:
        reveal(b, views.belief[b, :, :, 0], views.understanding[b, :, :, 0], w)


@compiled
def play_decisions(
    start: int,
    stop: int,
    actions: Ints,
    equity: float,
    wellbeing: float,
    privileged: int,
    w: World,
    views: Views,
    masks: Masks,
    outcome: Outcome,
) -> None:
    """Play one legal action (B, 3 + 2 S) in every classroom of [start, stop)."""
    total = w.timetable.lessons * w.timetable.steps_per_lesson * STEP_MINUTES
    for b in range(start, stop):
        play_decision(b, actions[b], w)
        reward(
            b,
            equity,
            wellbeing,
            total,
            outcome.terms[b],
            outcome.learner_reward[b],
            outcome.share[b],
            w,
        )
        outcome.reward[b] = np.sum(outcome.learner_reward[b])
        outcome.minutes[b] = w.state.clock[b].last_steps * STEP_MINUTES
        outcome.done[b] = 1 if w.state.clock[b].lesson >= w.timetable.lessons else 0
        show(b, privileged, w, views, masks)


@borrowing
def play_decision(b: int, action: Ints, w: World) -> None:
    """Play one action: set the plan, address the class, let the steps pass, close the lesson."""
    clock, sensing, events = w.state.clock, w.state.sensing, w.events
    activity, target, concept = action[0], action[1], action[2]
    follow_plan(b, action, w)
    for i in range(w.seats.shape[0]):
        forget_windows(b, i, w.state.channels)
        sensing[b, i].hints = 0
        sensing[b, i].hands = 0
        events.answers[b, i] = 0
    steps = min(STEPS[activity], w.timetable.steps_per_lesson - clock[b].step)
    begin = lesson_start_step(clock[b].lesson, w) + 1 + clock[b].step
    _announce(b, activity, target, concept, steps, w)
    address(b, activity, target, concept, begin, w)
    for window in range(steps):
        play_step(b, activity, target, concept, window, w)
    clock[b].last_steps = steps
    clock[b].decisions += 1
    w.state.activity_minutes[b, activity] += steps * STEP_MINUTES
    usual = w.constants.attention.usual_share
    for i in range(w.seats.shape[0]):
        events.attended[b, i] = attended_share(b, i, w.state.channels, usual, w.constants.sensors)
        if w.state.mind[b, i].present == 1:
            sensing[b, i].headset = 1
        about = events.on_concept[b, i]
        if about >= 0:
            w.state.evidence[b, i, about].last_hours = clock_hours(b, w)
            if events.occupation[b, i] in TEACHING:
                w.state.evidence[b, i, about].taught += steps * STEP_MINUTES
    if clock[b].step >= w.timetable.steps_per_lesson:
        _close_lesson(b, w)
    events.clock[b] = min(clock_hours(b, w), w.timetable.end_hours)


@compiled
def _announce(b: int, activity: int, target: int, concept: int, steps: int, w: World) -> None:
    """Write into the events what every learner is set to do in this decision, for how long."""
    for i in range(w.seats.shape[0]):
        occupation = occupation_of(b, i, activity, target, w)
        w.events.occupation[b, i] = occupation
        w.events.minutes[b, i] = steps * STEP_MINUTES
        about = -1
        if occupation >= Occupation.WORKED_EXAMPLE:
            about = w.state.work[b, i].concept
        elif occupation > 0 and USES_CONCEPT[activity]:
            about = concept
        w.events.on_concept[b, i] = about


@compiled
def _close_lesson(b: int, w: World) -> None:
    clock = w.state.clock
    clock[b].lesson += 1
    clock[b].step = 0
    if clock[b].lesson < w.timetable.lessons:
        begin = lesson_start_step(clock[b].lesson, w)
        for i in range(w.seats.shape[0]):
            start_lesson(b, i, begin, w.state, w.constants)


@compiled
def close_course(b: int, w: World, report: Report, share: Floats) -> None:
    """Let classroom b sit its tests and write the course in figures."""
    tally, end = w.state.tally, w.timetable.end_hours
    learners = w.seats.shape[0]
    lowest_quarter(b, w, share)
    start = immediate = delayed = measured_start = measured = low_start = low = 0.0
    for i in range(learners):
        report.post_test[b, i] = sit_test(b, i, POST_TEST, end, w)
        report.delayed_test[b, i] = sit_test(b, i, DELAYED_TEST, w.timetable.test_hours, w)
        report.pre_test[b, i] = tally[b, i].pre_test
        report.gain[b, i] = tally[b, i].expected - tally[b, i].expected_start
        report.minutes_lapsed[b, i] = tally[b, i].lapsed_minutes
        report.minutes_frustrated[b, i] = tally[b, i].frustrated_minutes
        report.minutes_sick[b, i] = tally[b, i].sick_minutes
        report.ssq_peak[b, i] = tally[b, i].peak_ssq
        start += tally[b, i].expected_start / learners
        delayed += tally[b, i].expected / learners
        immediate += expected_at(b, i, end, w) / learners
        measured_start += tally[b, i].pre_test / learners
        measured += report.delayed_test[b, i] / learners
        low_start += share[i] * tally[b, i].expected_start
        low += share[i] * tally[b, i].expected
    report.nlg_delayed[b] = normalised(delayed - start, start)
    report.nlg_immediate[b] = normalised(immediate - start, start)
    report.nlg_measured[b] = normalised(measured - measured_start, measured_start)
    report.lowest_quarter_gain[b] = normalised(low - low_start, low_start)
    report.dropouts[b] = w.state.clock[b].dropouts
    report.decisions[b] = w.state.clock[b].decisions
    report.activity_minutes[b] = w.state.activity_minutes[b]
