"""One decision of the tutor, played out in steps of 30 s."""

import math

import numpy as np

from envs.activities import ACTIVITIES, SECONDS_PER_STEP, Activity, Occupation, Task
from envs.affect import Affect, affect_drive, next_affect
from envs.answering import hand_raised
from envs.attention import (
    contagion,
    cue_strength,
    drift,
    lapse_probability,
    lapse_rates,
    remember_attention,
    time_on_task,
)
from envs.compiled import compiled
from envs.draws import Use, normal, uniform
from envs.instruction import STEP_MINUTES, learn, neighbour
from envs.sensing import sense
from envs.sickness import excess, leave_probability, next_ssq, novelty
from envs.state import Ints
from envs.world import World

CLAIMED_AS: Ints = np.zeros(ACTIVITIES, np.int64)
"""What each activity makes of every learner, Occupation.NONE where it leaves them to their task."""
CLAIMED_AS[Activity.PRESENT] = Occupation.PRESENT
CLAIMED_AS[Activity.DEMONSTRATE] = Occupation.DEMONSTRATE
CLAIMED_AS[Activity.QUIZ] = Occupation.QUIZ
CLAIMED_AS[Activity.PEER] = Occupation.PEER
CLAIMED_AS[Activity.REST] = Occupation.REST
STEPS_PER_HOUR = 3600.0 / SECONDS_PER_STEP


@compiled
def lesson_start_step(lesson: int, w: World) -> int:
    """Counter of a lesson's start in the course; its steps follow, so that no draw repeats."""
    return lesson * (w.timetable.steps_per_lesson + 1)


@compiled
def clock_hours(b: int, w: World) -> float:
    """Course clock of classroom b in hours, gaps between lessons included."""
    clock = w.state.clock
    hours: float = clock[b].lesson * w.timetable.lesson_hours + clock[b].step / STEPS_PER_HOUR
    return hours


@compiled
def follow_plan(b: int, action: Ints, w: World) -> None:
    """Give every learner the task that the plan names; keep leaves task and item as they are."""
    work = w.state.work
    for i in range(w.seats.shape[0]):
        task, concept = action[3 + 2 * i], action[4 + 2 * i]
        if task == Task.KEEP or w.state.mind[b, i].present == 0:
            continue
        if task != work[b, i].task or concept != work[b, i].concept:
            work[b, i].minutes = 0.0
            work[b, i].item_in_hand = -1
        work[b, i].task = task
        work[b, i].concept = concept


@compiled
def occupation_of(b: int, i: int, activity: int, target: int, w: World) -> int:
    """What learner i does: the activity where it claims them, else their task."""
    if w.state.mind[b, i].present == 0:
        return Occupation.NONE.value
    if CLAIMED_AS[activity] != Occupation.NONE:
        return int(CLAIMED_AS[activity])
    if activity == Activity.EXPLAIN and target == i + 1:
        return Occupation.EXPLAIN.value
    task = w.state.work[b, i].task
    if task == 0:
        return Occupation.NONE.value
    return int(task + Occupation.WORKED_EXAMPLE - Task.WORKED_EXAMPLE)


@compiled
def cue(b: int, i: int, concept: int, w: World) -> float:
    """Cue learner i on a concept; returns the cue's strength in [0, 1]."""
    mind, sensing, a = w.state.mind, w.state.sensing, w.constants.attention
    strength: float = cue_strength(sensing[b, i].since_cue_minutes, a)
    sensing[b, i].since_cue_minutes = 0.0
    running = mind[b, i].cue_strength if mind[b, i].cue_minutes > 0.0 else 0.0
    if strength >= running:  # a weak cue does not undo a strong one
        mind[b, i].cue_minutes = a.cue_minutes
        mind[b, i].cue_strength = strength
        mind[b, i].cue_concept = concept
    return strength


