"""Prospects: how much each occupation should add to the delayed score, by what is believed.

The mean learner of the calibrated family (`envs.learners.calibrated`) with the constants that
knowledge tracing has, applied to its belief and to what the tutor's books say; no hidden state is
read. The features are `envs.spaces.PROSPECTS`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from envs.activities import Occupation
from envs.compiled import compiled
from envs.constants import AcquisitionConstants, KnowledgeConstants
from envs.instruction import neighbour, opportunity_rate, understanding_rate
from envs.learners.calibrated import LOGISTIC_NORMAL, aptitude, sigmoid
from envs.observing import Views
from envs.spaces import LIMIT
from envs.state import Floats, Ints
from envs.teaching import clock_hours
from envs.world import World, test_noise

Belief = NDArray[np.float32]

OCCUPATIONS = (
    Occupation.WORKED_EXAMPLE,
    Occupation.PRACTISE_MATCHED,
    Occupation.EXPLAIN,
    Occupation.PEER,
    Occupation.DEMONSTRATE,
)
"""In the order of envs.spaces.PROSPECTS."""
KINDS = tuple(int(occupation) for occupation in OCCUPATIONS)
ATTENDED = (0.75, 0.75, 0.9, 0.75, 0.75)
"""Share of a minute that is attended: .70 (Wong 2022) and a little learning while lapsed; nearly
all of it when the tutor has just turned to the learner."""
HORIZON_MINUTES = 5.0
"""Minutes for which an occupation is kept up. Practice adds little that lasts in its first minutes,
so longer horizons value it more. Chosen (4 to 12 tried) on tuning classes."""
OPTIMISM = 0.3
"""Spreads added to the believed understanding: what was taught is worth building on before it is
proven. Chosen (0 to 0.6 tried) on tuning classes."""
PER_MINUTES = 10.0
"""Prospects are points of 100 per this many minutes, and so of order 1."""

N, GROWN, UNDERSTANDING, BASE, SCALE, FORGOTTEN, SCORE, READY, OPENING = range(9)
"""Columns of a learner's standing on every concept: opportunities n; ln(1 + n); understanding that
is counted on; logit mastery without what practice added; MacKay's factor on it; logits forgotten
until the test; expected delayed score; share of instruction that takes; the derivative of a
successor's readiness in this concept's logit, later times what builds on the concept."""


@compiled
def learned(u: float, n: float, grown: float, forgotten: float, k: KnowledgeConstants) -> float:
    """Logits from n opportunities (grown = ln(1 + n)) with understanding u, net of forgetting."""
    gain: float = u * k.first_exposure_jump * min(1.0, n) + k.growth * grown
    return max(0.0, gain - forgotten)


@compiled
def score(u: float, n: float, grown: float, on: Floats, gap: float, k: KnowledgeConstants) -> float:
    """Expected score on the delayed test, given the standing `on` of one concept."""
    z = on[BASE] + gap * (u - on[UNDERSTANDING])
    return float(sigmoid(on[SCALE] * (z + learned(u, n, grown, on[FORGOTTEN], k))))


@compiled
def worth(u: float, blind: float) -> float:
    """Opportunities that an answer is worth at understanding u, `blind` where nothing is."""
    return blind + (1.0 - blind) * u


@compiled
def counted_on(understanding: Belief) -> float:
    """Understanding in [0, 1] that is counted on, from its mean and spread (2,)."""
    return float(min(1.0, max(0.0, understanding[0] + OPTIMISM * understanding[1])))


@compiled
def readiness(parents: Ints, belief: Belief, a: AcquisitionConstants) -> float:
    """Expected readiness, limited by the weakest of the parents (P,) by belief (C, 2)."""
    ready = 1.0
    for p in parents:
        if p >= 0:
            z, spread = a.readiness_slope * belief[p, 0], a.readiness_slope * belief[p, 1]
            ready = min(ready, sigmoid(z / math.sqrt(1.0 + LOGISTIC_NORMAL * spread**2)))
    return float(a.readiness_floor + (1.0 - a.readiness_floor) * ready)


@compiled
def stand(b: int, i: int, views: Views, w: World, out: Floats) -> None:
    """Write where learner i is believed to stand on every concept: (C, 9).

    Approximations: minutes taught count as study of examples, attended as usual; every answer
    counts as one with feedback; the boost of the last minutes and what prerequisites transfer stay
    in the mastery; practice is taken for retrieval where it is forgotten until the test.
    """
    k, a, m = w.constants.knowledge, w.constants.acquisition, w.constants.memory
    belief, understanding = views.belief[b, i], views.understanding[b, i]
    hours = min(clock_hours(b, w), w.timetable.end_hours)
    until = m.forgetting * (1.0 - m.retrieval_saving) * math.log1p(w.timetable.test_hours - hours)
    day = test_noise(w)
    for c in range(out.shape[0]):
        books, on = w.state.evidence[b, i, c], out[c]
        u, z = counted_on(understanding[c]), belief[c, 0]
        n = books.attempts * worth(u, a.blind_practice)
        n += a.example_opportunities * ATTENDED[0] * books.taught
        since = max(0.0, hours - books.last_hours) if books.last_hours >= 0.0 else 0.0
        variance = belief[c, 1] ** 2 + w.curriculum.spread[c] ** 2 + day
        on[N], on[GROWN], on[UNDERSTANDING], on[FORGOTTEN] = n, math.log1p(n), u, until
        on[BASE] = z - learned(u, n, on[GROWN], m.forgetting * math.log1p(since), k)
        on[SCALE] = 1.0 / math.sqrt(1.0 + LOGISTIC_NORMAL * variance)
        on[SCORE] = score(u, n, on[GROWN], on, a.gap, k)
        on[READY] = readiness(w.curriculum.parents[c], belief, a)
        open_now = sigmoid(a.readiness_slope * z)
        on[OPENING] = a.readiness_slope * open_now * (1.0 - open_now)


@compiled
def deepest_first(w: World) -> Ints:
    """Concepts (C,) in an order in which whatever builds on one comes before it."""
    return np.argsort(-w.curriculum.depth)


@compiled
def look_ahead(order: Ints, weight: Floats, parents: Ints, score: Floats, ahead: Floats) -> None:
    """Write the score still to be won on all that builds on each concept.

    It is shared out evenly among the prerequisites of each concept on the way, so that it never
    adds up to more than there is.

    Args:
        order: (C,) concepts, deepest first: what builds on one has been seen before it.
        weight: (C,) of the syllabus.
        parents: (C, P) padded with -1.
        score: (C,) expected delayed score on each concept.
        ahead: (C,) written, weighted; 0 where nothing builds on a concept.
    """
    ahead[:] = 0.0
    for c in order:
        held = weight[c] * (1.0 - score[c]) + ahead[c]
        count = np.sum(parents[c] >= 0)
        for p in parents[c]:
            if p >= 0:
                ahead[p] += held / count


@compiled
def try_out(
    kind: int, z: float, partner: float, on: Floats, a: AcquisitionConstants
) -> tuple[float, float]:
    """Expected understanding and opportunities after HORIZON_MINUTES of an occupation.

    Args:
        kind: Position in OCCUPATIONS.
        z: Believed logit mastery.
        partner: Understanding of the partner in peer work.
        on: Standing on the concept.
        a: Constants.
    """
    occupation = KINDS[kind]
    minutes = ATTENDED[kind] * HORIZON_MINUTES * on[READY]
    rate = understanding_rate(occupation, 0.0, 0.0, a)
    if occupation == Occupation.PRACTISE_MATCHED:
        opportunities = a.practise_opportunities  # about one answer a minute
    else:
        opportunities = opportunity_rate(occupation, a)
    if occupation in (Occupation.WORKED_EXAMPLE, Occupation.EXPLAIN):
        rate *= aptitude(z, a)
        opportunities *= aptitude(z, a)
    if occupation == Occupation.PEER:
        rate *= partner
    u = on[UNDERSTANDING]
    later = u + (1.0 - u) * (1.0 - math.exp(-a.scale * rate * minutes))
    return later, on[N] + opportunities * worth(u, a.blind_practice) * minutes


@compiled
def promise(b: int, i: int, standing: Floats, views: Views, w: World) -> None:
    """Write learner i's prospects from the standing (C, 9) on every concept."""
    k, a, out = w.constants.knowledge, w.constants.acquisition, views.prospects[b, i]
    other = neighbour(i, w.timetable.columns, w.seats.shape[0])
    paired = other >= 0 and w.state.mind[b, other].present == 1
    here = 100.0 * PER_MINUTES / HORIZON_MINUTES * w.state.mind[b, i].present
    for c in range(out.shape[0]):
        on, z, weight = standing[c], views.belief[b, i, c, 0], w.curriculum.weight[c]
        partner = counted_on(views.understanding[b, other, c]) if paired else 0.0
        for kind in range(len(KINDS)):
            u, n = try_out(kind, z, partner, on, a)
            grown = math.log1p(n)
            steps = a.gap * (u - on[UNDERSTANDING]) + k.growth * (grown - on[GROWN])
            won = score(u, n, grown, on, a.gap, k) - on[SCORE]
            out[c, kind] = min(LIMIT, here * weight * won)
            out[c, len(KINDS) + kind] = min(LIMIT, here * on[OPENING] * steps)


@compiled
def foresee(start: int, stop: int, chosen: Ints, views: Views, w: World) -> None:
    """Write `views.prospects` (B, S, C, 10) of the chosen (B,) classrooms of [start, stop).

    A learner who is absent has none: 0. Belief, understanding and books must be up to date.
    """
    weight, parents, order = w.curriculum.weight, w.curriculum.parents, deepest_first(w)
    standing, ahead = np.zeros((weight.shape[0], 9)), np.zeros(weight.shape[0])
    for b in range(start, stop):
        if chosen[b] == 0:
            continue
        for i in range(w.seats.shape[0]):
            stand(b, i, views, w, standing)
            look_ahead(order, weight, parents, standing[:, SCORE], ahead)
            standing[:, OPENING] *= ahead
            promise(b, i, standing, views, w)
