"""Answering items: practice with feedback, and quiz items without."""

import math

from envs.affect import Affect
from envs.compiled import compiled
from envs.draws import Use, normal, uniform
from envs.learners.family import Result
from envs.learners.learner import chance, practise
from envs.sensors import STEP_SECONDS
from envs.world import World

QUICKEST_SECONDS, SLOWEST_SECONDS = 5.0, 600.0
"""Limits of the time on an item. Assumed (2 to 10, 300 to 1,200): tails are not times of work."""
ANSWERS_PER_STEP = 2
LEVELS = 3


@compiled
def answer_items(
    b: int, i: int, level: int, step: int, hours: float, state_logit: float, worth: float, w: World
) -> None:
    """Work 30 s on the task's concept; answer at most two items.

    Args:
        b: Classroom.
        i: Learner.
        level: 0 easier, 1 matched, 2 harder: the third of the concept's items to draw from.
        step: Inner step of the course, for the draws.
        hours: Course clock.
        state_logit: Engagement, session, time on task and lapse, in logits.
        worth: Opportunities that one right answer is worth before understanding counts.
        w: The world.
    """
    work = w.state.work
    low, high = w.state.clock[b].low, w.state.clock[b].high
    left = STEP_SECONDS
    for second in range(ANSWERS_PER_STEP):
        offset = second * Use.SECOND
        if work[b, i].item_in_hand < 0:
            items = w.curriculum.difficulties.shape[1]
            first, after = level * items // LEVELS, (level + 1) * items // LEVELS
            draw = uniform(low, high, step, i, Use.ITEM + offset)
            work[b, i].item_in_hand = first + int(draw * (after - first))
            time = w.constants.time
            spread = time.seconds_log_sd * normal(low, high, step, i, Use.ITEM_SECONDS + offset)
            seconds = math.exp(time.seconds_log_mean + spread)
            seconds = min(SLOWEST_SECONDS, max(QUICKEST_SECONDS, seconds))
            work[b, i].item_seconds = seconds
            work[b, i].seconds_left = seconds
        if work[b, i].seconds_left > left:
            work[b, i].seconds_left -= left
            return
        left -= work[b, i].seconds_left
        concept, item = work[b, i].concept, work[b, i].item_in_hand
        correct = answer(b, i, concept, item, step, offset, hours, state_logit, w)
        result = Result.RIGHT if correct else Result.WRONG
        difficulty = w.curriculum.difficulties[concept, item]
        practise(b, i, concept, hours, worth, result, difficulty, step, offset, w)
        _record(b, i, concept, item, correct, False, work[b, i].item_seconds, hours, w)
        work[b, i].item_in_hand = -1


@compiled
def answer_quiz(
    b: int,
    i: int,
    concept: int,
    step: int,
    hours: float,
    state_logit: float,
    worth: float,
    w: World,
) -> None:
    """Answer one quiz item of a concept within 30 s, without feedback (arguments as above)."""
    low, high = w.state.clock[b].low, w.state.clock[b].high
    items = w.curriculum.difficulties.shape[1]
    item = int(uniform(low, high, step, i, Use.ITEM) * items)
    correct = answer(b, i, concept, item, step, 0, hours, state_logit, w)
    result = Result.RIGHT if correct else Result.UNEXPLAINED
    difficulty = w.curriculum.difficulties[concept, item]
    practise(b, i, concept, hours, worth, result, difficulty, step, 0, w)
    _record(b, i, concept, item, correct, True, STEP_SECONDS, hours, w)


@compiled
def answer(
    b: int,
    i: int,
    concept: int,
    item: int,
    step: int,
    offset: int,
    hours: float,
    state_logit: float,
    w: World,
) -> bool:
    """Draw the answer; move the item context, the outcome and the streak of errors."""
    k, mind = w.constants.knowledge, w.state.mind
    low, high = w.state.clock[b].low, w.state.clock[b].high
    difficulty = w.curriculum.difficulties[concept, item]
    p = chance(b, i, concept, difficulty, state_logit + mind[b, i].context, hours, w)
    correct = uniform(low, high, step, i, Use.ANSWER + offset) < p
    shock = k.context_sd * normal(low, high, step, i, Use.CONTEXT + offset)
    keep = k.context_correlation
    mind[b, i].context = keep * mind[b, i].context + math.sqrt(1.0 - keep * keep) * shock
    mind[b, i].outcome = 1 if correct else 2
    mind[b, i].error_streak = 0 if correct else mind[b, i].error_streak + 1
    mind[b, i].ease = p
    if not correct:
        hint = uniform(low, high, step, i, Use.HINT + offset) < w.constants.affect.hint_rate
        w.state.sensing[b, i].hints += 1 if hint else 0
    return correct


@compiled
def _record(
    b: int,
    i: int,
    concept: int,
    item: int,
    correct: bool,
    quiz: bool,
    seconds: float,
    hours: float,
    w: World,
) -> None:
    """Write the answer into this decision's events and into the tutor's books."""
    n = w.events.answers[b, i]
    w.events.concept[b, i, n] = concept
    w.events.item[b, i, n] = item
    w.events.correct[b, i, n] = 1 if correct else 0
    w.events.quiz[b, i, n] = 1 if quiz else 0
    w.events.seconds[b, i, n] = seconds
    w.events.hours[b, i, n] = hours
    w.events.answers[b, i] = n + 1
    evidence = w.state.evidence
    evidence[b, i, concept].attempts += 1.0
    evidence[b, i, concept].successes += 1.0 if correct else 0.0
    evidence[b, i, concept].last_result = 1.0 if correct else -1.0
    evidence[b, i, concept].last_hours = hours
    evidence[b, i, concept].quizzed += 1.0 if quiz else 0.0


@compiled
def hand_raised(b: int, i: int, step: int, w: World) -> bool:
    """Whether a confused or frustrated learner raises a hand in this step."""
    affect = w.state.mind[b, i].affect
    if affect not in (Affect.CONFUSED, Affect.FRUSTRATED):
        return False
    low, high = w.state.clock[b].low, w.state.clock[b].high
    return uniform(low, high, step, i, Use.HAND) < w.constants.affect.hand_rate
