"""What the Unity package's books make of a course is what the simulation observes, bit for bit.

Python simulates a course; the C# program is told only the decisions and what can be seen (answers,
raised hands, who left when), and must write the same fields.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from envs.activities import Activity
from envs.classroom import ClassroomEnv
from envs.constants import Constants, SicknessConstants
from envs.course import Course
from envs.curriculum import builtin
from envs.spaces import BEHAVIOUR, CONCEPT_FEATURES
from tests.random_teaching import legal_action
from tests.wire_program import WireProgram, needs_mcs, needs_mono, running
from unity_bridge.channel_messages import Answer, TaughtCurriculum
from unity_bridge.message_encoding import encode
from unity_bridge.told_events import told

pytestmark = [needs_mcs, needs_mono]
SICKENING = Constants()._replace(
    sickness=SicknessConstants(leave_rate=0.5, susceptibility_log_sd=1.1, threshold=30.0)
)
COURSES = {
    "default class": (Course(lessons=2, minutes=20), Constants()),
    "uneven rows": (Course(learners=5, lessons=1, minutes=40, scene="game"), Constants()),
    "who gets sick leaves": (Course(learners=12, lessons=3, minutes=60, gap_days=0.5), SICKENING),
}


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireProgram]:
    with running(tmp_path_factory.mktemp("wire")) as program:
        yield program


def _decision(env: ClassroomEnv, action: NDArray[np.int64], before: dict[str, Any]) -> Any:
    """What Unity would be told of the decision just played: seen, not hidden."""
    state = env.simulation.world.state
    answers = [
        json.loads(encode(message))
        for message in told(env.simulation, 0)
        if isinstance(message, Answer)
    ]
    return {
        "action": action.tolist(),
        "answers": answers,
        "hands": state.sensing.hands[0].tolist(),
        "leaving": _windows_of_leaving(env, action, before),
    }


def _windows_of_leaving(
    env: ClassroomEnv, action: NDArray[np.int64], before: dict[str, Any]
) -> list[int]:
    """In which window each learner left, -1 for none: their clock since the last cue stops then."""
    state = env.simulation.world.state
    cued = np.isin(action[1], 0) | (np.arange(len(before["present"])) + 1 == action[1])
    start = np.where((action[0] == Activity.CUE) & cued, 0.0, before["since_cue"])
    ran = np.rint((state.sensing.since_cue_minutes[0] - start) * 2.0).astype(int)
    left = (before["present"] == 1) & (state.mind.present[0] == 0)
    return np.where(left, ran - 1, -1).tolist()


def _play(env: ClassroomEnv, seed: int) -> tuple[list[Any], list[Any]]:
    """Teach a course at random: what was decided and seen, and every observation."""
    rng = np.random.default_rng(seed)
    observation, _ = env.reset(seed=seed)
    decisions, observations, over = [], [observation], False
    while not over:
        state = env.simulation.world.state
        before = {
            "present": state.mind.present[0].copy(),
            "since_cue": state.sensing.since_cue_minutes[0].copy(),
        }
        batch = {key: value[None] for key, value in observation.items()}
        action = legal_action(batch, rng)[0]
        observation, _, over, _, _ = env.step(action)
        decisions.append(_decision(env, action, before))
        observations.append(observation)
    return decisions, observations


@pytest.mark.parametrize("name", COURSES)
def test_the_books_of_a_course_are_the_simulations(wire: WireProgram, name: str) -> None:
    course, constants = COURSES[name]
    env = ClassroomEnv(course=course, constants=constants)
    decisions, observations = _play(env, seed=3)
    curriculum = builtin("algebra-16")
    said = wire.ask(
        "course",
        concepts=curriculum.size,
        curriculum=json.loads(encode(TaughtCurriculum.of(curriculum))),
        decisions=decisions,
        **{
            key: getattr(course, key)
            for key in ("learners", "lessons", "minutes", "gap_days", "retention_days", "scene")
        },
    )
    assert "error" not in said, said
    for number, (ours, seen) in enumerate(zip(observations, said["observations"], strict=True)):
        known = ours | {"concepts": _depth_and_degrees(ours["concepts"])}
        for field, text in seen.items():
            got = np.frombuffer(bytes.fromhex(text), np.float32).reshape(known[field].shape)
            where = f"{field} after decision {number}"
            if field == "behaviour":
                np.testing.assert_allclose(got, known[field], atol=2e-6, err_msg=where)
                got, known[field] = _without_speed(got), _without_speed(known[field])
            assert got.tobytes() == known[field].tobytes(), where


def test_somebody_leaves_in_the_course_that_tests_leaving() -> None:
    course, constants = COURSES["who gets sick leaves"]
    decisions, _ = _play(ClassroomEnv(course=course, constants=constants), seed=3)
    assert max(max(decision["leaving"]) for decision in decisions) >= 0


def _depth_and_degrees(concepts: NDArray[np.float32]) -> NDArray[np.float32]:
    """The concepts' features that Unity knows; the others are Python's to fill in."""
    known = [CONCEPT_FEATURES.index(name) for name in ("depth", "in_degree", "out_degree")]
    kept = np.zeros_like(concepts)
    kept[:, known] = concepts[:, known]
    return kept


def _without_speed(behaviour: NDArray[np.float32]) -> NDArray[np.float32]:
    """All but the speed of answering: the kernel takes the logarithm of seconds in 32 bits."""
    kept = behaviour.copy()
    kept[:, BEHAVIOUR.index("answer_speed")] = 0.0
    return kept
