"""The record of a class against the classroom's own books and against counting by hand."""

from collections import defaultdict
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from agents.class_record import BELIEF_BINS, ENOUGH, IN_A_ROW, ClassRecord
from agents.comparison import Row, compare
from agents.evaluation import Outcome, evaluate
from agents.tutors.protocol import Actions, Kind, Observation
from agents.tutors.registry import make_tutor
from envs.activities import OCCUPATIONS, Activity, Occupation
from envs.course import EVALUATION_SEED, Course
from envs.curriculum_generate import generate
from envs.events import ANSWERS_PER_DECISION, Events, empty_events
from envs.vector import ClassroomVectorEnv

SHORT = Course(learners=3, lessons=2, minutes=10)
CURRICULUM = generate(4, 0)
ALL = np.ones(2, np.bool_)


def random_events(rng: np.random.Generator) -> Events:
    events = empty_events(2, 3)
    events.answers[:] = rng.integers(0, 5, (2, 3))
    events.concept[:] = rng.integers(0, 4, (2, 3, ANSWERS_PER_DECISION))
    events.correct[:] = rng.random((2, 3, ANSWERS_PER_DECISION)) < 0.4
    return events


def test_wheel_spinning_by_hand() -> None:
    rng = np.random.default_rng(3)
    record, answers = ClassRecord(2, 3, 4), defaultdict(list)
    belief = np.zeros((2, 3, 4), np.float32)
    for _ in range(18):
        events = random_events(rng)
        record.note(events, belief, ALL)
        for b, i in np.ndindex(2, 3):
            for m in range(events.answers[b, i]):
                answers[b, i, events.concept[b, i, m]].append(int(events.correct[b, i, m]))
    runs = {
        pair: max((len(list(row)) for right, row in groupby(given) if right), default=0)
        for pair, given in answers.items()
        if len(given) >= ENOUGH
    }
    stuck = [pair for pair, longest in runs.items() if longest < IN_A_ROW]
    assert 0 < len(stuck) < len(runs) < len(answers)
    for counted, pairs in zip(record.wheel_spinning(), (runs, stuck), strict=True):
        assert counted.tolist() == [sum(b == n for b, _, _ in pairs) for n in range(2)]


def test_a_class_whose_course_is_over_is_left_alone() -> None:
    events, record = empty_events(2, 3), ClassRecord(2, 3, 4)
    events.on_concept[:], events.minutes[:] = 1, 5.0
    events.occupation[:] = Occupation.QUIZ
    record.note(events, np.zeros((2, 3, 4), np.float32), np.array([True, False]))
    assert record.minutes.sum(axis=(1, 2)).tolist() == [15.0, 0.0]


@pytest.mark.parametrize(
    ("mastery", "place"), [(0.0, 0), (0.05, 0), (0.3, 3), (0.5, 6), (0.99, 11), (1.0, 11)]
)
def test_minutes_go_where_the_belief_was(mastery: float, place: int) -> None:
    """The pair's own concept counts; what the learner is not busy with does not."""
    events, record = empty_events(1, 1), ClassRecord(1, 1, 2)
    events.on_concept[:], events.minutes[:] = 1, 2.0
    events.occupation[:] = Occupation.EXPLAIN
    with np.errstate(divide="ignore"):
        logit = np.clip(np.log(mastery) - np.log1p(-mastery), -100, 100)
    record.note(events, np.array([[[1.3, logit]]], np.float32), np.ones(1, np.bool_))
    expected = np.zeros((1, OCCUPATIONS, BELIEF_BINS))
    expected[0, Occupation.EXPLAIN, place] = 2.0
    np.testing.assert_array_equal(record.minutes, expected)


