"""The reward: expected learning gain, with named terms beside it.

Phi_t is the class mean of the expected score on the delayed post-test if teaching stopped now.
learning_gain_t = (Phi_{t+1} - Phi_t) / (1 - Phi_0), so the return is the normalised learning gain.
"""

import math

import numpy as np

from envs.affect import Affect
from envs.compiled import compiled
from envs.instruction import STEP_MINUTES
from envs.learners.learner import expected_at
from envs.sickness import excess
from envs.state import Floats
from envs.world import World


@compiled
def lowest_quarter(b: int, w: World, share: Floats) -> None:
    """Mark who started lowest: share (S,) is 1 / size for the lowest quarter, else 0."""
    start = w.state.tally[b].expected_start
    learners = start.shape[0]
    size = max(1, math.ceil(learners / 4))
    order = np.argsort(start)
    share[:] = 0.0
    for rank in range(size):
        share[order[rank]] = 1.0 / size


@compiled
def reward(
    b: int,
    equity: float,
    wellbeing: float,
    minutes_total: float,
    terms: Floats,
    learner_reward: Floats,
    share: Floats,
    w: World,
) -> None:
    """Score the decision just played.

    Args:
        b: Classroom.
        equity: Weight of the lowest quarter's gain.
        wellbeing: Weight of (minus) the share of the course spent frustrated or sick, where every
            minute of a decision counts as the learner is at its end.
        minutes_total: Minutes of the whole course.
        terms: (3,) written: learning_gain, equity, wellbeing before weights.
        learner_reward: (S,) written: each learner's part; it sums to the weighted reward.
        share: (S,) scratch.
        w: The world.
    """
    tally, mind = w.state.tally, w.state.mind
    learners = learner_reward.shape[0]
    room = 1.0 - np.mean(tally[b].expected_start)
    lowest_quarter(b, w, share)
    terms[:] = 0.0
    for i in range(learners):
        now = expected_at(b, i, w.timetable.test_hours, w)
        gain = (now - tally[b, i].expected) / room
        tally[b, i].expected = now
        unwell = mind[b, i].affect == Affect.FRUSTRATED
        unwell = unwell or excess(mind[b, i].ssq, w.constants.sickness) > 0.0
        steps = w.state.clock[b].last_steps
        cost = -steps * STEP_MINUTES / minutes_total if unwell else 0.0
        terms[0] += gain / learners
        terms[1] += gain * share[i]
        terms[2] += cost / learners
        learner_reward[i] = gain / learners + equity * gain * share[i] + wellbeing * cost / learners
