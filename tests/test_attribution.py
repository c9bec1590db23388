"""Reasons are true: weights follow what the choice does when a token is really left out."""

import numpy as np
import pytest
import torch
from torch import Tensor

from agents.faithfulness import RANDOM, States, collect, measure
from agents.tutors.trained_policy import TrainedPolicy
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from envs.spaces import MODALITIES, action_space, observation_space
from policies.attribution import (
    METHODS,
    integrated_gradients,
    keep,
    left_out,
    log_prob,
    occlusion,
    raw_attention,
    rollout,
)
from policies.config import PolicyConfig
from policies.encoder import Observation
from policies.policy import AttentionPolicy
from tests.toy_classroom import random_observation

LEARNERS, CONCEPTS, BATCH = 3, 4, 6
TOKENS = 1 + LEARNERS + CONCEPTS


@pytest.fixture(scope="module")
def policy() -> AttentionPolicy:
    """Random weights, large enough that tokens matter; inputs standardised on another batch."""
    return a_policy(PolicyConfig(width=16, layers=2, heads=2, edge_width=8))


def a_policy(config: PolicyConfig) -> AttentionPolicy:
    torch.manual_seed(0)
    spaces = observation_space(LEARNERS, CONCEPTS), action_space(LEARNERS, CONCEPTS)
    made = AttentionPolicy(*spaces, lambda _: 1e-3, config)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    made.encoder.observe(tensors(9))
    made.set_training_mode(False)
    return made


def tensors(seed: int) -> dict[str, Tensor]:
    obs = random_observation(LEARNERS, CONCEPTS, BATCH, seed)
    return {key: torch.from_numpy(array) for key, array in obs.items()}


def chosen(policy: AttentionPolicy, obs: Observation) -> Tensor:
    with torch.no_grad():
        return policy.decide(obs, deterministic=True).actions


def test_log_probability_is_that_of_the_policy(policy: AttentionPolicy) -> None:
    obs = tensors(1)
    actions = chosen(policy, obs)
    with torch.no_grad():
        expected = policy.evaluate(obs, actions).tutor_log_prob
        torch.testing.assert_close(log_prob(policy, obs, actions), expected)


def test_keeping_everything_changes_nothing_and_nothing_leaves_no_trace(
    policy: AttentionPolicy,
) -> None:
    """With all tokens left out, all classes look alike."""
    obs = tensors(1)
    whole = keep(policy, obs, torch.ones(BATCH, TOKENS))
    for key, value in obs.items():
        torch.testing.assert_close(whole[key], value)
    nothing = keep(policy, obs, torch.zeros(BATCH, TOKENS))
    for key in ("course", "gaze", "behaviour", "evidence", "belief", "prospects", "concepts"):
        assert float((nothing[key] - nothing[key][:1]).abs().max()) == 0.0


def test_a_learner_left_out_takes_its_pairs_along_and_nobody_elses(policy: AttentionPolicy) -> None:
    obs = tensors(1)
    without = torch.ones(BATCH, TOKENS)
    without[:, 2] = 0.0  # learner 2
    seen = keep(policy, obs, without)
    for key in ("behaviour", "touch", "belief"):
        changed = (seen[key] != obs[key]).flatten(2).any(-1)
        assert changed[:, 1].all()
        assert not changed[:, [0, 2]].any()
    assert torch.equal(seen["concepts"], obs["concepts"])
    assert torch.equal(seen["task_mask"], obs["task_mask"])


