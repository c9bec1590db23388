"""Gains of every occupation computed from the hidden state, by the calibrated family's equations.

Only privileged references use this.
"""

import math
from typing import NamedTuple

import numpy as np

from envs.activities import Occupation
from envs.compiled import compiled
from envs.instruction import neighbour, opportunity_rate, understanding_rate
from envs.learners.calibrated import (
    LOGISTIC_NORMAL,
    aptitude,
    instruct,
    learned,
    logit_mastery,
    practise,
    sigmoid,
)
from envs.learners.learner import readiness
from envs.prospects import ATTENDED, KINDS, deepest_first, look_ahead
from envs.sickness import novelty
from envs.state import Floats
from envs.teaching import clock_hours
from envs.world import World, test_noise


class TrueGains(NamedTuple):
    """Written by `measure_gains`; K occupations in the order of envs.prospects.OCCUPATIONS."""

    mastery: Floats  # (B, S, C) logit mastery now
    delayed: Floats  # (B, S, C) logit mastery at the delayed test if teaching stopped now
    practised: Floats  # (B, S, C) part of the former that practice added
    ready: Floats  # (B, S, C) share of instruction that takes
    score: Floats  # (B, S, C) expected delayed score on the concept, in [0, 1]
    ahead: Floats  # (B, S, C) score still to be won on what builds on the concept
    sharpness: Floats  # (C,) MacKay's factor on the logit, for the spread of items and of the day
    gain: Floats  # (B, S, C, K) of the class's delayed score, per minute
    growth: Floats  # (B, S, C, K) of the logit mastery, per minute


def empty_gains(batch: int, learners: int, concepts: int) -> TrueGains:
    """Allocate room for B classrooms."""
    cell = (batch, learners, concepts)
    kinds = (*cell, len(KINDS))
    return TrueGains(
        mastery=np.zeros(cell),
        delayed=np.zeros(cell),
        practised=np.zeros(cell),
        ready=np.zeros(cell),
        score=np.zeros(cell),
        ahead=np.zeros(cell),
        sharpness=np.zeros(concepts),
        gain=np.zeros(kinds),
        growth=np.zeros(kinds),
    )


@compiled
def course_hours(b: int, w: World) -> float:
    """Course clock, stopped at the end of the course."""
    return min(clock_hours(b, w), w.timetable.end_hours)


@compiled
def concept_score(z: float, c: int, w: World, out: TrueGains) -> float:
    """Expected score on concept c at logit mastery z: a summand of the family's expected score."""
    return (1.0 - w.constants.knowledge.slip) * sigmoid(z * out.sharpness[c])


@compiled
def practised_at_test(b: int, i: int, c: int, w: World) -> float:
    """What practice will still add to the logit mastery at the delayed test."""
    k, m = w.constants.knowledge, w.constants.memory
    return learned(b, i, c, w.timetable.test_hours, w.state.traits, w.state.knowledge, k, m)


@compiled
def survey(b: int, i: int, w: World, out: TrueGains) -> None:
    """Write where learner i stands on every concept."""
    k, m, a = w.constants.knowledge, w.constants.memory, w.constants.acquisition
    traits, knowledge, test = w.state.traits, w.state.knowledge, w.timetable.test_hours
    hours = course_hours(b, w)
    for c in range(out.score.shape[2]):
        z = logit_mastery(b, i, c, hours, traits, knowledge, w.curriculum, k, m, a)
        later = logit_mastery(b, i, c, test, traits, knowledge, w.curriculum, k, m, a)
        ready = readiness(b, i, c, hours, w)
        out.mastery[b, i, c], out.delayed[b, i, c], out.ready[b, i, c] = z, later, ready
        out.practised[b, i, c] = practised_at_test(b, i, c, w)
        out.score[b, i, c] = concept_score(later, c, w, out)


