"""What users of Gymnasium, of vector environments and of stable-baselines3 rely on."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from numpy.typing import NDArray
from stable_baselines3.common.env_checker import check_env as check_env_sb3

import envs
from envs.activities import Activity, Task
from envs.classroom import ClassroomEnv
from envs.constants import Constants, KnowledgeConstants
from envs.course import Course
from envs.vector import ClassroomVectorEnv
from tests.random_teaching import legal_action

SHORT = Course(lessons=1, minutes=10)
MATRIX = "ignore:Your observation .* has an unconventional shape"
ARRAY = "ignore:It seems that your observation .* is an image"
SMALL = "ignore:The minimal resolution for an image"
"""The contract's observations are matrices and more, which stable-baselines3 takes for images."""


def test_every_registered_id_passes_gymnasiums_checker() -> None:
    assert envs.__doc__
    ids = [name for name in gym.registry if name.startswith("ALS/Classroom")]
    assert ids
    for name in ids:
        env = gym.make(name, course=SHORT, on_illegal="circulate", render_mode="rgb_array")
        check_env(env.unwrapped)


@pytest.mark.filterwarnings(MATRIX, ARRAY, SMALL)
def test_classroom_passes_stable_baselines3s_checker() -> None:
    check_env_sb3(ClassroomEnv(course=SHORT, on_illegal="circulate", render_mode="rgb_array"))


def test_vector_env_equals_single_envs_step_by_step() -> None:
    course = Course(learners=3, lessons=2, minutes=8)
    vector = ClassroomVectorEnv(3, course=course)
    singles = [ClassroomEnv(course=course) for _ in range(3)]
    observations, _ = vector.reset(seed=11)
    for b, single in enumerate(singles):
        alone, _ = single.reset(seed=11 + b)
        assert_row_equal(observations, b, alone)
    rng = np.random.default_rng(0)
    for _ in range(12):
        actions = legal_action(observations, rng)
        observations, rewards, done, _, infos = vector.step(actions)
        for b, single in enumerate(singles):
            alone, reward, ended, _, info = single.step(actions[b])
            assert reward == rewards[b]
            assert ended == done[b]
            np.testing.assert_array_equal(info["learner_reward"], infos["learner_reward"][b])
            if ended:
                assert_row_equal(infos["final_obs"], b, alone)
                assert info["nlg_measured"] == infos["final_info"]["nlg_measured"][b]
                alone, _ = single.reset()
            assert_row_equal(observations, b, alone)


def assert_row_equal(
    batch: dict[str, NDArray[np.float32]], b: int, alone: dict[str, NDArray[np.float32]]
) -> None:
    for name, array in batch.items():
        np.testing.assert_array_equal(array[b], alone[name], err_msg=name)


def test_course_ends_terminated_and_only_then() -> None:
    env = ClassroomEnv(course=Course(lessons=2, minutes=8))
    env.reset(seed=0)
    rest = np.zeros(env.action_space.shape, np.int64)
    rest[0] = Activity.REST
    flags = [env.step(rest)[2:4] for _ in range(4)]
    assert flags == [(False, False)] * 3 + [(True, False)]
    with pytest.raises(RuntimeError, match="reset"):
        env.step(rest)


def test_step_before_reset_says_so() -> None:
    env = ClassroomEnv(course=SHORT)
    with pytest.raises(RuntimeError, match="reset"):
        env.step(np.zeros(19, np.int64))


@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, 8, "activity is 8"),
        (1, 3, "target of circulate is 3"),
        (2, 1, "concept of circulate is 1"),
        (3, 5, "learner 0's task is 5"),
        (6, 2, "learner 1's concept is 2"),
    ],
)
def test_illegal_action_names_the_rule_and_changes_nothing(
    position: int, value: int, message: str
) -> None:
    env = ClassroomEnv(course=SHORT)
    before, _ = env.reset(seed=3)
    action = np.zeros(19, np.int64)
    action[position] = value
    with pytest.raises(ValueError, match=message):
        env.step(action)
    after = env.step(np.zeros(19, np.int64))[0]
    env.reset(seed=3)
    undisturbed = env.step(np.zeros(19, np.int64))[0]
    for name in before:
        np.testing.assert_array_equal(after[name], undisturbed[name])


def test_illegal_action_in_a_batch_names_the_classroom() -> None:
    env = ClassroomVectorEnv(3, course=SHORT)
    env.reset(seed=0)
    actions = np.zeros((3, 19), np.int64)
    actions[2, 0] = -1
    with pytest.raises(ValueError, match="action 2: activity is -1"):
        env.step(actions)


