"""What a record leaves out of an observation is what the simulation shows."""

import numpy as np

from envs.constants import Constants, SicknessConstants
from envs.course import Course
from envs.curriculum import builtin
from envs.implied_fields import implied
from envs.observed_class import FILLED_IN
from envs.simulation import Simulation
from tests.random_teaching import legal_action
from unity_bridge.session_record import SEEN

CURRICULUM = builtin("algebra-16")
SICKENING = Constants()._replace(
    sickness=SicknessConstants(leave_rate=0.5, susceptibility_log_sd=1.1, threshold=30.0)
)


def test_masks_seats_and_curriculum_follow_from_who_is_there() -> None:
    """Learners who leave can be neither addressed nor paired."""
    course = Course(lessons=1, minutes=60)
    simulation = Simulation(1, course, CURRICULUM, SICKENING)
    simulation.seed(np.array([11]))
    simulation.start()
    random, least = np.random.default_rng(5), course.learners
    while not simulation.done[0]:
        seen = {name: array[0] for name, array in simulation.observation.items()}
        found = implied(seen["learner_present"], CURRICULUM)
        assert {*found, *SEEN} == seen.keys()
        for name in seen.keys() - {*SEEN, *FILLED_IN} | {"concepts", "learner_present"}:
            np.testing.assert_array_equal(found[name], seen[name], name)
        least = min(least, int(seen["learner_present"].sum()))
        simulation.step(legal_action(simulation.observation, random))
    assert least < course.learners