@compiled
def address(b: int, activity: int, target: int, concept: int, step: int, w: World) -> None:
    """What happens at once when the tutor turns to learners: cues, relief, the end of neglect."""
    mind, a = w.state.mind, w.constants.attention
    low, high = w.state.clock[b].low, w.state.clock[b].high
    for i in range(w.seats.shape[0]):
        if activity in (Activity.CIRCULATE, Activity.REST) or target not in (0, i + 1):
            continue
        mind[b, i].unattended_minutes = 0.0
        if activity == Activity.CUE:
            reach = cue(b, i, concept, w) * (1.0 if target == i + 1 else a.class_cue)
            if uniform(low, high, step, i, Use.CUE) < reach:
                mind[b, i].lapsed = 0
        if activity == Activity.EXPLAIN:
            relieved = uniform(low, high, step, i, Use.RELIEF)
            if relieved < w.constants.affect.explanation_relief:
                if mind[b, i].affect == Affect.CONFUSED:
                    mind[b, i].resolved_minutes = w.constants.affect.resolution_minutes
                    mind[b, i].affect = Affect.ENGAGED
                mind[b, i].lapsed = 0


@compiled
def drive(b: int, i: int, on_task: float, w: World) -> float:
    """Drive to attend, in logits: trait, engagement, time, affect, novelty, seats, sickness."""
    mind, s = w.state.mind, w.constants.sickness
    q: float = w.state.traits[b, i].attention + mind[b, i].engagement + on_task
    q += affect_drive(mind[b, i].affect, w.constants.affect)
    q += s.novelty_drive * novelty(w.state.clock[b].lesson, s)
    q += contagion(b, i, mind, w.seats, w.constants.attention)
    return q - s.drive * excess(mind[b, i].ssq, s)


@compiled
def attend(b: int, i: int, occupation: int, activity: int, step: int, w: World) -> float:
    """Move attention by one step; returns the logit effect of the moment on answers."""
    mind, a = w.state.mind, w.constants.attention
    low, high = w.state.clock[b].low, w.state.clock[b].high
    shock = normal(low, high, step, i, Use.ENGAGEMENT)
    mind[b, i].engagement = drift(mind[b, i].engagement, shock, STEP_MINUTES, a)
    minute = w.state.clock[b].step * STEP_MINUTES
    on_task = time_on_task(minute, mind[b, i].worked_minutes, a)
    on, off = lapse_rates(b, i, drive(b, i, on_task, w), mind, a)
    p = lapse_probability(mind[b, i].lapsed, on, off, STEP_MINUTES)
    mind[b, i].lapsed = 1 if uniform(low, high, step, i, Use.LAPSE) < p else 0
    passive = occupation == Occupation.PRESENT
    mind[b, i].passive_minutes = mind[b, i].passive_minutes + STEP_MINUTES if passive else 0.0
    if occupation in (Occupation.EXPLAIN, Occupation.QUIZ, Occupation.PEER) or passive:
        mind[b, i].unattended_minutes = 0.0
    else:
        share = 1.0 - a.circulating if activity == Activity.CIRCULATE else 1.0
        mind[b, i].unattended_minutes += share * STEP_MINUTES
    if occupation == Occupation.REST:
        mind[b, i].worked_minutes *= math.exp(-STEP_MINUTES / a.rest_minutes)
        mind[b, i].relief_minutes = a.rest_relief_minutes
    else:
        mind[b, i].worked_minutes += STEP_MINUTES
        mind[b, i].relief_minutes = max(0.0, mind[b, i].relief_minutes - STEP_MINUTES)
    mind[b, i].cue_minutes = max(0.0, mind[b, i].cue_minutes - STEP_MINUTES)
    w.state.sensing[b, i].since_cue_minutes += STEP_MINUTES
    lapse = a.lapse_cost if mind[b, i].lapsed == 1 else 0.0
    state_logit: float = mind[b, i].engagement + mind[b, i].session + on_task - lapse
    return state_logit


