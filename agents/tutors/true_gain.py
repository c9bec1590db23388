"""Gains of every occupation computed from the hidden state, by the learner family's own equations.

Only privileged references use this.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import Occupation
from envs.compiled import compiled
from envs.instruction import neighbour, opportunity_rate, understanding_rate
from envs.learners.calibrated import (
    LOGISTIC_NORMAL,
    aptitude,
    instruct,
    logit_mastery,
    practise,
    readiness,
    sigmoid,
)
from envs.reward import test_noise
from envs.sickness import novelty
from envs.state import Floats
from envs.teaching import clock_hours
from envs.world import World

OCCUPATIONS = (
    Occupation.WORKED_EXAMPLE,
    Occupation.PRACTISE_MATCHED,
    Occupation.EXPLAIN,
    Occupation.PEER,
    Occupation.DEMONSTRATE,
)
_KINDS = tuple(int(occupation) for occupation in OCCUPATIONS)
_ATTENDED = (0.75, 0.75, 0.9, 0.75, 0.75)
"""Share of a minute attended: .70 (Wong 2022) and a little while lapsed, more when explained to."""


class TrueGains(NamedTuple):
    """Written by `measure_gains`; K occupations in the order of OCCUPATIONS."""

    score: Floats  # (B, S, C) expected delayed score on the concept
    mastery: Floats  # (B, S, C) logit mastery now
    gain: Floats  # (B, S, C, K) of the class's delayed score, per minute
    growth: Floats  # (B, S, C, K) of the logit mastery now, per minute


def empty_gains(batch: int, learners: int, concepts: int) -> TrueGains:
    """Allocate room for B classrooms."""
    cell = (batch, learners, concepts)
    kinds = (*cell, len(OCCUPATIONS))
    return TrueGains(np.zeros(cell), np.zeros(cell), np.zeros(kinds), np.zeros(kinds))


@compiled
def mastery_at(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logit mastery of one learner and concept at `hours` on the course clock."""
    k, m, a = w.constants.knowledge, w.constants.memory, w.constants.acquisition
    traits, knowledge = w.state.traits, w.state.knowledge
    return logit_mastery(b, i, c, hours, traits, knowledge, w.curriculum, k, m, a)


@compiled
def concept_score(b: int, i: int, c: int, w: World) -> float:
    """One summand of the family's expected score on the delayed test, syllabus weight included."""
    z = mastery_at(b, i, c, w.timetable.test_hours, w)
    variance = test_noise(w) + w.curriculum.spread[c] ** 2
    p = sigmoid(z / np.sqrt(1.0 + LOGISTIC_NORMAL * variance))
    return (1.0 - w.constants.knowledge.slip) * w.curriculum.weight[c] * p


@compiled
def score_around(b: int, i: int, c: int, w: World) -> float:
    """Scores of a concept and of those that build on it: all that a change of it can change."""
    total = concept_score(b, i, c, w)
    for child in range(w.curriculum.weight.shape[0]):
        if w.curriculum.adjacency[c, child] > 0.0:
            total += concept_score(b, i, child, w)
    return total


@compiled
def occupy(b: int, i: int, c: int, occupation: int, minutes: float, hours: float, w: World) -> None:
    """Apply the expected effect of some attended minutes of an occupation, in place.

    The bonus of unequal partners in peer work is left out, as are failures and resolved confusion.
    """
    k, m, a = w.constants.knowledge, w.constants.memory, w.constants.acquisition
    traits, knowledge, s = w.state.traits, w.state.knowledge, w.constants.sickness
    new = novelty(w.state.clock.lesson[b], s)
    worth = readiness(b, i, c, hours, traits, knowledge, w.curriculum, k, m, a)
    worth *= minutes * (1.0 - s.novelty_cost * new)
    guided = worth
    if occupation in (Occupation.WORKED_EXAMPLE, Occupation.EXPLAIN):
        guided *= aptitude(mastery_at(b, i, c, hours, w), a)
    rate = understanding_rate(occupation, new, s.novelty_bonus, a)
    if occupation == Occupation.PEER:
        partner = neighbour(i, w.timetable.columns, traits.ability.shape[1])
        there = partner >= 0 and w.state.mind.present[b, partner] == 1
        rate *= knowledge.understanding[b, partner, c] if there else 0.0
    instruct(b, i, c, a.scale * rate * guided * traits.learning_rate[b, i], knowledge)
    if occupation >= Occupation.PRACTISE_EASIER:
        amount = worth * a.practise_opportunities  # about one answer a minute
        practise(b, i, c, hours, amount, True, knowledge, a.blind_practice)
    else:
        amount = opportunity_rate(occupation, a) * guided
        practise(b, i, c, hours, amount, False, knowledge, a.blind_practice)


@compiled
def measure_learner(
    b: int, i: int, c: int, horizon: float, hours: float, w: World, out: TrueGains
) -> None:
    """Write the gains of one learner and concept, each occupation tried and taken back."""
    g = w.state.knowledge
    kept = (
        g.understanding[b, i, c],
        g.opportunities[b, i, c],
        g.retrievals[b, i, c],
        g.gap_days[b, i, c],
        g.last_hours[b, i, c],
    )
    before, z = score_around(b, i, c, w), mastery_at(b, i, c, hours, w)
    out.mastery[b, i, c] = z
    out.score[b, i, c] = concept_score(b, i, c, w) / w.curriculum.weight[c]
    learners = w.seats.shape[0]
    for kind in range(len(_KINDS)):
        occupy(b, i, c, _KINDS[kind], horizon * _ATTENDED[kind], hours, w)
        out.gain[b, i, c, kind] = (score_around(b, i, c, w) - before) / horizon / learners
        out.growth[b, i, c, kind] = (mastery_at(b, i, c, hours, w) - z) / horizon
        g.understanding[b, i, c] = kept[0]
        g.opportunities[b, i, c] = kept[1]
        g.retrievals[b, i, c] = kept[2]
        g.gap_days[b, i, c] = kept[3]
        g.last_hours[b, i, c] = kept[4]


@compiled
def measure_gains(horizon: float, w: World, out: TrueGains) -> None:
    """Write the gains of all classrooms; a learner who left gains nothing.

    Args:
        horizon: Minutes for which an occupation is kept up.
        w: The world; its state is as before afterwards.
        out: Written in place.
    """
    for b in range(out.score.shape[0]):
        hours = min(clock_hours(b, w), w.timetable.end_hours)
        for i in range(out.score.shape[1]):
            for c in range(out.score.shape[2]):
                measure_learner(b, i, c, horizon, hours, w, out)
            if w.state.mind.present[b, i] == 0:
                out.gain[b, i] = 0.0
                out.growth[b, i] = 0.0


def lapsed(w: World) -> NDArray[np.float64]:
    """1 where a learner's mind wanders: (B, S)."""
    return w.state.mind.lapsed.astype(np.float64)
