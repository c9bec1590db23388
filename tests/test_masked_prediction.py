"""Masked prediction: nothing hidden leaks, and what is left is enough to learn from."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from envs.spaces import EVIDENCE, MODALITIES, observation_space
from policies.config import PolicyConfig
from policies.hiding import Hidden, draw, hide
from policies.masked_prediction import MaskedPrediction, answer_loss
from tests.test_policy import make_policy, tensors
from tests.toy_classroom import random_observation

TINY = PolicyConfig(width=8, layers=1, heads=2, edge_width=4)
PAIR_KEYS = ("evidence", "belief", "understanding", "prospects")


def prediction(learners: int, concepts: int) -> tuple[MaskedPrediction, Any]:
    """Heads with random weights on a trunk with random weights."""
    policy = make_policy(learners, concepts)
    heads = MaskedPrediction(observation_space(learners, concepts), policy.config)
    with torch.no_grad():
        for parameter in heads.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return heads, policy.encoder


def some_hidden(obs: dict[str, Tensor], seed: int = 0) -> Hidden:
    return draw(obs, 0.4, torch.Generator().manual_seed(seed))


def shown(heads: MaskedPrediction, encoder: Any, obs: dict[str, Tensor], hidden: Hidden) -> Tensor:
    """Every prediction of the heads, flat."""
    encoded, _ = encoder(hide(obs, hidden, heads.instead(encoder)))
    sensors = [head(encoded.learners).flatten() for head in heads.sensors.values()]
    return torch.cat([heads.pairs(encoded.pairs).flatten(), *sensors])


def test_nothing_hidden_can_be_read_from_what_is_left() -> None:
    """A leak, through the prerequisites or the prospects, would make the task worthless."""
    heads, encoder = prediction(3, 5)
    obs = tensors(random_observation(3, 5, 16))
    hidden = some_hidden(obs)
    other = tensors(random_observation(3, 5, 16, seed=1))
    covered = hidden.pairs.unsqueeze(-1)
    changed = {**obs, **{key: torch.where(covered, other[key], obs[key]) for key in PAIR_KEYS}}
    for place, name in enumerate(MODALITIES):
        gone = hidden.modalities[..., place, None]
        windows = torch.where(gone, other[name], obs[name])
        changed[name] = torch.cat((windows[..., :-1], obs[name][..., -1:]), dim=-1)
    assert covered.any()
    assert hidden.modalities.any()
    before, after = (shown(heads, encoder, each, hidden) for each in (obs, changed))
    torch.testing.assert_close(before, after, rtol=0, atol=0)
    nothing = Hidden(hidden.pairs & False, hidden.modalities & False)
    assert not torch.equal(*(shown(heads, encoder, each, nothing) for each in (obs, changed)))


def test_only_what_was_there_is_hidden_and_every_way_is_used() -> None:
    obs = tensors(random_observation(4, 6, 512))
    obs["learner_present"][:, 3] = 0
    obs["concept_present"][:, 5] = 0
    obs["evidence"][..., EVIDENCE.index("log1p_hours_since_event")] = -1
    obs["evidence"][:, 0, 0, EVIDENCE.index("log1p_hours_since_event")] = math.log1p(1 / 12)
    hidden = some_hidden(obs)
    assert not hidden.pairs[:, 3].any()
    assert not hidden.pairs[..., 5].any()
    present = torch.stack([obs[name][..., -1] for name in MODALITIES], dim=-1)
    assert not (hidden.modalities & (present == 0)).any()
    there = hidden.pairs[:, :3, :5]
    whole_learner = there.all(2).any(1) & ~there.all(1).any(1)
    whole_concept = there.all(1).any(1) & ~there.all(2).any(1)
    recent = there[:, 0, 0] & (there.sum((1, 2)) == 1)
    single = there.any(2).any(1) & ~there.all(2).any(1) & ~there.all(1).any(1) & ~recent
    for way in (whole_learner, whole_concept, recent, single):
        assert 0.1 < float(way.float().mean()) < 0.4


def test_a_perfect_prediction_costs_nothing_and_the_absent_cost_nothing() -> None:
    heads, encoder = prediction(3, 4)
    obs = tensors(random_observation(3, 4, 8))
    answers = torch.zeros(8, 3, 4, 2)
    nothing = Hidden(torch.zeros(8, 3, 4).bool(), torch.zeros(8, 3, len(MODALITIES)).bool())
    assert all(part.item() == 0 for part in heads(encoder, obs, nothing, answers))
    everything = Hidden(~nothing.pairs, torch.stack([obs[n][..., -1] > 0 for n in MODALITIES], -1))
    found = heads(encoder, obs, everything, answers)
    assert found.pairs.item() > 0
    assert found.sensors.item() > 0
    with torch.no_grad():  # every feature at its mean, and a head that says so
        encoder.edges.mean[: len(heads.token)] = encoder.known(obs)[0, 0, 0]
        for parameter in heads.pairs[-1].parameters():
            parameter.zero_()
    one = Hidden(torch.zeros_like(nothing.pairs), nothing.modalities)
    one.pairs[0, 0, 0] = True
    assert heads(encoder, obs, one, answers).pairs.item() == pytest.approx(0, abs=1e-12)


def test_the_answers_likelihood_is_the_binomials() -> None:
    logits = torch.tensor([0.3, -1.2, 2.0])
    answers = torch.tensor([[2.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    p = logits.sigmoid()
    expected = -(p[0].log() + (1 - p[0]).log() + (1 - p[1]).log()) / 3
    torch.testing.assert_close(answer_loss(logits, answers), expected)


def test_a_hidden_pair_is_inferred_from_the_learners_other_pairs() -> None:
    """Every learner is alike on all concepts; a constant guess misses by about .4."""
    torch.manual_seed(0)
    encoder = make_policy(4, 5, config=TINY).encoder
    heads = MaskedPrediction(observation_space(4, 5), TINY)
    everything = [*encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.Adam(everything, lr=1e-2)
    obs, answers = tensors(random_observation(4, 5, 64)), torch.zeros(64, 4, 5, 2)
    hidden = Hidden(torch.rand(64, 4, 5) < 0.2, torch.zeros(64, 4, len(MODALITIES)).bool())
    level = torch.randn(64, 4, 1, 1)
    obs |= {key: level.expand_as(obs[key]).clone() for key in PAIR_KEYS}
    encoder.observe(obs)
    for _ in range(150):
        error = heads(encoder, obs, hidden, answers).pairs
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    assert error.item() < 0.1
