"""Figures of a prediction are those that everybody else computes."""

import numpy as np
import pytest

from agents.classification import best_threshold, classified


def test_figures_equal_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    outcome = (rng.random(500) < 0.3).astype(np.int64)
    score = np.round(outcome + rng.normal(size=500), 1)  # with ties
    found = classified(score, outcome, 0.5)
    called = score >= 0.5
    assert found.auc == pytest.approx(metrics.roc_auc_score(outcome, score))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(outcome, called))
    assert found.precision == pytest.approx(metrics.precision_score(outcome, called))
    assert found.recall == pytest.approx(metrics.recall_score(outcome, called))
    assert found.f1 == pytest.approx(metrics.f1_score(outcome, called))
    assert found.cases == 500
    assert found.positives == outcome.mean()
    best = max(metrics.f1_score(outcome, score >= t) for t in np.unique(score))
    assert classified(score, outcome, best_threshold(score, outcome)).f1 == pytest.approx(best)


def test_calling_nothing_positive_finds_nothing() -> None:
    found = classified(np.array([0.1, 0.2]), np.array([0, 1]), np.inf)
    assert (found.precision, found.recall, found.f1, found.accuracy) == (0.0, 0.0, 0.0, 0.5)
    assert best_threshold(np.array([0.1, 0.2]), np.array([0, 0])) == np.inf


def test_one_kind_alone_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="expected both kinds"):
        classified(np.array([0.1, 0.2]), np.array([1, 1]), 0.5)
