"""The Gaussian filter agrees with posteriors computed the long way."""

import math

import numpy as np
import pytest

from envs.activities import Occupation
from envs.constants import Constants
from envs.tracing.gaussian import GaussianTracer
from envs.tracing.model import NoiseConstants
from envs.tracing.star import (
    CELL,
    HUB,
    Records,
    answer_evidence,
    answer_variance,
    condition,
    empty_records,
    grasp_moments,
    logistic_moments,
    mastery_variance,
)
from tests.traced_events import ITEMS, answered, chain

CONCEPTS = 3


def _star(rng: np.random.Generator) -> tuple[Records, Records]:
    """One learner's prior without session and context, so that nothing is dropped."""
    hubs, cells = empty_records((1,), HUB), empty_records((CONCEPTS,), CELL)
    hubs.ability, hubs.ability_variance = 0.3, 1.2
    for field in ("effect_mean", "grasp_mean", "effect_slope", "grasp_slope"):
        cells[field] = rng.normal(size=CONCEPTS)
    root = rng.normal(size=(CONCEPTS, 2, 2))
    cov = root @ root.transpose(0, 2, 1) + 0.1 * np.eye(2)
    cells.effect_variance, cells.covariance, cells.grasp_variance = cov[:, [0, 0, 1], [0, 1, 1]].T
    return hubs, cells


