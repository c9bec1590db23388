"""Training, tuning and evaluation never share a class, and training's classes are what we say."""

from itertools import combinations
from typing import Any, cast

import numpy as np
import pytest
from stable_baselines3.common.utils import set_random_seed

from agents.ppo_config import PPOConfig
from agents.presets import PRESETS, TrainConfig
from envs.course import EVALUATION_SEED, TUNING_SEED, Course
from envs.seeds import SEEDS, Purpose, check_seeds
from envs.vector import ClassroomVectorEnv
from scripts.train import make_model, parse

LARGEST_SEED = 2**32 - 1


def test_ranges_never_meet() -> None:
    for one, other in combinations(SEEDS.values(), 2):
        assert max(one.start, other.start) >= min(one.stop, other.stop)


def test_published_results_keep_their_classes() -> None:
    """The committed evaluations were made on classes from these seeds; moving them voids all."""
    assert (EVALUATION_SEED, TUNING_SEED) == (2**40, 2**41)


@pytest.mark.parametrize("purpose", SEEDS)
def test_a_range_is_accepted_to_its_edges(purpose: Purpose) -> None:
    own = SEEDS[purpose]
    check_seeds(own.start, len(own), purpose)
    check_seeds(np.int64(own.stop - 3), 3, purpose)
    for seed, classes in ((own.start - 1, 1), (own.stop - 2, 3), (own.start, len(own) + 1)):
        with pytest.raises(ValueError, match=f"seed is {seed}; expected {own.start} to"):
            check_seeds(seed, classes, purpose)


def test_training_teaches_the_classes_that_the_run_records() -> None:
    """Course after course: a classroom's seed stays, its episode makes new learners."""
    config = TrainConfig(
        classrooms=3,
        course=Course(learners=1, lessons=1, minutes=5),
        ppo=PPOConfig(steps=12, batch=36, epochs=1),
        device="cpu",
    )
    model = make_model(config, seed=41)
    model.learn(36)
    clock = cast("Any", model.get_env()).env.simulation.world.state.clock
    assert clock.seed.tolist() == list(config.class_seeds(41))
    assert (clock.episode > 0).all()


def test_no_training_seed_reaches_another_range() -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        set_random_seed(LARGEST_SEED + 1)  # so that no run can have a larger seed
    for preset in ("default", "reference"):
        met = PRESETS[preset].class_seeds(LARGEST_SEED)
        check_seeds(met.start, len(met), "training")


def test_runs_with_different_seeds_share_no_class() -> None:
    """Or the interval over training seeds would be that of nearly one run."""
    one, next_one = (TrainConfig(classrooms=5).class_seeds(seed) for seed in (6, 7))
    assert not set(one) & set(next_one)


class LargestDraw:
    """A generator that always draws the largest number allowed."""

    def integers(self, high: int) -> int:
        """The largest integer below high."""
        return high - 1


def test_classes_without_a_seed_are_training_classes() -> None:
    env = ClassroomVectorEnv(2, course=Course(learners=1, lessons=1, minutes=5))
    env.np_random = cast("Any", LargestDraw())
    env.reset()
    seeds = env.simulation.world.state.clock.seed
    check_seeds(int(seeds[0]), 2, "training")


def test_training_refuses_the_classes_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--seed", str(EVALUATION_SEED - 3), "--classrooms", "4"])
    assert "training uses these alone" in " ".join(capsys.readouterr().err.split())
