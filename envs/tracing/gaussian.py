"""The default tracer: a Kalman-like filter of ability, concept effects and understanding.

The model is that of `envs.learners.calibrated`, seen from outside:

    logit P(correct) = mu + ability + beta_c + x_c - T (1 - u_c) + practised_c - difficulty
                       + session + context - lapse,                u_c = sigmoid(grasp_c)
    grasp_c = 1.2 ability / sd + 1 - 5 depth_c + .8 N(0, 1)        before instruction

so every prior is Gaussian given the ability (`envs.tracing.star`). Answers condition it,
instruction and practice move and widen it (`envs.tracing.practice`), hours fade it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from envs.compiled import compiled
from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.events import ANSWERS_PER_DECISION, Events
from envs.tracing.batching import Rows, check_sizes, output
from envs.tracing.evidence import take_answers, take_instruction
from envs.tracing.model import Lessons, Model, NoiseConstants, lesson_rates, tracing_model
from envs.tracing.practice import boost, empty_practice, retention, transfer
from envs.tracing.star import (
    ABILITY,
    CONTEXT,
    SESSION,
    empty_star,
    grasp_moments,
    logistic_moments,
    mastery_variance,
)
from envs.tracing.tracking import Tracking, mastery_mean, understanding_load


@compiled
def begin(
    b: int, curriculum: CurriculumArrays, model: Model, lessons: Lessons, t: Tracking
) -> None:
    """Set classroom b to the population's prior at clock 0."""
    star, a = t.star, lessons.acquisition
    t.clock[b], t.lesson[b] = 0.0, 0.0
    star.hub_mean[b] = 0.0
    star.hub_cov[b] = 0.0
    star.hub_cov[b, :, ABILITY, ABILITY] = lessons.ability_variance
    star.hub_cov[b, :, SESSION, SESSION] = model.session_variance
    star.hub_cov[b, :, CONTEXT, CONTEXT] = model.context_variance
    star.mean[b, :, :, 0] = 0.0
    star.slope[b, :, :, 0] = 0.0
    star.slope[b, :, :, 1] = a.prior_ability / math.sqrt(lessons.ability_variance)
    star.cov[b, :, :, 0] = lessons.effect_variance
    star.cov[b, :, :, 1] = 0.0
    star.cov[b, :, :, 2] = a.prior_sd**2
    for c in range(curriculum.depth.shape[0]):
        star.mean[b, :, c, 1] = a.prior_level - a.prior_depth * curriculum.depth[c]
    for counts in t.practice:
        counts[b] = 0.0
    t.practice.last_hours[b] = -1.0


@compiled
def read(b: int, hours: float, curriculum: CurriculumArrays, model: Model, t: Tracking) -> None:
    """Write classroom b's belief and understanding at `hours` into the output arrays."""
    practice = t.practice
    for i in range(t.belief.shape[1]):
        for c in range(t.belief.shape[2]):
            grasp, variance = grasp_moments(b, i, c, t.star)
            u, steepness, spread = logistic_moments(grasp, variance)
            n, since = practice.opportunities[b, i, c], hours - practice.last_hours[b, i, c]
            retrievals, gap_days = practice.retrievals[b, i, c], practice.gap_days[b, i, c]
            learned, forgotten = retention(n, retrievals, gap_days, since, u, model)
            practice.learned[b, i, c] = learned
            load = understanding_load(n, model)
            total = mastery_variance(b, i, c, load * steepness, t.star) + model.mastery_variance
            total += load * load * (spread - steepness * steepness * variance)
            total += (model.forgetting_cv * forgotten) ** 2
            practised = learned + boost(n, since, model)
            mean = mastery_mean(b, i, c, u, practised, t.star, curriculum.easiness[c], model)
            t.understanding[b, i, c, 0] = u
            t.understanding[b, i, c, 1] = math.sqrt(spread)
            t.belief[b, i, c, 0] = mean
            t.belief[b, i, c, 1] = math.sqrt(total)
        for c in range(t.belief.shape[2]):
            t.belief[b, i, c, 0] += transfer(b, i, c, practice.learned, curriculum.parents, model)


@compiled
def update_rows(
    first: int,
    last: int,
    events: Events,
    curriculum: CurriculumArrays,
    model: Model,
    lessons: Lessons,
    t: Tracking,
) -> None:
    """Take in one decision of classrooms first to last - 1 and read the belief at its end."""
    for b in range(first, last):
        end = events.clock[b]
        if end - t.clock[b] > model.new_session_hours:
            t.lesson[b] += 1.0
        take_answers(b, events, curriculum, model, t)
        take_instruction(b, events, curriculum, model, lessons, t)
        t.clock[b] = end
        read(b, end, curriculum, model, t)


@compiled
def begin_rows(
    started: NDArray[np.bool_],
    curriculum: CurriculumArrays,
    model: Model,
    lessons: Lessons,
    t: Tracking,
) -> None:
    """Set the chosen classrooms to the prior and read it."""
    for b in range(started.shape[0]):
        if started[b]:
            begin(b, curriculum, model, lessons, t)
            read(b, 0.0, curriculum, model, t)


class GaussianTracer:
    """Belief about mastery and understanding, filtered from events alone.

    Attributes:
        belief: (B, S, C, 2) float32, mean and sd of the logit mastery now.
        understanding: (B, S, C, 2) float32, mean and sd of the understanding in [0, 1].
        predicted: (B, S, M) float32, probability of a correct answer that was given to each answer
            of the last decision before it was seen.
    """

    def __init__(
        self,
        curriculum: CurriculumArrays,
        constants: Constants,
        batch: int,
        learners: int,
        *,
        belief: NDArray[np.float32] | None = None,
        understanding: NDArray[np.float32] | None = None,
        noise: NoiseConstants | None = None,
        threads: int = 1,
    ) -> None:
        """Start all classrooms at the population's prior.

        Args:
            curriculum: Easiness, depth, prerequisites and item difficulties.
            constants: Of the population that the learners come from.
            batch: Classrooms B.
            learners: Learners S in each.
            belief: Written in place where given, (B, S, C, 2).
            understanding: Written in place where given, (B, S, C, 2).
            noise: The tracer's own noise terms.
            threads: Threads among which the classrooms are divided.

        Raises:
            ValueError: A size is below 1 or an output array does not fit.
        """
        check_sizes(batch=batch, learners=learners, threads=threads)
        concepts = curriculum.easiness.shape[0]
        shape = (batch, learners, concepts, 2)
        self.belief = output("belief", belief, shape)
        self.understanding = output("understanding", understanding, shape)
        self.predicted = np.zeros((batch, learners, ANSWERS_PER_DECISION), np.float32)
        self._curriculum = curriculum
        noise = noise or NoiseConstants()
        self._model = tracing_model(constants, noise)
        self._lessons = lesson_rates(constants, noise)
        self._tracking = Tracking(
            empty_star(batch, learners, concepts),
            empty_practice(batch, learners, concepts),
            np.zeros(batch),
            np.zeros(batch),
            self.belief,
            self.understanding,
            self.predicted,
        )
        self._rows = Rows(batch, threads)
        self.reset(np.ones(batch, np.bool_))

    def reset(self, started: NDArray[np.bool_]) -> None:
        """Restart the chosen classrooms, (B,), at the prior and at clock 0."""
        begin_rows(started, self._curriculum, self._model, self._lessons, self._tracking)

    def update(self, events: Events) -> None:
        """Take in one decision's events and move every belief to `events.clock`."""
        self._rows.call(
            update_rows,
            events,
            self._curriculum,
            self._model,
            self._lessons,
            self._tracking,
        )
