"""Write what the tutor sees: the observation of `envs.spaces`, from observable state only."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import Task
from envs.compiled import compiled
from envs.curriculum import CurriculumArrays
from envs.instruction import STEP_MINUTES
from envs.learners.learner import mastery as mastery_of
from envs.learners.learner import understanding as understanding_of
from envs.sensors import FIRST_CHANNEL, window_features
from envs.spaces import (
    BEHAVIOUR,
    CHANNELS,
    CONCEPT_FEATURES,
    COURSE,
    EVIDENCE,
    PROSPECTS,
    sensor_width,
)
from envs.state import Floats, Records
from envs.teaching import clock_hours
from envs.world import World

Single = NDArray[np.float32]

MINUTES_SCALE = 10.0
"""Minutes on a concept and since a cue are observed in tens, to be of order 1."""
SCENE_OFFSET = 4
TASK_FEATURES = 5
GAZE, HEAD, FACE, VOICE, TOUCH = (FIRST_CHANNEL[name] for name in CHANNELS)
WIDTHS = tuple(len(channels) for channels in CHANNELS.values())


class Views(NamedTuple):
    """The observation's arrays for B classrooms, without the masks."""

    course: Single  # (B, G)
    gaze: Single  # (B, S, F)
    head: Single
    face: Single
    voice: Single
    touch: Single
    behaviour: Single  # (B, S, F_b)
    evidence: Single  # (B, S, C, E)
    belief: Single  # (B, S, C, 2)
    understanding: Single  # (B, S, C, 2)
    prospects: Single  # (B, S, C, 10)
    concepts: Single  # (B, C, F_c)
    prerequisites: Single  # (B, C, C)
    seats: Single  # (B, S, S)


def empty_views(batch: int, learners: int, curriculum: CurriculumArrays, seats: Floats) -> Views:
    """Allocate the views and fill what never changes: concepts, prerequisites, seats."""
    concepts = curriculum.weight.shape[0]
    sensors = {
        name: np.zeros((batch, learners, sensor_width(name)), np.float32) for name in CHANNELS
    }
    pair = (batch, learners, concepts)
    features = np.zeros((batch, concepts, len(CONCEPT_FEATURES)), np.float32)
    features[:] = np.stack(
        [
            curriculum.weight * concepts,
            curriculum.depth,
            -curriculum.easiness,
            curriculum.spread,
            curriculum.adjacency.sum(axis=0),
            curriculum.adjacency.sum(axis=1),
        ],
        axis=1,
    )
    return Views(
        course=np.zeros((batch, len(COURSE)), np.float32),
        **sensors,
        behaviour=np.zeros((batch, learners, len(BEHAVIOUR)), np.float32),
        evidence=np.zeros((*pair, len(EVIDENCE)), np.float32),
        belief=np.zeros((*pair, 2), np.float32),
        understanding=np.zeros((*pair, 2), np.float32),
        prospects=np.zeros((*pair, len(PROSPECTS)), np.float32),
        concepts=features,
        prerequisites=np.repeat(curriculum.adjacency[None], batch, axis=0).astype(np.float32),
        seats=np.repeat(seats[None], batch, axis=0).astype(np.float32),
    )