@compiled
def feel(b: int, i: int, step: int, w: World) -> None:
    """Move affect by one step, after the outcomes of the step before."""
    mind, a = w.state.mind, w.constants.affect
    low, high = w.state.clock[b].low, w.state.clock[b].high
    easy = mind[b, i].passive_minutes > a.passive_threshold
    if mind[b, i].outcome != 0 and mind[b, i].ease > a.ease_threshold:
        easy = True
    before = mind[b, i].affect
    draw = uniform(low, high, step, i, Use.AFFECT)
    errors = mind[b, i].error_streak
    after = next_affect(before, mind[b, i].outcome, errors, easy, draw, a)
    mind[b, i].outcome = 0
    mind[b, i].resolved_minutes = max(0.0, mind[b, i].resolved_minutes - STEP_MINUTES)
    if before == Affect.CONFUSED:
        mind[b, i].confused_minutes += STEP_MINUTES
        quick = mind[b, i].confused_minutes <= a.resolution_minutes
        if after == Affect.ENGAGED and quick:
            mind[b, i].resolved_minutes = a.resolution_minutes
    if after != before:
        mind[b, i].confused_minutes = 0.0
    mind[b, i].affect = after


@compiled
def sicken(b: int, i: int, occupation: int, step: int, w: World) -> None:
    """Move sickness by one step; a learner may leave the lesson because of it."""
    mind, s = w.state.mind, w.constants.sickness
    low, high = w.state.clock[b].low, w.state.clock[b].high
    headset = occupation != Occupation.REST
    motion = s.motion if occupation == Occupation.DEMONSTRATE else 1.0
    level = w.state.traits[b, i].susceptibility
    lesson = w.state.clock[b].lesson
    ssq = next_ssq(mind[b, i].ssq, level, lesson, motion, headset, STEP_MINUTES, s)
    mind[b, i].ssq = ssq
    w.state.sensing[b, i].headset = 1 if headset else 0
    leave = leave_probability(ssq, STEP_MINUTES, s) if headset else 0.0
    if uniform(low, high, step, i, Use.LEAVE) < leave:
        mind[b, i].present = 0
        mind[b, i].lapsed = 0
        w.state.sensing[b, i].headset = 0
        w.state.work[b, i].task = 0
        w.state.work[b, i].item_in_hand = -1
        w.state.clock[b].dropouts += 1


@compiled
def count(b: int, i: int, w: World) -> None:
    """Add this step to the course's tally."""
    mind, tally = w.state.mind, w.state.tally
    tally[b, i].lapsed_minutes += STEP_MINUTES * mind[b, i].lapsed
    if mind[b, i].affect == Affect.FRUSTRATED:
        tally[b, i].frustrated_minutes += STEP_MINUTES
    if mind[b, i].ssq > w.constants.sickness.threshold:
        tally[b, i].sick_minutes += STEP_MINUTES
    tally[b, i].peak_ssq = max(tally[b, i].peak_ssq, mind[b, i].ssq)


@compiled
def play_step(b: int, activity: int, target: int, concept: int, window: int, w: World) -> None:
    """Play 30 s for the whole class."""
    mind, work = w.state.mind, w.state.work
    learners = w.seats.shape[0]
    step = lesson_start_step(w.state.clock[b].lesson, w) + 1 + w.state.clock[b].step
    w.state.clock[b].step += 1
    hours = clock_hours(b, w)
    for i in range(learners):
        if mind[b, i].present == 0:
            continue
        occupation = occupation_of(b, i, activity, target, w)
        state_logit = attend(b, i, occupation, activity, step, w)
        feel(b, i, step, w)
        on_task = occupation >= Occupation.WORKED_EXAMPLE
        about = work[b, i].concept if on_task else concept
        partner = neighbour(i, w.timetable.columns, learners)
        if partner >= 0 and mind[b, partner].present == 0:
            partner = -1
        learn(b, i, occupation, about, partner, step, hours, state_logit, w)
        if on_task:
            work[b, i].minutes += STEP_MINUTES
        sicken(b, i, occupation, step, w)
        sense(b, i, occupation, activity, step, window, w)
        w.state.sensing[b, i].hands += 1 if hand_raised(b, i, step, w) else 0
        count(b, i, w)
    remember_attention(
        mind[b].lapsed, mind[b].recent_share, STEP_MINUTES, w.constants.attention.contagion_minutes
    )
