"""Feedback names the cause of an error: the first link of the prerequisites that does not hold."""

import json
from pathlib import Path

import numpy as np
import pytest

from agents.decision.causes import SLIP, first_gap, probabilities
from agents.decision.feedback import Feedback, feedback_on
from agents.decision.json_form import from_json, to_json
from agents.error_causes import GROUPS, NAMED, TRUTHS, measure
from agents.tutors.registry import make_tutor
from envs.concept import Concept
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum, builtin, load
from envs.events import Events, empty_events
from envs.simulation import Simulation

ITEMS = (-0.5, 0.0, 0.5)
NAMES = ("count", "add", "share", "divide")
CURRICULUM = Curriculum(
    "sums",
    tuple(
        Concept(name=name, items=ITEMS, answers=("1", "2", "3") if name == "divide" else ())
        for name in NAMES
    ),
    (("count", "add"), ("add", "divide"), ("share", "divide")),
)
"""Count before add; add and share before divide."""
PARENTS = CURRICULUM.arrays().parents
COUNT, ADD, SHARE, DIVIDE = range(4)


@pytest.mark.parametrize(
    ("mastery", "cause"),
    [
        ([2.0, 2.0, 2.0, 0.1], SLIP),
        ([2.0, 2.0, 2.0, -0.1], DIVIDE),
        ([2.0, -0.5, -1.0, -0.1], SHARE),  # the weaker parent
        ([2.0, -1.0, -0.5, -0.1], ADD),
        ([-0.2, -1.0, -0.5, -0.1], COUNT),  # which holds add back
        ([-3.0, 0.5, -0.5, -0.1], SHARE),  # not beyond a prerequisite that holds
        ([-3.0, -3.0, -3.0, 0.0], SLIP),
    ],
)
def test_cause_is_the_first_gap_behind_the_weakest_prerequisites(
    mastery: list[float], cause: int
) -> None:
    assert first_gap(np.array([mastery]), DIVIDE, PARENTS) == cause


def test_certain_belief_names_the_cause_for_sure() -> None:
    mean = np.array([-0.2, -1.0, -0.5, -0.1])
    shares = probabilities(mean, np.zeros(4), DIVIDE, PARENTS)
    assert shares.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert probabilities(-mean, np.zeros(4), DIVIDE, PARENTS)[SLIP] == 1.0


def test_probabilities_are_those_of_the_belief() -> None:
    """Divide lacks for sure; add and share are each missing with chance a half, count is not."""
    mean, spread = np.array([9.0, 0.0, 0.0, -9.0]), np.array([1.0, 1.0, 1.0, 1.0])
    shares = probabilities(mean, spread, DIVIDE, PARENTS)
    assert shares.sum() == pytest.approx(1.0)
    expected = [0.0, 0.375, 0.375, 0.25, 0.0]  # both lack: either is the weaker one
    np.testing.assert_allclose(shares, expected, atol=0.07)  # 3 standard errors of 512 draws


def an_answer(correct: int) -> tuple[Events, dict[str, np.ndarray]]:
    """Learner 2 answered item 1 of divide; belief: add is surely missing, count is not."""
    events = empty_events(1, 2)
    events.answers[0, 1] = 1
    events.concept[0, 1, 0], events.item[0, 1, 0], events.correct[0, 1, 0] = DIVIDE, 1, correct
    belief = np.zeros((1, 2, 4, 2), np.float32)
    belief[0, 1, :, 0] = [3.0, -3.0, 3.0, -3.0]
    belief[..., 1] = 0.2
    return events, {"belief": belief}


def test_feedback_tells_right_from_wrong_the_answer_and_the_cause() -> None:
    (wrong,) = feedback_on(*an_answer(0), CURRICULUM)
    assert (wrong.learner, wrong.concept, wrong.correct, wrong.answer) == (2, "divide", False, "2")
    assert [cause.concept for cause in wrong.causes] == ["add"]
    assert wrong.causes[0].probability == pytest.approx(1.0)
    assert wrong.sentence == (
        "Not right. The answer is 2. "
        "Most likely add, which it builds on, is not yet mastered (100%)."
    )
    (right,) = feedback_on(*an_answer(1), CURRICULUM)
    assert right.sentence == "Right. The answer is 2."
    assert right.causes == ()


def test_feedback_without_a_belief_blames_nothing() -> None:
    events, seen = an_answer(0)
    seen["belief"][:] = 0
    (wrong,) = feedback_on(events, seen, CURRICULUM)
    assert wrong.causes == ()


def test_slips_and_gaps_of_the_concept_itself_are_told_apart() -> None:
    events, seen = an_answer(0)
    seen["belief"][0, 1, :, 0] = 4.0
    assert (
        "a slip (100%): divide seems to be mastered"
        in feedback_on(events, seen, CURRICULUM)[0].sentence
    )
    seen["belief"][0, 1, DIVIDE, 0] = -4.0
    assert "divide itself is not yet mastered" in feedback_on(events, seen, CURRICULUM)[0].sentence


def test_feedback_comes_back_from_json_as_it_was() -> None:
    (told,) = feedback_on(*an_answer(0), CURRICULUM)
    assert from_json(Feedback, json.loads(json.dumps(to_json(told)))) == told


def test_answers_are_kept_with_the_curriculum(tmp_path: Path) -> None:
    CURRICULUM.save(tmp_path / "sums.json")
    assert load(tmp_path / "sums.json") == CURRICULUM
    assert not builtin("algebra-16").concepts[0].answers  # items without a text have none
    with pytest.raises(ValueError, match=r"Concept\.answers of concept 'add' must be a tuple of 3"):
        Concept(name="add", items=ITEMS, answers=("1",))


@pytest.mark.parametrize("tracer", ["truth", "gaussian"])
def test_who_knows_the_truth_names_every_cause(tracer: str) -> None:
    """The measure itself: with the hidden state as its belief, nothing is named wrongly."""
    course = Course(learners=4, lessons=1, minutes=40, tracer=tracer)
    simulation = Simulation(4, course, builtin("algebra-16"), Constants())
    simulation.seed(np.arange(4))
    simulation.start()
    report = measure(make_tutor("random"), simulation)
    assert report.errors[GROUPS[0]] > 50
    assert sum(report.truth[kind] for kind in TRUTHS) == pytest.approx(1.0)
    missing = report.accuracy[GROUPS[1]]
    belief, parent = missing["belief"], missing["the direct parent"]
    assert belief is not None
    assert parent is not None
    assert parent.value < belief.value
    assert (belief.value == 1.0) == (tracer == "truth")
    for group in GROUPS:
        named = report.accuracy[group][NAMED]
        assert named is not None
        assert (named.value == 1.0) == (tracer == "truth")
    assert report.accuracy[GROUPS[0]][NAMED] == report.accuracy[GROUPS[0]]["belief"]
