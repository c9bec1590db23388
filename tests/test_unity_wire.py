"""The Unity package's C# and Python say the same, byte for byte, without Unity."""

import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from envs.activities import ACTIVITIES, TASKS
from envs.legality import empty_masks, explain_illegal, first_illegal, write_masks
from envs.sensors import add_window, window_features
from envs.world import seats_per_row
from tests.test_unity_channels import ONE_OF_EACH
from tests.wire_program import WireProgram, needs_mcs, needs_mono, running
from unity_bridge.channel_messages import CHANNEL_ID, Message
from unity_bridge.layout import Layout
from unity_bridge.message_encoding import encode

pytestmark = [needs_mcs, needs_mono]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireProgram]:
    with running(tmp_path_factory.mktemp("wire")) as program:
        yield program


def test_the_packages_own_tests_pass(wire: WireProgram) -> None:
    ran, failed = wire.ask("tests")["failed"].split(" ran; ")
    assert int(ran) >= 18
    assert failed == ""


@pytest.mark.parametrize(("learners", "concepts"), [(1, 2), (3, 7), (40, 256)])
def test_sensors_have_the_sizes_and_order_of_the_layout(
    wire: WireProgram, learners: int, concepts: int
) -> None:
    layout = Layout(learners, concepts)
    said = wire.ask("layout", learners=learners, concepts=concepts)
    assert said["sorted"] == [field.name for field in layout.fields]
    assert said["sizes"] == [field.size for field in layout.fields]
    assert said["branches"] == list(layout.branches)
    assert bytes.fromhex(said["channel"]) == CHANNEL_ID.bytes_le


@pytest.mark.parametrize("message", ONE_OF_EACH, ids=lambda message: type(message).__name__)
def test_messages_come_back_byte_for_byte(wire: WireProgram, message: Message) -> None:
    payload = encode(message)
    said = wire.ask("message", payload=payload.hex(), at=1.5)
    assert "error" not in said, said
    assert bytes.fromhex(said["payload"]) == payload
    assert json.loads(said["line"]) == {"at": 1.5} | json.loads(payload)


def test_seeds_beyond_32_bits_come_back(wire: WireProgram) -> None:
    payload = b'{"type":"classes","version":1,"seeds":[1099511627776,7],"episode":0,"spread":true}'
    said = wire.ask("message", payload=payload.hex(), at=0.0)
    assert bytes.fromhex(said["payload"]) == payload


def test_a_broken_message_is_refused_with_the_reason(wire: WireProgram) -> None:
    for payload, reason in (
        (b"\xff{}", "UTF-8"),
        (b'{"type":"caption","version":1,"classroom":0}', "field learner is missing"),
        (b'{"type":"hello","version":2}', "version is 2; expected 1"),
    ):
        assert reason in wire.ask("message", payload=payload.hex(), at=0.0)["error"]


def _bits(value: float) -> str:
    return str(struct.unpack("<q", struct.pack("<d", value))[0])


def test_numbers_of_up_to_15_digits_are_written_as_python_does(wire: WireProgram) -> None:
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=1000) * 10.0 ** rng.integers(-14, 21, 1000)
    short = [float(f"{value:.15g}") for value in drawn]
    rounded = np.round(rng.uniform(-1e6, 1e6, 500), 3).tolist()
    values = [*short, *rounded, 0.0, 1.0, 1e15, 1e16, 1e-4, 9.9e-5, 1e308]
    said = wire.ask("numbers", bits=[_bits(value) for value in values], values=values)
    assert said["texts"] == [repr(value) for value in values]
    assert said["again"] == [_bits(value) for value in values]


def test_every_number_is_read_back_to_its_last_bit(wire: WireProgram) -> None:
    values = np.random.default_rng(0).normal(size=2000) * 1e3
    said = wire.ask("numbers", bits=[_bits(value) for value in values], values=values.tolist())
    read = np.array([float(text) for text in said["texts"]])
    np.testing.assert_array_max_ulp(read, values, maxulp=1)
    assert np.mean(read == values) > 0.99


