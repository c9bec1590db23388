"""The memory model's updates are those of the `fsrs` package."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fsrs import Card, Rating, Scheduler

from envs.constants import Constants
from envs.learners.constants import CardConstants, DeckConstants, ReviewConstants
from envs.learners.fsrs import Grade, clipped, first_difficulty, recall, review
from envs.world import compact

START = datetime(2026, 1, 1, tzinfo=UTC)


def scheduler(k: DeckConstants | CardConstants) -> Scheduler:
    """The package with this family's constants in the places that FSRS gives them."""
    weights = list(Scheduler().parameters)
    weights[0], weights[2], weights[20] = k.first_again, k.first_good, k.decay
    return Scheduler(weights, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def test_flashcards_have_the_package_s_own_constants() -> None:
    default, r, k = Scheduler().parameters, ReviewConstants(), CardConstants()
    assert tuple(r)[:12] == default[4:16]
    assert tuple(r)[12:] == default[17:20]
    assert (k.first_again, k.first_good, k.decay) == (default[0], default[2], default[20])


@pytest.mark.parametrize("k", [DeckConstants(), CardConstants()])
@pytest.mark.parametrize("seed", range(4))
def test_stability_difficulty_and_recall_follow_the_package(
    k: DeckConstants | CardConstants, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    r = compact(Constants()).review
    package, card = scheduler(k), Card()
    now = START
    grade = Grade.GOOD if seed % 2 else Grade.AGAIN
    card, _ = package.review_card(card, Rating(grade), now)
    stability = k.first_good if grade == Grade.GOOD else k.first_again
    difficulty = clipped(first_difficulty(grade, r))
    for days in rng.choice([0, 0, 1, 2, 5, 14, 60, 400], 40):
        now += timedelta(days=int(days))
        expected = package.get_card_retrievability(card, now)
        assert recall(float(days), stability, k.decay) == pytest.approx(expected, rel=1e-6)
        grade = Grade(int(rng.choice([1, 2, 3, 3, 3])))
        card, _ = package.review_card(card, Rating(grade), now)
        stability, difficulty = review(stability, difficulty, float(days), grade, k.decay, r)
        assert stability == pytest.approx(card.stability, rel=1e-6)
        assert difficulty == pytest.approx(card.difficulty, rel=1e-6)


def test_fitted_decay_and_stability_are_the_fitted_power_law() -> None:
    """(1 + t / 28.5 days)^-.194, as envs/data/fitted/fsrs_eval.json has it."""
    k = DeckConstants()
    for days in (1.0, 7.0, 30.0, 180.0):
        fitted = (1.0 + days / 28.465) ** -0.19448
        assert recall(days, k.first_good, k.decay) == pytest.approx(fitted, abs=1e-3)
