"""Privileged references: their gains are the learner family's own, and looking changes nothing."""

import numpy as np
import pytest

from agents.tutors.reference_beam import BeamSettings, BeamTruth
from agents.tutors.registry import make_tutor
from agents.tutors.true_gain import TrueGains, empty_gains, measure_gains, occupy
from envs.course import EVALUATION_SEED, Course
from envs.curriculum_generate import generate
from envs.learners.learner import expected_at
from envs.prospects import OCCUPATIONS
from envs.simulation import Simulation
from envs.vector import ClassroomVectorEnv

HORIZON = 4.0


@pytest.fixture(scope="module")
def taught() -> ClassroomVectorEnv:
    """Two classes of three after fifteen decisions."""
    course = Course(learners=3, tracer="truth")
    env = ClassroomVectorEnv(2, course=course, curriculum=generate(6, 1))
    observation, _ = env.reset(seed=EVALUATION_SEED)
    tutor = make_tutor("round robin")
    tutor.reset(2)
    for _ in range(15):
        observation, *_ = env.step(tutor.act(observation))
    return env


def gains_of(simulation: Simulation) -> TrueGains:
    size = simulation.batch, simulation.course.learners, simulation.curriculum.size
    out = empty_gains(*size)
    measure_gains(HORIZON, simulation.world, out)
    return out


def test_gain_is_the_change_of_the_expected_score(taught: ClassroomVectorEnv) -> None:
    simulation = taught.simulation
    out, world = gains_of(simulation), simulation.world
    saved = simulation.state_dict()
    test = world.timetable.test_hours
    attended = (0.75, 0.75, 0.9, 0.75, 0.75)
    for kind, occupation in enumerate(OCCUPATIONS):
        for b, i, c in ((0, 0, 0), (0, 2, 1), (1, 1, 3), (1, 0, 5)):
            before = expected_at(b, i, test, world)
            occupy(b, i, c, occupation, HORIZON * attended[kind], world, out)
            change = expected_at(b, i, test, world) - before
            simulation.load_state_dict(saved)
            assert 3 * HORIZON * out.gain[b, i, c, kind] == pytest.approx(change, abs=1e-9)


def test_measuring_leaves_the_state_alone(taught: ClassroomVectorEnv) -> None:
    before = taught.simulation.state_dict()
    gains_of(taught.simulation)
    for name, array in taught.simulation.state_dict().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_search_leaves_the_state_alone(taught: ClassroomVectorEnv) -> None:
    tutor = BeamTruth(BeamSettings(depth=2))
    tutor.attach(taught.simulation)
    tutor.reset(2)
    before = taught.simulation.state_dict()
    tutor.act(taught.simulation.observation)
    for name, array in taught.simulation.state_dict().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_beam_refuses_an_empty_search(taught: ClassroomVectorEnv) -> None:
    with pytest.raises(ValueError, match="0 deep; expected at least 1"):
        BeamTruth(BeamSettings(depth=0)).attach(taught.simulation)
