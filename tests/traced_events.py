"""Events for the tests of knowledge tracing: random ones, chosen ones, and a log of known truth."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import OCCUPATIONS, Occupation
from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.events import ANSWERS_PER_DECISION, Events, empty_events

ITEMS = 9
Floats = NDArray[np.float64]


def chain(concepts: int, seed: int = 0) -> CurriculumArrays:
    """A curriculum in which each concept is the prerequisite of the next."""
    rng = np.random.default_rng(seed)
    difficulties = np.sort(rng.normal(0, 0.8, (concepts, ITEMS)), axis=1)
    adjacency = np.eye(concepts, k=1, dtype=np.float32)
    return CurriculumArrays(
        weight=np.full(concepts, 1 / concepts),
        easiness=rng.normal(0, 0.9, concepts),
        depth=np.arange(concepts) / max(1, concepts - 1),
        parents=np.arange(-1, concepts - 1)[:, None],
        difficulties=difficulties - difficulties.mean(axis=1, keepdims=True),
        spread=difficulties.std(axis=1),
        adjacency=adjacency,
    )


def understood(constants: Constants) -> Constants:
    """The same population, in which everybody understands everything: the fitted core."""
    acquisition = constants.acquisition._replace(
        prior_level=12.0, prior_depth=0.0, prior_ability=0.0, prior_sd=0.0, readiness_floor=1.0
    )
    return constants._replace(acquisition=acquisition)


def answered(concept: int, correct: list[int], hours: float = 0.0, minutes: float = 4.0) -> Events:
    """Answers of one learner on one concept, fully attended, from `hours` on."""
    events, count = empty_events(1, 1), len(correct)
    events.answers[0, 0] = count
    events.concept[0, 0, :count] = concept
    events.item[0, 0, :count] = ITEMS // 2
    events.correct[0, 0, :count] = correct
    events.hours[0, 0, :count] = hours + np.arange(1, count + 1) * minutes / 60 / max(1, count)
    events.attended[:] = 1.0
    events.clock[:] = hours + minutes / 60
    return events


def instructed(
    occupation: Occupation, concept: int, hours: float = 0.0, minutes: float = 6.0
) -> Events:
    """Minutes of one learner's instruction, 70 % attended, from `hours` on."""
    events = empty_events(1, 1)
    events.occupation[:], events.on_concept[:], events.minutes[:] = occupation, concept, minutes
    events.attended[:] = 0.7
    events.clock[:] = hours + minutes / 60
    return events


def random_events(
    rng: np.random.Generator, batch: int, learners: int, concepts: int, decisions: int
) -> Iterator[Events]:
    """Decisions with random occupations and up to 24 answers, some of them years apart."""
    shape, clock = (batch, learners, ANSWERS_PER_DECISION), np.zeros(batch)
    for _ in range(decisions):
        length = rng.choice([0.0, 0.1, 48.0, 20_000.0], batch, p=[0.1, 0.7, 0.1, 0.1])
        within = np.sort(rng.random(shape), axis=2) * length[:, None, None]
        yield Events(
            answers=rng.integers(0, ANSWERS_PER_DECISION + 1, shape[:2]).astype(np.int32),
            concept=rng.integers(0, concepts, shape).astype(np.int32),
            item=rng.integers(0, ITEMS, shape).astype(np.int32),
            correct=(rng.random(shape) < rng.choice([0.0, 0.5, 1.0])).astype(np.int8),
            quiz=rng.integers(0, 2, shape).astype(np.int8),
            seconds=np.full(shape, 30.0, np.float32),
            hours=clock[:, None, None] + within,
            occupation=rng.integers(0, OCCUPATIONS, shape[:2]).astype(np.int8),
            on_concept=rng.integers(-1, concepts, shape[:2]).astype(np.int32),
            minutes=rng.choice([0.0, 4.0, 1000.0], shape[:2]).astype(np.float32),
            attended=rng.choice([0.0, 0.7, 1.0], shape[:2]).astype(np.float32),
            clock=clock + length,
        )
        clock = clock + length


class Log(NamedTuple):
    """Learners of the fitted core who answer items, with their hidden traits."""

    ability: Floats  # (B, S)
    rate: Floats  # (B, S) slope per ln(1 + n) before the concept's own
    forgetting: Floats  # (B, S)
    effect: Floats  # (B, S, C)
    slope: Floats  # (B, 1, C)
    opportunities: Floats  # (B, S, C)
    gap_days: Floats  # (B, S, C)
    last_hours: Floats  # (B, S, C)


def draw_log(rng: np.random.Generator, k: Constants, shape: tuple[int, int, int]) -> Log:
    """Draw traits from the population (LEARNERS section 4, understanding 1)."""
    knowledge, memory, learners = k.knowledge, k.memory, shape[:2]
    rate = np.exp(knowledge.learning_rate_log_sd * rng.normal(size=learners))
    forgetting = np.exp(memory.forgetting_log_sd * rng.normal(size=learners))
    return Log(
        ability=knowledge.ability_sd * rng.normal(size=learners),
        rate=rate,
        forgetting=memory.forgetting * forgetting,
        effect=knowledge.learner_concept_sd * rng.normal(size=shape),
        slope=knowledge.concept_slope_sd * rng.normal(size=(shape[0], 1, shape[2])),
        opportunities=np.zeros(shape),
        gap_days=np.zeros(shape),
        last_hours=np.full(shape, -1.0),
    )


