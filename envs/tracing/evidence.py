"""Take in one decision's events: answers condition the belief, instruction moves it."""

import math

import numpy as np
from numpy.typing import NDArray

from envs.activities import Occupation
from envs.compiled import compiled
from envs.curriculum import CurriculumArrays
from envs.events import Events
from envs.learners.calibrated import aptitude
from envs.tracing.model import Lessons, Model
from envs.tracing.practice import (
    Practice,
    boost,
    instruct,
    minute_worth,
    practise,
    readiness,
    retention,
    transfer,
)
from envs.tracing.star import (
    CONTEXT,
    SESSION,
    Star,
    answer_evidence,
    answer_variance,
    condition,
    decay,
    grasp_moments,
    logistic_moments,
)
from envs.tracing.tracking import Tracking, mastery_mean, understanding_load


@compiled
def pass_hours(b: int, i: int, hours: float, model: Model, star: Star) -> None:
    """Let the session state regress; a long pause starts a new session."""
    if hours > model.new_session_hours:
        decay(b, i, SESSION, 0.0, model.session_variance, star)
        decay(b, i, CONTEXT, 0.0, model.context_variance, star)
    elif hours > 0.0:
        keep = math.exp(-model.session_decay * hours)
        decay(b, i, SESSION, keep, model.session_variance, star)


@compiled
def practised_logit(
    b: int,
    i: int,
    c: int,
    hours: float,
    u: float,
    curriculum: CurriculumArrays,
    model: Model,
    practice: Practice,
) -> tuple[float, float]:
    """Expected logits from practice (learned, transfer, boost) at `hours`, and those forgotten."""
    n, since = practice.opportunities[b, i, c], hours - practice.last_hours[b, i, c]
    retrievals, gap_days = practice.retrievals[b, i, c], practice.gap_days[b, i, c]
    learned, forgotten = retention(n, retrievals, gap_days, since, u, model)
    learned += transfer(b, i, c, practice.learned, curriculum.parents, model)
    return learned + boost(n, since, model), forgotten


@compiled
def take_answers(
    b: int, events: Events, curriculum: CurriculumArrays, model: Model, t: Tracking
) -> None:
    """Predict each answer of one classroom, condition on it, count it as practice.

    Learners are looped over inside because a call with this many arrays costs a microsecond.
    """
    star, practice = t.star, t.practice
    for i in range(events.answers.shape[1]):
        clock, lapse = t.clock[b], 1.0 - min(1.0, max(0.0, float(events.attended[b, i])))
        noise = model.answer_variance + model.lapse_cost**2 * lapse * (1.0 - lapse)
        minute = minute_worth(1.0 - lapse, t.lesson[b], model)
        for n in range(events.answers[b, i]):
            c, hours = events.concept[b, i, n], events.hours[b, i, n]
            correct, quiz = events.correct[b, i, n] > 0, events.quiz[b, i, n] > 0
            pass_hours(b, i, hours - clock, model, star)
            clock = max(clock, hours)
            grasp, before = grasp_moments(b, i, c, star)
            u, steepness, spread = logistic_moments(grasp, before)
            practised, forgotten = practised_logit(b, i, c, hours, u, curriculum, model, practice)
            gap = understanding_load(practice.opportunities[b, i, c], model)
            load = gap * steepness
            mean = mastery_mean(b, i, c, u, practised, star, curriculum.easiness[c], model)
            mean += star.hub_mean[b, i, SESSION] + star.hub_mean[b, i, CONTEXT]
            mean -= curriculum.difficulties[c, events.item[b, i, n]] + model.lapse_cost * lapse
            variance = answer_variance(b, i, c, load, star) + gap * gap * spread
            variance += noise + (model.forgetting_cv * forgotten) ** 2 - load * load * before
            p, gain, curve = answer_evidence(mean, variance, model.slip, correct)
            t.predicted[b, i, n] = p
            condition(b, i, c, load, gain, curve, star)
            decay(b, i, CONTEXT, model.context_correlation, model.context_variance, star)
            grasp, after = grasp_moments(b, i, c, star)
            practice.instructed[b, i, c] *= min(1.0, after / before)
            u, _, _ = logistic_moments(grasp, after)
            ready, _ = readiness(b, i, c, t.belief, curriculum.parents, model)
            worth = ready * minute * answer_worth(correct, quiz, model)
            practise(b, i, c, hours, worth, True, u, star, practice, model)
        pass_hours(b, i, events.clock[b] - clock, model, star)


@compiled
def answer_worth(correct: bool, quiz: bool, model: Model) -> float:
    """Opportunities that one answer is worth, by its feedback and outcome."""
    worth = model.quiz_worth if quiz else model.practice_worth
    if correct:
        return worth
    return worth * (model.unexplained_failure_ratio if quiz else model.failure_ratio)


@compiled
def partner_understanding(b: int, i: int, c: int, understanding: NDArray[np.float32]) -> float:
    """Expected understanding of a peer: the mean over the rest of the class."""
    total, learners = 0.0, understanding.shape[1]
    for j in range(learners):
        if j != i:
            total += understanding[b, j, c, 0]
    return float(total / max(1, learners - 1))


@compiled
def take_instruction(
    b: int,
    events: Events,
    curriculum: CurriculumArrays,
    model: Model,
    lessons: Lessons,
    t: Tracking,
) -> None:
    """Take in the minutes of one classroom's occupations."""
    for i in range(events.answers.shape[1]):
        occupation, c = events.occupation[b, i], events.on_concept[b, i]
        minutes = float(events.minutes[b, i])
        if c < 0 or minutes <= 0.0 or lessons.teaching[occupation] <= 0.0:
            continue
        ready, variance = readiness(b, i, c, t.belief, curriculum.parents, model)
        minute = minute_worth(float(events.attended[b, i]), t.lesson[b], model)
        worth = ready * minute * minutes
        if lessons.guided[occupation] > 0.0:
            worth *= aptitude(float(t.belief[b, i, c, 0]), lessons.acquisition)
        amount = worth * lessons.teaching[occupation]
        if occupation == Occupation.PEER:
            amount *= partner_understanding(b, i, c, t.understanding)
        doubt = lessons.doubt + variance / ready**2 + (lessons.attention_error / minute) ** 2
        instruct(b, i, c, amount, math.sqrt(doubt), t.star, t.practice)
        opportunities = worth * lessons.growth[occupation]
        if opportunities > 0.0:
            u, hours = float(t.understanding[b, i, c, 0]), events.clock[b]
            practise(b, i, c, hours, opportunities, False, u, t.star, t.practice, model)
