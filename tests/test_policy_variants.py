"""What the policy is compared with: as many weights, and nothing read of what is left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.checkpoint import load_policy, save_policy
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from tests.test_policy import POOLED, SMALL, is_legal, make_policy, tensors
from tests.toy_classroom import random_observation

FLAT = replace(SMALL, mixing="flat")


def test_pooling_has_as_many_weights_as_attention() -> None:
    """Else the comparison would say what more weights are worth, not what attention is."""
    sizes = [
        sum(p.numel() for p in make_policy(2, 2, config=c).parameters()) for c in (SMALL, POOLED)
    ]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.01)


@pytest.mark.parametrize("config", [SMALL, POOLED, FLAT])
def test_what_is_ignored_changes_nothing(config: PolicyConfig) -> None:
    """An ablation that still reads what it is to do without would prove nothing."""
    ignored = ("gaze", "voice", "belief", "prerequisites", "seats")
    policy = make_policy(3, 4, config=replace(config, ignores=ignored))
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


def test_flat_policy_obeys_the_masks_and_scores_what_it_decides() -> None:
    policy = make_policy(2, 3, config=FLAT)
    obs = tensors(random_observation(2, 3, 512))
    with torch.no_grad():
        made = policy.decide(obs, generator=torch.Generator().manual_seed(0))
        scored = policy.evaluate(obs, made.actions)
    assert is_legal(obs, made.actions).all()
    torch.testing.assert_close(scored.tutor_log_prob, made.tutor_log_prob)
    torch.testing.assert_close(scored.plan_log_prob, made.plan_log_prob)


def test_flat_policy_refuses_another_size() -> None:
    with pytest.raises(ValueError, match="mixing is 'flat'; expected attention or mean"):
        make_policy(2, 3, config=FLAT).at_size(observation_space(3, 3), action_space(3, 3))


@pytest.mark.parametrize("config", [POOLED, FLAT])
def test_variants_are_saved_and_loaded(config: PolicyConfig, tmp_path: Path) -> None:
    policy, obs = make_policy(2, 3, config=config), random_observation(2, 3, 4)
    save_policy(policy, tmp_path)
    loaded = load_policy(tmp_path, "cpu")
    np.testing.assert_array_equal(loaded.explain(obs).plan_probs, policy.explain(obs).plan_probs)