def true_mastery(log: Log, k: Constants, curriculum: CurriculumArrays, hours: float) -> Floats:
    """Logit mastery (B, S, C) at `hours`, written out anew from LEARNERS section 4."""
    knowledge, memory, n = k.knowledge, k.memory, log.opportunities
    slope = (knowledge.growth + log.slope) * log.rate[..., None]
    gain = knowledge.first_exposure_jump * np.minimum(1, n) + slope * np.log1p(n)
    since = np.where(n > 0, hours - log.last_hours, 0.0)
    spacing = 1 - memory.spacing * np.log1p(log.gap_days / np.maximum(1, n))
    rate = log.forgetting[..., None] * (1 - memory.retrieval_saving)
    gain -= rate * np.maximum(memory.spacing_floor, spacing) * np.log1p(since)
    learned = np.where(n > 0, np.maximum(0, gain), 0.0)
    parent = curriculum.parents[:, 0]
    carried = np.where(parent >= 0, learned[..., parent], 0.0)
    boost = np.where(n > 0, memory.boost * 0.5 ** (since * 60 / memory.boost_half_life), 0.0)
    own = knowledge.intercept + log.ability[..., None] + curriculum.easiness + log.effect
    return own + learned + knowledge.prerequisite_transfer * carried + boost


def answer_log(
    rng: np.random.Generator,
    k: Constants,
    curriculum: CurriculumArrays,
    batch: int,
    learners: int,
    decisions: int,
) -> Iterator[tuple[Events, Floats]]:
    """Practice until three right in a row or ten answers, three sessions two days apart.

    Yields:
        Events of one answer a learner and the true logit mastery (B, S, C) after it.
    """
    concepts, a, b = len(curriculum.easiness), k.attention, np.ogrid[:batch, :learners]
    log = draw_log(rng, k, (batch, learners, concepts))
    size, hours = (batch, learners), 0.0
    concept, streak, seen = rng.integers(0, concepts, size), np.zeros(size), np.zeros(size)
    keep, carry = math.exp(-0.5 / a.engagement_minutes), k.knowledge.context_correlation
    for decision in range(decisions):
        if decision % (decisions // 3) == 0:
            hours += 48.0 if decision else 0.0
            day, slow, context = (
                sd * rng.normal(size=size)
                for sd in (a.session_sd, a.engagement_sd, k.knowledge.context_sd)
            )
        hours += 0.5 / 60
        item, lapsed = rng.integers(0, ITEMS, size), rng.random(size) > a.usual_share
        z = true_mastery(log, k, curriculum, hours)[*b, concept]
        state = day + slow + context - a.lapse_cost * lapsed
        logit = z - curriculum.difficulties[concept, item] + state
        p = (1 - k.knowledge.slip) / (1 + np.exp(-logit))
        correct = rng.random(size) < p
        worth = np.where(lapsed, a.lapsed_learning, 1.0)
        worth *= 1 - k.sickness.novelty_cost * math.exp(
            -(3 * decision // decisions) / k.sickness.novelty_lessons
        )
        worth *= np.where(correct, 1.0, k.knowledge.failure_ratio)
        last = log.last_hours[*b, concept]
        log.gap_days[*b, concept] += np.where(last >= 0, hours - last, 0.0) / 24
        log.opportunities[*b, concept] += worth
        log.last_hours[*b, concept] = hours
        events = empty_events(batch, learners)
        events.answers[:], events.attended[:], events.clock[:] = 1, a.usual_share, hours
        events.concept[..., 0], events.item[..., 0], events.hours[..., 0] = concept, item, hours
        events.correct[..., 0] = correct
        yield events, true_mastery(log, k, curriculum, hours)
        slow = keep * slow + math.sqrt(1 - keep**2) * a.engagement_sd * rng.normal(size=size)
        shock = k.knowledge.context_sd * rng.normal(size=size)
        context = carry * context + math.sqrt(1 - carry**2) * shock
        streak, seen = np.where(correct, streak + 1, 0), seen + 1
        leave = (streak >= 3) | (seen >= 10)
        concept = np.where(leave, rng.integers(0, concepts, size), concept)
        streak, seen = np.where(leave, 0, streak), np.where(leave, 0, seen)


def area_under_curve(predicted: Floats, correct: NDArray[np.bool_]) -> float:
    """Probability that a right answer was predicted higher than a wrong one."""
    order = np.argsort(predicted, kind="stable")
    ranks = np.empty(len(predicted))
    ranks[order] = np.arange(1, len(predicted) + 1)
    right = int(correct.sum())
    above = ranks[correct].sum() - right * (right + 1) / 2
    return float(above / (right * (len(correct) - right)))
