"""What an evaluation is of: the course of the runs, and their policies as they are to teach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agents.adaptation.in_force import teaching
from agents.decision.guard_rails import GuardRails
from agents.decision.guarded_policy import GuardedPolicy
from agents.learner_population import LearnerPopulation
from agents.trained_run import read_runs
from agents.tutors.protocol import Tutor
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.constants import Constants
from envs.course import Course
from envs.curricula import find
from envs.curriculum import Curriculum
from envs.vector import ClassroomVectorEnv


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is taught to whom, and by which trained policies."""

    course: Course
    curriculum: Curriculum
    population: LearnerPopulation
    policies: tuple[Tutor, ...] = ()
    seeds: tuple[int, ...] = ()

    def classrooms(self, count: int) -> ClassroomVectorEnv:
        """So many classrooms; the belief takes all learners for calibrated ones."""
        return ClassroomVectorEnv(
            count,
            course=self.course,
            curriculum=self.curriculum,
            constants=self.population.constants,
            believed=Constants(),
        )


def read_setting(runs: Sequence[Path], curriculum: str) -> Setting:
    """Load the policies of the runs, and whom they were all trained to teach what.

    Raises:
        ValueError: A folder holds no run, or the runs differ in course, curriculum or learners.
    """
    found = read_runs(runs)
    courses = {
        (each.config.course, each.config.curriculum, each.config.population): str(run)
        for each, run in zip(found, runs, strict=True)
    }
    if len(courses) > 1:
        raise ValueError(
            f"runs {list(courses.values())} differ in course, curriculum or population"
        )
    course, taught, population = next(iter(courses), (Course(), curriculum, LearnerPopulation()))
    return Setting(
        course=course,
        curriculum=find(taught),
        population=population,
        policies=tuple(each.tutor for each in found),
        seeds=tuple(each.seed for each in found),
    )


def with_guard_rails(setting: Setting, runs: Sequence[Path]) -> Setting:
    """The same setting with every policy a second time, under guard-rails."""
    limits = GuardRails()
    guarded = tuple(GuardedPolicy(each.tutor, limits) for each in read_runs(runs))
    return replace(setting, policies=(*setting.policies, *guarded))


def with_adapters(setting: Setting, runs: Sequence[Path], folder: Path) -> Setting:
    """The same setting with the run's policy a second time, with the adapters in force.

    Raises:
        ValueError: Not one run; or the folder has no adapters in force, or another policy's.
    """
    if len(runs) != 1:
        raise ValueError(f"adapters is {folder} with {len(runs)} runs; expected the one they adapt")
    [run] = read_runs(runs)
    found = teaching(run.tutor.policy, folder)
    if found.adapters is None:
        raise ValueError(f"adapters is {folder}, which has none in force; expected some")
    name = f"{run.tutor.name}, {found.adapters}"
    adapted = TrainedPolicy(found.policy, name, SAMPLING_SEED, run.tutor.trained_on)
    return replace(setting, policies=(*setting.policies, adapted))
