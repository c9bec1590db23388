"""What is filled in for a class that is only observed is what the simulation fills in itself."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from envs.constants import Constants, SicknessConstants
from envs.course import Course
from envs.curriculum import builtin
from envs.events import ANSWERS_PER_DECISION
from envs.observed_class import FILLED_IN, ObservedAnswer, ObservedClass
from envs.sensors import FIRST_CHANNEL
from envs.simulation import Simulation
from envs.spaces import MODALITIES
from tests.random_teaching import legal_action

CURRICULUM = builtin("algebra-16")
SICKENING = Constants()._replace(
    sickness=SicknessConstants(leave_rate=0.5, susceptibility_log_sd=1.1, threshold=30.0)
)
COURSES = {
    "default tracer": (Course(lessons=3, minutes=20), Constants()),
    "bkt": (Course(learners=5, lessons=2, minutes=20, tracer="bkt"), Constants()),
    "no tracer": (Course(learners=2, lessons=1, minutes=10, tracer="none"), Constants()),
    "who gets sick leaves": (Course(lessons=2, minutes=60, gap_days=0.5), SICKENING),
}


def shown(simulation: Simulation) -> dict[str, Any]:
    """The observation as a scene sends it: zeros where Python is to fill in."""
    seen = {key: array[0].copy() for key, array in simulation.observation.items()}
    return {key: np.zeros_like(a) if key in FILLED_IN else a for key, a in seen.items()}


def told(simulation: Simulation) -> list[ObservedAnswer]:
    """The answers of the last decision as a scene tells them."""
    events = simulation.world.events
    return [
        ObservedAnswer(
            learner=i,
            concept=int(events.concept[0, i, n]),
            item=int(events.item[0, i, n]),
            correct=bool(events.correct[0, i, n]),
            quiz=bool(events.quiz[0, i, n]),
            seconds=float(events.seconds[0, i, n]),
            hours=float(events.hours[0, i, n]),
        )
        for i in range(simulation.course.learners)
        for n in range(events.answers[0, i])
    ]


def counted(simulation: Simulation) -> Any:
    """(S, modalities) windows of the last decision in which each sensor was read."""
    windows = simulation.world.state.channels.windows[0]
    return np.stack([windows[:, FIRST_CHANNEL[name]] for name in MODALITIES], axis=1).astype(int)


@pytest.mark.parametrize("name", COURSES)
def test_belief_and_prospects_over_a_course_are_the_simulations(name: str) -> None:
    """In float32, in which the scene tells what it sees."""
    course, constants = COURSES[name]
    simulation = Simulation(1, course, CURRICULUM, constants)
    observed = ObservedClass(course, CURRICULUM, constants)
    simulation.seed(np.array([11]))
    random = np.random.default_rng(5)
    for _ in range(2):  # a second course begins without a trace of the first
        simulation.start()
        seen, decisions = observed.begin(shown(simulation)), 0
        while not simulation.done[0]:
            _same(seen, simulation, f"decision {decisions}")
            action = legal_action(simulation.observation, random)
            simulation.step(action)
            decisions += 1
            seen = observed.follow(
                action[0], told(simulation), shown(simulation), counted(simulation)
            )
            for field in ("occupation", "on_concept", "minutes", "clock"):
                ours = getattr(simulation.world.events, field)
                np.testing.assert_array_equal(getattr(observed.events, field), ours, field)
        _same(seen, simulation, "the end")


def _same(seen: dict[str, Any], simulation: Simulation, where: str) -> None:
    assert set(seen) == set(simulation.observation)
    for key, array in simulation.observation.items():
        few = {"belief": 1e-6, "understanding": 1e-6, "prospects": 1e-5}.get(key, 0)  # last bits
        np.testing.assert_allclose(seen[key], array[0], rtol=0, atol=few, err_msg=f"{key}, {where}")


def test_without_counts_a_sensor_that_was_there_was_read_all_the_time() -> None:
    """So scenes are taught that do not count: a little too much is made of their sensors."""
    course = Course(learners=3, lessons=1, minutes=10)
    simulation = Simulation(1, course, CURRICULUM, Constants())
    simulation.seed(np.array([2]))
    simulation.start()
    classes = [ObservedClass(course, CURRICULUM) for _ in range(2)]
    for own in classes:
        own.begin(shown(simulation))
    simulation.step(np.zeros((1, 9), np.int64))
    seen, steps = shown(simulation), 4
    there = np.stack([seen[name][:, -1] for name in MODALITIES], axis=1)
    for own, counts in zip(classes, (None, (steps * there).astype(int)), strict=True):
        own.follow(np.zeros(9, np.int64), told(simulation), seen, counts)
    attended = [own.events.attended for own in classes]
    np.testing.assert_array_equal(*attended)
    assert attended[0].any()


def test_a_learner_may_answer_more_than_a_decision_of_the_simulation_has_room_for() -> None:
    """People click fast: none of their answers is lost, or written where another's belongs."""
    course = Course(learners=2, lessons=1, minutes=10)
    simulation, observed = (
        Simulation(1, course, CURRICULUM, Constants()),
        ObservedClass(course, CURRICULUM),
    )
    simulation.seed(np.array([1]))
    simulation.start()
    observed.begin(shown(simulation))
    action = np.zeros((1, 7), np.int64)
    simulation.step(action)
    seen = shown(simulation)
    many = 2 * ANSWERS_PER_DECISION + 1
    right = [ObservedAnswer(0, 0, 3, True, False, 2.0, n / 3600) for n in range(many)]
    levels = []
    for count in (1, ANSWERS_PER_DECISION, many):
        fresh = ObservedClass(course, CURRICULUM)
        fresh.begin(shown(simulation) | {"course": seen["course"]})
        levels.append(fresh.follow(action[0], right[:count], seen)["belief"][:, 0, 0])
    assert levels[0][0] < levels[1][0] < levels[2][0]
    assert levels[0][1] == levels[1][1] == levels[2][1]  # the other learner answered nothing


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"learner": 2}, "learner of an answer is 2; expected 0 to 1"),
        ({"concept": 16}, "concept of an answer is 16; expected 0 to 15"),
        ({"item": -1}, "item of an answer is -1; expected 0 to"),
    ],
)
def test_an_answer_to_nothing_is_refused(wrong: dict[str, int], says: str) -> None:
    course = Course(learners=2, lessons=1, minutes=10)
    observed, simulation = (
        ObservedClass(course, CURRICULUM),
        Simulation(1, course, CURRICULUM, Constants()),
    )
    simulation.start()
    seen = shown(simulation)
    observed.begin(seen)
    answer = ObservedAnswer(0, 0, 0, True, False, 1.0, 0.0)._replace(**wrong)
    with pytest.raises(ValueError, match=says):
        observed.follow(np.zeros(7, np.int64), [answer], seen)


def test_nobody_observes_the_truth() -> None:
    with pytest.raises(ValueError, match="tracer is 'truth'"):
        ObservedClass(replace(Course(), tracer="truth"), CURRICULUM)
