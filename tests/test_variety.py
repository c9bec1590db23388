"""Training on varied classrooms: what is drawn, how it is shared out, and that it is recorded."""

from collections import Counter
from pathlib import Path

import pytest

from agents.classrooms import classrooms
from agents.presets import TrainConfig
from agents.run_folder import read_config, write_config
from agents.variety import Variety, drawn
from envs.constants import Constants
from envs.course import Course

SIZES = Variety(groups=6, learners=(2, 3), lessons=(1, 2, 3), curricula=("generated-3-0",))


def test_every_option_is_drawn_equally_often() -> None:
    groups = list(drawn(SIZES, Course(minutes=10), "algebra-16"))
    assert Counter(group.course.learners for group in groups) == {2: 3, 3: 3}
    assert Counter(group.course.lessons for group in groups) == {1: 2, 2: 2, 3: 2}
    assert {group.curriculum.size for group in groups} == {3}
    assert {group.course.minutes for group in groups} == {10}
    assert {group.constants for group in groups} == {Constants()}


def test_populations_differ_and_are_the_same_for_every_run() -> None:
    variety = Variety(groups=4, constants=True)
    first, second = (list(drawn(variety, Course(), "algebra-16")) for _ in range(2))
    assert len({group.constants for group in first}) == 4
    assert [group.constants for group in first] == [group.constants for group in second]
    for group in first:
        group.constants.check()


def test_classrooms_alike_are_one_batch_and_varied_ones_are_shared_out() -> None:
    alike = classrooms(TrainConfig(classrooms=5, curriculum="generated-3-0"))
    assert alike.num_envs == 5
    varied = classrooms(TrainConfig(classrooms=10, variety=SIZES))
    assert varied.num_envs == 10
    assert sorted(g.num_envs for g in varied.get_attr("groups", 0)[0]) == [1, 1, 2, 2, 2, 2]
    with pytest.raises(ValueError, match=r"variety.groups is 6; expected at most 4"):
        TrainConfig(classrooms=4, variety=SIZES)


def test_options_without_a_group_are_refused() -> None:
    """Training on the first option alone would look like training on all."""
    with pytest.raises(ValueError, match=r"variety.learners are \(4, 16\) and variety.groups 1"):
        Variety(learners=(4, 16))


def test_settings_with_options_survive_json(tmp_path: Path) -> None:
    config = TrainConfig(variety=SIZES)
    write_config(tmp_path, config, preset="default", seed=1)
    assert read_config(tmp_path)[0] == config
