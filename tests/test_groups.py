"""Groups of classrooms: each teaches as it would alone, and padding is marked as such."""

import numpy as np
import pytest

from envs.activities import Task
from envs.course import Course
from envs.curriculum_generate import generate
from envs.groups import ClassroomGroups
from envs.vector import ClassroomVectorEnv
from tests.random_teaching import legal_action

SHORT = Course(learners=3, lessons=1, minutes=8)


def small_group() -> ClassroomVectorEnv:
    return ClassroomVectorEnv(2, course=SHORT, curriculum=generate(4, 0))


def large_group() -> ClassroomVectorEnv:
    course = Course(learners=5, lessons=2, minutes=6)
    return ClassroomVectorEnv(3, course=course, curriculum=generate(6, 0))


def test_each_group_teaches_as_it_would_alone() -> None:
    """Rewards, ends, reports and observations are the group's own, in its rows."""
    groups = ClassroomGroups([small_group(), large_group()])
    alone = [small_group(), large_group()]
    together, _ = groups.reset(seed=7)
    for env, first in zip(alone, (7, 9), strict=True):
        env.reset(seed=first)
    rng = np.random.default_rng(0)
    ends = 0
    for _ in range(15):
        actions = legal_action(together, rng)
        together, rewards, done, truncated, infos = groups.step(actions)
        assert not truncated.any()
        for env, rows in zip(alone, groups.rows, strict=True):
            width = 3 + 2 * env.simulation.course.learners
            own, reward, ended, _, info = env.step(actions[rows, :width])
            np.testing.assert_array_equal(rewards[rows], reward)
            np.testing.assert_array_equal(done[rows], ended)
            for name, array in own.items():
                corner = tuple(slice(size) for size in array.shape)
                np.testing.assert_array_equal(together[name][rows][corner], array)
            learners = info["learner_reward"].shape[1]
            np.testing.assert_array_equal(
                infos["learner_reward"][rows, :learners], info["learner_reward"]
            )
            assert not infos["learner_reward"][rows, learners:].any()
            for b in np.flatnonzero(ended):
                ends += 1
                report, merged = info["final_info"], infos["final_info"]
                assert merged["nlg_delayed"][rows][b] == report["nlg_delayed"][b]
                assert merged["gain"][rows][b] == report["gain"][b].mean()
                last = infos["final_obs"]["course"][rows][b]
                np.testing.assert_array_equal(last, info["final_obs"]["course"][b])
    assert ends > 3


def test_padding_is_absent_and_forbidden() -> None:
    """A policy must not teach learners or concepts that the class has not."""
    groups = ClassroomGroups([small_group(), large_group()])
    obs, _ = groups.reset(seed=0)
    assert not obs["learner_present"][:2, 3:].any()
    assert not obs["concept_present"][:2, 4:].any()
    assert not obs["target_mask"][:2, :, 4:].any()
    assert not obs["concept_mask"][:2, :, 4:].any()
    assert not obs["task_concept_mask"][:2, :, 4:].any()
    np.testing.assert_array_equal(obs["task_mask"][:2, 3:].sum(-1), 1)
    assert obs["task_mask"][:2, 3:, Task.KEEP].all()
    assert obs["learner_present"][2:].all()
    assert all(np.isin(obs[name], (0, 1)).all() for name in obs if name.endswith("_mask"))


def test_a_saved_state_goes_on_as_if_nothing_had_happened() -> None:
    first, second = (ClassroomGroups([small_group(), large_group()]) for _ in range(2))
    obs, _ = first.reset(seed=3)
    rng = np.random.default_rng(1)
    for _ in range(4):
        obs = first.step(legal_action(obs, rng))[0]
    again = second.load_state_dict(first.state_dict())
    actions = legal_action(obs, rng)
    for one, other in zip(first.step(actions)[:2], second.step(actions)[:2], strict=True):
        np.testing.assert_equal(one, other)
    assert again.keys() == obs.keys()


def test_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="groups is empty; expected at least one group"):
        ClassroomGroups([])


def test_parts_of_a_batch_are_its_classrooms() -> None:
    """Processes that train together teach the classes, and start at the times, of one alone."""

    def groups(small: int, large: int) -> ClassroomGroups:
        course = Course(learners=5, lessons=2, minutes=6)
        sizes = ((small, SHORT), (large, course))
        return ClassroomGroups(
            [ClassroomVectorEnv(n, course=c, curriculum=generate(4, 0)) for n, c in sizes]
        )

    whole, _ = groups(2, 6).reset(seed=7, options={"spread": True})
    for part, rows in enumerate(([0, 2, 3, 4], [1, 5, 6, 7])):
        own, _ = groups(1, 3).reset(seed=7, options={"spread": True, "part": (part, 2)})
        for name, array in own.items():
            np.testing.assert_array_equal(array, whole[name][rows], err_msg=name)
