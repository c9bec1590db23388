"""The update is written to be fast; it takes the steps that a plain one would take."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import torch

from agents.ppo import ClassroomPPO
from agents.ppo_config import PPOConfig
from agents.sb3_adapter import SB3Classrooms
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from policies.products import inner
from tests.toy_classroom import ToyClassrooms


def make_model(policy: PolicyConfig, config: PPOConfig) -> ClassroomPPO:
    return ClassroomPPO(
        AttentionPolicy,
        SB3Classrooms(ToyClassrooms(8)),
        config=config,
        policy_config=policy,
        seed=1,
        device="cpu",
    )


@pytest.mark.parametrize("ignores", [(), ("evidence",)])
def test_what_a_rollout_keeps_of_encoding_changes_no_score(ignores: tuple[str, ...]) -> None:
    """Else the passes over it would learn from other inputs than the decisions were made on."""
    policy = PolicyConfig(width=16, layers=1, heads=2, edge_width=8, ignores=ignores)
    model = make_model(policy, PPOConfig(steps=4, batch=16, epochs=1))
    model.learn(32)
    for batch in model.minibatches():
        assert batch.features is not None
        kept = model.policy.evaluate(batch.obs, batch.actions, batch.features)
        anew = model.policy.evaluate(batch.obs, batch.actions)
        torch.testing.assert_close(tuple(kept), tuple(anew))


def test_a_pass_over_a_rollout_meets_every_decision_once() -> None:
    model = make_model(PolicyConfig(width=16, layers=1), PPOConfig(steps=4, batch=16, epochs=1))
    model.learn(32)
    batches = list(model.rollout_buffer.minibatches(12, torch.Generator().manual_seed(0)))
    assert [len(batch.returns) for batch in batches] == [12, 12, 8]
    met = torch.cat([batch.returns for batch in batches])
    rollout = model.rollout_buffer.returns.flatten(0, 1)
    torch.testing.assert_close(met.sort(0).values, rollout.sort(0).values, rtol=0, atol=0)


def test_memory_that_a_device_copies_from_changes_no_observation() -> None:
    """On a GPU all observations go through it; a row that lagged would teach on the wrong one."""
    model = make_model(PolicyConfig(width=16, layers=1), PPOConfig(steps=4, batch=16, epochs=1))
    model.start_courses()
    rollout = model.rollout_buffer
    direct = {key: row.clone() for key, row in rollout.observe(model.observation).items()}
    rollout.pinned = rollout._host_memory(pinned=False)
    assert rollout.pinned.keys() == direct.keys()
    for key, row in rollout.observe(model.observation).items():
        torch.testing.assert_close(row, direct[key], rtol=0, atol=0)


def test_a_compiled_update_takes_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluating decisions is one graph: nothing in it asks for a tensor's values on the way.

    CUDA graphs forbid that. The backend here makes the graph, and compiles no code.
    """
    compile_with = torch.compile

    def traced(passes: Callable[..., Any], **settings: Any) -> Callable[..., Any]:
        settings.pop("mode")
        return compile_with(passes, backend="aot_eager", **settings)

    monkeypatch.setattr(torch, "compile", traced)
    policy = PolicyConfig(width=16, layers=1, heads=2, edge_width=8)
    plain, graph = (
        make_model(policy, PPOConfig(steps=4, batch=16, epochs=2, compiled=compiled))
        for compiled in (False, True)
    )
    for model in (plain, graph):
        model.learn(32)
    assert graph.score is not graph.policy.evaluate
    torch.testing.assert_close(
        graph.policy.parameters_to_vector(), plain.policy.parameters_to_vector()
    )
    graph.save(saved := io.BytesIO())
    assert saved.tell() > 0


def test_inner_products_and_their_gradients_are_those_of_autograd() -> None:
    """A wrong gradient would train on quietly, only worse."""
    queries, items = torch.randn(3, 2, 5, 4).double(), torch.randn(3, 2, 7, 4).double()
    both = (queries.requires_grad_(), items.requires_grad_())
    torch.testing.assert_close(inner(*both), torch.einsum("abqe,abne->abqn", *both))
    assert torch.autograd.gradcheck(inner, both)
    slopes = torch.autograd.grad(inner(*both).square().sum(), both)
    assert all(slope.is_contiguous() for slope in slopes)  # what makes it worth its lines


def test_inner_products_take_half_precision_beside_full() -> None:
    queries, items = torch.randn(3, 5, 4, requires_grad=True), torch.randn(3, 7, 4)
    with torch.autocast("cpu", torch.bfloat16):
        products = inner(queries, items)
    assert products.dtype == torch.bfloat16
    torch.autograd.backward(products.float().sum())
    torch.testing.assert_close(
        queries.grad, items.sum(1, keepdim=True).expand(3, 5, 4), atol=0.05, rtol=0.02
    )
