"""Python and the scene understand each other's messages, in any script, and refuse broken ones."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.curriculum import builtin
from unity_bridge.channel_messages import (
    CHANNEL_ID,
    TYPES,
    VERSION,
    Answer,
    Caption,
    Classes,
    Hello,
    Message,
    Puppet,
    Puppets,
    Reasons,
    Scene,
    Share,
    TaughtCurriculum,
    WindowCounts,
    Windows,
)
from unity_bridge.channels import Channels, ClassroomChannel, SceneStats, read_together
from unity_bridge.faults import Garbled, WrongVersion
from unity_bridge.message_encoding import decode, encode
from unity_bridge.mlagents import OutgoingMessage, SideChannelManager

ANSWER = Answer(
    classroom=0,
    learner=3,
    concept=5,
    item=2,
    correct=True,
    quiz=False,
    seconds=12.5,
    hints=1,
    time=310.0,
    simulated=False,
)
ONE_OF_EACH: tuple[Message, ...] = (
    Hello(package="1.2.3", unity="6000.0.1f1", layout="ab12"),
    ANSWER,
    Windows(
        classroom=1,
        learners=(
            WindowCounts(learner=1, gaze=3, head=4, face=4, voice=0, touch=2),
            WindowCounts(learner=2, gaze=0, head=0, face=0, voice=0, touch=0),
        ),
    ),
    TaughtCurriculum.of(builtin("algebra-16")),
    Scene(
        scene="classroom",
        classrooms=1,
        learners=8,
        seats_in_row=4,
        lessons=6,
        minutes=40,
        gap_days=2.0,
        retention_days=14.0,
        seed=7,
    ),
    Classes(seeds=(2**40, 3), episode=2, spread=True),
    Caption(classroom=0, learner=0, text="Größe? 分数 😀", seconds=4.0),
    Reasons(
        classroom=0,
        sentence="Explains it.",
        learners=(Share(index=3, share=0.5),),
        concepts=(),
    ),
    Puppets(
        classroom=0,
        puppets=(
            Puppet(
                learner=1,
                occupation=7,
                concept=-1,
                attending=True,
                affect=0,
                fatigue=0.25,
                sickness=12.0,
            ),
        ),
        answers=(ANSWER,),
    ),
)


def _carry(sender: Any, *receivers: Any) -> None:
    """Take what one side queued through mlagents-envs' own framing to the other side."""
    frame = SideChannelManager([sender]).generate_side_channel_messages()
    SideChannelManager(list(receivers)).process_side_channel_message(bytes(frame))


def test_every_kind_of_message_arrives_as_it_was_sent() -> None:
    assert {type(message) for message in ONE_OF_EACH} == set(TYPES.values())
    here, there = ClassroomChannel(), ClassroomChannel()
    for message in ONE_OF_EACH:
        here.send(message)
    _carry(here, there)
    assert tuple(there.take()) == ONE_OF_EACH
    assert there.take() == []


@given(st.text())
def test_any_text_survives(text: str) -> None:
    said = Caption(classroom=0, learner=1, text=text, seconds=1.0)
    try:
        payload = encode(said)
    except UnicodeEncodeError:  # half of a surrogate pair is no text
        return
    assert decode(payload) == said


def test_the_bytes_are_the_documented_ones() -> None:
    payload = (
        b'{"type":"answer","version":1,"classroom":0,"learner":3,"concept":5,"item":2,'
        b'"correct":true,"quiz":false,"seconds":12.5,"hints":1,"time":310.0,"simulated":false}'
    )
    assert encode(ANSWER) == payload
    here = ClassroomChannel()
    here.send(ANSWER)
    frame = SideChannelManager([here]).generate_side_channel_messages()
    assert frame == CHANNEL_ID.bytes_le + struct.pack("<i", len(payload)) + payload


def test_the_curriculum_names_prerequisites_by_index() -> None:
    curriculum = builtin("algebra-16")
    sent = TaughtCurriculum.of(curriculum)
    edges = {
        (sent.concepts[p].name, concept.name)
        for concept in sent.concepts
        for p in concept.prerequisites
    }
    assert edges == set(curriculum.prerequisites)


def _changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(encode(ANSWER)) | fields).encode()


def test_a_newer_scene_may_add_fields_and_types() -> None:
    assert decode(_changed(mood="calm", seconds=12.5)) == ANSWER
    assert decode(_changed(type="weather")) is None


