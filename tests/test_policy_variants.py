"""What the policy is compared with: as many weights, and nothing read of what is left out."""

from dataclasses import replace

import numpy as np
import pytest

from policies.config import PolicyConfig
from tests.test_policy import POOLED, SMALL, make_policy
from tests.toy_classroom import random_observation


def test_pooling_has_as_many_weights_as_attention() -> None:
    """Else the comparison would say what more weights are worth, not what attention is."""
    sizes = [
        sum(p.numel() for p in make_policy(2, 2, config=c).parameters()) for c in (SMALL, POOLED)
    ]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.01)


def test_what_is_ignored_changes_nothing() -> None:
    """An ablation that still reads what it is to do without would prove nothing."""
    ignored = ("gaze", "voice", "belief", "prerequisites", "seats")
    policy = make_policy(3, 4, config=replace(SMALL, ignores=ignored))
    obs, other = random_observation(3, 4, 6), random_observation(3, 4, 6, seed=1)
    before = policy.explain(obs)
    after = policy.explain(obs | {key: other[key] for key in ignored})
    np.testing.assert_array_equal(after.plan_probs, before.plan_probs)
    np.testing.assert_array_equal(after.values, before.values)
    changed = policy.explain(obs | {"evidence": other["evidence"]})
    assert (changed.plan_probs != before.plan_probs).any()


@pytest.mark.parametrize("ignores", [("activity_mask",), ("learner_present",), ("gazes",)])
def test_only_observations_that_exist_can_be_ignored(ignores: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=rf"ignores has .*{ignores[0]}.*; expected"):
        make_policy(2, 2, config=PolicyConfig(ignores=ignores))