def test_sensor_windows_are_summed_up_alike(wire: WireProgram) -> None:
    rng = np.random.default_rng(1)
    names = ("windows", "total", "squares", "moment", "times", "times_squared")
    for count in (0, 1, 2, 5, 12):
        readings = rng.normal(size=count)
        channels = np.zeros((1, 1, 1), [(name, np.float64) for name in names]).view(np.recarray)
        for window, reading in enumerate(readings):
            add_window.py_func(0, 0, 0, window, reading, channels)
        expected = np.array(window_features.py_func(0, 0, 0, channels), np.float32)
        said = wire.ask("windows", readings=readings.tolist())["features"]
        assert bytes.fromhex(said) == expected.tobytes()


def _random_action(rng: np.random.Generator, learners: int, concepts: int) -> NDArray[np.int64]:
    sizes = [ACTIVITIES, learners + 1, concepts, *([TASKS, concepts] * learners)]
    calm = rng.random(len(sizes)) < 0.7  # or nearly every action breaks the first rule
    return np.where(calm, 0, rng.integers(sizes)).astype(np.int64)


def _explained(action: NDArray[np.int64], masks: Any) -> str | None:
    position = first_illegal(0, action, masks)
    if position < 0:
        return None
    return explain_illegal(0, action, position, masks).removeprefix("action 0: ")


def test_masks_and_the_rules_that_they_name_are_the_same(wire: WireProgram) -> None:
    rng = np.random.default_rng(2)
    learners, concepts = 7, 5
    layout = Layout(learners, concepts)
    faults: list[str | None] = []
    for _ in range(20):
        present = (rng.random(learners) < rng.random()).astype(np.int64)
        masks = empty_masks(1, learners, concepts)
        columns = seats_per_row(learners)
        write_masks(0, present, columns, masks)
        actions = [_random_action(rng, learners, concepts) for _ in range(20)]
        said = wire.ask(
            "legality",
            learners=learners,
            concepts=concepts,
            columns=columns,
            present=present.tolist(),
            actions=[action.tolist() for action in actions],
        )
        assert [bytes.fromhex(mask) for mask in said["masks"]] == [m.tobytes() for m in masks]
        allowed = ~layout.wire_mask(masks._asdict())[0]
        assert said["branches"] == "".join(str(int(bit)) for bit in allowed)
        assert said["faults"] == [_explained(action, masks) for action in actions]
        faults += said["faults"]
    assert len(set(faults)) > 50
    assert None in faults


@pytest.mark.parametrize("learners", [1, 3, 40])
def test_gains_are_written_as_the_outcome_that_python_reads(
    wire: WireProgram, learners: int
) -> None:
    """Each decision's own: nothing of the one before, and several gains of a learner add up."""
    rng = np.random.default_rng(3)
    layout = Layout(learners, 2)
    decisions, outcomes = [], []
    for minutes in (4.0, 0.5, 2.0):
        whose = rng.integers(learners, size=7)
        gains = rng.normal(size=7).astype(np.float32)
        decisions.append({"minutes": minutes, "learners": whose.tolist(), "gains": gains.tolist()})
        earned = np.zeros((1, learners), np.float32)
        np.add.at(earned[0], whose, gains)
        known = {
            "minutes": np.array([minutes]),
            "learning_gain": np.cumsum(earned, axis=1, dtype=np.float32)[:, -1],
            "learner_reward": earned,
        }
        unknown = {part: np.zeros((1, *shape)) for part, shape in layout.parts("outcome").items()}
        outcomes.append(layout.pack("outcome", unknown | known))
    said = wire.ask("gains", learners=learners, concepts=2, decisions=decisions)["outcomes"]
    assert [bytes.fromhex(outcome) for outcome in said] == [own.tobytes() for own in outcomes]
