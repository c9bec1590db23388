"""Adapters: nothing changes before they learn, little can, and all of it can be taken back."""

import numpy as np
import pytest
import torch

from envs.spaces import action_space, observation_space
from policies.adapters import (
    LARGEST_SHARE,
    adapters,
    parameters,
    put,
    weights_of,
    with_adapters,
)
from policies.config import PolicyConfig
from policies.divergence import divergence
from policies.policy import AttentionPolicy
from tests.toy_classroom import random_observation

LEARNERS, CONCEPTS, CLASSES = 3, 5, 4


@pytest.fixture
def policy() -> AttentionPolicy:
    torch.manual_seed(3)
    space = observation_space(LEARNERS, CONCEPTS)
    made = AttentionPolicy(
        space, action_space(LEARNERS, CONCEPTS), lambda _: 0.0, PolicyConfig(layers=1)
    )
    for weights in made.parameters():
        weights.data.add_(0.1 * torch.randn_like(weights))
    made.set_training_mode(False)
    return made


def seen() -> dict[str, torch.Tensor]:
    arrays = random_observation(LEARNERS, CONCEPTS, CLASSES)
    return {key: torch.from_numpy(array) for key, array in arrays.items()}


def disturb(adapted: AttentionPolicy) -> None:
    """What an update does: U is no longer zero."""
    with torch.no_grad():
        for _, each in adapters(adapted):
            each.up.normal_(std=0.3, generator=torch.Generator().manual_seed(1))


def test_an_adapted_policy_starts_as_the_deployed_one_bit_for_bit(policy: AttentionPolicy) -> None:
    """Else deploying with adapters would change a classroom before anything was learnt."""
    adapted, obs = with_adapters(policy), seen()
    both = [
        each.decide(obs, generator=torch.Generator().manual_seed(0)) for each in (policy, adapted)
    ]
    assert all(torch.equal(one, other) for one, other in zip(*both, strict=True))


def test_adapters_are_few(policy: AttentionPolicy) -> None:
    """A whole policy that drifts could not be bounded, kept beside the run, or undone."""
    adapted = with_adapters(policy)
    whole = sum(weights.numel() for weights in policy.parameters())
    added = sum(weights.numel() for weights in parameters(adapted))
    assert 0 < added <= LARGEST_SHARE * whole
    assert added == sum(weights.numel() for weights in adapted.parameters()) - whole
    names = {name.split(".")[0] for name, _ in adapters(adapted)}
    assert names == {"encoder", "plan_head", "tutor_head"}
    with pytest.raises(ValueError, match="rank is 4"):
        with_adapters(policy, rank=4)


def test_learning_changes_choices_but_not_the_deployed_policy(policy: AttentionPolicy) -> None:
    """The deployed policy is what a rollback goes back to."""
    adapted, obs = with_adapters(policy), seen()
    before = policy.explain({k: v.numpy() for k, v in obs.items()})
    disturb(adapted)
    after = policy.explain({k: v.numpy() for k, v in obs.items()})
    changed = adapted.explain({k: v.numpy() for k, v in obs.items()})
    np.testing.assert_array_equal(before.plan_probs, after.plan_probs)
    assert np.abs(changed.plan_probs - before.plan_probs).max() > 1e-3
    assert np.abs(changed.activity_probs - before.activity_probs).max() > 1e-4


def test_strength_leads_from_the_deployed_policy_to_the_adapted(policy: AttentionPolicy) -> None:
    """The bound on the divergence is kept by turning the strength down: it must then fall."""
    adapted, obs = with_adapters(policy), seen()
    disturb(adapted)
    learnt = weights_of(adapted)
    actions = policy.decide(obs, generator=torch.Generator().manual_seed(0)).actions
    deployed = policy.taken(obs, policy.encoder(obs)[0], actions)
    far = []
    for strength in (0.0, 0.3, 1.0):
        put(adapted, learnt, strength)
        ours = adapted.taken(obs, adapted.encoder(obs)[0], actions)
        tutor, plan = divergence(deployed, ours)
        assert tutor.min() >= -1e-6
        assert plan.min() >= -1e-6
        far.append(float((tutor.mean() + plan.mean()).detach()))
    assert far[0] == 0.0
    assert far[0] < far[1] < far[2]


def test_the_divergence_is_that_of_its_definition(policy: AttentionPolicy) -> None:
    """A wrong divergence would bound something else than how far the choices moved."""
    adapted, obs = with_adapters(policy), seen()
    disturb(adapted)
    actions = policy.decide(obs, generator=torch.Generator().manual_seed(0)).actions
    theirs, ours = (p.taken(obs, p.encoder(obs)[0], actions) for p in (policy, adapted))
    expected = torch.distributions.kl_divergence(
        torch.distributions.Categorical(logits=theirs.log_probs[3]),
        torch.distributions.Categorical(logits=ours.log_probs[3]),
    )
    torch.testing.assert_close(divergence(theirs, ours)[1], expected, atol=1e-5, rtol=1e-4)


def test_weights_of_another_policy_are_refused(policy: AttentionPolicy) -> None:
    """Half-loaded adapters would teach as nobody ever tested."""
    adapted = with_adapters(policy)
    weights = weights_of(adapted)
    with pytest.raises(ValueError, match=r"plan_head\.score\.up"):
        put(adapted, {name: w for name, w in weights.items() if name != "plan_head.score.up"})
    with pytest.raises(ValueError, match=r"unknown\.up"):
        put(adapted, weights | {"unknown.up": torch.zeros(1)})
