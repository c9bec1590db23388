"""Policies against rules and performance profiles: known cases, brute force, closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, mannwhitneyu, norm

from agents.against_others import against_others
from agents.evaluation import Outcome
from agents.improvement import improvement
from agents.performance_profile import THRESHOLDS, profile
from agents.tutors.protocol import Kind

RNG = np.random.default_rng(7)


def gains(runs: int, classes: int, mean: float = 0.3) -> np.ndarray:
    return RNG.normal(mean, 0.06, (runs, classes)).round(2)  # rounded: ties happen


def test_a_tutor_does_not_improve_on_itself() -> None:
    same = gains(1, 40)
    found = improvement(same, same)
    for figure, value in ((found.difference, 0.0), (found.paired, 0.5), (found.unpaired, 0.5)):
        assert (figure.value, figure.low, figure.high) == pytest.approx((value, value, value))


def test_a_tutor_that_is_always_better_by_a_little() -> None:
    """With every class it gains more: certain when paired, hardly visible when not."""
    theirs = gains(1, 200)
    found = improvement(theirs + 0.01, theirs)
    assert found.paired.as_dict() == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert found.difference.low == pytest.approx(0.01)
    assert 0.5 < found.unpaired.value < 0.6


def test_figures_agree_with_brute_force() -> None:
    ours, theirs = gains(3, 12), gains(2, 9, 0.28)
    classes = range(9)
    score = [[[float(x > y) + 0.5 * (x == y) for y in theirs.T[m]] for x in ours.T[n]]
             for n in classes for m in classes]  # fmt: skip
    table = np.array(score).reshape(9, 9, 3, 2)  # our class, their class, our run, their run
    found = improvement(ours, theirs)
    assert found.classes == 9
    assert found.paired.value == pytest.approx(np.mean([table[n, n] for n in classes]))
    assert found.unpaired.value == pytest.approx(table.mean())
    assert found.difference.value == pytest.approx(ours[:, :9].mean() - theirs.mean())


def test_unpaired_is_mann_whitneys_u() -> None:
    ours, theirs = gains(1, 50), gains(1, 50, 0.27)
    statistic = mannwhitneyu(ours[0], theirs[0]).statistic
    assert improvement(ours, theirs).unpaired.value == pytest.approx(statistic / 2500)


def test_interval_of_the_difference_is_that_of_paired_means() -> None:
    """Classes differ by .2, the two tutors by .01 within a class: only pairing can see it."""
    theirs = RNG.normal(0.3, 0.2, (1, 400))
    ours = theirs + RNG.normal(0.01, 0.02, (1, 400))
    found = improvement(ours, theirs, resamples=4000).difference
    half = norm.ppf(0.975) * 0.02 / np.sqrt(400)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)


def test_interval_counts_the_seeds_of_both_tutors() -> None:
    """Five seeds that differ by sd .05 on each side, classes all alike: only the seeds vary."""
    spread = 0.05 * norm.ppf([0.1, 0.3, 0.5, 0.7, 0.9])[:, None] * np.ones((5, 30))
    ours, theirs = 0.3 + spread, 0.3 + spread
    found = improvement(ours, theirs, resamples=4000).difference
    sd = np.std(spread[:, 0]) / np.sqrt(5) * np.sqrt(2)
    assert found.high - found.low == pytest.approx(2 * norm.ppf(0.975) * sd, rel=0.1)
    alone = improvement(ours, theirs[:1], resamples=4000).difference
    assert alone.high - alone.low == pytest.approx((found.high - found.low) / np.sqrt(2), rel=0.1)


def test_profile_is_the_share_above_each_threshold() -> None:
    values = np.array([[0.1, 0.3, 0.3, 0.61], [0.1, 0.3, 0.5, -0.5]])
    found = profile(values)
    expected = [
        np.mean([value > threshold for value in values.ravel()]) for threshold in THRESHOLDS
    ]
    np.testing.assert_allclose(found.share, expected)
    assert (found.low <= found.share).all()
    assert (found.share <= found.high).all()


def test_profile_interval_of_one_run_is_binomial() -> None:
    values = np.linspace(0.0, 0.4, 400)[None]
    found = profile(values, resamples=4000)
    place = int(np.argmin(np.abs(THRESHOLDS - 0.1)))
    share = found.share[place]
    expected = binom.ppf([0.025, 0.975], 400, share) / 400
    assert (found.low[place], found.high[place]) == pytest.approx(expected, abs=0.006)


def outcome(name: str, kind: Kind, values: np.ndarray) -> Outcome:
    """A tutor of which only the gain matters."""
    nothing = np.zeros((len(values), 1))
    return Outcome(
        name=name,
        kind=kind,
        figures={"nlg_delayed": values},
        gain=nothing,
        pre_test=nothing,
        delayed_test=nothing,
        curve=nothing,
        activity_minutes=nothing,
        minutes_by_belief=nothing,
        decisions_per_second=1.0,
    )


def test_policies_meet_the_best_rule_and_every_other() -> None:
    """The best rule is one that sees no truth and taught every class; runs count together."""
    base = np.linspace(0.2, 0.4, 8)
    taught = [
        outcome("policy", "policy", base + 0.02),
        outcome("weak rule", "rule", base - 0.1),
        outcome("strong rule", "rule", base),
        outcome("hasty rule", "rule", base[:2] + 0.5),
        outcome("reference", "reference", base + 0.3),
        outcome("policy", "policy", base + 0.04),
    ]
    (found,) = against_others(taught)
    assert (found.name, found.best_rule) == ("policy", "strong rule")
    assert list(found.rivals) == ["hasty rule", "reference", "strong rule", "weak rule"]
    assert found.rivals["strong rule"].difference.value == pytest.approx(0.03)
    assert found.rivals["hasty rule"].classes == 2
    assert found.rivals["reference"].paired.value == 0.0
    assert found.as_dict()["rivals"].keys() == found.rivals.keys()


def test_two_policies_meet_each_other_and_no_policy_meets_nobody() -> None:
    base = np.linspace(0.2, 0.4, 8)
    one = outcome("one", "policy", base)
    first, second = against_others([one, replace(one, name="two")])
    assert first.best_rule is None
    assert first.rivals["two"].paired.value == second.rivals["one"].paired.value == 0.5
    assert against_others([outcome("rule", "rule", base)]) == []
