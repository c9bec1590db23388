"""The attention policy: exact masks, exact probabilities, any size, any order, any padding."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from agents.checkpoint import load_policy, save_policy
from envs.activities import ACTIVITIES, TASKS
from envs.spaces import action_space, observation_space
from policies.attention import attend
from policies.config import PolicyConfig
from policies.distribution import pickers
from policies.policy import AttentionPolicy
from policies.scaling import MERGED_ROWS, ScaledLinear
from tests.toy_classroom import Arrays, random_observation

SMALL = PolicyConfig(width=16, layers=2, heads=2, edge_width=8)
POOLED = replace(SMALL, mixing="mean")


def make_policy(
    learners: int, concepts: int, seed: int = 0, config: PolicyConfig = SMALL
) -> AttentionPolicy:
    """A policy whose every parameter is random, those that training starts at 0 included."""
    torch.manual_seed(seed)
    spaces = observation_space(learners, concepts), action_space(learners, concepts)
    policy = AttentionPolicy(*spaces, lambda _: 1e-3, config)
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    observations = tensors(random_observation(learners, concepts, 16, seed=9))
    policy.encoder.observe(observations)
    policy.set_training_mode(False)
    return policy


def tensors(obs: Arrays) -> dict[str, Tensor]:
    return {key: torch.from_numpy(array) for key, array in obs.items()}


def all_actions(learners: int, concepts: int) -> Tensor:
    """Every element of the action space, legal or not."""
    plan = [range(TASKS), range(concepts)] * learners
    every = itertools.product(range(ACTIVITIES), range(learners + 1), range(concepts), *plan)
    return torch.tensor(list(every))


def is_legal(obs: dict[str, Tensor], actions: Tensor) -> Tensor:
    """Read the masks (B, ...) the slow way, for actions (B, 3 + 2 S)."""
    row = torch.arange(len(actions))
    activity, target, concept = actions[:, :3].T
    legal = obs["activity_mask"][row, activity] * obs["target_mask"][row, activity, target]
    legal = legal * obs["concept_mask"][row, activity, concept]
    for learner in range((actions.shape[1] - 3) // 2):
        task, topic = actions[:, 3 + 2 * learner], actions[:, 4 + 2 * learner]
        legal = legal * obs["task_mask"][row, learner, task]
        legal = legal * obs["task_concept_mask"][row, task, topic]
    return legal > 0


def test_a_million_sampled_actions_are_all_legal() -> None:
    policy = make_policy(2, 3)
    choose = pickers(torch.Generator().manual_seed(0), deterministic=False)
    obs = tensors(random_observation(2, 3, 1 << 14))
    with torch.no_grad():
        encoded, _ = policy.encoder(obs)
        for _ in range(62):  # 62 x 2^14 > 1e6
            choices = policy.choose(obs, encoded, choose)
            assert is_legal(obs, choices.actions(obs)).all()


def test_probabilities_of_all_legal_actions_sum_to_one() -> None:
    policy = make_policy(2, 2)
    actions = all_actions(2, 2)
    for seed in range(3):
        one = tensors(random_observation(2, 2, 1, seed))
        obs = {key: value.expand(len(actions), *value.shape[1:]) for key, value in one.items()}
        legal = is_legal(obs, actions)
        with torch.no_grad():
            scored = policy.evaluate(obs, actions)
        probability = (scored.tutor_log_prob + scored.plan_log_prob.sum(-1)).double().exp()
        assert float(probability[legal].sum()) == pytest.approx(1, abs=1e-5)
        assert float(probability[~legal].sum()) == 0


def test_sampled_frequencies_match_the_probabilities() -> None:
    policy = make_policy(2, 2)
    one = tensors(random_observation(2, 2, 1, seed=4))
    many = {key: value.expand(40_000, *value.shape[1:]) for key, value in one.items()}
    with torch.no_grad():
        decision = policy.decide(many, generator=torch.Generator().manual_seed(3))
    expected = policy.explain({key: value.numpy() for key, value in one.items()})
    seen = torch.bincount(decision.actions[:, 0], minlength=ACTIVITIES) / 40_000
    np.testing.assert_allclose(seen, expected.activity_probs[0], atol=0.012)  # 4 standard errors
    pair = decision.actions[:, 3] * 2 + decision.actions[:, 4]
    seen = torch.bincount(pair, minlength=2 * TASKS) / 40_000
    np.testing.assert_allclose(seen, expected.plan_probs[0, 0].ravel(), atol=0.012)


def test_decisions_are_scored_as_they_were_made() -> None:
    policy = make_policy(3, 4)
    obs = tensors(random_observation(3, 4, 32))
    with torch.no_grad():
        made = policy.decide(obs, generator=torch.Generator().manual_seed(1))
        scored = policy.evaluate(obs, made.actions)
    torch.testing.assert_close(scored.tutor_log_prob, made.tutor_log_prob)
    torch.testing.assert_close(scored.plan_log_prob, made.plan_log_prob)
    torch.testing.assert_close(scored.values, made.values)


def test_a_forced_choice_has_probability_one_and_no_entropy() -> None:
    policy = make_policy(3, 4)
    obs = tensors(random_observation(3, 4, 8))
    obs["learner_present"][:, 1] = 0
    obs["task_mask"][:, 1], obs["task_mask"][:, 1, 0] = 0, 1
    obs["task_concept_mask"][:, 0], obs["task_concept_mask"][:, 0, 0] = 0, 1
    with torch.no_grad():
        made = policy.decide(obs, generator=torch.Generator().manual_seed(1))
        scored = policy.evaluate(obs, made.actions)
    assert made.actions[:, 5:7].count_nonzero() == 0
    assert made.plan_log_prob[:, 1].count_nonzero() == 0
    assert float(scored.plan_entropy[:, 1].abs().max()) < 1e-30
    assert made.values[:, 1].count_nonzero() == 0


def permuted(obs: Arrays, learners: list[int], concepts: list[int]) -> Arrays:
    """The same classroom with learners and concepts in another order."""
    new = dict(obs)
    for key in ("gaze", "head", "face", "voice", "touch", "behaviour", "task_mask"):
        new[key] = obs[key][:, learners]
    for key in ("evidence", "belief", "understanding", "prospects"):
        new[key] = obs[key][:, learners][:, :, concepts]
    new["concepts"], new["concept_present"] = (
        obs["concepts"][:, concepts],
        obs["concept_present"][:, concepts],
    )
    new["learner_present"] = obs["learner_present"][:, learners]
    new["prerequisites"] = obs["prerequisites"][:, concepts][:, :, concepts]
    new["seats"] = obs["seats"][:, learners][:, :, learners]
    new["target_mask"] = obs["target_mask"][:, :, [0, *(1 + np.array(learners))]]
    new["concept_mask"] = obs["concept_mask"][:, :, concepts]
    new["task_concept_mask"] = obs["task_concept_mask"][:, :, concepts]
    return {key: np.ascontiguousarray(array) for key, array in new.items()}


@pytest.mark.parametrize("config", [SMALL, POOLED])
def test_permuting_learners_and_concepts_permutes_everything(config: PolicyConfig) -> None:
    policy = make_policy(4, 5, config=config)
    learners, concepts = [2, 0, 3, 1], [4, 1, 0, 3, 2]
    obs = random_observation(4, 5, 6)
    for mask in ("target_mask", "concept_mask"):  # no ties, or argmax depends on the order
        obs[mask][:] = 1
    before, after = policy.explain(obs), policy.explain(permuted(obs, learners, concepts))
    close = {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(after.activity_probs, before.activity_probs, **close)
    targets = [0, *(1 + np.array(learners))]
    np.testing.assert_allclose(after.target_probs, before.target_probs[:, targets], **close)
    np.testing.assert_allclose(after.concept_probs, before.concept_probs[:, concepts], **close)
    expected = before.plan_probs[:, learners][..., concepts]
    np.testing.assert_allclose(after.plan_probs, expected, **close)
    np.testing.assert_allclose(after.values, before.values[:, learners], **close)
    tokens = [0, *(1 + np.array(learners)), *(5 + np.array(concepts))]
    expected_map = before.attention[1][:, :, tokens][:, :, :, tokens]
    np.testing.assert_allclose(after.attention[1], expected_map, **close)


def test_a_concept_for_the_class_depends_on_no_order_of_learners() -> None:
    policy = make_policy(4, 5)
    obs = random_observation(4, 5, 6)
    obs["target_mask"][:] = obs["concept_mask"][:] = obs["activity_mask"][:] = 1
    actions = torch.zeros(6, 11, dtype=torch.int64)
    actions[:, 2] = 3
    other = permuted(obs, [2, 0, 3, 1], list(range(5)))
    with torch.no_grad():
        before, after = (policy.evaluate(tensors(o), actions) for o in (obs, other))
    torch.testing.assert_close(after.tutor_log_prob, before.tutor_log_prob)


def padded(obs: Arrays, learners: int, concepts: int) -> Arrays:
    """The same classroom in a larger space; what is absent is filled with garbage."""
    batch, old, topics = obs["evidence"].shape[:3]
    garbage = random_observation(learners, concepts, batch, seed=77)
    space = observation_space(learners, concepts)
    for key in space:
        old_shape = tuple(slice(0, size) for size in obs[key].shape)
        if "mask" in key or "present" in key:
            garbage[key][:] = 0
        if key == "prerequisites":
            garbage[key][:, topics:] = garbage[key][:, :, topics:] = 0
        garbage[key][old_shape] = obs[key]
    garbage["task_mask"][:, old:, 0] = 1
    return garbage


@pytest.mark.parametrize("config", [SMALL, POOLED])
def test_padding_changes_nothing(config: PolicyConfig) -> None:
    policy = make_policy(3, 4, config=config)
    large = policy.at_size(observation_space(6, 7), action_space(6, 7))
    obs = random_observation(3, 4, 6)
    before, after = policy.explain(obs), large.explain(padded(obs, 6, 7))
    close = {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(after.activity_probs, before.activity_probs, **close)
    np.testing.assert_allclose(after.target_probs[:, :4], before.target_probs, **close)
    np.testing.assert_allclose(after.concept_probs[:, :4], before.concept_probs, **close)
    np.testing.assert_allclose(after.plan_probs[:, :3, :, :4], before.plan_probs, **close)
    np.testing.assert_allclose(after.values[:, :3], before.values, **close)
    assert not after.values[:, 3:].any()
    assert not after.plan_probs[..., 4:].any()


@pytest.mark.parametrize("config", [SMALL, POOLED])
def test_attention_weights_sum_to_one_and_never_reach_the_absent(config: PolicyConfig) -> None:
    policy = make_policy(3, 4, config=config)
    obs = random_observation(3, 4, 6)
    obs["learner_present"][:, 2] = obs["concept_present"][:, 1] = 0
    for weights in policy.explain(obs).attention:
        np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-5)
        assert not weights[..., [3, 5]].any()


def test_attention_is_the_textbook_formula() -> None:
    query, key, value, bias = (torch.randn(2, 3, size) for size in (4, 4, 5, 3))
    context, weights = attend(query, key, value, bias)
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, value, bias)
    torch.testing.assert_close(context, expected)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))


@pytest.mark.parametrize(("learners", "concepts"), [(1, 2), (5, 9), (12, 20)])
def test_one_set_of_weights_runs_at_any_size(learners: int, concepts: int) -> None:
    policy = make_policy(3, 4).at_size(
        observation_space(learners, concepts), action_space(learners, concepts)
    )
    obs = random_observation(learners, concepts, 4)
    actions, _ = policy.predict(obs, deterministic=True)
    assert actions.shape == (4, 3 + 2 * learners)
    assert bool(is_legal(tensors(obs), torch.from_numpy(actions)).all())


def test_a_saved_policy_decides_the_same(tmp_path: Path) -> None:
    policy, obs = make_policy(3, 4), random_observation(3, 4, 8)
    save_policy(policy, tmp_path, {"seed": 5})
    loaded = load_policy(tmp_path, "cpu")
    assert {path.name for path in tmp_path.iterdir()} == {"model.safetensors", "model.json"}
    np.testing.assert_array_equal(
        loaded.predict(obs, deterministic=True)[0], policy.predict(obs, deterministic=True)[0]
    )
    np.testing.assert_array_equal(loaded.explain(obs).values, policy.explain(obs).values)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"folder is {tmp_path}; expected one that holds"):
        load_policy(tmp_path)


def test_one_unbatched_observation_gives_one_action() -> None:
    policy = make_policy(3, 4)
    single = {key: array[0] for key, array in random_observation(3, 4, 1).items()}
    assert policy.predict(single, deterministic=True)[0].shape == (9,)


def test_statistics_of_parts_are_those_of_the_whole() -> None:
    layer = ScaledLinear(3, 2)
    count = MERGED_ROWS + 90
    rows, keep = 3 + 2 * torch.randn(count, 3), torch.ones(count)
    keep[::7] = 0
    keep[10 : MERGED_ROWS + 10] = 0  # a whole part of nobody
    for part in (slice(0, 10), slice(10, count)):
        layer.observe(rows[part], keep[part])
    torch.testing.assert_close(layer.mean, rows[keep == 1].mean(0))
    torch.testing.assert_close(layer.variance, rows[keep == 1].var(0, correction=0))


@pytest.mark.parametrize(("field", "value"), [("width", 0), ("heads", 5), ("dropout", 1.0)])
def test_a_wrong_size_is_named(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} .*; expected|expected a multiple of {field}"):
        PolicyConfig(**{field: value})