@compiled
def occupy(
    b: int, i: int, c: int, occupation: int, minutes: float, w: World, out: TrueGains
) -> None:
    """Apply the expected effect of some attended minutes of an occupation, in place.

    The bonus of unequal partners in peer work is left out, as are failures and resolved confusion.
    """
    a, s = w.constants.acquisition, w.constants.sickness
    traits, knowledge, hours = w.state.traits, w.state.knowledge, course_hours(b, w)
    new = novelty(w.state.clock[b].lesson, s)
    worth = out.ready[b, i, c] * minutes * (1.0 - s.novelty_cost * new)
    guided = worth
    if occupation in (Occupation.WORKED_EXAMPLE, Occupation.EXPLAIN):
        guided *= aptitude(out.mastery[b, i, c], a)
    rate = understanding_rate(occupation, new, s.novelty_bonus, a)
    if occupation == Occupation.PEER:
        partner = neighbour(i, w.timetable.columns, traits.shape[1])
        there = partner >= 0 and w.state.mind[b, partner].present == 1
        rate *= knowledge[b, partner, c].understanding if there else 0.0
    instruct(b, i, c, a.scale * rate * guided * traits[b, i].learning_rate, knowledge)
    if occupation >= Occupation.PRACTISE_EASIER:
        amount = worth * a.practise_opportunities  # about one answer a minute
        practise(b, i, c, hours, amount, True, knowledge, a.blind_practice)
    else:
        amount = opportunity_rate(occupation, a) * guided
        practise(b, i, c, hours, amount, False, knowledge, a.blind_practice)


@compiled
def spread_gain(
    b: int, i: int, c: int, steps: float, added: float, w: World, out: TrueGains
) -> float:
    """Gain in learner i's score when c's logit rises by `steps`, `added` of it by practice.

    Practice of c transfers to the concepts that build on it, as in the family's logit mastery.
    """
    weight, k = w.curriculum.weight, w.constants.knowledge
    after = concept_score(out.delayed[b, i, c] + steps, c, w, out)
    total: float = weight[c] * (after - out.score[b, i, c])
    for child in range(weight.shape[0]):
        if w.curriculum.adjacency[c, child] > 0.0:
            parents = 0
            for p in w.curriculum.parents[child]:
                parents += 1 if p >= 0 else 0
            z = out.delayed[b, i, child] + k.prerequisite_transfer * added / parents
            total += weight[child] * (concept_score(z, child, w, out) - out.score[b, i, child])
    return total


@compiled
def try_all(b: int, i: int, c: int, horizon: float, w: World, out: TrueGains) -> None:
    """Write the gains of one learner and concept, each occupation tried and taken back."""
    g = w.state.knowledge[b, i, c]
    u, n, retrieved, gap, last = (
        g.understanding,
        g.opportunities,
        g.retrievals,
        g.gap_days,
        g.last_hours,
    )
    learners = w.seats.shape[0]
    for kind in range(len(KINDS)):
        occupy(b, i, c, KINDS[kind], horizon * ATTENDED[kind], w, out)
        added = practised_at_test(b, i, c, w) - out.practised[b, i, c]
        steps = w.constants.acquisition.gap * (g.understanding - u) + added
        gain = spread_gain(b, i, c, steps, added, w, out)
        out.gain[b, i, c, kind] = gain / horizon / learners
        out.growth[b, i, c, kind] = steps / horizon
        g.understanding = u
        g.opportunities = n
        g.retrievals = retrieved
        g.gap_days = gap
        g.last_hours = last


@compiled
def measure_gains(horizon: float, w: World, out: TrueGains) -> None:
    """Write the gains of all classrooms; a learner who left gains nothing.

    Args:
        horizon: Minutes for which an occupation is kept up.
        w: The world; its state is as before afterwards.
        out: Written in place.
    """
    for c in range(out.score.shape[2]):
        variance = test_noise(w) + w.curriculum.spread[c] ** 2
        out.sharpness[c] = 1.0 / math.sqrt(1.0 + LOGISTIC_NORMAL * variance)
    weight, parents, order = w.curriculum.weight, w.curriculum.parents, deepest_first(w)
    for b in range(out.score.shape[0]):
        for i in range(out.score.shape[1]):
            survey(b, i, w, out)
            look_ahead(order, weight, parents, out.score[b, i], out.ahead[b, i])
            if w.state.mind[b, i].present == 0:
                out.gain[b, i] = 0.0
                out.growth[b, i] = 0.0
                continue
            for c in range(out.score.shape[2]):
                try_all(b, i, c, horizon, w, out)
