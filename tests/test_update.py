"""The update is written to be fast; it takes the steps that a plain one would take."""

import gc
import io
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch._dynamo.exc import InternalTorchDynamoError
from torch.utils._python_dispatch import TorchDispatchMode

from agents.ppo import ClassroomPPO
from agents.ppo_config import PPOConfig
from agents.presets import PRESETS
from agents.sb3_adapter import SB3Classrooms
from envs.course import Course
from envs.curricula import find
from envs.vector import ClassroomVectorEnv
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
    """On a GPU all observations go through it; a key left out would teach on zeros."""
    model = make_model(PolicyConfig(width=16, layers=1), PPOConfig(steps=4, batch=16, epochs=1))
    model.start_courses()
    rollout = model.rollout_buffer
    direct = {key: row.clone() for key, row in rollout.observe(model.observation).items()}
    rollout.pinned = rollout._host_memory(pinned=False)
    for tensor in rollout.observations.values():
        tensor.zero_()
    assert rollout.pinned.keys() == direct.keys()
    for key, row in rollout.observe(model.observation).items():
        torch.testing.assert_close(row, direct[key], rtol=0, atol=0)


class Counted(TorchDispatchMode):
    """Counts the operations that torch carries out."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.count += 1
        return func(*args, **(kwargs or {}))


def operations(learners: int, concepts: int, minibatch: int) -> int:
    """Of one step of gradient descent, with the default preset's network."""
    course, curriculum = Course(learners=learners), find(f"generated-{concepts}-0")
    env = ClassroomVectorEnv(8, course=course, curriculum=curriculum)
    model = ClassroomPPO(
        env=SB3Classrooms(env),
        config=PPOConfig(steps=4, batch=minibatch, epochs=1),
        policy_config=PRESETS["default"].policy,
        seed=0,
        device="cpu",
    )
    model.learn(32)
    batch = next(iter(model.minibatches()))
    with Counted() as counted:
        model.improve(batch)
    return counted.count


def test_an_update_takes_as_many_operations_whatever_the_class() -> None:
    """On a GPU starting them is what a step costs: a loop over learners would cost forty times."""
    usual = operations(8, 16, 16)
    assert usual < 1600
    assert operations(3, 16, 16) == operations(8, 5, 16) == operations(8, 16, 32) == usual


def test_training_keeps_the_memory_that_it_began_with() -> None:
    """A day of training must not end because every rollout left something behind."""
    model = make_model(PolicyConfig(width=16, layers=1), PPOConfig(steps=8, batch=32, epochs=2))
    kept = []
    tracemalloc.start()
    for _ in range(3):
        model.learn(20 * 64, reset_num_timesteps=False)
        gc.collect()
        tensors = sum(1 for each in gc.get_objects() if issubclass(type(each), torch.Tensor))
        kept.append((tensors, tracemalloc.get_traced_memory()[0]))
    tracemalloc.stop()
    assert kept[1][0] == kept[2][0]
    assert kept[2][1] - kept[1][1] < 100_000  # bytes, over twenty rollouts


def test_a_compiled_update_takes_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluating decisions is one graph: nothing in it asks for a tensor's values on the way.

    CUDA graphs forbid that. The backend here makes the graph, and compiles no code; the last
    minibatch of a pass is smaller.
    """
    compile_with, made = torch.compile, []

    def traced(passes: Callable[..., Any], **settings: Any) -> Callable[..., Any]:
        made.append(settings.pop("mode"))
        return compile_with(passes, backend="aot_eager", **settings)

    monkeypatch.setattr(torch, "compile", traced)
    policy = PolicyConfig(width=16, layers=1, heads=2, edge_width=8)
    with pytest.warns(UserWarning, match="truncated mini-batch"):
        plain, graph = (
            make_model(policy, PPOConfig(steps=4, batch=12, epochs=2, compiled=compiled))
            for compiled in (False, True)
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # that it could not be compiled, above all
        for model in (plain, graph):
            model.learn(32)
    assert made == ["default"]
    torch.testing.assert_close(
        graph.policy.parameters_to_vector(), plain.policy.parameters_to_vector()
    )
    graph.save(saved := io.BytesIO())
    saved.seek(0)
    env = SB3Classrooms(ToyClassrooms(8))
    assert ClassroomPPO.load(saved, env=env, device="cpu").config.compiled


def test_what_cannot_be_compiled_trains_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours on a machine without a compiler must not end in the first update."""

    def failing(*_: Any, **__: Any) -> Callable[..., Any]:
        def never(*_: Any, **__: Any) -> Any:
            raise InternalTorchDynamoError("no compiler")

        return never

    monkeypatch.setattr(torch, "compile", failing)
    config = PPOConfig(steps=4, batch=16, epochs=1, compiled=True)
    model = make_model(PolicyConfig(width=16, layers=1), config)
    with pytest.warns(UserWarning, match="not compiled, slower but the same: no compiler"):
        model.learn(32)
    assert model._n_updates == 1


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
