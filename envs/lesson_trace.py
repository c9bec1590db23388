"""One lesson watched every 30 s: what thought probes, sensors and questionnaires would show."""

from typing import NamedTuple

import numpy as np

from envs.activities import STEPS_PER_MINUTE, Activity, Task
from envs.anchors import new_classes
from envs.answer_filter import area_under_curve
from envs.compiled import compiled
from envs.constants import Constants
from envs.logs import Floats, Ints
from envs.sensors import ATTENTION_CHANNELS, forget_windows
from envs.state import SENSOR_CHANNELS
from envs.teaching import play_step
from envs.world import World

AFFECTS = 4
TYPICAL_LINKS = ((0, 1), (1, 0), (1, 2), (2, 3))
"""Engaged to confused and back, confused to frustrated, frustrated to bored (D'Mello 2012)."""


class Trace(NamedTuple):
    """A lesson of T steps for B classrooms of S learners."""

    lapsed: Ints  # (T, B, S)
    affect: Ints  # (T, B, S)
    present: Ints  # (T, B, S) 0 = left
    ssq: Floats  # (T, B, S)
    reading: Floats  # (T, B, S, H) sensor channels, nan where missing


def watch(activities: Ints, classes: int, constants: Constants) -> Trace:
    """Play the first lesson of unseen classes by a fixed script.

    Args:
        activities: (T,) the tutor's activity in every step; learners practise when they are free.
        classes: B.
        constants: Of the population.
    """
    simulation = new_classes(classes, constants)
    world, steps = simulation.world, activities.size
    shape = (steps, classes, simulation.course.learners)
    trace = Trace(
        lapsed=np.zeros(shape, np.int64),
        affect=np.zeros(shape, np.int64),
        present=np.zeros(shape, np.int64),
        ssq=np.zeros(shape),
        reading=np.full((*shape, SENSOR_CHANNELS), np.nan),
    )
    world.state.work.task[:] = Task.PRACTISE_MATCHED
    concept = int(simulation.curriculum.order[0])
    world.state.work.concept[:] = concept
    _watch(activities, concept, world, trace)
    return trace


def lecture(minutes: int) -> Ints:
    """Script of plain exposition."""
    return np.full(minutes * STEPS_PER_MINUTE, Activity.PRESENT, np.int64)


def mixed_lesson(minutes: int) -> Ints:
    """Script of exposition and practice by turns, 4 min each."""
    block = 4 * STEPS_PER_MINUTE
    turns = np.arange(minutes * STEPS_PER_MINUTE) // block % 2
    return np.where(turns == 0, Activity.PRESENT, Activity.CIRCULATE).astype(np.int64)


@compiled
def _watch(activities: Ints, concept: int, w: World, trace: Trace) -> None:
    for b in range(trace.lapsed.shape[1]):
        for t in range(activities.shape[0]):
            for i in range(trace.lapsed.shape[2]):
                forget_windows(b, i, w.state.channels)
                w.events.answers[b, i] = 0
            play_step(b, activities[t], 0, concept, 0, w)
            for i in range(trace.lapsed.shape[2]):
                trace.lapsed[t, b, i] = w.state.mind[b, i].lapsed
                trace.affect[t, b, i] = w.state.mind[b, i].affect
                trace.present[t, b, i] = w.state.mind[b, i].present
                trace.ssq[t, b, i] = w.state.mind[b, i].ssq
                for h in range(trace.reading.shape[3]):
                    if w.state.channels[b, i, h].windows > 0.0:
                        trace.reading[t, b, i, h] = w.state.channels[b, i, h].total


def lapsed_share(trace: Trace) -> float:
    """Share of probes at which a learner in the lesson was mind wandering."""
    return float(trace.lapsed[trace.present == 1].mean())


def lapsed_slope(trace: Trace) -> float:
    """Rise of the lapsed share over 60 minutes, by least squares on the minute."""
    there = trace.present.sum(axis=(1, 2))
    share = (trace.lapsed * trace.present).sum(axis=(1, 2)) / np.maximum(there, 1)  # (T,)
    minutes = (np.arange(share.size) + 0.5) / STEPS_PER_MINUTE
    return float(np.polynomial.polynomial.polyfit(minutes, share, 1)[1] * 60.0)


def affect_shares(trace: Trace) -> Floats:
    """Share of time in each affect, (4,), without the first 10 minutes (all start engaged)."""
    settled = slice(10 * STEPS_PER_MINUTE, None)
    there = trace.affect[settled][trace.present[settled] == 1]
    shares: Floats = np.bincount(there, minlength=AFFECTS) / there.size
    return shares


def typical_links(trace: Trace) -> int:
    """How many of the four typical transitions have L > 0 (D'Mello & Graesser 2012).

    L = (P(next | previous) - P(next)) / (1 - P(next)), over changes of affect only.
    """
    before, after = trace.affect[:-1], trace.affect[1:]
    moved = (before != after) & (trace.present[1:] == 1)
    table = np.zeros((AFFECTS, AFFECTS))
    np.add.at(table, (before[moved], after[moved]), 1.0)
    base = table.sum(axis=0) / table.sum()
    given = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    likelihood = (given - base) / (1.0 - base)
    return sum(int(likelihood[link] > 0.0) for link in TYPICAL_LINKS)


def sensor_areas(trace: Trace, sensitivity: Floats) -> tuple[dict[int, float], float]:
    """Area under the curve of telling attending from lapsed in one 30 s window.

    Args:
        trace: The lesson.
        sensitivity: (channels,) d' of ATTENTION_CHANNELS, the weights of the fusion.

    Returns:
        The area for each attention channel, where it is not missing; and for the weighted sum of
        what is there.
    """
    attending = 1 - trace.lapsed
    areas = {}
    fused = np.zeros(attending.shape)
    for channel, weight in zip(ATTENTION_CHANNELS, sensitivity, strict=True):
        reading = trace.reading[..., channel]
        seen = ~np.isnan(reading)
        areas[channel] = area_under_curve(reading[seen], attending[seen])
        fused += weight * np.where(seen, reading, 0.0)
    there = trace.present == 1
    return areas, area_under_curve(fused[there], attending[there])
