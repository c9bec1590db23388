"""What kind of learners classes have, by answers and sensors, against the simulator's truth."""

from functools import cache

import numpy as np
import pytest

from agents.adaptation.attention_estimate import AttentionEstimate
from agents.adaptation.class_estimate import (
    NOTHING_SEEN,
    PARAMETERS,
    ClassEvents,
    Estimate,
    at_shift,
    estimate,
    kept,
    likelier,
    log_likelihood,
    other_learners,
)
from agents.adaptation.told_belief import ToldBelief
from agents.tutors.registry import make_tutor
from envs.constants import Constants
from envs.course import TUNING_SEED, Course
from envs.curriculum import builtin
from envs.events import Events
from envs.spaces import MODALITIES, sensor_width
from envs.vector import ClassroomVectorEnv

CLASSES = 8
USUAL = Constants()
ALGEBRA = builtin("algebra-16")
NAMES = [each.name for each in PARAMETERS]
POPULATIONS = {
    "usual": {},
    "weak": {"knowledge.intercept": 0.0},
    "forgetful": {"memory.forgetting": 0.32},
    "lapsing": {"attention.lapse_rate": 1.5},
}


@cache
def watched(population: str) -> tuple[ClassEvents, AttentionEstimate, float]:
    """A course of some classes: events, sensors, and the share of time that they really lapsed."""
    env = ClassroomVectorEnv(
        CLASSES,
        course=Course(),
        curriculum=ALGEBRA,
        constants=other_learners(USUAL, POPULATIONS[population]),
        believed=USUAL,
    )
    tutor, sensors = make_tutor("fixed curriculum"), AttentionEstimate(USUAL)
    obs, _ = env.reset(seed=TUNING_SEED)
    tutor.reset(CLASSES)
    sensors.start(CLASSES, obs["belief"].shape[1])
    live, clock, decisions = np.ones(CLASSES, bool), np.zeros(CLASSES), []
    lapsed = np.zeros(CLASSES)
    while live.any():
        obs, _, ended, _, infos = env.step(tutor.act(obs))
        following = infos.get("final_obs", obs)
        sensors.add(following, infos["minutes"], live)
        decisions.append(kept(infos.get("final_events", env.simulation.world.events), live, clock))
        clock = decisions[-1].clock
        if ended.any():
            minutes = infos["final_info"]["minutes_lapsed"].mean(axis=1)
            lapsed[ended & live] = minutes[ended & live]
        live &= ~ended
    sensors.finish()
    return ClassEvents(tuple(decisions)), sensors, float(lapsed.mean()) / Course().total_minutes


@cache
def fitted(population: str) -> Estimate:
    return estimate([watched(population)[0]], ALGEBRA, USUAL)


def off_by(population: str, name: str) -> float:
    """Distance of an estimate from the truth in its own standard deviations."""
    truth = {each: _value(each) for each in NAMES} | POPULATIONS[population]
    found, place = fitted(population), NAMES.index(name)
    scale = PARAMETERS[place].scale
    difference = truth[name] - _value(name)
    shift = difference if scale == "logit" else np.log(truth[name] / _value(name))
    return float((found.shift[place] - shift) / found.spread[place])


def _value(name: str) -> float:
    return next(value for each, value, _ in USUAL.tagged() if each == name)


@pytest.mark.parametrize("population", ["usual", "weak", "forgetful"])
def test_the_truth_lies_where_the_estimate_says(population: str) -> None:
    """An interval without the truth would call usual classes strange, or strange ones usual."""
    for name in NAMES:
        assert abs(off_by(population, name)) < 3, (name, fitted(population).as_dict(USUAL))


def test_what_differs_is_told_from_what_is_usual() -> None:
    """An estimate that stayed at its prior would be right of usual classes alone."""
    usual, weak = (fitted(name).values(USUAL) for name in ("usual", "weak"))
    assert weak["knowledge.intercept"] < usual["knowledge.intercept"] - 0.4


def test_estimates_sharpen_with_classes() -> None:
    """How sure it is must come from what was seen."""
    whole = watched("weak")[0]
    few = ClassEvents(tuple(classes(whole.decisions, slice(2))))
    two, all_of_them = estimate([few], ALGEBRA, USUAL), fitted("weak")
    assert (two.classes, all_of_them.classes) == (2, CLASSES)
    assert (all_of_them.spread < two.spread).all()
    assert (two.spread < NOTHING_SEEN.spread).all()


