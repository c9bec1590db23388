"""Prospects: what the belief promises must be what the learner model would do."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from agents.tutors.true_gain import empty_gains, measure_gains
from envs.activities import Activity
from envs.constants import AcquisitionConstants, Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.curriculum_generate import generate
from envs.prospects import HORIZON_MINUTES, PER_MINUTES, deepest_first, look_ahead
from envs.simulation import Simulation
from envs.spaces import EVIDENCE, LIMIT, PROSPECTS
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
        real = true.gain[..., kind][present] * 8 * 100 * PER_MINUTES
        assert spearmanr(promised.ravel(), real.ravel()).statistic > 0.75, PROSPECTS[kind]
        assert 0.5 < promised.mean() / real.mean() < 2.0, PROSPECTS[kind]


def test_what_lies_ahead_is_shared_among_prerequisites() -> None:
    """0 and 1 lead to 2, 2 leads to 3; half of each concept's .25 is still to be won."""
    parents = np.array([[-1, -1], [-1, -1], [0, 1], [2, -1]])
    score, ahead = np.full(4, 0.5), np.full(4, np.nan)
    look_ahead(np.array([3, 2, 1, 0]), np.full(4, 0.25), parents, score, ahead)
    assert ahead.tolist() == [0.125, 0.125, 0.125, 0.0]


def test_all_that_is_to_be_won_above_the_roots_arrives_at_the_roots_once() -> None:
    world = taught("truth", 5).world
    curriculum, ahead = world.curriculum, np.zeros(16)
    score = np.random.default_rng(1).uniform(size=16)
    look_ahead(deepest_first(world), curriculum.weight, curriculum.parents, score, ahead)
    roots = curriculum.adjacency.sum(axis=0) == 0
    left = curriculum.weight * (1.0 - score)
    assert ahead[roots].sum() == pytest.approx(left[~roots].sum())
    assert (ahead[~roots] < left.sum()).all()


def test_nobody_absent_and_no_empty_belief_promises_anything() -> None:
    assert not taught("none").observation["prospects"].any()
    simulation = taught("gaussian")
    simulation.world.state.mind.present[:, 2] = 0
    simulation._belief.foresee(np.ones(simulation.batch, np.int64))
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
    simulation._belief.foresee(np.ones(simulation.batch, np.int64))
    assert (simulation.observation["prospects"][0, 0, child, :KINDS] > before[:KINDS]).all()


def test_a_partner_who_leaves_takes_the_prospects_of_peer_work_along() -> None:
    simulation, everyone = taught("gaussian", 0), np.ones(6, np.int64)
    peer = PROSPECTS.index("peer")
    before = simulation.observation["prospects"][:, 0].copy()
    simulation.world.state.mind.present[:, 1] = 0
    simulation._belief.foresee(everyone)
    after = simulation.observation["prospects"][:, 0]
    assert (after[:, :, peer] < before[:, :, peer]).all()
    np.testing.assert_array_equal(after[:, :, 0], before[:, :, 0])


def test_a_short_curriculum_keeps_within_the_contract() -> None:
    course, curriculum = Course(lessons=1, minutes=5), generate(2, seed=0)
    simulation = Simulation(2, course, curriculum, Constants())
    simulation.seed(np.arange(2))
    simulation.start()
    prospects = simulation.observation["prospects"]
    assert 0.0 <= prospects.min() < prospects.max() <= LIMIT


def test_what_the_tutor_believes_of_the_constants_moves_its_belief_alone() -> None:
    """Robust evaluation changes the learners; it must not tell the tutor how."""
    slow = Constants(acquisition=AcquisitionConstants(scale=0.5))

    def at_random(constants: Constants, believed: Constants | None) -> Simulation:
        simulation = Simulation(2, Course(), builtin("algebra-16"), constants, believed=believed)
        simulation.seed(np.arange(2))
        simulation.start()
        rng = np.random.default_rng(0)
        for _ in range(30):
            simulation.step(legal_action(simulation.observation, rng))
        return simulation

    usual, misled = at_random(Constants(), None), at_random(Constants(), slow)
    for key, array in usual.observation.items():
        same = np.array_equal(array, misled.observation[key])
        assert same == (key not in ("belief", "understanding", "prospects")), key
    np.testing.assert_array_equal(
        usual.world.state.tally.expected, misled.world.state.tally.expected
    )
    surprised = at_random(slow, Constants())
    first = {"belief", "understanding", "prospects"}
    assert (surprised.world.state.tally.expected != usual.world.state.tally.expected).any()
    told = at_random(slow, None)
    assert all((surprised.observation[k] != told.observation[k]).any() for k in first)


def test_a_new_course_opens_new_books() -> None:
    simulation = taught("gaussian", 5)
    assert simulation.observation["evidence"][..., TAUGHT].any()
    simulation.start()
    assert not simulation.observation["evidence"][..., TAUGHT].any()


def test_the_books_count_the_minutes_in_which_a_learner_was_shown_how() -> None:
    simulation = taught("gaussian", 0, batch=1)
    action = np.zeros((1, 19), np.int64)
    action[0, :3] = Activity.EXPLAIN, 3, 5
    simulation.step(action)
    action[0, :3] = Activity.PRESENT, 0, 5
    simulation.step(action)
    minutes = np.expm1(simulation.observation["evidence"][0, :, 5, TAUGHT])
    np.testing.assert_allclose(minutes, [4, 4, 6, 4, 4, 4, 4, 4], rtol=1e-6)
