"""The exported model: ML-Agents can read it, and it is the policy."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from agents.checkpoint import load_policy
from agents.run_folder import REFERENCE
from agents.unity_model import packages
from agents.unity_model.agreement import Tally
from agents.unity_model.delivery import Delivery
from agents.unity_model.exported_policy import Chosen, ExportedPolicy
from agents.unity_model.model_file import to_onnx
from agents.unity_model.padding import padded
from agents.unity_model.wire_policy import pick_uniform
from envs.activities import Activity
from envs.course import Course
from envs.curriculum import builtin
from envs.curriculum_generate import generate
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from scripts import export
from unity_bridge.inference_engine import operators, unsupported
from unity_bridge.layout import Layout


def untrained(layout: Layout, **config: object) -> AttentionPolicy:
    sizes = {"width": 8, "layers": 1, "heads": 2, "edge_width": 4, **config}
    torch.manual_seed(0)
    spaces = (layout.observation_space, layout.action_space)
    return AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(**sizes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    """The reference tutor's model, written."""
    path = tmp_path_factory.mktemp("model") / "tutor.onnx"
    made = Delivery(load_policy(REFERENCE, "cpu"), Course(), builtin("algebra-16"), path)
    made.write()
    return made


@pytest.fixture
def moments(delivery: Delivery) -> dict[str, np.ndarray]:
    """Sixteen classes at the beginning of their course."""
    return delivery._classes(delivery.exported.layout).observation


def test_the_model_has_the_names_shapes_and_types_that_ml_agents_reads(delivery: Delivery) -> None:
    graph = onnx.load(delivery.path).graph
    seen = [  # what a scene that only plays sends, as C# sorts it
        *("activity_mask", "behaviour", "belief", "concept_mask", "concept_present", "concepts"),
        *("course", "evidence", "face", "gaze", "head", "learner_present", "prerequisites"),
        *("prospects", "seats", "target_mask", "task_concept_mask", "task_mask", "touch"),
        *("understanding", "voice"),
    ]
    layout = delivery.exported.layout
    shapes = {
        each.name: [dim.dim_param or dim.dim_value for dim in each.type.tensor_type.shape.dim]
        for each in graph.input
    }
    expected = {f"obs_{n}": ["batch", layout.size(name)] for n, name in enumerate(seen)}
    assert shapes == expected | {"action_masks": ["batch", sum(layout.branches)]}
    types = {each.name: each.type.tensor_type.elem_type for each in graph.output}
    whole, real = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
    assert types == {
        "discrete_actions": whole,
        "deterministic_discrete_actions": whole,
        "version_number": real,
        "memory_size": real,
        "discrete_action_output_shape": real,
    }


def test_the_constants_are_initializers_and_outputs_at_once(delivery: Delivery) -> None:
    graph = onnx.load(delivery.path).graph
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    assert constants["version_number"].tolist() == [3.0]
    assert constants["memory_size"].tolist() == [0.0]
    branches = constants["discrete_action_output_shape"].tolist()
    assert branches == [[8, 9, 16, *[5, 16] * 8]]


def test_the_engine_has_every_operator_and_the_opset(delivery: Delivery) -> None:
    model = onnx.load(delivery.path)
    assert unsupported(operators(model.graph.node)) == []
    assert [each.version for each in model.opset_import] == [15]


def test_an_operator_that_the_engine_lacks_is_named() -> None:
    nodes = [onnx.helper.make_node("If", [], ["a"]), onnx.helper.make_node("Add", [], ["b"])]
    nodes.append(onnx.helper.make_node("Gelu", [], ["c"], domain="com.microsoft"))
    assert operators(nodes) == {"Add": 1, "If": 1, "com.microsoft::Gelu": 1}
    assert unsupported(operators(nodes)) == ["If", "com.microsoft::Gelu"]


def test_the_model_chooses_as_the_policy_in_classes_of_every_size(delivery: Delivery) -> None:
    assert [(s.learners, s.concepts) for s in delivery._sizes()] == [
        *((8, 16), (4, 16), (8, 8), (1, 2))
    ]
    *_, found = delivery.rehearse(400)
    assert found.states >= 400
    assert (found.different, found.forbidden) == (0, 0)
    assert found.identical >= 0.99 * found.states
    assert found.whole, found


@pytest.mark.parametrize("mixing", ["mean", "flat"])
def test_networks_without_attention_are_exported_too(mixing: str, tmp_path: Path) -> None:
    policy = untrained(Layout(3, 4), mixing=mixing)
    other = Delivery(policy, Course(learners=3), generate(4, seed=0), tmp_path / "tutor.onnx")
    assert other.write()["unsupported"] == []
    *_, found = other.rehearse(100)
    assert found.whole, found


class Pretender(ExportedPolicy):
    """A model whose answers are changed."""

    def __init__(self, path: Path, change: object) -> None:
        super().__init__(path)
        self.change = change

    def act(self, observation: dict[str, np.ndarray]) -> Chosen:  # type: ignore[override]
        """Answer something else."""
        return self.change(super().act(observation))  # type: ignore[operator,no-any-return]


def judged(delivery: Delivery, change: object, moments: dict[str, np.ndarray]) -> Tally:
    tally = Tally(exported=Pretender(delivery.path, change))
    for _ in range(20):
        tally.add(delivery.policy, moments)
    return tally


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    """The same tutor with faint preferences: always the likeliest differs from a draw."""
    policy = load_policy(REFERENCE, "cpu")
    with torch.no_grad():
        for weights in policy.plan_head.parameters():
            weights.mul_(0.3)
    path = tmp_path_factory.mktemp("undecided") / "tutor.onnx"
    made = Delivery(policy, Course(), builtin("algebra-16"), path)
    made.write()
    return made