def test_whole_numbers_are_numbers() -> None:
    assert decode(_changed(time=310)) == ANSWER


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "Expecting value"),
        (b"\xff\xfe", "utf-8"),
        (b"[1]", "list; expected an object"),
        (_changed(version="1"), "version is '1'; expected int"),
        (_changed(correct=1), "field correct is 1; expected bool"),
        (_changed(learner=True), "field learner is True; expected int"),
        (_changed(learner=None), "field learner is None"),
        (_changed(type="reasons"), "field sentence is missing"),
        (_changed(type="puppets", puppets=3, answers=[]), "field puppets is 3; expected a list"),
        (_changed(type="puppets", puppets=[3], answers=[]), "holds 3; expected an object"),
        (_changed(seconds=float("nan")), "NaN"),
        (_changed(seconds=0).replace(b'"seconds": 0', b'"seconds": 1e999'), "seconds is inf"),
        (_changed(seconds=10**400), "field seconds is 1000"),
        (_changed(item=10**400), "expected a finite number within 64 bits"),
        (_changed(item=0).replace(b'"item": 0', b'"item": ' + b"9" * 5000), "digits"),
        (_changed(seconds="deep").replace(b'"deep"', b"[" * 10**5 + b"]" * 10**5), "recursion"),
        (_changed(type="caption", text="\ud800", learner=0, seconds=1.0), "surrogates"),
    ],
)
def test_a_broken_message_is_refused_by_name(payload: bytes, says: str) -> None:
    with pytest.raises(Garbled, match="classroom channel cannot be read") as fault:
        decode(payload)
    assert says in str(fault.value)


def test_another_version_is_refused() -> None:
    with pytest.raises(WrongVersion, match=f"version 2 of .* Python version {VERSION}"):
        decode(_changed(version=2))


def test_a_number_that_is_not_finite_is_not_sent() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(Caption(classroom=0, learner=0, text="", seconds=float("inf")))


def _stat(name: str, value: float, method: int) -> OutgoingMessage:
    message = OutgoingMessage()
    message.write_string(name)
    message.write_float32(value)
    message.write_int32(method)
    return message


def test_statistics_are_summed_up_as_the_scene_asked() -> None:
    sender, stats = SceneStats(), SceneStats()
    for value in (1.0, 2.0, 6.0):
        for method, name in enumerate(("mean", "last", "sum", "histogram")):
            sender.queue_message_to_send(_stat(name, value, method))
    _carry(sender, stats)
    assert stats.read() == {"mean": 3.0, "last": 6.0, "sum": 9.0, "histogram": 3.0}
    assert stats.read() == {}


def test_statistics_of_several_scenes_are_those_of_one_with_all_their_values() -> None:
    scenes = SceneStats(), SceneStats(), SceneStats()
    for stats, values in zip(scenes, ((1.0, 2.0), (6.0,), ()), strict=True):
        sender = SceneStats()
        for value in values:
            for name, method in (("mean", 0), ("last", 1), ("sum", 2)):
                sender.queue_message_to_send(_stat(name, value, method))
        _carry(sender, stats)
    assert read_together(scenes) == {"mean": 3.0, "last": 6.0, "sum": 9.0}
    assert read_together(scenes) == {}


def test_statistics_that_are_no_numbers_are_left_out_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One NaN would otherwise be the mean of a whole rollout, and end the curve."""
    sender, stats = SceneStats(), SceneStats()
    for value in (1.0, float("nan"), float("inf"), 3.0):
        sender.queue_message_to_send(_stat("mean", value, 0))
    sender.queue_message_to_send(_stat("nothing", float("nan"), 0))
    _carry(sender, stats)
    assert stats.read() == {"mean": 2.0}
    assert [record.args for record in caplog.records] == [
        ("mean", pytest.approx(float("nan"), nan_ok=True)),
        ("nothing", pytest.approx(float("nan"), nan_ok=True)),
    ]


def test_a_connection_gets_its_own_list_of_channels() -> None:
    channels = Channels()
    channels.together().append(None)
    kinds = [type(channel).__name__ for channel in channels.together()]
    assert kinds == [
        "ClassroomChannel",
        "EngineConfigurationChannel",
        "EnvironmentParametersChannel",
        "SceneStats",
    ]
