"""Messages are read as mlagents-envs reads them, and pictures also as newer Unity packages send."""

import importlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.scripted_player import agent, observation, output
from unity_bridge.faults import Garbled, WrongShape
from unity_bridge.messages import WireMessage
from unity_bridge.mlagents import UnityMessageProto
from unity_bridge.steps import decisions_and_ends

THEIRS = importlib.import_module("mlagents_envs.rpc_utils")  # after unity_bridge made it possible
BRANCHES = (2, 3)


def _both(agents: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
    """The behaviour's spec, and the agents as mlagents-envs' and as our messages."""
    sent = UnityMessageProto()
    sent.unity_output.rl_output.CopyFrom(output(pupil=agents))
    brain = sent.unity_output.rl_initialization_output.brain_parameters.add(brain_name="pupil")
    brain.action_spec.num_discrete_actions = len(BRANCHES)
    brain.action_spec.discrete_branch_sizes.extend(BRANCHES)
    theirs = sent.unity_output.rl_output.agentInfos["pupil"].value
    read = WireMessage.FromString(sent.SerializeToString())
    ours = read.unity_output.rl_output.agentInfos["pupil"].value
    return THEIRS.behavior_spec_from_proto(brain, theirs[0]), theirs, ours


def _png(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def _picture(shape: tuple[int, ...], *pngs: bytes, **fields: Any) -> dict[str, Any]:
    data = b"".join(pngs)
    return {"name": "eye", "shape": shape, "compression_type": 1, "compressed_data": data, **fields}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.booleans(), min_size=1, max_size=4))
def test_steps_are_those_of_mlagents(seed: int, done: list[bool]) -> None:
    rng = np.random.default_rng(seed)
    agents = [
        agent(
            7 - row,
            observation("hand", rng.normal(size=3)),
            observation("near", rng.normal(size=(2, 2)), dimension_properties=[4, 1]),
            observation("grid", rng.normal(size=(2, 1, 3))),
            _picture((4, 5, 3), _png(rng.integers(0, 256, (4, 5, 3), np.uint8))),
            done=ended,
            reward=rng.normal(),
            group_id=row,
            group_reward=rng.normal(),
            max_step_reached=bool(rng.integers(2)),
            action_mask=rng.integers(0, 2, 5).astype(bool).tolist() if rng.integers(2) else [],
        )
        for row, ended in enumerate(done)
    ]
    spec, theirs, ours = _both(agents)
    expected = THEIRS.steps_from_proto(theirs, spec)
    found = decisions_and_ends(ours, spec, "pupil")
    for wanted, got in zip(expected, found, strict=True):
        for name, value in vars(wanted).items():
            if value is None:  # their word for no masks where no agent asks
                continue
            pairs = (
                zip(value, getattr(got, name), strict=True)
                if name in {"obs", "action_mask"}
                else [(value, getattr(got, name))]
            )
            for one, other in pairs:
                assert other.dtype == np.asarray(one).dtype or name == "group_id"
                np.testing.assert_array_equal(one, other, err_msg=name)


def test_channels_may_come_first() -> None:
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    spec, _, ours = _both([agent(1, _picture((3, 4, 5), _png(pixels)))])
    found = decisions_and_ends(ours, spec, "pupil")[0].obs[0][0]
    np.testing.assert_array_equal(found, pixels.transpose(2, 0, 1).astype(np.float32) / 255)


def test_several_pictures_are_one_and_a_mapping_takes_means() -> None:
    first, second = np.full((2, 2, 3), 51, np.uint8), np.full((2, 2, 3), 102, np.uint8)
    fields = {"compressed_channel_mapping": [0, 0, 0, 1, 1, 1]}
    spec, _, ours = _both([agent(1, _picture((2, 2, 2), _png(first), _png(second), **fields))])
    found = decisions_and_ends(ours, spec, "pupil")[0].obs[0][0]
    np.testing.assert_allclose(found, np.broadcast_to([0.2, 0.4], (2, 2, 2)))


def test_a_grey_picture_is_the_mean_of_its_colours() -> None:
    pixels = np.broadcast_to(np.array([0, 51, 102], np.uint8), (2, 2, 3))
    spec, _, ours = _both([agent(1, _picture((2, 2, 1), _png(np.ascontiguousarray(pixels))))])
    np.testing.assert_allclose(decisions_and_ends(ours, spec, "pupil")[0].obs[0], 0.2)


@pytest.mark.parametrize(
    ("said", "kind", "says"),
    [
        (_picture((2, 2, 3), b"\x89PNG\r\n\x1a\nbroken"), Garbled, "eye cannot be read: it is no"),
        (_picture((2, 2, 3), b""), Garbled, "it is no PNG"),
        (_picture((9, 9, 3), _png(np.zeros((2, 2, 3), np.uint8))), WrongShape, r"\(9, 9, 3\)"),
        (_picture((2, 2, 6), _png(np.zeros((2, 2, 3), np.uint8))), Garbled, "3 channels .* make 6"),
    ],
)
def test_a_bad_picture_is_named(said: dict[str, Any], kind: type[Exception], says: str) -> None:
    spec, _, ours = _both([agent(1, said)])
    with pytest.raises(kind, match=says):
        decisions_and_ends(ours, spec, "pupil")