def test_a_model_that_always_takes_the_likeliest_is_found_out(
    undecided: Delivery, moments: dict[str, np.ndarray]
) -> None:
    assert judged(undecided, lambda chosen: chosen, moments).found().whole
    greedy = judged(undecided, lambda c: c._replace(sampled=c.likeliest), moments).found()
    assert greedy.p_values["plan"] < 1e-10
    assert not greedy.whole


def test_a_model_that_takes_something_else_is_found_out(
    delivery: Delivery, moments: dict[str, np.ndarray]
) -> None:
    other = judged(delivery, lambda c: c._replace(likeliest=c.sampled), moments).found()
    assert other.different > 0
    assert not other.whole


def test_forbidden_actions_are_counted(delivery: Delivery, moments: dict[str, np.ndarray]) -> None:
    def circulate_with_a_concept(chosen: Chosen) -> Chosen:
        chosen.likeliest[:, :3] = Activity.CIRCULATE, 0, 5
        return chosen

    found = judged(delivery, circulate_with_a_concept, moments).found()
    assert found.forbidden == found.states == 20 * 16
    assert not found.whole


def test_what_the_scene_forbids_beyond_the_rules_is_not_chosen(
    delivery: Delivery, moments: dict[str, np.ndarray]
) -> None:
    wire = delivery.exported.wire(moments)
    usual = delivery.exported.choose(wire).likeliest
    branches = np.cumsum((0, *delivery.exported.layout.branches))
    for branch in (0, 3, 4):  # activity; the first learner's task and concept
        masks = wire["action_masks"].copy()
        masks[np.arange(16), branches[branch] + usual[:, branch]] = 0
        for actions in delivery.exported.choose({**wire, "action_masks": masks}):
            assert (actions[:, branch] != usual[:, branch]).all()


def test_a_model_for_a_larger_class_leaves_absent_learners_alone(
    delivery: Delivery, tmp_path: Path, moments: dict[str, np.ndarray]
) -> None:
    large = Layout(10, 20)
    policy = delivery.policy.at_size(large.observation_space, large.action_space)
    other = Delivery(policy, delivery.course, delivery.curriculum, tmp_path / "large.onnx")
    other.write()
    for actions in other.exported.act(moments):
        assert not actions[:, 3 + 2 * 8 :].any()
    same = other.exported.act(moments).likeliest[:, : 3 + 2 * 8]
    assert (same == delivery.exported.act(moments).likeliest).all()


def test_padding_adds_nobody_and_nothing_that_is_allowed() -> None:
    small, large = Layout(1, 2), Layout(2, 3)
    ones = {k: np.ones((1, *b.shape), np.float32) for k, b in small.observation_space.items()}
    shown = padded(ones, large)
    space = large.observation_space
    assert {key: array.shape[1:] for key, array in shown.items()} == {
        key: box.shape for key, box in space.items()
    }
    assert shown["task_mask"][0].tolist() == [[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]
    assert shown["target_mask"][0, 0].tolist() == [1, 1, 0]
    assert shown["learner_present"][0].tolist() == [1, 0]
    assert shown["concept_present"][0].tolist() == [1, 1, 0]


@pytest.mark.parametrize("extreme", [0.0, 1.0])
def test_no_uniform_number_picks_what_is_forbidden(
    extreme: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_probs = torch.tensor([[-1e9, 0.0, -1e9], [-1e9, -40.0, 0.0]])
    monkeypatch.setattr(torch, "rand_like", lambda like: torch.full_like(like, extreme))
    assert (pick_uniform(log_probs) > 0).all()
    others = torch.tensor([[1 - extreme, extreme, 1 - extreme]] * 2)
    monkeypatch.setattr(torch, "rand_like", lambda _: others)
    assert (pick_uniform(log_probs) > 0).all()


def test_a_policy_of_another_contract_is_refused_by_name() -> None:
    layout = Layout(2, 3)
    space = layout.observation_space
    space.spaces["course"] = type(space["course"])(0, 1, (4,))
    with pytest.raises(ValueError, match=r"course has shape \(4,\); expected \(10,\)"):
        to_onnx(untrained(layout))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(export, "QUICK_STATES", 64)
    monkeypatch.setattr(export, "QUICK_DECISIONS", 100)
    return


@pytest.mark.usefixtures("quickly")
def test_the_command_writes_model_and_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, figures = tmp_path / "sub" / "tutor.onnx", tmp_path / "export.json"
    assert export.main(["--quick", "--out", str(out), "--json", str(figures)]) == 0
    onnx.checker.check_model(onnx.load(out), full_check=True)
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["agreement"]["whole"]
    assert found["agreement"]["states"] >= 64
    assert found["unsupported"] == []
    assert 0 < found["decision_ms"]["median"] <= found["decision_ms"]["p99"]
    assert "the same likeliest action" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--learners", "41"], "learners is 41; expected 1 to 40, or 0"),
        (["--concepts", "1"], "concepts is 1; expected 2 to 256, or 0"),
        (["--states", "99"], "states is 99; expected at least 100"),
        (["nowhere"], "run is nowhere; expected a folder that holds config.json"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_written(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.main([*arguments, "--out", str(tmp_path / "a.onnx")]) == 1
    assert capsys.readouterr().err.strip() == message
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages, "NEEDED", ("onnx", "no_such_package"))
    assert export.main([]) == 1
    expected = "no_such_package not installed; expected by pip install -e '.[onnx]'\n"
    assert capsys.readouterr().err == expected
