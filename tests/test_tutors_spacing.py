"""Spaced repetition: known sequences of Leitner and SM-2, and equality with the fsrs package."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fsrs import Card, Rating, Scheduler

from agents.tutors.fsrs_review import FsrsReview, FsrsSettings
from agents.tutors.leitner import Leitner, LeitnerSettings
from agents.tutors.sm2 import Sm2, Sm2Settings, next_sm2
from agents.tutors.spaced_review import SpacedReview
from agents.tutors.study_record import StudyRecord
from envs.course import EVALUATION_SEED, Course
from envs.curriculum_generate import generate
from envs.vector import ClassroomVectorEnv


def begin(tutor: SpacedReview, batch: int = 1) -> None:
    env = ClassroomVectorEnv(batch, course=Course(learners=2), curriculum=generate(3, 0))
    observation, _ = env.reset(seed=EVALUATION_SEED)
    tutor.begin(StudyRecord.blank(observation))


def review(tutor: SpacedReview, share: float, days: float) -> float:
    card = (np.array([0]), np.array([1]), np.array([2]))
    return float(tutor.review(card, np.array([share]), np.array([days]))[0])


def test_leitner_moves_up_when_right_and_back_when_wrong() -> None:
    tutor = Leitner(LeitnerSettings(boxes=3, first_minutes=10.0, ratio=4.0))
    begin(tutor)
    boxes, waits = [], []
    for share in (1.0, 0.5, 1.0, 0.2, 1.0):
        waits.append(round((review(tutor, share, 2.0) - 2.0) * 1440.0, 6))
        boxes.append(int(tutor.box[0, 1, 2]))
    assert boxes == [1, 2, 2, 0, 1]
    assert waits == [40.0, 160.0, 160.0, 10.0, 40.0]
    assert tutor.box.sum() == 1  # no other card moved


def test_sm2_follows_the_published_rule() -> None:
    repetitions, easiness, interval = np.array([0]), np.array([2.5]), np.array([0.0])
    history = []
    for quality in (5.0, 4.0, 3.0, 2.0, 5.0):
        repetitions, easiness, interval = next_sm2(
            np.array([quality]), repetitions, easiness, interval
        )
        history.append((int(repetitions[0]), round(easiness[0], 4), round(interval[0], 4)))
    assert history == [(1, 2.6, 1.0), (2, 2.6, 6.0), (3, 2.46, 15.6), (0, 2.46, 1.0), (1, 2.56, 1)]


def test_sm2_easiness_never_falls_below_its_floor() -> None:
    repetitions, easiness, interval = np.array([3]), np.array([1.35]), np.array([9.0])
    _, easiness, _ = next_sm2(np.array([3.0]), repetitions, easiness, interval)
    assert easiness[0] == 1.3


def test_sm2_repeats_shaky_cards_at_once() -> None:
    tutor = Sm2(Sm2Settings(interval_scale=0.5))
    begin(tutor)
    assert review(tutor, 0.6, 1.0) == 1.0
    assert review(tutor, 1.0, 1.0) == 1.0 + 0.5 * 6.0


@pytest.mark.parametrize("retention", [0.8, 0.9])
def test_fsrs_equals_the_package(retention: float) -> None:
    tutor = FsrsReview(FsrsSettings(retention=retention, easy_share=1.0))
    begin(tutor)
    scheduler = Scheduler(desired_retention=retention, enable_fuzzing=False)
    start = datetime(2024, 5, 1, tzinfo=UTC)
    card = Card(card_id=1, due=start)
    rng = np.random.default_rng(0)
    days = 0.0
    for _ in range(40):
        share = float(rng.choice([0.0, 0.3, 0.6, 1.0]))
        rating = Rating.Easy if share == 1.0 else Rating.Good if share >= 0.5 else Rating.Again
        now = start + timedelta(days=days)
        card, _ = scheduler.review_card(card, rating, now)
        expected = days + (card.due - now).total_seconds() / 86400.0
        assert review(tutor, share, days) == pytest.approx(expected, abs=1e-6)
        days += float(rng.choice([0.01, 0.5, 1.3, 2.2, 9.0]))


def test_new_course_takes_all_cards_away() -> None:
    for tutor in (Leitner(LeitnerSettings()), Sm2(Sm2Settings()), FsrsReview(FsrsSettings())):
        begin(tutor, batch=2)
        first = review(tutor, 1.0, 1.0)
        review(tutor, 1.0, 3.0)
        tutor.restart(np.array([True, False]))
        assert review(tutor, 1.0, 1.0) == first
        assert tutor.due_days.sum() == 0.0
