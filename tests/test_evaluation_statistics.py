"""Statistics against hand-computed values and scipy."""

import numpy as np
import pytest
from scipy.stats import bootstrap, trim_mean

from agents.statistics import (
    cohens_d,
    estimate,
    iqm,
    resampled,
    resampled_sums,
    share,
    worst_tenth,
)


def test_iqm_drops_the_outer_quarters() -> None:
    assert iqm(np.array([[100.0, 1.0, 2.0, 3.0, 4.0, -50.0, 5.0, 2.0]])) == pytest.approx(2.75)


def test_interval_agrees_with_scipy() -> None:
    values = np.random.default_rng(1).gamma(2.0, size=200)
    found = estimate(values[None], resamples=4000)

    def middle(sample: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(trim_mean(sample, 0.25, axis=axis))

    for statistic, low, high in (
        (middle, found.low, found.high),
        (np.mean, found.mean_low, found.mean_high),
    ):
        expected = bootstrap(
            (values,), statistic, n_resamples=4000, method="percentile", rng=2
        ).confidence_interval
        width = expected.high - expected.low
        assert low == pytest.approx(expected.low, abs=0.05 * width)  # Monte Carlo error
        assert high == pytest.approx(expected.high, abs=0.05 * width)
    assert found.mean == pytest.approx(values.mean())
    assert found.iqm == pytest.approx(trim_mean(values, 0.25))


def test_interval_counts_the_spread_between_seeds() -> None:
    rng = np.random.default_rng(0)
    alike = rng.normal(0.3, 0.05, 300) + np.zeros((5, 1))
    apart = alike + np.array([[-0.1], [-0.05], [0.0], [0.05], [0.1]])
    narrow, wide = estimate(alike), estimate(apart)
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert narrow.low == pytest.approx(estimate(alike[:1]).low, abs=0.002)


def test_estimate_refuses_what_it_cannot_average() -> None:
    for values in (np.zeros(3), np.zeros((0, 3)), np.array([[1.0, np.nan]])):
        with pytest.raises(ValueError, match="expected finite"):
            estimate(values)


def test_cohens_d_by_hand() -> None:
    ours = np.array([[[0.6, 0.8], [0.7, 0.9]]])
    theirs = np.array([[0.5, 0.7], [0.4, 0.6]])
    sd = np.sqrt((3 * np.var(ours, ddof=1) + 3 * np.var(theirs, ddof=1)) / 6)
    expected = (ours.mean() - theirs.mean()) / sd
    found = cohens_d(ours, theirs)
    assert found.value == pytest.approx(expected)
    assert found.low <= found.value <= found.high


def test_cohens_d_of_two_runs_averages_them() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.normal(0.5, 0.2, (50, 8))
    ours = np.stack([theirs + 0.05, theirs + 0.15])
    one = cohens_d(theirs[None] + 0.1, theirs)
    both = cohens_d(ours, theirs)
    assert one.value == pytest.approx(0.5, abs=0.05)
    assert both.value == pytest.approx(one.value, rel=0.05)
    assert both.high - both.low > one.high - one.low


def test_resampled_sums_are_those_of_the_drawn_runs_and_classes() -> None:
    values = np.random.default_rng(0).normal(size=(3, 7, 2))
    run_draws, class_draws = resampled(3, 7, 50)
    found = resampled_sums(values, 50)
    for runs, classes, sums in zip(run_draws, class_draws, found, strict=True):
        np.testing.assert_allclose(sums, values[np.ix_(runs, classes)].sum(axis=(0, 1)))


def test_share_weighs_classes_by_what_they_have() -> None:
    """One class with nine pairs and one with a single pair: nine tenths are of the first."""
    found = share(np.array([[9.0, 0.0]]), np.array([[9.0, 1.0]]))
    assert found is not None
    assert found.value == pytest.approx(0.9)
    assert (found.low, found.high) == (0.0, 1.0)  # either class may be drawn alone
    assert share(np.zeros((1, 2)), np.zeros((1, 2))) is None


def test_share_leaves_out_resamples_without_a_whole() -> None:
    found = share(np.array([[1.0, 0.0, 0.0]]), np.array([[2.0, 0.0, 0.0]]))
    assert found is not None
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_worst_tenth_is_of_all_learners() -> None:
    """Not of each class: here the four who gain least of forty share one class of eight."""
    gains = np.linspace(0.1, 0.5, 40).reshape(1, 5, 8)
    found = worst_tenth(gains)
    assert found.value == pytest.approx(gains.ravel()[:4].mean())
    assert found.low <= found.value <= found.high
    assert worst_tenth(np.full((2, 3, 1), 0.2)).value == pytest.approx(0.2)
