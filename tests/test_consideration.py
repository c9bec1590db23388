"""One pass says what several would: the choice, its likelihood elsewhere, and the alternatives."""

import torch
from torch import Tensor

from envs.spaces import action_space, observation_space
from policies.attribution import encode_left_out, left_out
from policies.config import PolicyConfig
from policies.consideration import consider, whole
from policies.distribution import already, pickers
from policies.policy import AttentionPolicy
from tests.toy_classroom import random_observation

LEARNERS, CONCEPTS, BATCH = 3, 4, 5


def a_policy() -> AttentionPolicy:
    torch.manual_seed(0)
    spaces = observation_space(LEARNERS, CONCEPTS), action_space(LEARNERS, CONCEPTS)
    policy = AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(width=16, heads=2, layers=1))
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return policy


def tensors() -> dict[str, Tensor]:
    obs = random_observation(LEARNERS, CONCEPTS, BATCH, seed=3)
    return {key: torch.from_numpy(array) for key, array in obs.items()}


@torch.no_grad()
def test_choices_are_those_of_the_whole_classrooms_alone() -> None:
    policy, obs = a_policy(), tensors()
    wide, _ = encode_left_out(policy, obs)
    for deterministic in (True, False):
        sampling = [torch.Generator().manual_seed(1) for _ in range(2)]
        ours, theirs = (pickers(g, deterministic=deterministic) for g in sampling)
        found = consider(policy.choose_own, obs, wide, ours)
        log_probs, chosen = policy.choose_own(obs, policy.encoder(obs)[0], theirs)
        for one, other in zip(found.chosen, chosen, strict=True):
            assert torch.equal(one, other)
        for one, other in zip(found.log_probs, log_probs, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_rows_say_how_likely_the_choice_would_be_with_something_left_out() -> None:
    policy, obs = a_policy(), tensors()
    wide, _ = encode_left_out(policy, obs)
    found = consider(policy.choose_own, obs, wide, pickers(None, deterministic=True))
    actions = torch.stack(found.chosen, dim=-1)
    assert found.left_out.shape == (BATCH, 1 + 1 + LEARNERS + CONCEPTS)
    torch.testing.assert_close(found.left_out, left_out(policy, obs, actions))
    assert (found.left_out.std(1) > 0).all()


@torch.no_grad()
def test_options_are_what_would_be_chosen_were_each_activity_the_choice() -> None:
    policy, obs = a_policy(), tensors()
    wide, _ = encode_left_out(policy, obs)
    found = consider(policy.choose_own, obs, wide, pickers(None, deterministic=False))
    encoded = whole(wide, BATCH)
    for activity in range(obs["activity_mask"].shape[1]):
        given = already(torch.full((BATCH,), activity))
        _, chosen = policy.choose_own(
            obs, encoded, [given, *pickers(None, deterministic=True)[1:3]]
        )
        assert torch.equal(found.options[:, activity], torch.stack(chosen, dim=-1))


def test_an_encoding_with_one_row_a_classroom_is_whole() -> None:
    policy, obs = a_policy(), tensors()
    with torch.no_grad():
        encoded = policy.encoder(obs)[0]
        found = consider(policy.choose_own, obs, encoded, pickers(None, deterministic=True))
    assert whole(encoded, BATCH) is encoded
    assert found.left_out.shape == (BATCH, 1)
