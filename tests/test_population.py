"""Who sits in a class: ability has a long tail of low values, and variance as it says."""

import numpy as np
import pytest
from scipy.stats import norm

from envs.population import skewed, standardised

DRAWS = norm.ppf((np.arange(20_000) + 0.5) / 20_000)


@pytest.mark.parametrize("skew", [0.0, 0.2, 0.45, 0.6])
def test_skewed_draws_keep_mean_and_variance(skew: float) -> None:
    values = np.array([skewed(draw, skew) for draw in DRAWS])
    assert values.mean() == pytest.approx(0.0, abs=0.005)
    assert values.std() == pytest.approx(1.0, abs=0.01)
    assert np.all(np.diff(values) > 0)
    square = np.exp(skew * skew)
    expected = -(square + 2) * np.sqrt(square - 1)  # skewness of a log-normal, turned round
    assert np.mean(values**3) == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize("skew", [0.0, 0.45])
def test_the_draws_behind_skewed_values_are_found_again(skew: float) -> None:
    values = np.array([skewed(draw, skew) for draw in DRAWS[::100]])
    assert standardised(values, skew) == pytest.approx(DRAWS[::100], abs=1e-9)
