"""From the gain of every occupation to one decision: the greedy step on belief and on truth."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.tutors.decision import Decision
from agents.tutors.protocol import Observation
from envs.activities import MINUTES, Activity, Task
from envs.constants import AcquisitionConstants, AttentionConstants

Grid = NDArray[np.float64]


class Gains(NamedTuple):
    """Expected gain per time in the delayed score, in one unit, for every learner and concept."""

    example: Grid  # (B, S, C) worked example
    practice: Grid  # (B, S, C) practice
    explain: Grid  # (B, S, C) explained by the tutor
    peer: Grid  # (B, S, C) with the seat neighbour
    demonstrate: Grid  # (B, S, C)
    lapsed: Grid  # (B, S) probability of mind wandering now


class Tasks(NamedTuple):
    """The best task of every learner."""

    task: NDArray[np.int64]  # (B, S)
    concept: NDArray[np.int64]  # (B, S)
    gain: Grid  # (B, S) per minute


def best_tasks(gains: Gains, level: NDArray[np.int64], together: float) -> Tasks:
    """The task and concept of the largest gain per minute for every learner.

    Learners who work on one concept profit from the same cue, so one concept is chosen for which
    the class gains most if those join who gain more by it, cued, than by their own best.

    Args:
        gains: Per learner and concept.
        level: (B, S, C) the practice task to use on each concept.
        together: Factor on the gain of a task on the shared concept, at least 1.

    Returns:
        One task per learner.
    """
    best = np.maximum(gains.example, gains.practice)  # (B, S, C)
    alone = best.max(axis=2)  # (B, S)
    cued = together * best
    shared = np.maximum(alone[:, :, None], cued).sum(axis=1).argmax(axis=1)  # (B,)
    join = np.take_along_axis(cued, shared[:, None, None], axis=2)[:, :, 0] > alone
    concept = np.where(join, shared[:, None], best.argmax(axis=2))
    at = (*np.indices(concept.shape), concept)
    task = np.where(gains.example[at] > gains.practice[at], Task.WORKED_EXAMPLE, level[at])
    return Tasks(task.astype(np.int64), concept, best[at])


def greedy_decision(
    gains: Gains,
    tasks: Tasks,
    observation: Observation,
    margin: float,
    cue_strength: Grid,
) -> Decision:
    """The tutor's activity of the largest gain per minute, on top of everybody's best task.

    Candidates: circulate; explain to one learner; a class activity (peer work, demonstration)
    instead of all tasks; a cue to the class or one learner, where its gain over its two minutes is
    worth the half minute that it takes from explaining.

    Args:
        gains: Per learner and concept.
        tasks: Everybody's best task.
        observation: For the masks.
        margin: Factor by which a class activity must beat the tasks.
        cue_strength: (B, S) effect that a cue would have on every learner, see `cue_strength`.

    Returns:
        Tasks, and the tutor's activity.
    """
    decision = Decision.circulate(tasks.task, tasks.concept)
    extra = _explain(decision, gains, tasks, observation)
    _class_activity(decision, gains, margin * (tasks.gain.sum(axis=1) + extra))
    _cue(decision, gains, tasks, cue_strength, extra)
    return decision


def _explain(decision: Decision, gains: Gains, tasks: Tasks, observation: Observation) -> Grid:
    """Explain where it adds most to the learner's own task; returns the gain added: (B,)."""
    allowed = observation["target_mask"][:, Activity.EXPLAIN, 1:] > 0  # (B, S)
    added = np.where(allowed[:, :, None], gains.explain - tasks.gain[:, :, None], -np.inf)
    batch, _, concepts = added.shape
    flat = added.reshape(batch, -1)
    best = flat.argmax(axis=1)
    extra: Grid = np.maximum(0.0, flat[np.arange(batch), best])
    decision.replace(
        extra > 0, Activity.EXPLAIN, target=best // concepts + 1, concept=best % concepts
    )
    return extra


def _class_activity(decision: Decision, gains: Gains, bar: Grid) -> None:
    """Peer work or a demonstration where the whole class gains more by it than `bar` (B,)."""
    for activity, gain in ((Activity.PEER, gains.peer), (Activity.DEMONSTRATE, gains.demonstrate)):
        total = gain.sum(axis=1)  # (B, C)
        concept = total.argmax(axis=1)
        best = total.max(axis=1)
        decision.replace(best > bar, activity, concept=concept)
        bar = np.maximum(bar, best)


def cue_strength(since: Grid, gap: float) -> Grid:
    """Effect in [0, 1] that a cue has `since` (B, S) minutes after the last; 0 before `gap`."""
    strength: Grid = 1.0 - np.exp(-since / AttentionConstants().cue_recovery_minutes)
    return np.where(since >= gap, strength, 0.0)


def _cue(decision: Decision, gains: Gains, tasks: Tasks, strength: Grid, extra: Grid) -> None:
    """Cue where the cue's effect on the tasks is worth the tutor's half minute."""
    a, q = AttentionConstants(), AcquisitionConstants()
    boost = strength * (q.cue_multiplier - 1.0) * a.cue_minutes * tasks.gain  # (B, S)
    back = strength * (1.0 - a.lapsed_learning) * gains.lapsed * tasks.gain / a.return_rate
    alone = boost + back
    batch, learners = alone.shape
    together = np.zeros((batch, gains.example.shape[2]))  # (B, C)
    rows = np.repeat(np.arange(batch), learners)
    np.add.at(together, (rows, tasks.concept.ravel()), boost.ravel())
    concept = together.argmax(axis=1)
    whole = together.max(axis=1) + a.class_cue * back.sum(axis=1)
    one = alone.max(axis=1)
    learner = alone.argmax(axis=1)
    tasks_run = np.isin(decision.activity, (Activity.CIRCULATE, Activity.EXPLAIN))
    due = tasks_run & (np.maximum(whole, one) > MINUTES[Activity.CUE] * extra)
    target = np.where(whole >= one, 0, learner + 1)
    about = np.where(whole >= one, concept, tasks.concept[np.arange(batch), learner])
    decision.replace(due, Activity.CUE, target=target, concept=about)
