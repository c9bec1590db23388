"""A replayed log shows what was known before each answer, and no more."""

import numpy as np
import pytest

from envs.answer_filter import area_under_curve
from envs.log_replay import COURSE, Replay, as_curriculum, replay
from envs.logs import AnswerLog
from envs.spaces import EVIDENCE
from tests.answer_logs import generated

ITEM_STEP = 1.0
OBSERVED = {name: n for n, name in enumerate(EVIDENCE)}


def few(learners: int) -> tuple[AnswerLog, np.ndarray]:
    """The first learners of a log in which every skill is asked with two items, and easiness."""
    log, _, _ = generated(0)
    rows = log.learner < learners
    item = 2 * log.skill[rows] + log.item[rows] % 2
    easiness = np.where(item % 2 == 1, ITEM_STEP, -ITEM_STEP) / 2
    return AnswerLog(log.learner[rows], log.skill[rows], item, log.correct[rows]), easiness


@pytest.fixture(scope="module")
def replayed() -> Replay:
    return replay(*few(45))


def test_the_books_hold_what_was_answered_before(replayed: Replay) -> None:
    log, _ = few(45)
    evidence = replayed.observations["evidence"][:, 0, 0]  # of the concept that is asked
    attempts, successes = log.before(log.correct >= 0), log.before(log.correct == 1)
    np.testing.assert_allclose(np.expm1(evidence[:, OBSERVED["log1p_attempts"]]), attempts, 1e-5)
    np.testing.assert_allclose(np.expm1(evidence[:, OBSERVED["log1p_successes"]]), successes, 1e-5)
    previous = log.previous()
    result = np.where(previous < 0, 0, 2 * log.correct[previous] - 1)
    np.testing.assert_array_equal(evidence[:, OBSERVED["last_result"]], result)
    assert (evidence[:, OBSERVED["working_on"]] == 1).all()
    since = evidence[:, OBSERVED["log1p_hours_since_event"]]
    assert (since[previous < 0] == -1).all()
    again = (previous >= 0) & (previous == np.arange(previous.size) - 1)
    assert (since[again] < 1e-6).all()


def test_later_answers_and_concepts_change_nothing_before(replayed: Replay) -> None:
    """Otherwise the trunk would learn from answers that a tutor does not have yet."""
    log, easiness = few(45)
    first = np.flatnonzero(log.learner == 7)[20]
    correct = log.correct.copy()
    correct[first:] = 1 - correct[first:]
    changed = replay(AnswerLog(log.learner, log.skill, log.item, correct), easiness)
    for name, values in replayed.observations.items():
        np.testing.assert_array_equal(changed.observations[name][: first + 1], values[: first + 1])
    np.testing.assert_array_equal(changed.predicted[: first + 1], replayed.predicted[: first + 1])
    assert changed.predicted[first + 1] != replayed.predicted[first + 1]


def test_only_concepts_met_so_far_are_there(replayed: Replay) -> None:
    """Which concepts a learner will get to tells how able the learner is."""
    log, _ = few(45)
    own = log.learner == 3
    met = [len(set(log.skill[own][: n + 1])) for n in range(own.sum())]
    np.testing.assert_array_equal(replayed.observations["concept_present"][own].sum(1), met)


def test_of_many_concepts_those_met_last_are_kept() -> None:
    skill = np.concatenate([np.arange(6), [0, 5, 2]])
    zeros = np.zeros(skill.size, np.int64)
    found = replay(AnswerLog(zeros, skill, skill, zeros), skill / 10, concepts=3)
    difficulty = found.observations["concepts"][-1, :, 2]
    np.testing.assert_allclose(-difficulty, [0.2, 0.5, 0.0], atol=1e-6)  # asked, then the last two
    assert found.observations["concept_present"][-1].all()


def test_learners_know_nothing_of_each_other(replayed: Replay) -> None:
    """Those replayed in one room would otherwise teach the trunk of a class that never was."""
    log, easiness = few(45)
    for learner in (0, 44):
        own = log.learner == learner
        alone = AnswerLog(log.learner[own] * 0, log.skill[own], log.item[own], log.correct[own])
        found = replay(alone, easiness[own])
        np.testing.assert_allclose(found.predicted, replayed.predicted[own], atol=1e-6)
        expected = replayed.observations["belief"][own][:, 0, 0]
        np.testing.assert_allclose(found.observations["belief"][:, 0, 0], expected, atol=1e-5)


def test_the_item_asked_stands_for_its_concept(replayed: Replay) -> None:
    """Belief and difficulty are of the item: at the first answer of all they differ by it alone."""
    log, easiness = few(45)
    first = np.r_[True, np.diff(log.learner) > 0]
    belief = replayed.observations["belief"][first, 0, 0, 0]
    concepts = replayed.observations["concepts"][first, 0]
    easy = easiness[first] > 0
    assert belief[easy].min() - belief[~easy].max() == pytest.approx(ITEM_STEP, abs=1e-5)
    np.testing.assert_allclose(-concepts[:, 2], easiness[first], atol=1e-6)
    assert (concepts[:, 3] == 0).all()


def test_the_tracer_foretells_more_than_the_items_do() -> None:
    log, easiness, chance = generated(1)
    found = area_under_curve(replay(log, easiness).predicted, log.correct)
    alone, best = (area_under_curve(score, log.correct) for score in (easiness, chance))
    assert alone + 0.05 < found < best


def test_every_answer_finds_its_item_in_the_curriculum() -> None:
    log, easiness, _ = generated(2)
    curriculum, item = as_curriculum(log, easiness)
    arrays = curriculum.arrays()
    found = arrays.easiness[log.skill] - arrays.difficulties[log.skill, item]
    np.testing.assert_allclose(found, easiness, atol=1e-9)


def test_a_log_longer_than_the_course_stays_in_its_last_minute() -> None:
    count = COURSE.total_minutes + 50
    zeros, correct = np.zeros(count, np.int64), np.arange(count) % 2
    found = replay(AnswerLog(zeros, zeros, zeros, correct), np.zeros(count))
    left = found.observations["course"][:, 1]
    assert left.min() >= 0
    assert np.isfinite(found.predicted).all()
    assert (np.diff(left) <= 0).all()