def test_circulate_replaces_what_is_illegal() -> None:
    lenient = ClassroomEnv(course=SHORT, on_illegal="circulate")
    strict = ClassroomEnv(course=SHORT)
    lenient.reset(seed=5)
    strict.reset(seed=5)
    action = np.zeros(19, np.int64)
    action[0], action[1] = Activity.EXPLAIN, 0
    action[3], action[4] = Task.KEEP, 7
    replaced = lenient.step(action)[0]
    for name, array in strict.step(np.zeros(19, np.int64))[0].items():
        np.testing.assert_array_equal(replaced[name], array)


def test_same_seed_gives_the_same_class_and_another_seed_another() -> None:
    env = ClassroomEnv(course=SHORT)
    first = env.reset(seed=1)[1]["phi"]
    following = env.reset()[1]["phi"]
    assert np.array_equal(first, env.reset(seed=1)[1]["phi"])
    assert np.array_equal(following, env.reset()[1]["phi"])
    assert not np.array_equal(first, following)
    assert not np.array_equal(first, env.reset(seed=2)[1]["phi"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Course(learners=0), "course.learners is 0; expected 1 to 40"),
        (lambda: Course(minutes=2.5), "course.minutes"),  # type: ignore[arg-type]
        (lambda: Course(scene="pub"), "course.scene is 'pub'; expected one of classroom"),
        (lambda: Course(tracer="oracle"), "course.tracer is 'oracle'"),
        (lambda: Course(gap_days=float("nan")), "course.gap_days is nan"),
        (lambda: ClassroomEnv(on_illegal="ignore"), "on_illegal is 'ignore'"),
        (lambda: ClassroomEnv(render_mode="opengl"), "render_mode is 'opengl'"),
        (lambda: ClassroomVectorEnv(0), "batch is 0"),
        (lambda: ClassroomVectorEnv(2, threads=0), "threads is 0"),
        (lambda: ClassroomVectorEnv("2"), "batch is '2'"),  # type: ignore[arg-type]
        (lambda: Course(learners="8"), "course.learners is '8'"),  # type: ignore[arg-type]
        (
            lambda: ClassroomEnv(curriculum="algebra-16"),  # type: ignore[arg-type]
            "curriculum is 'algebra-16'; expected envs.curriculum.Curriculum",
        ),
        (
            lambda: ClassroomEnv(constants=Constants(knowledge=KnowledgeConstants(slip=0.7))),
            r"constants.knowledge.slip is 0.7; expected 0.0 to 0.05",
        ),
    ],
)
def test_bad_arguments_name_field_value_and_expectation(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("seed", [-1, 1.5, "a", 2**70, [0, 1], [0, -3, 1], [0, None, 1]])
def test_a_bad_seed_is_refused_before_anything_changes(seed: Any) -> None:
    many = ClassroomVectorEnv(3)
    for env in (many,) if isinstance(seed, list) else (ClassroomEnv(), many):
        env.reset(seed=5)
        clock = env.simulation.world.state.clock
        before = clock.seed.tolist(), clock.episode.tolist()
        with pytest.raises(ValueError, match=r"seed (is|has) .*; expected"):
            env.reset(seed=seed)
        assert (clock.seed.tolist(), clock.episode.tolist()) == before


@pytest.mark.parametrize("part", [(2, 2), (-1, 2), (0, 0)])
def test_a_part_that_is_none_of_the_parts_is_refused(part: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="part is"):
        ClassroomVectorEnv(2).reset(seed=1, options={"part": part})


def test_classrooms_can_start_spread_over_the_course() -> None:
    """Training sees every part of the course in every batch, not all classes in the same minute."""
    env = ClassroomVectorEnv(4, course=Course(lessons=2, minutes=20))
    obs, _ = env.reset(seed=1, options={"spread": True})
    assert obs["course"][:, 1].tolist() == [1.0, 0.75, 0.5, 0.25]  # share of the course left
    assert not env.simulation.done.any()
    odd = ClassroomVectorEnv(12, course=Course(lessons=2, minutes=5))  # 3 decisions a lesson
    left = odd.reset(seed=1, options={"spread": True})[0]["course"][:, 1]
    assert np.unique(left.round(3)).size == 6
    with pytest.raises(ValueError, match="options"):
        env.reset(options={"spread": True, "difficulty": 3})


def test_bad_options_seeds_and_shapes_are_refused() -> None:
    env = ClassroomVectorEnv(2, course=SHORT)
    with pytest.raises(ValueError, match="options"):
        env.reset(options={"difficulty": 3})
    with pytest.raises(ValueError, match="seed has 1 entries; expected 2"):
        env.reset(seed=[1])
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"expected integers of shape \(2, 19\)"):
        env.step(np.zeros((2, 18), np.int64))
    with pytest.raises(ValueError, match="float64"):
        env.step(np.zeros((2, 19)))