def test_answers_are_those_of_the_classrooms_books() -> None:
    """To the last decision, although the classroom restarts at once."""
    env = ClassroomVectorEnv(2, course=SHORT, curriculum=CURRICULUM)
    observation, _ = env.reset(seed=EVALUATION_SEED)
    tutor, record = make_tutor("mastery"), ClassRecord(2, 3, 4)
    tutor.reset(2)
    ended = np.zeros(2, np.bool_)
    books = np.zeros((2, 3, 4))
    while not ended.all():
        belief = observation["belief"][..., 0].copy()
        observation, _, over, _, infos = env.step(tutor.act(observation))
        record.note(infos.get("final_events", env.simulation.world.events), belief, ~ended)
        new = over & ~ended
        if new.any():
            books[new] = np.expm1(infos["final_obs"]["evidence"][new][..., 0])
        ended |= over
    assert books.sum() > 20
    np.testing.assert_allclose(record._answers, books, atol=1e-4)


class Lecturer:
    """Presents one concept to the whole class, always."""

    name = "lecturer"
    kind: Kind = "rule"

    def __init__(self) -> None:
        self.beliefs: list[np.ndarray] = []

    def reset(self, batch: int) -> None:
        """Nothing to forget in a first course."""

    def act(self, observation: Observation) -> Actions:
        """Present concept 0, and remember what it believed about it."""
        self.beliefs.append(observation["belief"][:, :, 0, 0].copy())  # (B, S)
        batch, learners = observation["learner_present"].shape
        action = np.zeros((batch, 3 + 2 * learners), np.int64)
        action[:, 0] = Activity.PRESENT
        return action


def test_every_minute_of_the_course_is_recorded() -> None:
    (taught,) = evaluate([Lecturer()], SHORT, CURRICULUM, 2)
    assert taught.figures["dropouts"].tolist() == [0.0, 0.0]
    minutes = taught.minutes_by_belief.sum(axis=2)  # (N, OCCUPATIONS)
    assert minutes[:, Occupation.PRESENT].tolist() == [3 * SHORT.total_minutes] * 2
    assert minutes.sum() == minutes[:, Occupation.PRESENT].sum()


def test_belief_is_that_of_before_the_decision() -> None:
    tutor = Lecturer()
    (taught,) = evaluate([tutor], SHORT, CURRICULUM, 2)
    expected = np.zeros((2, BELIEF_BINS))
    for minutes, belief in zip([4.0, 4.0, 2.0] * SHORT.lessons, tutor.beliefs, strict=True):
        for b, i in np.ndindex(belief.shape):
            expected[b, int(BELIEF_BINS / (1.0 + np.exp(-belief[b, i])))] += minutes
    assert (expected.astype(bool).sum(axis=1) > 1).all()  # presenting moved the belief
    np.testing.assert_array_equal(taught.minutes_by_belief[:, Occupation.PRESENT], expected)


@pytest.fixture(scope="module")
def taught() -> Outcome:
    return evaluate([make_tutor("mastery")], SHORT, CURRICULUM, 4)[0]


def row(taught: Outcome, examples: list[float], practice: list[float]) -> Row:
    """The mastery tutor as if it had given these minutes (bins) to every class."""
    minutes = np.zeros((4, OCCUPATIONS, BELIEF_BINS))
    minutes[:, Occupation.WORKED_EXAMPLE] = examples
    minutes[:, Occupation.PRACTISE_EASIER : Occupation.PRACTISE_HARDER + 1] = np.divide(practice, 3)
    minutes[:, Occupation.QUIZ] = 50.0  # claims the whole class, so it is nobody's treatment
    return compare([replace(taught, minutes_by_belief=minutes)])[0]


@pytest.mark.parametrize(
    ("examples", "practice", "index"),
    [
        ([9.0] * 4 + [0.0] * 8, [0.0] * 4 + [7.0] * 8, 1.0),
        ([0.0] * 8 + [9.0] * 4, [7.0] * 8 + [0.0] * 4, -1.0),
        ([2.0] * 12, [3.0] * 12, 0.0),
        ([3.0] * 4 + [1.0] * 8, [1.0] * 4 + [3.0] * 8, 0.5),
    ],
)
def test_index_of_examples_to_novices(
    taught: Outcome, examples: list[float], practice: list[float], index: float
) -> None:
    found = row(taught, examples, practice).aptitude_treatment
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((index, index, index))


def test_index_needs_tasks_with_novices_and_with_the_skilled(taught: Outcome) -> None:
    assert row(taught, [1.0] * 4 + [0.0] * 8, [0.0] * 12).aptitude_treatment is None