def test_occlusion_is_the_loss_from_leaving_each_token_out_by_hand(
    policy: AttentionPolicy,
) -> None:
    obs = tensors(2)
    obs["learner_present"][:, 1] = 0
    actions = chosen(policy, obs)
    weights = occlusion(policy, obs, actions)
    with torch.no_grad():
        whole = log_prob(policy, obs, actions)
        for token in (0, 1, 5):
            without = torch.ones(BATCH, TOKENS)
            without[:, token] = 0.0
            by_hand = whole - log_prob(policy, keep(policy, obs, without), actions)
            torch.testing.assert_close(weights[:, token], by_hand, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(left_out(policy, obs, actions)[:, 0], whole)
    assert weights[:, 2].count_nonzero() == 0  # who is absent is no reason


def test_integrated_gradients_add_up_to_what_all_tokens_together_change(
    policy: AttentionPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completeness (Sundararajan et al. 2017, proposition 1), to the accuracy of 200 steps."""
    monkeypatch.setattr("policies.attribution.STEPS", 200)
    obs = tensors(3)
    for name in MODALITIES:
        obs[name][..., -1] = 1.0  # where one is missing, the network jumps to another token
    actions = chosen(policy, obs)
    with torch.no_grad():
        nothing = keep(policy, obs, torch.zeros(BATCH, TOKENS))
        change = log_prob(policy, obs, actions) - log_prob(policy, nothing, actions)
    total = integrated_gradients(policy, obs, actions).sum(1)
    torch.testing.assert_close(total, change, atol=0.02, rtol=0.02)


def test_rollout_of_one_layer_is_half_attention_and_half_what_is_read() -> None:
    policy = a_policy(PolicyConfig(width=16, layers=1, heads=2, edge_width=8))
    obs = tensors(4)
    actions = chosen(policy, obs)
    with torch.no_grad():
        weights = policy.encoder(obs)[1][0].mean(1)  # (B, T, T)
    read = torch.tensor([1.0] + [1 / LEARNERS] * LEARNERS + [1 / CONCEPTS] * CONCEPTS) / 3
    expected = 0.5 * (read + read @ weights)
    torch.testing.assert_close(rollout(policy, obs, actions), expected)
    torch.testing.assert_close(raw_attention(policy, obs, actions), weights[:, 0])


def test_weights_of_every_method_are_finite_and_repeat(policy: AttentionPolicy) -> None:
    obs = tensors(5)
    actions = chosen(policy, obs)
    for name, method in METHODS.items():
        weights = method(policy, obs, actions)
        assert weights.shape == (BATCH, TOKENS), name
        assert torch.equal(weights, method(policy, obs, actions)), name
        assert bool(weights.isfinite().all()), name


def test_a_network_without_tokens_is_refused() -> None:
    flat = a_policy(PolicyConfig(width=16, mixing="flat", heads=2, edge_width=8))
    obs = tensors(1)
    with pytest.raises(ValueError, match="mixing is 'flat'"):
        occlusion(flat, obs, chosen(flat, obs))


def test_curves_begin_and_end_where_the_choice_does(policy: AttentionPolicy) -> None:
    """Both areas lie between the probabilities with everything and with nothing known."""
    obs = tensors(6)
    states = States(observation=obs, actions=chosen(policy, obs), classes=BATCH)
    found = measure(policy, states)
    assert found.keys() == {RANDOM, *METHODS}
    chance = found[RANDOM]
    assert chance.deletion_gain.mean == chance.top_gain.mean == 0.0
    for each in found.values():
        gained = chance.deletion.mean - each.deletion.mean
        assert each.deletion_gain.mean == pytest.approx(gained)
        assert each.insertion_gain.mean == pytest.approx(
            each.insertion.mean - chance.insertion.mean
        )


def test_what_truly_moves_the_choice_beats_chance(policy: AttentionPolicy) -> None:
    """The default reason, occlusion: deleting its first tokens costs more than random ones."""
    obs = tensors(7)
    states = States(observation=obs, actions=chosen(policy, obs), classes=BATCH)
    found = measure(policy, states)["occlusion"]
    assert found.deletion_gain.mean > 0.02
    assert found.insertion_gain.mean > 0.02
    assert found.top_gain.mean > 0.05


def test_states_are_those_the_tutor_met(policy: AttentionPolicy) -> None:
    course = Course(learners=2, lessons=1, minutes=10)
    simulation = Simulation(3, course, builtin("algebra-16"), Constants())
    simulation.seed(np.arange(3))
    simulation.start()
    sizes = observation_space(2, 16), action_space(2, 16)
    states = collect(TrainedPolicy(policy.at_size(*sizes)), simulation, 2)
    moments = len(states.actions) // states.classes
    left = states.observation["course"][:, 1].view(3, moments)
    assert states.classes == 3
    assert float(left[:, 0].min()) == 1.0
    assert bool((left.diff(dim=1) < 0).all())