def _dense(hubs: Records, cells: Records) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of (ability, x_1, grasp_1, x_2, ...) that a star stands for."""
    ability = hubs.ability[0]
    slope = np.stack([cells.effect_slope, cells.grasp_slope], axis=1).ravel()
    start = np.stack([cells.effect_mean, cells.grasp_mean], axis=1).ravel()
    reach = np.concatenate([[1.0], slope])
    cov = hubs.ability_variance[0] * np.outer(reach, reach)
    for c in range(CONCEPTS):
        effect, grasp = 1 + 2 * c, 2 + 2 * c
        cov[effect, effect] += cells.effect_variance[c]
        cov[effect, grasp] += cells.covariance[c]
        cov[grasp, effect] += cells.covariance[c]
        cov[grasp, grasp] += cells.grasp_variance[c]
    return np.concatenate([[ability], start + slope * ability]), cov


def test_star_equals_the_dense_kalman_filter() -> None:
    rng = np.random.default_rng(0)
    hubs, cells = _star(rng)
    mean, cov = _dense(hubs, cells)
    for _ in range(40):
        c, load, gain = int(rng.integers(CONCEPTS)), rng.uniform(0, 2), rng.normal()
        loads = np.zeros(1 + 2 * CONCEPTS)
        loads[[0, 1 + 2 * c, 2 + 2 * c]] = 1.0, 1.0, load
        variance = loads @ cov @ loads
        assert answer_variance(cells[c], hubs[0], load) == pytest.approx(variance)
        assert mastery_variance(cells[c], hubs[0], load) == pytest.approx(variance)
        curve = rng.uniform(0, 0.9) / variance
        condition(cells[c], hubs[0], load, gain, curve)
        moved = cov @ loads
        mean, cov = mean + moved * gain, cov - np.outer(moved, moved) * curve
    found_mean, found_cov = _dense(hubs, cells)
    np.testing.assert_allclose(found_mean, mean, atol=1e-9)
    np.testing.assert_allclose(found_cov, cov, atol=1e-9)
    assert grasp_moments(cells[1], hubs[0]) == pytest.approx((mean[4], cov[4, 4]))


def test_session_and_context_share_the_surprise_of_an_answer() -> None:
    hubs, cells = _star(np.random.default_rng(1))
    hubs.session_variance, hubs.context_variance, hubs.ability_session = 0.5, 0.7, -0.2
    hub = np.array([[1.2, -0.2, 0.0], [-0.2, 0.5, 0.0], [0.0, 0.0, 0.7]])
    reach = np.array([1.0 + cells.effect_slope[0] + 0.5 * cells.grasp_slope[0], 1.0, 1.0])
    own = cells.effect_variance[0] + cells.covariance[0] + 0.25 * cells.grasp_variance[0]
    moved, variance = hub @ reach, reach @ hub @ reach + own
    assert answer_variance(cells[0], hubs[0], 0.5) == pytest.approx(variance)
    condition(cells[0], hubs[0], 0.5, 0.8, 0.5 / variance)
    after = hub - np.outer(moved, moved) * 0.5 / variance
    found = [hubs.ability[0] - 0.3, hubs.session[0], hubs.context[0]]
    assert found == pytest.approx(list(moved * 0.8))
    pairs = [hubs.ability_session[0], hubs.ability_context[0], hubs.session_context[0]]
    assert pairs == pytest.approx([after[0, 1], after[0, 2], after[1, 2]])
    spreads = [hubs.ability_variance[0], hubs.session_variance[0], hubs.context_variance[0]]
    assert spreads == pytest.approx(list(np.diag(after)))


def test_logistic_moments_are_close_to_fine_quadrature() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights /= weights.sum()
    for mean in (-4.0, -1.5, 0.0, 2.0):
        for variance in (0.1, 0.7, 2.0):
            g = mean + math.sqrt(variance) * nodes
            u = 1 / (1 + np.exp(-g))
            first, slope = weights @ u, weights @ (u * (1 - u))
            second = math.sqrt(weights @ (u - first) ** 2)
            found_first, found_slope, found_variance = logistic_moments(mean, variance)
            found = (found_first, found_slope, math.sqrt(found_variance))
            assert found == pytest.approx((first, slope, second), abs=0.02)
            assert found_variance >= found_slope**2 * variance - 1e-12


@pytest.mark.parametrize("correct", [True, False])
@pytest.mark.parametrize("mean", [-6.0, 0.0, 6.0])
def test_answer_evidence_is_the_derivative_of_the_log_probability(
    mean: float, correct: bool
) -> None:
    slip, variance, step = 0.01, 1.5, 1e-4

    def log_probability(m: float) -> float:
        p = answer_evidence(m, variance, slip, True)[0]
        return math.log(p if correct else 1 - p)

    around = [log_probability(mean + d) for d in (-step, 0.0, step)]
    _, gain, curve = answer_evidence(mean, variance, slip, correct)
    assert gain == pytest.approx((around[2] - around[0]) / (2 * step), abs=1e-5)
    second = (around[0] - 2 * around[1] + around[2]) / step**2
    assert curve == pytest.approx(max(0.0, -second), abs=1e-5)


def _unchanging() -> Constants:
    """A population without growth and forgetting."""
    k = Constants()
    return k._replace(
        knowledge=k.knowledge._replace(growth=0.0, first_exposure_jump=0.0, concept_slope_sd=0.0),
        memory=k.memory._replace(boost=0.0),
    )


def _still() -> Constants:
    """And without session and context: one grid can hold it."""
    k = _unchanging()
    return k._replace(
        knowledge=k.knowledge._replace(context_sd=0.0),
        attention=k.attention._replace(engagement_sd=0.0, session_sd=0.0),
    )


@pytest.mark.parametrize("concept", [0, 1])
@pytest.mark.parametrize("correct", [[1] * 8, [0] * 8, [1, 0, 0, 1, 0, 1, 1, 1]])
def test_posterior_is_near_that_on_a_fine_grid(concept: int, correct: list[int]) -> None:
    k, curriculum = _still(), chain(3)
    curriculum.depth[1] = 0.3
    noise = NoiseConstants(growth=0.0, answer=0.0, mastery=0.0)
    tracer = GaussianTracer(curriculum, k, 1, 1, noise=noise)
    tracer.update(answered(concept, correct))
    ability, effect, own = np.meshgrid(*[np.linspace(-4, 4, 61)] * 3, indexing="ij")
    a, weight = k.acquisition, np.exp(-(ability**2 + effect**2 + own**2) / 2)
    grasp = a.prior_ability * ability + a.prior_level - a.prior_depth * curriculum.depth[concept]
    u = 1 / (1 + np.exp(-(grasp + a.prior_sd * own)))
    z = k.knowledge.intercept + k.knowledge.ability_sd * ability + curriculum.easiness[concept]
    z = z + k.knowledge.learner_concept_sd * effect - a.gap * (1 - u)
    p = 0.99 / (1 + np.exp(-(z - curriculum.difficulties[concept, ITEMS // 2])))
    for answer in correct:
        weight = weight * (p if answer else 1 - p)
    weight /= weight.sum()
    for truth, belief in ((z, tracer.belief), (u, tracer.understanding)):
        mean = (weight * truth).sum()
        spread = math.sqrt((weight * (truth - mean) ** 2).sum())
        assert belief[0, 0, concept, 0] == pytest.approx(mean, abs=0.3 * spread)
        assert belief[0, 0, concept, 1] == pytest.approx(spread, rel=0.3)


def test_a_bad_day_lowers_the_next_prediction_but_not_that_of_another_day() -> None:
    predicted = []
    for hours in (0.1, 72.0):
        tracer = GaussianTracer(chain(3), _unchanging(), 1, 1)
        tracer.update(answered(0, [0]))
        tracer.update(answered(0, [1], hours=hours))
        predicted.append(tracer.predicted[0, 0, 0])
    assert predicted[0] < predicted[1] - 0.01


def test_an_inattentive_learner_is_expected_to_answer_worse() -> None:
    predicted = []
    for attended in (1.0, 0.0):
        tracer = GaussianTracer(chain(3), Constants(), 1, 1)
        events = answered(0, [1])
        events.attended[:] = attended
        tracer.update(events)
        predicted.append(tracer.predicted[0, 0, 0])
    assert predicted[1] < predicted[0] - 0.1


def test_instruction_moves_the_understanding_as_its_equation_says() -> None:
    k = Constants()._replace()
    k = k._replace(
        knowledge=k.knowledge._replace(learning_rate_log_sd=0.0),
        attention=k.attention._replace(lapsed_learning=0.0),
        sickness=k.sickness._replace(novelty_cost=0.0),
    )
    noise = NoiseConstants(attention=0.0, instruction=0.0)
    tracer = GaussianTracer(chain(3), k, 1, 1, noise=noise)
    before = tracer.understanding[0, 0, 0, 0]
    events = answered(0, [])
    events.occupation[:], events.on_concept[:] = Occupation.PRESENT, 0
    events.minutes[:], events.attended[:] = 5.0, 0.5
    tracer.update(events)
    expected = 1 - (1 - before) * math.exp(-k.acquisition.scale * k.acquisition.present * 2.5)
    assert tracer.understanding[0, 0, 0, 0] == pytest.approx(expected, abs=0.01)
