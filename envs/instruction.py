"""What 30 s of an occupation teaches one learner."""

from envs.activities import SECONDS_PER_STEP, Occupation
from envs.answering import answer_items, answer_quiz
from envs.compiled import compiled
from envs.constants import AcquisitionConstants
from envs.learners.calibrated import aptitude
from envs.learners.family import Result
from envs.learners.learner import instruct, mastery, practise, readiness, understanding
from envs.sickness import novelty
from envs.world import World

STEP_MINUTES = SECONDS_PER_STEP / 60.0


@compiled
def understanding_rate(occupation: int, new: float, bonus: float, a: AcquisitionConstants) -> float:
    """Rate (per minute) at which an occupation builds understanding, before all multipliers."""
    if occupation == Occupation.PRESENT:
        return a.present
    if occupation == Occupation.DEMONSTRATE:
        return a.demonstrate * (1.0 + bonus * new)
    if occupation == Occupation.EXPLAIN:
        return a.explain
    if occupation == Occupation.PEER:
        return a.peer
    if occupation == Occupation.WORKED_EXAMPLE:
        return a.worked_example
    if occupation >= Occupation.PRACTISE_EASIER:
        return a.practise
    return 0.0


@compiled
def opportunity_rate(occupation: int, a: AcquisitionConstants) -> float:
    """Opportunities per minute of an occupation without answers, before all multipliers."""
    if occupation == Occupation.DEMONSTRATE:
        return a.demonstrate_opportunities
    if occupation == Occupation.EXPLAIN:
        return a.explain_opportunities
    if occupation == Occupation.PEER:
        return a.peer_opportunities
    if occupation == Occupation.WORKED_EXAMPLE:
        return a.example_opportunities
    return 0.0


@compiled
def neighbour(i: int, columns: int, learners: int) -> int:
    """Seat neighbour with whom learner i is paired, -1 for none: 0-1, 2-3, ... of each row."""
    column = i % columns
    if column % 2 == 1:
        return i - 1
    if column + 1 < columns and i + 1 < learners:
        return i + 1
    return -1


@compiled
def multiplier(b: int, i: int, concept: int, w: World) -> float:
    """Product of attention, novelty, cue, resolved confusion: what a minute is worth now."""
    mind, a = w.state.mind, w.constants.acquisition
    worth = w.constants.attention.lapsed_learning if mind[b, i].lapsed == 1 else 1.0
    s = w.constants.sickness
    worth *= 1.0 - s.novelty_cost * novelty(w.state.clock[b].lesson, s)
    if mind[b, i].cue_minutes > 0.0 and mind[b, i].cue_concept == concept:
        worth *= 1.0 + (a.cue_multiplier - 1.0) * mind[b, i].cue_strength
    if mind[b, i].resolved_minutes > 0.0:
        worth *= a.resolved_confusion
    return worth


@compiled
def learn(
    b: int,
    i: int,
    occupation: int,
    concept: int,
    partner: int,
    step: int,
    hours: float,
    state_logit: float,
    w: World,
) -> None:
    """Let learner i spend 30 s on an occupation.

    Args:
        b: Classroom.
        i: Learner.
        occupation: envs.activities.Occupation.
        concept: What it is about.
        partner: Learner with whom i works (peer), -1 for none.
        step: Inner step of the course, for the draws.
        hours: Course clock.
        state_logit: Engagement, session, time on task and lapse, in logits.
        w: The world.
    """
    if occupation in (Occupation.NONE, Occupation.REST):
        return
    a = w.constants.acquisition
    worth = readiness(b, i, concept, hours, w) * multiplier(b, i, concept, w)
    if occupation == Occupation.QUIZ:
        amount = worth * a.quiz_opportunities
        answer_quiz(b, i, concept, step, hours, state_logit, amount, w)
        return
    guided = worth * _guidance(b, i, occupation, concept, partner, hours, w)
    new = novelty(w.state.clock[b].lesson, w.constants.sickness)
    rate = understanding_rate(occupation, new, w.constants.sickness.novelty_bonus, a)
    if occupation == Occupation.PEER:
        rate *= understanding(b, partner, concept, hours, w) if partner >= 0 else 0.0
    amount = a.scale * rate * guided * w.state.traits[b, i].learning_rate * STEP_MINUTES
    instruct(b, i, concept, amount, hours, step, w)
    if occupation >= Occupation.PRACTISE_EASIER:
        level = occupation - Occupation.PRACTISE_EASIER
        amount = worth * a.practise_opportunities
        answer_items(b, i, level, step, hours, state_logit, amount, w)
        return
    opportunities = opportunity_rate(occupation, a) * guided * STEP_MINUTES
    if opportunities > 0.0:
        practise(b, i, concept, hours, opportunities, Result.STUDIED, 0.0, step, 0, w)


@compiled
def _guidance(
    b: int, i: int, occupation: int, concept: int, partner: int, hours: float, w: World
) -> float:
    """Multiplier of guided work: expertise reversal, or the difference within a pair of peers."""
    if occupation == Occupation.PEER:
        return _pairing(b, i, partner, concept, hours, w)
    if occupation not in (Occupation.WORKED_EXAMPLE, Occupation.EXPLAIN):
        return 1.0
    return aptitude(mastery(b, i, concept, hours, w), w.constants.acquisition)


@compiled
def _pairing(b: int, i: int, partner: int, concept: int, hours: float, w: World) -> float:
    """Multiplier of peer work: grows with the difference in mastery, for tutee and tutor alike."""
    if partner < 0:
        return 1.0
    a = w.constants.acquisition
    own, other = mastery(b, i, concept, hours, w), mastery(b, partner, concept, hours, w)
    difference = min(1.0, abs(own - other))
    return 1.0 + (a.tutor_gain if own > other else a.tutee_gain) * difference