@compiled
def observe(b: int, views: Views, w: World) -> None:
    """Write classroom b's observation, apart from masks, belief and what follows from it."""
    clock, timetable = w.state.clock, w.timetable
    hours = min(clock_hours(b, w), timetable.end_hours)
    done = clock[b].lesson * timetable.steps_per_lesson + clock[b].step
    in_lesson = clock[b].lesson < timetable.lessons
    lesson_left = 1.0 - clock[b].step / timetable.steps_per_lesson if in_lesson else 0.0
    views.course[b, 0] = lesson_left
    views.course[b, 1] = 1.0 - done / (timetable.lessons * timetable.steps_per_lesson)
    views.course[b, 2] = math.log1p((timetable.test_hours - hours) / 24.0)
    views.course[b, 3] = clock[b].last_steps * STEP_MINUTES
    views.course[b, SCENE_OFFSET + timetable.scene] = 1.0
    for i in range(w.seats.shape[0]):
        channels = w.state.channels
        _modality(b, i, GAZE, WIDTHS[0], channels, views.gaze[b, i])
        _modality(b, i, HEAD, WIDTHS[1], channels, views.head[b, i])
        _modality(b, i, FACE, WIDTHS[2], channels, views.face[b, i])
        _modality(b, i, VOICE, WIDTHS[3], channels, views.voice[b, i])
        _modality(b, i, TOUCH, WIDTHS[4], channels, views.touch[b, i])
        _behaviour(b, i, views.behaviour[b, i], w)
        _evidence(b, i, hours, views.evidence[b, i], w)


@compiled
def _modality(b: int, i: int, first: int, width: int, channels: Records, out: Single) -> None:
    """Mean, spread, trend of each channel; last, whether the modality was there at all."""
    for j in range(width):
        mean, spread, trend = window_features(b, i, first + j, channels)
        out[3 * j] = mean
        out[3 * j + 1] = spread
        out[3 * j + 2] = trend
    out[3 * width] = 1.0 if channels[b, i, first].windows > 0.0 else 0.0


@compiled
def _behaviour(b: int, i: int, out: Single, w: World) -> None:
    work, sensing = w.state.work, w.state.sensing
    task = work[b, i].task
    for feature in range(TASK_FEATURES):
        out[feature] = 1.0 if feature == task else 0.0
    out[TASK_FEATURES] = w.curriculum.depth[work[b, i].concept] if task != Task.KEEP else 0.0
    out[TASK_FEATURES + 1] = work[b, i].minutes / MINUTES_SCALE
    time = w.constants.time
    speed = 0.0
    answers = w.events.answers[b, i]
    for n in range(answers):
        seconds = math.log(w.events.seconds[b, i, n])
        speed += (time.seconds_log_mean - seconds) / time.seconds_log_sd / answers
    out[TASK_FEATURES + 2] = speed
    out[TASK_FEATURES + 3] = sensing[b, i].hints
    out[TASK_FEATURES + 4] = 1.0 if sensing[b, i].hands > 0 else 0.0
    out[TASK_FEATURES + 5] = sensing[b, i].headset
    out[TASK_FEATURES + 6] = sensing[b, i].since_cue_minutes / MINUTES_SCALE


@compiled
def _evidence(b: int, i: int, hours: float, out: Single, w: World) -> None:
    evidence, work = w.state.evidence, w.state.work
    for c in range(out.shape[0]):
        attempts = evidence[b, i, c].attempts
        out[c, 0] = math.log1p(attempts)
        out[c, 1] = math.log1p(evidence[b, i, c].successes)
        out[c, 2] = evidence[b, i, c].last_result
        last = evidence[b, i, c].last_hours
        out[c, 3] = math.log1p(max(0.0, hours - last)) if last >= 0.0 else -1.0
        out[c, 4] = evidence[b, i, c].quizzed / max(1.0, attempts)
        out[c, 5] = 1.0 if work[b, i].task > 0 and work[b, i].concept == c else 0.0
        out[c, 6] = math.log1p(evidence[b, i, c].taught)


@compiled
def reveal(b: int, mastery: Single, understanding: Single, w: World) -> None:
    """Write classroom b's hidden truth: logit mastery now and understanding, (S, C) each."""
    hours = min(clock_hours(b, w), w.timetable.end_hours)
    for i in range(w.seats.shape[0]):
        for c in range(w.curriculum.weight.shape[0]):
            mastery[i, c] = mastery_of(b, i, c, hours, w)
            understanding[i, c] = understanding_of(b, i, c, hours, w)


if len(BEHAVIOUR) != TASK_FEATURES + 7 or COURSE[SCENE_OFFSET][:6] != "scene_":
    raise RuntimeError("observation features do not follow envs.spaces")
