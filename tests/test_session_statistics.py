"""What sessions say of their learners: the same of records and of simulations."""

import numpy as np
import pytest

from envs.curriculum import builtin
from envs.session_log import SessionLog
from envs.session_statistics import (
    FEWEST_ANSWERS,
    STATISTICS,
    require_answers,
    statistics,
)
from envs.spaces import MODALITIES

CURRICULUM = builtin("algebra-16")
KNOWN = CURRICULUM.arrays()


def _log(answers: int, seed: int = 0, growth: float = 0.0, spread: float = 0.0) -> SessionLog:
    """Answers of ten learners, three concepts each, that follow a linear probability model."""
    rng = np.random.default_rng(seed)
    learner = rng.integers(0, 10, answers)
    concept, item = (
        rng.integers(0, 3, answers),
        rng.integers(0, KNOWN.difficulties.shape[1], answers),
    )
    seen: dict[tuple[int, int], int] = {}
    earlier = np.zeros(answers)
    for n, pair in enumerate(zip(learner.tolist(), concept.tolist(), strict=True)):
        earlier[n] = seen.get(pair, 0)
        seen[pair] = seen.get(pair, 0) + 1
    own = spread * np.linspace(-1, 1, 10)[learner]
    p = np.clip(0.4 + growth * np.log1p(earlier) + own, 0, 1)
    return SessionLog(
        learner=learner,
        concept=concept,
        item=item,
        correct=(rng.random(answers) < p).astype(np.int64),
        hours=np.arange(answers) / 100,
        reader=np.zeros(2, np.int64),
        readings=np.full((2, len(MODALITIES)), np.nan),
    )


def _named(log: SessionLog) -> dict[str, float]:
    return dict(zip(STATISTICS, statistics(log, CURRICULUM).tolist(), strict=True))


def test_slopes_are_those_by_which_the_answers_were_made() -> None:
    found = _named(_log(4000, growth=0.08))
    assert found["growth"] == pytest.approx(0.08, abs=0.03)
    assert found["difficulty"] == pytest.approx(0.0, abs=0.03)
    assert _named(_log(4000))["growth"] == pytest.approx(0.0, abs=0.03)


def test_spread_between_learners_is_free_of_what_chance_makes() -> None:
    truth = 0.3 * np.linspace(-1, 1, 10).std()
    assert _named(_log(6000, spread=0.3))["learner spread"] == pytest.approx(truth, abs=0.02)
    none = [_named(_log(400, seed))["learner spread"] ** 2 for seed in range(20)]
    assert np.mean(none) < 0.003  # chance alone makes .006


def test_practice_counts_only_what_the_same_learner_did_on_the_same_concept_before() -> None:
    log = _log(1000)
    order = np.random.default_rng(1).permutation(10)[log.learner]  # who is who says nothing
    renamed = SessionLog(**{**vars(log), "learner": order})
    np.testing.assert_allclose(statistics(renamed, CURRICULUM), statistics(log, CURRICULUM))


def test_attention_is_what_sensors_agree_on_and_missing_ones_do_not_count() -> None:
    log = _log(1000)
    assert np.isnan(_named(log)["attention"])
    readings = np.full((4, len(MODALITIES)), np.nan)
    readings[:, MODALITIES.index("gaze")] = [0.05, 0.09, np.nan, 0.07]  # mean .07, d' .7
    assert _named(SessionLog(**{**vars(log), "readings": readings}))["attention"] == pytest.approx(
        0.1
    )


def test_too_few_answers_are_refused() -> None:
    with pytest.raises(ValueError, match=f"hold 30 answers; expected at least {FEWEST_ANSWERS}"):
        require_answers(_log(30))
    require_answers(_log(FEWEST_ANSWERS))
