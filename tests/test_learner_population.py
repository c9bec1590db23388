"""A run may teach other learners than the calibrated ones, and go on with a whole policy."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from agents.checkpoint import save_policy
from agents.classrooms import classrooms
from agents.learner_population import PLACES, LearnerPopulation
from agents.presets import TrainConfig
from agents.pretrained import start_from
from agents.run_folder import read_config, write_config
from agents.variety import Variety, drawn
from envs.constants import Constants
from envs.course import Course
from envs.groups import ClassroomGroups
from envs.world import compact
from scripts.train import make_model

OTHER = LearnerPopulation(intercept=0.2, forgetting=0.15, lapse_rate=0.7)
CONFIG = TrainConfig(course=Course(learners=2), classrooms=2, population=OTHER)


def test_unchanged_fields_are_the_calibrated_constants() -> None:
    assert LearnerPopulation().constants == Constants()
    own = {place: asdict(OTHER)[field] for field, place in PLACES.items()}
    for (name, usual, _), (_, value, _) in zip(
        Constants().tagged(), OTHER.constants.tagged(), strict=True
    ):
        assert value == own.get(name, usual)


def test_a_value_that_no_learner_could_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"population.forgetting is 0.5; expected 0.04 to 0.2"):
        LearnerPopulation(forgetting=0.5)


def test_training_teaches_the_population_and_the_belief_stays_calibrated(tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG, preset="quick", seed=0)
    config, _ = read_config(tmp_path)
    assert config == CONFIG
    simulation = classrooms(config).env.simulation  # type: ignore[attr-defined]
    assert simulation.constants == OTHER.constants
    assert simulation._belief._world.constants == compact(Constants())
    varied = replace(config, variety=Variety(groups=2, learners=(1, 2)))
    groups = classrooms(varied).env  # type: ignore[attr-defined]
    assert isinstance(groups, ClassroomGroups)
    drawn_ = drawn(varied.variety, varied.course, varied.curriculum, OTHER.constants)
    assert all(group.constants == OTHER.constants for group in drawn_)


def test_the_whole_policy_is_gone_on_with_or_its_trunk_alone(tmp_path: Path) -> None:
    last, whole, trunk = (make_model(CONFIG, seed) for seed in (0, 1, 2))
    save_policy(last.policy, tmp_path)
    start_from(whole, tmp_path, "policy")
    start_from(trunk, tmp_path)
    theirs, fresh = whole.policy.state_dict(), trunk.policy.state_dict()
    same = {name: torch.equal(w, fresh[name]) for name, w in last.policy.state_dict().items()}
    for name, weight in last.policy.state_dict().items():
        assert torch.equal(weight, theirs[name]), name
    assert all(same[name] for name in same if name.startswith("encoder."))
    assert not all(same.values())
