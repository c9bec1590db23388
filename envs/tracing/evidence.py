"""Take in one decision's events: answers condition the belief, instruction moves it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import Occupation
from envs.compiled import compiled
from envs.curriculum import CurriculumArrays
from envs.events import Events
from envs.learners.calibrated import aptitude
from envs.tracing.model import Lessons, Model
from envs.tracing.practice import (
    boost,
    instruct,
    minute_worth,
    practise,
    readiness,
    retention,
    transfer,
    understanding_load,
)
from envs.tracing.star import (
    Record,
    Records,
    answer_evidence,
    answer_variance,
    condition,
    decay_context,
    decay_session,
    grasp_moments,
    logistic_moments,
)


class Tracking(NamedTuple):
    """Everything the Gaussian tracer knows and writes."""

    hubs: Records  # (B, S) envs.tracing.star.HUB
    cells: Records  # (B, S, C) envs.tracing.star.CELL
    clock: NDArray[np.float64]  # (B,) course clock in hours
    lesson: NDArray[np.float64]  # (B,) long pauses so far
    belief: NDArray[np.float32]  # (B, S, C, 2)
    understanding: NDArray[np.float32]  # (B, S, C, 2)
    predicted: NDArray[np.float32]  # (B, S, M) probability given to each answer beforehand


@compiled
def pass_hours(hub: Record, hours: float, model: Model) -> None:
    """Let the session state regress; a long pause starts a new session."""
    if hours > model.new_session_hours:
        decay_session(hub, 0.0, model.session_variance)
        decay_context(hub, 0.0, model.context_variance)
    elif hours > 0.0:
        decay_session(hub, math.exp(-model.session_decay * hours), model.session_variance)


@compiled
def mastery_mean(
    cell: Record, hub: Record, easiness: float, u: float, practised: float, model: Model
) -> float:
    """Expected logit mastery.

    Args:
        cell: Of the learner and concept.
        hub: Of the learner.
        easiness: Of the concept.
        u: Expected understanding.
        practised: Expected logits from practice: learned, transfer and boost.
        model: Constants.

    Returns:
        Logit of a correct answer on an item of difficulty 0, with full attention.
    """
    own = hub.ability + cell.effect_mean + cell.effect_slope * hub.ability
    return float(model.intercept + easiness + own + practised - model.gap * (1.0 - u))


@compiled
def take_answers(
    b: int, events: Events, curriculum: CurriculumArrays, model: Model, t: Tracking
) -> None:
    """Predict each answer of one classroom, condition on it, count it as practice.

    Learners are looped over inside because a call with this many arrays costs a microsecond.
    """
    for i in range(events.answers.shape[1]):
        hub, clock = t.hubs[b, i], t.clock[b]
        lapse = 1.0 - min(1.0, max(0.0, float(events.attended[b, i])))
        noise = model.answer_variance + model.lapse_cost**2 * lapse * (1.0 - lapse)
        minute = minute_worth(1.0 - lapse, t.lesson[b], model)
        for n in range(events.answers[b, i]):
            c, hours = events.concept[b, i, n], events.hours[b, i, n]
            correct, quiz = events.correct[b, i, n] > 0, events.quiz[b, i, n] > 0
            cell = t.cells[b, i, c]
            pass_hours(hub, hours - clock, model)
            clock = max(clock, hours)
            grasp, before = grasp_moments(cell, hub)
            u, steepness, spread = logistic_moments(grasp, before)
            practised, forgotten = retention(cell, hours, u, model)
            practised += boost(cell, hours, model)
            practised += transfer(b, i, c, t.cells, curriculum.parents, model)
            gap = understanding_load(cell, model)
            load = gap * steepness
            mean = mastery_mean(cell, hub, curriculum.easiness[c], u, practised, model)
            mean += hub.session + hub.context - model.lapse_cost * lapse
            mean -= curriculum.difficulties[c, events.item[b, i, n]]
            variance = answer_variance(cell, hub, load) + gap * gap * spread
            variance += noise + (model.forgetting_cv * forgotten) ** 2 - load * load * before
            p, gain, curve = answer_evidence(mean, variance, model.slip, correct)
            t.predicted[b, i, n] = p
            condition(cell, hub, load, gain, curve)
            decay_context(hub, model.context_correlation, model.context_variance)
            grasp, after = grasp_moments(cell, hub)
            cell.instructed *= min(1.0, after / before)
            u, _, _ = logistic_moments(grasp, after)
            ready, _ = readiness(b, i, c, t.belief, curriculum.parents, model)
            practise(
                cell, hours, ready * minute * answer_worth(correct, quiz, model), True, u, model
            )
        pass_hours(hub, events.clock[b] - clock, model)


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
        cell = t.cells[b, i, c]
        ready, variance = readiness(b, i, c, t.belief, curriculum.parents, model)
        minute = minute_worth(float(events.attended[b, i]), t.lesson[b], model)
        worth = ready * minute * minutes
        if lessons.guided[occupation] > 0.0:
            worth *= aptitude(float(t.belief[b, i, c, 0]), lessons.acquisition)
        amount = worth * lessons.teaching[occupation]
        if occupation == Occupation.PEER:
            amount *= partner_understanding(b, i, c, t.understanding)
        doubt = lessons.doubt + variance / ready**2 + (lessons.attention_error / minute) ** 2
        instruct(cell, t.hubs[b, i], amount, math.sqrt(doubt))
        opportunities = worth * lessons.growth[occupation]
        if opportunities > 0.0:
            u, hours = float(t.understanding[b, i, c, 0]), events.clock[b]
            practise(cell, hours, opportunities, False, u, model)
