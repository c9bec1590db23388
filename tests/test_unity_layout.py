"""The layout between contract and ML-Agents' wire: nothing is lost, differences are named."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.activities import ACTIVITIES, TASKS, Activity
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.legality import first_illegal
from envs.simulation import Simulation
from envs.spaces import action_space, observation_space
from unity_bridge import layout as layout_module
from unity_bridge.agreement import LayoutMismatchError, agreed_layout
from unity_bridge.layout import TRAINING_FIELDS, Layout, fingerprint, sizes_of
from unity_bridge.masks import inverted


def spec_of(layout: Layout, **changed: tuple[int, ...] | None) -> SimpleNamespace:
    """A behaviour's spec as Unity would send it, with other shapes, or without a field (None)."""
    shapes = {field.name: (field.size,) for field in layout.fields} | changed
    sensors = [SimpleNamespace(name=n, shape=s) for n, s in shapes.items() if s is not None]
    actions = SimpleNamespace(continuous_size=0, discrete_branches=layout.branches)
    return SimpleNamespace(observation_specs=sensors, action_spec=actions)


@given(learners=st.integers(1, 40), concepts=st.integers(2, 64))
def test_branches_tell_learners_and_concepts(learners: int, concepts: int) -> None:
    layout = Layout(learners, concepts)
    assert layout.branches == tuple(action_space(learners, concepts).nvec)
    assert len(layout.branch_names) == 3 + 2 * learners
    assert sizes_of(layout.branches) == layout


@pytest.mark.parametrize("branches", [(), (8,), (8, 9, 16), (8, 3, 4, 5, 4, 5, 5), (8, 3, 4, 5, 4)])
def test_other_branches_are_nobodys(branches: tuple[int, ...]) -> None:
    assert sizes_of(branches) is None


def test_every_key_of_the_contract_travels_in_unitys_order() -> None:
    names = [field.name for field in Layout(3, 5).fields]
    assert names == sorted(names)
    assert set(names) == {*observation_space(3, 5).spaces, *TRAINING_FIELDS}


def test_an_observation_survives_the_wire_bit_for_bit() -> None:
    layout = Layout(3, 5)
    observation = {
        key: np.stack([box.sample(), box.sample()])
        for key, box in layout.observation_space.spaces.items()
    }
    back = layout.restore(layout.flatten(observation))
    assert set(back) == set(observation)
    for key, array in observation.items():
        np.testing.assert_array_equal(back[key], array)
        assert back[key].dtype == np.float32


@pytest.mark.parametrize("name", TRAINING_FIELDS)
def test_what_training_needs_is_found_by_name(name: str) -> None:
    layout, random = Layout(3, 5), np.random.default_rng(0)
    parts = {part: random.random((2, *shape)) for part, shape in layout.parts(name).items()}
    packed = layout.pack(name, parts)
    columns = next(field.columns for field in layout.fields if field.name == name)
    assert packed.shape == (2, len(columns))
    back = layout.unpack(name, packed)
    for part, values in parts.items():
        np.testing.assert_array_equal(back[part], values.astype(np.float32))
    first = "learner_reward" if name == "outcome" else "gain"
    assert packed[1, columns.index(f"{first}_2")] == np.float32(parts[first][1, 2])


def test_branch_masks_allow_exactly_what_some_legal_action_holds() -> None:
    """Against enumeration: a choice is allowed where random legal actions hold it."""
    simulation = Simulation(1, Course(learners=2), builtin("algebra-16"), Constants())
    simulation.seed(np.array([0]))
    simulation.start()
    simulation.world.state.mind.present[0, 1] = 0
    simulation.step(np.zeros((1, 7), np.int64))
    masks = simulation.masks
    layout = Layout(2, 16)
    allowed = layout.branch_masks(masks._asdict())
    random = np.random.default_rng(0)
    held = [np.zeros(size, bool) for size in layout.branches]
    for action in random.integers(0, layout.branches, (60_000, 7)):
        action[3::2] *= random.integers(0, 2)  # keep often, so that many actions are legal
        action[4::2] *= action[3::2] > 0
        action[1] *= random.integers(0, 2)
        action[2] *= random.integers(0, 2)
        if first_illegal(0, action, masks) < 0:
            for branch, choice in enumerate(action):
                held[branch][choice] = True
    for name, expected, found in zip(layout.branch_names, held, allowed, strict=True):
        np.testing.assert_array_equal(found[0], expected, err_msg=name)
    assert not allowed[layout.branch_names.index("task_1")][0, 1:].any()


def test_the_mask_on_the_wire_is_true_where_it_forbids() -> None:
    simulation = Simulation(1, Course(learners=1), builtin("algebra-16"), Constants())
    simulation.seed(np.array([0]))
    simulation.start()
    layout = Layout(1, 16)
    wire = layout.wire_mask(simulation.masks._asdict())
    assert wire.shape == (1, sum(layout.branches))
    forbidden = np.flatnonzero(wire[0, :ACTIVITIES])
    assert forbidden.tolist() == [Activity.PEER]  # one learner alone has no peer
    np.testing.assert_array_equal(inverted(inverted(wire)), wire)


def test_a_behaviour_that_keeps_the_layout_is_taken() -> None:
    layout = Layout(8, 16)
    assert agreed_layout("Classroom", spec_of(layout)) == layout
    assert agreed_layout("Classroom", spec_of(layout, camera=(84, 84, 3))) == layout


def test_a_classroom_that_only_plays_may_leave_the_report_out() -> None:
    spec = spec_of(Layout(8, 16), outcome=None, report=None)
    assert agreed_layout("Classroom", spec, training=False) == Layout(8, 16)
    with pytest.raises(LayoutMismatchError, match="outcome is missing"):
        agreed_layout("Classroom", spec)


def test_a_wrong_shape_is_named_with_both_shapes_and_the_cure() -> None:
    with pytest.raises(LayoutMismatchError) as caught:
        agreed_layout("Classroom?team=0", spec_of(Layout(8, 16), evidence=(6 * 16 * 7,)))
    message = str(caught.value)
    assert "Classroom?team=0" in message
    assert "evidence has shape (672,); expected (896,) = 8 learners x 16 concepts x 7" in message
    assert "made for 6 learners and the actions for 8" in message
    assert "gaze" not in message


def test_a_new_feature_is_cured_by_generating_the_layout_anew() -> None:
    with pytest.raises(LayoutMismatchError, match=r"behaviour has shape \(13,\).*codegen"):
        agreed_layout("Classroom", spec_of(Layout(1, 16), behaviour=(13,)))


def test_foreign_actions_are_refused_with_what_was_expected() -> None:
    spec = spec_of(Layout(2, 3))
    spec.action_spec.discrete_branches = (3, 2)
    with pytest.raises(LayoutMismatchError, match=rf"\[3, 2\].*\[{ACTIVITIES}.*\[{TASKS}, C\]"):
        agreed_layout("3DBall", spec)


def test_the_fingerprint_tells_another_order_of_features(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    assert before == fingerprint()
    monkeypatch.setitem(layout_module._COLUMNS, "belief", ("spread", "mean"))
    assert fingerprint() != before