def test_estimated_constants_foretell_answers_better() -> None:
    """The estimate is likeliest, given the prior: if it is not, Newton's steps are wrong."""
    course, found = watched("weak")[0], fitted("weak")
    ours = log_posterior(course, found.shift)
    assert ours > log_posterior(course, np.zeros(len(PARAMETERS))) + 2
    for step in 0.5 * np.eye(len(PARAMETERS)):
        assert ours > log_posterior(course, found.shift + step) - 0.2
        assert ours > log_posterior(course, found.shift - step) - 0.2


def log_posterior(course: ClassEvents, shift: np.ndarray) -> float:
    """Of shifts from the usual constants, but for a constant."""
    prior = sum((by / each.sd) ** 2 / 2 for by, each in zip(shift, PARAMETERS, strict=True))
    return float(log_likelihood(course, ALGEBRA, at_shift(USUAL, shift)).sum() - prior)


def test_shifts_count_from_what_usual_classes_give() -> None:
    """Tracing is an approximation: usual classes taken for strange would mislead the belief."""
    usual, weak = fitted("usual"), watched("weak")[0]
    again = estimate([watched("usual")[0]], ALGEBRA, USUAL, usual)
    np.testing.assert_allclose(again.shift, 0.0, atol=0.15)
    assert (again.spread >= usual.spread).all()
    found = estimate([weak], ALGEBRA, USUAL, usual)
    assert likelier(weak, ALGEBRA, USUAL, found, usual).sum() > 2
    assert likelier(weak, ALGEBRA, USUAL, NOTHING_SEEN, usual).sum() == 0


def test_the_belief_is_told_where_classes_kept_apart_bear_it_out() -> None:
    """What live classes seem to be, others must be, too; two of them say nothing yet."""
    for name, told in (("weak", True), ("usual", False)):
        course = watched(name)[0].decisions
        belief = ToldBelief(ALGEBRA, fitted("usual"))
        assert belief.believed == USUAL
        belief.finish(*(classes(course, part) for part in (slice(2, 8), slice(2))), look=1)
        assert not belief.told
        belief = ToldBelief(ALGEBRA, fitted("usual"))
        belief.finish(*(classes(course, part) for part in (slice(3), slice(3, 8))), look=1)
        assert belief.told == told
        assert (belief.believed == belief.estimated) == told
        assert belief.as_dict()["told"] == told


def classes(course: tuple[Events, ...], part: slice) -> list[Events]:
    """Some of the classes of a course."""
    return [Events(*(array[part] for array in events)) for events in course]


def test_classes_that_are_over_say_nothing_more() -> None:
    """After a course the seats belong to another class, whose answers are not this one's."""
    course, _, _ = watched("usual")
    padded = ClassEvents(
        (*course.decisions, kept(course.decisions[-1], np.zeros(8, bool), np.full(8, 900.0)))
    )
    np.testing.assert_array_equal(
        log_likelihood(course, ALGEBRA, USUAL), log_likelihood(padded, ALGEBRA, USUAL)
    )


@pytest.mark.parametrize("population", ["usual", "lapsing"])
def test_lapses_are_read_off_the_sensors(population: str) -> None:
    """Within three standard errors: with eight classes they are about .04."""
    _, sensors, truth = watched(population)
    share, error = sensors.lapsed()
    assert 0 < error < 0.06
    assert abs(share - truth) < 3 * error
    known = sensors.as_dict()
    assert known is not None
    assert (known["rate_per_minute"] > 0.8) == (population == "lapsing")


@pytest.mark.filterwarnings("error")
def test_without_any_sensor_nothing_is_known_of_lapses() -> None:
    """A scene without sensors must not end a round of adaptation with what is no JSON."""
    sensors = AttentionEstimate(USUAL)
    assert sensors.as_dict() is None
    sensors.start(2, 3)
    blind = {name: np.zeros((2, 3, sensor_width(name))) for name in MODALITIES}
    sensors.add(blind, np.ones(2), np.ones(2, bool))
    sensors.finish()
    assert sensors.as_dict() is None
