"""Prospects: what the belief promises must be what the learner model would do."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from agents.tutors.reference_greedy import still_ahead
from agents.tutors.true_gain import empty_gains, measure_gains
from envs.activities import Activity
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.prospects import HORIZON_MINUTES, OPENING, POINTS, SCORE, look_ahead
from envs.simulation import Simulation
from envs.spaces import EVIDENCE, PROSPECTS
from tests.random_teaching import legal_action

KINDS = len(PROSPECTS) // 2
TAUGHT = EVIDENCE.index("log1p_minutes_taught")


def taught(tracer: str, decisions: int = 40, batch: int = 6) -> Simulation:
    """Classrooms taught at random for a while."""
    course = Course(tracer=tracer, lessons=3)
    simulation = Simulation(batch, course, builtin("algebra-16"), Constants())
    simulation.seed(np.arange(batch))
    simulation.start()
    rng = np.random.default_rng(0)
    for _ in range(decisions):
        simulation.step(legal_action(simulation.observation, rng))
    return simulation


def test_prospects_of_a_true_belief_rank_lessons_as_the_hidden_state_does() -> None:
    simulation = taught("truth")
    true = empty_gains(simulation.batch, 8, 16)
    measure_gains(HORIZON_MINUTES, simulation.world, true)
    present = simulation.world.state.mind.present == 1
    for kind in range(KINDS):
        promised = simulation.observation["prospects"][..., kind][present]
        real = true.gain[..., kind][present] * 8 * POINTS
        assert spearmanr(promised.ravel(), real.ravel()).statistic > 0.75, PROSPECTS[kind]
        assert 0.5 < promised.mean() / real.mean() < 2.0, PROSPECTS[kind]


def test_what_lies_ahead_is_shared_among_prerequisites() -> None:
    simulation = taught("truth", 5)
    curriculum = simulation.world.curriculum
    rng = np.random.default_rng(1)
    standing = np.zeros((16, 9))
    standing[:, SCORE], standing[:, OPENING] = rng.uniform(size=16), 1.0
    left = curriculum.weight * (1.0 - standing[:, SCORE])
    order = np.argsort(-curriculum.depth)
    look_ahead(order, curriculum.weight, curriculum.parents, standing)
    expected = still_ahead(left[None, None], curriculum.adjacency)[0, 0]
    np.testing.assert_allclose(standing[:, OPENING], expected, atol=1e-12)
    roots = curriculum.adjacency.sum(axis=0) == 0
    won_by_opening = left[~roots].sum()  # all that builds on something, once each at the roots
    assert standing[roots, OPENING].sum() == pytest.approx(won_by_opening)


def test_nobody_absent_and_no_empty_belief_promises_anything() -> None:
    assert not taught("none").observation["prospects"].any()
    simulation = taught("gaussian")
    simulation.world.state.mind.present[:, 2] = 0
    simulation._foresee(np.ones(simulation.batch, np.int64))
    prospects = simulation.observation["prospects"]
    assert not prospects[:, 2].any()
    assert (prospects >= 0).all()
    assert prospects[:, 3].any()


def test_knowing_a_prerequisite_better_makes_its_successor_worth_teaching() -> None:
    simulation = taught("gaussian")
    edges = simulation.world.curriculum.adjacency
    child = int(np.flatnonzero(edges.sum(axis=0) == 1)[0])
    parent = int(np.flatnonzero(edges[:, child])[0])
    before = simulation.observation["prospects"][0, 0, child].copy()
    simulation.views.belief[0, 0, parent, 0] += 1.0
    simulation._foresee(np.ones(simulation.batch, np.int64))
    assert (simulation.observation["prospects"][0, 0, child, :KINDS] > before[:KINDS]).all()


def test_the_books_count_the_minutes_in_which_a_learner_was_shown_how() -> None:
    simulation = taught("gaussian", 0, batch=1)
    action = np.zeros((1, 19), np.int64)
    action[0, :3] = Activity.EXPLAIN, 3, 5
    simulation.step(action)
    action[0, :3] = Activity.PRESENT, 0, 5
    simulation.step(action)
    minutes = np.expm1(simulation.observation["evidence"][0, :, 5, TAUGHT])
    np.testing.assert_allclose(minutes, [4, 4, 6, 4, 4, 4, 4, 4], rtol=1e-6)
