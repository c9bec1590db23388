"""A scene that leaves knowledge to Python, as Unity does with people, is taught with full sight."""

from pathlib import Path

import numpy as np

from envs.classroom import ClassroomEnv
from envs.course import Course
from envs.curriculum import builtin
from envs.observed_class import FILLED_IN, ObservedClass
from tests.random_teaching import legal_action
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.channel_messages import WindowCounts, Windows
from unity_bridge.classroom_link import ClassroomLink
from unity_bridge.connection import Player
from unity_bridge.layout import TRAINING_FIELDS
from unity_bridge.told_events import answers, windows
from unity_bridge.transport import Listening

COURSE = Course(learners=3, lessons=2, minutes=10)
PATIENT = Listening(connect_seconds=1200)  # on a new machine the player compiles first


def test_over_the_wire_python_fills_in_what_the_simulation_believes(tmp_path: Path) -> None:
    """Two courses through player, gRPC and bridge beside the simulation itself."""
    build = write_build(tmp_path, BuildSettings(course=COURSE, classrooms=1, blind=True))
    link = ClassroomLink(Player(build=str(build)), PATIENT, training=False)
    try:
        native, random = ClassroomEnv(course=COURSE), np.random.default_rng(1)
        observed = ObservedClass(COURSE, builtin("algebra-16"))
        assert not set(TRAINING_FIELDS) & link._places.keys()
        link.reset([3])
        for seed in (3, None):
            ours, _ = native.reset(seed=seed)
            assert not any(link.observation[key].any() for key in FILLED_IN)
            theirs, done = observed.begin(_first(link)), False
            while not done:
                _same(theirs, ours)
                action = legal_action({key: array[None] for key, array in ours.items()}, random)
                ours, _, done, _, _ = native.step(action[0])
                move = link.step(action)
                seen = {k: a[0] for k, a in move.final.items()} if done else _first(link)
                told = move.told[0]
                theirs = observed.follow(
                    action[0], answers(told), seen, windows(told, COURSE.learners)
                )
                assert move.terminated[0] == done
            _same(theirs, ours)
    finally:
        link.close()


def test_windows_that_do_not_count_every_learner_are_as_good_as_none() -> None:
    """Then a sensor that was there is taken to have been read all the time."""
    counts = [WindowCounts(learner=n, gaze=n, head=8, face=8, voice=0, touch=2) for n in (1, 2, 3)]
    whole = Windows(classroom=0, learners=tuple(counts))
    part = Windows(classroom=0, learners=tuple(counts[:2]))
    assert windows([part, whole], 3).tolist() == [[n, 8, 8, 0, 2] for n in (1, 2, 3)]
    assert windows([whole, part], 3) is None
    assert windows([], 3) is None


def _first(link: ClassroomLink) -> dict[str, np.ndarray]:
    return {key: array[0].copy() for key, array in link.observation.items()}


def _same(theirs: dict[str, np.ndarray], ours: dict[str, np.ndarray]) -> None:
    for key, array in ours.items():
        few = {"belief": 1e-6, "understanding": 1e-6, "prospects": 1e-5}.get(key, 0)  # last bits
        np.testing.assert_allclose(theirs[key], array, rtol=0, atol=few, err_msg=key)
