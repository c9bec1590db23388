"""The default tracer: a Kalman-like filter of ability, concept effects and understanding.

The model is that of `envs.learners.calibrated`, seen from outside:

    logit P(correct) = mu + ability + beta_c + x_c - T (1 - u_c) + practised_c - difficulty
                       + session + context - lapse,                u_c = sigmoid(grasp_c)
    grasp_c = 1.2 ability / sd + 1 - 5 depth_c + .8 N(0, 1)        before instruction

so every prior is Gaussian given the ability (`envs.tracing.star`). Answers condition it,
instruction and practice move and widen it (`envs.tracing.practice`), hours fade it.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.compiled import compiled
from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.events import ANSWERS_PER_DECISION, Events
from envs.state import plain_arrays
from envs.tracing.batching import Rows, check_sizes, output
from envs.tracing.evidence import Tracking, mastery_mean, take_answers, take_instruction
from envs.tracing.model import Lessons, Model, NoiseConstants, lesson_rates, tracing_model
from envs.tracing.practice import boost, retention, transfer, understanding_load
from envs.tracing.star import (
    CELL,
    HUB,
    empty_records,
    grasp_moments,
    logistic_moments,
    mastery_variance,
)


@compiled
def begin(
    b: int, curriculum: CurriculumArrays, model: Model, lessons: Lessons, t: Tracking
) -> None:
    """Set classroom b to the population's prior at clock 0."""
    a = lessons.acquisition
    t.clock[b], t.lesson[b] = 0.0, 0.0
    for i in range(t.belief.shape[1]):
        hub = t.hubs[b, i]
        hub.ability, hub.session, hub.context = 0.0, 0.0, 0.0
        hub.ability_variance = lessons.ability_variance
        hub.session_variance = model.session_variance
        hub.context_variance = model.context_variance
        hub.ability_session, hub.ability_context, hub.session_context = 0.0, 0.0, 0.0
        for c in range(t.belief.shape[2]):
            cell = t.cells[b, i, c]
            cell.effect_mean, cell.effect_slope = 0.0, 0.0
            cell.grasp_mean = a.prior_level - a.prior_depth * curriculum.depth[c]
            cell.grasp_slope = a.prior_ability / math.sqrt(lessons.ability_variance)
            cell.effect_variance, cell.covariance = lessons.effect_variance, 0.0
            cell.grasp_variance = a.prior_sd**2
            cell.opportunities, cell.retrievals, cell.gap_days = 0.0, 0.0, 0.0
            cell.last_hours, cell.instructed, cell.learned = -1.0, 0.0, 0.0


@compiled
def read(b: int, hours: float, curriculum: CurriculumArrays, model: Model, t: Tracking) -> None:
    """Write classroom b's belief and understanding at `hours` into the output arrays."""
    for i in range(t.belief.shape[1]):
        hub = t.hubs[b, i]
        for c in range(t.belief.shape[2]):
            cell = t.cells[b, i, c]
            grasp, variance = grasp_moments(cell, hub)
            u, steepness, spread = logistic_moments(grasp, variance)
            learned, forgotten = retention(cell, hours, u, model)
            cell.learned = learned
            load = understanding_load(cell, model)
            total = mastery_variance(cell, hub, load * steepness) + model.mastery_variance
            total += load * load * (spread - steepness * steepness * variance)
            total += (model.forgetting_cv * forgotten) ** 2
            practised = learned + boost(cell, hours, model)
            t.understanding[b, i, c, 0] = u
            t.understanding[b, i, c, 1] = math.sqrt(spread)
            mean = mastery_mean(cell, hub, curriculum.easiness[c], u, practised, model)
            t.belief[b, i, c, 0] = mean
            t.belief[b, i, c, 1] = math.sqrt(total)
        for c in range(t.belief.shape[2]):
            t.belief[b, i, c, 0] += transfer(b, i, c, t.cells, curriculum.parents, model)


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
            empty_records((batch, learners), HUB),
            empty_records((batch, learners, concepts), CELL),
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

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a later update depends on, by name: views, to be saved and written back."""
        return plain_arrays(self._tracking._asdict())

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
