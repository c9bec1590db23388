"""What a classroom asks of a learner, whatever the learner's family.

A classroom knows its learners by these functions alone; each asks the family of its classroom. A
new family is a number in `envs.learners.family`, a file with its equations, and a line in each.
"""

import math

from envs.compiled import borrowing, compiled
from envs.learners import bkt, calibrated, das3h, fsrs, neural
from envs.learners.calibrated import sigmoid
from envs.learners.family import Family, Result
from envs.world import World, test_noise


@compiled
def begin(b: int, i: int, w: World) -> None:
    """Set learner i's memory to the start of a course, from traits and prior understanding."""
    family = w.family[b]
    if family == Family.BKT:
        bkt.begin(b, i, w)
    elif family == Family.DAS3H:
        das3h.begin(b, i, w)
    elif family == Family.NEURAL:
        neural.begin(b, i, w)
    elif family != Family.CALIBRATED:
        fsrs.begin(b, i, w)


@compiled
def mastery(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logit of a right answer on a matched item, with full attention, at `hours`."""
    family = w.family[b]
    if family == Family.BKT:
        return bkt.mastery(b, i, c, hours, w)
    if family == Family.DAS3H:
        return das3h.mastery(b, i, c, hours, w)
    if family == Family.NEURAL:
        return neural.mastery(b, i, c, hours, w)
    if family != Family.CALIBRATED:
        return fsrs.mastery(b, i, c, hours, w)
    k, m, a = w.constants.knowledge, w.constants.memory, w.constants.acquisition
    traits, knowledge = w.state.traits, w.state.knowledge
    return calibrated.logit_mastery(b, i, c, hours, traits, knowledge, w.curriculum, k, m, a)


@compiled
def understanding(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Share of the concept that learner i has grasped, in [0, 1]."""
    if w.family[b] == Family.BKT:
        return 1.0 if bkt.known(b, i, c, hours, w) else 0.0
    if w.family[b] == Family.DAS3H:
        return sigmoid(das3h.mastery(b, i, c, hours, w))
    return float(w.state.knowledge[b, i, c].understanding)


@compiled
def chance(
    b: int, i: int, c: int, difficulty: float, state: float, hours: float, w: World
) -> float:
    """Probability of a right answer.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        difficulty: Of the item, relative to its concept, in logits.
        state: Engagement, session, context and lapse of the moment, in logits.
        hours: Course clock.
        w: The world.
    """
    family = w.family[b]
    if family in (Family.FSRS, Family.FLASHCARDS):
        return fsrs.chance(b, i, c, difficulty, state, hours, w)
    if family == Family.NEURAL:
        return neural.chance(b, i, c, difficulty, state, hours, w)
    slip = w.constants.knowledge.slip if family == Family.CALIBRATED else 0.0
    return calibrated.answer_probability(mastery(b, i, c, hours, w), difficulty, state, slip)


@compiled
def readiness(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Share of instruction that takes, in [floor, 1]: limited by the weakest prerequisite."""
    a, weakest = w.constants.acquisition, math.inf
    for p in w.curriculum.parents[c]:
        if p >= 0:
            weakest = min(weakest, mastery(b, i, p, hours, w))
    return a.readiness_floor + (1.0 - a.readiness_floor) * sigmoid(a.readiness_slope * weakest)


@compiled
def practise(
    b: int,
    i: int,
    c: int,
    hours: float,
    worth: float,
    result: int,
    difficulty: float,
    step: int,
    offset: int,
    w: World,
) -> None:
    """Let work on a concept leave its mark.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        hours: Course clock.
        worth: Opportunities, >= 0, that it is worth where nothing is answered, or all right.
        result: envs.learners.family.Result.
        difficulty: Of the item answered, relative to its concept, in logits; 0 without one.
        step: Inner step of the course, for the draws.
        offset: Of the draws: 0, or Use.SECOND for the second answer in one step.
        w: The world.
    """
    family = w.family[b]
    if family == Family.NEURAL:
        neural.practise(b, i, c, hours, worth, result, difficulty, w)
        return
    amount = worth * _ratio(result, w)
    if family == Family.CALIBRATED:
        retrieval = result != Result.STUDIED
        blind = w.constants.acquisition.blind_practice
        calibrated.practise(b, i, c, hours, amount, retrieval, w.state.knowledge, blind)
    elif family == Family.BKT:
        bkt.practise(b, i, c, hours, amount, step, offset, w)
    elif family == Family.DAS3H:
        das3h.practise(b, i, c, hours, amount, result, w)
    else:
        fsrs.practise(b, i, c, hours, amount, result, step, offset, w)


@compiled
def _ratio(result: int, w: World) -> float:
    """What a piece of work with this result teaches, against one without error."""
    if result == Result.WRONG:
        return float(w.constants.knowledge.failure_ratio)
    if result == Result.UNEXPLAINED:
        return float(w.constants.knowledge.unexplained_failure_ratio)
    return 1.0


@compiled
def instruct(b: int, i: int, c: int, amount: float, hours: float, step: int, w: World) -> None:
    """Let instruction of rate times minutes `amount` leave its mark (arguments as above)."""
    family = w.family[b]
    if family in (Family.CALIBRATED, Family.NEURAL):
        calibrated.instruct(b, i, c, amount, w.state.knowledge)
    elif family == Family.BKT:
        bkt.instruct(b, i, c, amount, hours, step, w)
    elif family == Family.DAS3H:
        das3h.instruct(b, i, c, amount, hours, w)
    else:
        fsrs.instruct(b, i, c, amount, hours, w)


@borrowing
def expected_at(b: int, i: int, hours: float, w: World) -> float:
    """Expected score of learner i, in [0, 1], on an attended test at `hours`, not before now.

    It is exact for the family's own dynamics if nothing more is taught, apart from MacKay's (1992)
    approximation of the mean over items and days.
    """
    if w.family[b] == Family.CALIBRATED:
        k, m, a = w.constants.knowledge, w.constants.memory, w.constants.acquisition
        traits, knowledge, noise = w.state.traits, w.state.knowledge, test_noise(w)
        return calibrated.expected_score(
            b, i, hours, traits, knowledge, w.curriculum, k, m, a, noise
        )
    score = 0.0
    for c in range(w.curriculum.weight.shape[0]):
        score += w.curriculum.weight[c] * _expected_share(b, i, c, hours, w)
    return score


@compiled
def _expected_share(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Expected share right on concept c, in the families that keep traces."""
    family = w.family[b]
    if family == Family.BKT:
        return bkt.expected(b, i, c, hours, w)
    if family == Family.DAS3H:
        return das3h.expected(b, i, c, hours, w)
    if family == Family.NEURAL:
        return neural.expected(b, i, c, hours, w)
    return fsrs.expected(b, i, c, hours, w)
