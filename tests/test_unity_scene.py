"""A classroom that the editor's button builds is played over a whole course, with stubs of Unity.

The stubs know objects, components, vectors and the order of an Academy's steps; no picture, no
physics but "whatever a ray is aimed at", no connection: the package's stand-in tutor teaches.
"""

import json
import math
import re
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from envs.affect import Affect
from envs.spaces import BEHAVIOUR
from tests.unity_engine import compiled_stubs
from tests.wire_program import HERE, needs_mcs, needs_mono
from unity_bridge.channel_messages import (
    Answer,
    Hello,
    Puppet,
    Puppets,
    Scene,
    TaughtConcept,
    TaughtCurriculum,
    Windows,
)
from unity_bridge.compilation import (
    CONTRACT,
    EDITOR,
    FLAGS,
    RUNTIME,
    compile_package,
    compile_sources,
)
from unity_bridge.layout import TRAINING_FIELDS, Layout, fingerprint
from unity_bridge.message_encoding import decode, encode

pytestmark = [needs_mcs, needs_mono]
CONCEPT = {"text": "", "depth": 0.0, "prerequisites": (), "difficulties": (0.0,) * 12}
CURRICULUM = TaughtCurriculum(
    name="two",
    concepts=(TaughtConcept(name="sums", **CONCEPT), TaughtConcept(name="roots", **CONCEPT)),
)
SCENE = Scene(
    scene="classroom",
    classrooms=1,
    learners=3,
    seats_in_row=3,
    lessons=1,
    minutes=10,
    gap_days=1.0,
    retention_days=7.0,
    seed=1,
)
STATE = {"occupation": 0, "concept": -1, "affect": 0, "fatigue": 0.0, "sickness": 0.0}
FORESEEN = {
    "classroom": 0,
    "concept": 1,
    "item": 2,
    "correct": False,
    "quiz": False,
    "seconds": 12.5,
    "hints": 1,
    "simulated": True,
}
ATTENDING, LAPSED = (
    Puppet(learner=2, attending=True, **STATE),
    Puppet(learner=3, attending=False, **STATE),
)
PUPPETS = Puppets(
    classroom=0,
    puppets=(ATTENDING, LAPSED),
    answers=(
        Answer(learner=1, time=245.0, **FORESEEN),  # a person's seat: nobody answers for people
        Answer(learner=3, time=250.0, **FORESEEN),
        Answer(learner=3, time=590.0, **FORESEEN),
    ),
)
ONE_LEFT = Puppets(classroom=0, puppets=(LAPSED,), answers=())
CONFUSED = Puppets(
    classroom=0,
    puppets=(Puppet(learner=3, attending=False, **STATE | {"affect": int(Affect.CONFUSED)}),),
    answers=(),
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a play of the scene showed."""
    folder = tmp_path_factory.mktemp("scene")
    engine = compiled_stubs(folder)
    flags = [flag for flag in FLAGS if not flag.startswith("-define:")]
    made = compile_package(folder, engine, (CONTRACT, RUNTIME, EDITOR), flags)
    program = compile_sources(
        sorted((HERE / "unity_scene").glob("*.cs")),
        folder / "scene.exe",
        [*engine, *made],
        ("-target:exe", "-langversion:7.2", "-warn:4", "-warnaserror"),
    )
    mono = shutil.which("mono")
    assert mono is not None
    told = (CURRICULUM, SCENE, PUPPETS, ONE_LEFT, CONFUSED)
    messages = [encode(message).decode() for message in told]
    done = subprocess.run(  # noqa: S603  (our own program)
        [mono, "--debug", str(program), *messages],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown | {"folder": folder}


def test_what_the_button_builds_has_no_fault(seen: dict[str, Any]) -> None:
    assert seen["faults"] == []


def test_an_empty_seat_is_named(seen: dict[str, Any]) -> None:
    assert len(seen["broken"]) == 1
    assert "Classroom: learner 1 is empty; expected the seat's Learner Signals" in seen["broken"][0]


def test_every_reference_that_somebody_forgets_is_named(seen: dict[str, Any]) -> None:
    """Else "The scene can be played" stands before an exception in every step.

    What may be missing says so in its tooltip; an empty seat is named as the course counts it.
    """
    tried = [own for own in seen["forgotten"] if own["field"] != "learners"]
    assert {own["component"] for own in tried} == {
        "AttentionOverlay",
        "ClassroomAgent",
        "ClassroomLink",
        "HumanLearner",
        "ItemPanel",
        "SessionRecorder",
        "SimulatedLearner",
        "TutorAvatar",
    }
    for own in tried:
        title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", own["component"])
        place = f"{own['object']}: {title} > {own['field'].capitalize()}"
        if own["optional"]:
            assert own["faults"] == [], own
        else:
            emptied = rf"{place}( > Element \d)? is empty: drag .* there\."
            assert any(re.fullmatch(emptied, fault) for fault in own["faults"]), own


def test_a_decision_requester_is_named(seen: dict[str, Any]) -> None:
    """It would ask Python in the middle of an activity, and the answers would be dropped."""
    assert len(seen["requester"]) == 1
    assert "Classroom: remove the Decision Requester" in seen["requester"][0]


def test_decisions_come_when_an_activity_ends_and_the_course_when_its_time_is_over(
    seen: dict[str, Any],
) -> None:
    """Python set one lesson of 10 min: present (4), circulate (2), present (4); then the next.

    One question more was asked before Python's reset, which nobody answered.
    """
    assert seen["decisions"] == 1 + 3 + 1
    assert seen["steps"] == pytest.approx(10 * 60 / 0.02 + 1, rel=1e-3)  # 32-bit time adds up
    assert seen["course"][:2] == [0.0, 0.0]
    assert seen["course"][3] == 4.0
    assert seen["reward"] == 0.0


def test_what_was_decided_is_played_after_a_reset_in_the_middle_of_a_step(
    seen: dict[str, Any],
) -> None:
    """ML-Agents gives the agent an action in that step, too: zeros, or the one before.

    Played as the tutor's, they would make it circulate at the start of every course.
    """
    course = ["Present", "Circulate", "Present"]
    assert seen["played"] == [*course, *course, *course, *course[:1]]


def test_gains_that_a_scene_knows_are_reward_and_outcome_of_their_decision(
    seen: dict[str, Any],
) -> None:
    """Through these alone a simulation in C# can train: present (4), circulate (2), present (4)."""
    gains = seen["gains"]
    layout = Layout(3, 2)
    assert gains["reward"] == 0.25 - 0.5 + 0.125
    assert gains["sizes"] == {field.name: field.size for field in layout.fields}
    sent = layout.unpack("outcome", np.array(gains["outcomes"], np.float32))
    assert sent.pop("minutes").tolist() == [4.0, 2.0, 4.0]
    assert sent.pop("learning_gain").tolist() == [0.0, -0.125, 0.0]
    nobody = [0.0, 0.0, 0.0]
    assert sent.pop("learner_reward").tolist() == [nobody, [0.375, 0.0, -0.5], nobody]
    assert not any(unknown.any() for unknown in sent.values())


def test_every_sensor_writes_what_the_layout_says(seen: dict[str, Any]) -> None:
    """But for the fields of training, which only a simulation in C# knows."""
    sizes = {field.name: field.size for field in Layout(3, 2).fields}
    assert seen["sizes"] == {name: sizes[name] for name in sizes if name not in TRAINING_FIELDS}


def test_gaze_follows_the_twin_and_is_missing_without_eyes_or_mouse(seen: dict[str, Any]) -> None:
    nobody, attending, lapsed = seen["gaze"][:4], seen["gaze"][4:8], seen["gaze"][8:]
    assert nobody == [0.0, 0.0, 0.0, 0.0]
    assert attending == pytest.approx([0.7 * 0.3, 0.0, 0.0, 1.0], abs=1e-6)
    assert lapsed == pytest.approx([0.7 * -0.7, 0.0, 0.0, 1.0], abs=1e-6)


def test_a_persons_answers_are_booked_and_reported(seen: dict[str, Any]) -> None:
    messages = [decode(text.encode()) for text in seen["sent"]]
    hello, again, *rest = messages
    answers = [own for own in rest if isinstance(own, Answer) and own.learner == 1]
    assert hello == again
    assert isinstance(hello, Hello)
    assert hello.layout == fingerprint()
    assert 3 <= len(answers) <= 6
    for answer in answers:
        assert (answer.learner, answer.concept, answer.correct, answer.quiz) == (1, 0, True, False)
        assert 4 <= answer.item < 8  # the middle third of the curriculum's twelve
        assert 240 <= answer.time <= 360  # while the class practises
    attempts, successes, last = seen["evidence"][:3]
    assert attempts == successes == pytest.approx(math.log1p(len(answers)), abs=1e-5)
    assert last == 1.0
    assert seen["evidence"][14:16] == [0.0, 0.0]


def test_simulated_learners_answer_when_python_foresaw_it(seen: dict[str, Any]) -> None:
    """So that belief and record know of it as of a person's answers."""
    messages = [decode(text.encode()) for text in seen["sent"]]
    answers = [own for own in messages if isinstance(own, Answer) and own.learner != 1]
    assert [own.time for own in answers] == pytest.approx([250.0, 590.0], abs=0.05)
    for own in answers:
        assert own == Answer(learner=3, time=own.time, **FORESEEN)
    width = len(seen["evidence"]) // 6
    attempts, successes, last = seen["evidence"][5 * width : 5 * width + 3]
    assert (attempts, successes, last) == (pytest.approx(math.log1p(2), abs=1e-5), 0.0, -1.0)


def test_a_simulated_learner_leaves_when_python_names_it_no_more(seen: dict[str, Any]) -> None:
    assert seen["there"] == [1.0, 0.0, 1.0]
    assert seen["shown"][1] == 0  # nothing of it: neither body nor head
    assert seen["shown"][2] > 1


def test_a_hand_that_is_up_for_a_moment_is_seen_at_the_next_decision(seen: dict[str, Any]) -> None:
    """Signals are booked every 30 s; who raises a hand in between would wait in vain."""
    behaviour = np.reshape(seen["behaviour"], (3, -1))
    assert behaviour[:, BEHAVIOUR.index("hand_raised")].tolist() == [0.0, 0.0, 1.0]


def test_the_end_of_a_decision_tells_how_often_each_sensor_was_read(seen: dict[str, Any]) -> None:
    """Present (4 min), circulate (2), present (4): eight, four and eight windows of 30 s."""
    messages = [decode(text.encode()) for text in seen["sent"]]
    ends = [message for message in messages if isinstance(message, Windows)]
    assert [end.learners[1].gaze for end in ends] == [8, 4, 8]
    assert [learner.learner for learner in ends[0].learners] == [1, 2, 3]
    assert ends[0].learners[0].gaze == 0  # the person has neither eyes nor mouse here


def test_answers_are_those_of_the_seat(seen: dict[str, Any]) -> None:
    """A second seating of the same learners, with the person in the second seat."""
    assert set(seen["seats"]) == {1, 2}


def test_the_tutor_turns_to_whom_a_caption_is_for(seen: dict[str, Any]) -> None:
    learner, looks_at = seen["turned"]
    assert looks_at == pytest.approx(learner)


def test_the_session_record_holds_decisions_and_messages(seen: dict[str, Any]) -> None:
    record = seen["folder"] / seen["record"]
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds.count("decision") == len(seen["played"])
    assert {"hello", "curriculum", "scene", "puppets", "answer"} <= set(kinds)
    first = next(line for line in lines if line["type"] == "decision")
    assert (first["activity"], len(first["action"])) == ("present", 3 + 2 * 3)
