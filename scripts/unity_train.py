"""`scripts.unity train`: the training of scripts.train, in the classrooms of Unity builds."""

import tempfile
import time
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Annotated

import tyro
from stable_baselines3.common.callbacks import BaseCallback

from agents.checkpoint import has_state
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig
from agents.progress import CheckpointsCallback
from agents.run_folder import CHECKPOINT, check_free, check_same, new_folder
from agents.sb3_adapter import SB3Classrooms
from agents.speed.threads import with_threads
from envs.curricula import find
from scripts.output_path import OutputFile
from scripts.train import (
    INTERRUPTED,
    Arguments,
    learn,
    prepare,
)
from scripts.training_results import report, summary
from unity_bridge.agreement import LayoutMismatchError
from unity_bridge.build import COMPILING_SECONDS, BuildSettings, write_build
from unity_bridge.classroom_vector_env import UnityClassroomVectorEnv
from unity_bridge.connection import Player
from unity_bridge.faults import Fault
from unity_bridge.layout import Layout
from unity_bridge.transport import Listening


class SceneCallback(BaseCallback):
    """Shows what the scenes' C# code adds to its StatsRecorder, as `scene/NAME`.

    Args:
        env: The builds.

    Attributes:
        learnt_from: Decisions in all rollouts that came to their end.
    """

    def __init__(self, env: UnityClassroomVectorEnv) -> None:
        super().__init__()
        self._env = env
        self.learnt_from = 0

    def _on_rollout_start(self) -> None:
        self.learnt_from = self.num_timesteps

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        for name, value in self._env.statistics().items():
            self.logger.record(f"scene/{name}", value)


def keep(model: ClassroomPPO, learnt_from: int, folder: Path) -> None:
    """Save what was learnt before the builds failed for good in the middle of a rollout.

    Nothing is learnt within a rollout, so policy and optimiser are those of its beginning; its
    decisions, of which nothing was made, are not counted.
    """
    model.num_timesteps = learnt_from
    saving = CheckpointsCallback(folder, 0.0)
    saving.init_callback(model)
    saving.save()
    print(f"what was learnt from {learnt_from} decisions is kept; the same command goes on")


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train a tutor in Unity builds; a build that fails is started again while the others go on.

    The same command goes on with a run that was stopped, or whose builds failed too often in a row,
    with new courses.
    """

    folder: Annotated[Path | None, tyro.conf.Positional] = None
    """Run folder; default a new one under runs/."""
    build: Path | None = None
    """The build; default: the stand-in, with simulated classrooms."""
    workers: int = 2
    """Builds at work at the same time, at least 1."""
    classrooms: int = 16
    """In each build (its training areas), at least 1."""
    preset: str = "quick"
    """Settings of scripts.train; the course must be that of the build."""
    decisions: int = 0
    """To learn from; 0: as the preset says."""
    seed: int = 0
    """Of the training."""
    patience: float = 600.0
    """Seconds that a build may take to start, and for one activity, before it counts as lost: an
    activity lasts up to 6 minutes of the scene's time; above 0."""
    time_scale: float = 20.0
    """How many times faster than real time a build runs, as far as the machine can; above 0. (20 is
    what ML-Agents' own trainer sets.)"""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def run(self) -> int:
        """Train, save, and say what to do next; returns the exit code."""
        config = self._config()
        folder = self.folder or new_folder()
        resume = folder if has_state(folder / CHECKPOINT) else None
        if resume is None:
            check_free(folder)
        else:
            check_same(folder, config, self.seed)
        arguments = Arguments(preset=self.preset, seed=self.seed, resume=resume, train=config)
        config = with_threads(config)
        with tempfile.TemporaryDirectory() as place:
            env = UnityClassroomVectorEnv(
                self._players(config, Path(place)), listening=self._listening()
            )
            try:
                self._check(env, config)
                return self._train(env, config, arguments, folder)
            finally:
                env.close()

    def _config(self) -> TrainConfig:
        for name, least in (("workers", 1), ("classrooms", 1), ("decisions", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {least}")
        for name in ("patience", "time_scale"):
            if not 0 < getattr(self, name) < inf:
                raise ValueError(f"{name} is {getattr(self, name)}; expected above 0, finite")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")
        preset = PRESETS[self.preset]
        return replace(
            preset,
            classrooms=self.workers * self.classrooms,
            decisions=self.decisions or preset.decisions,
        )

    def _listening(self) -> Listening:
        starting = COMPILING_SECONDS if self.build is None else self.patience
        return Listening(connect_seconds=starting, answer_seconds=self.patience)

    def _players(self, config: TrainConfig, place: Path) -> list[Player]:
        build = self.build
        if build is None:
            settings = BuildSettings(course=config.course, curriculum=find(config.curriculum))
            build = write_build(place, settings)
        common = Player(build=str(build), areas=self.classrooms, time_scale=self.time_scale)
        return [replace(common, seed=n) for n in range(self.workers)]

    def _check(self, env: UnityClassroomVectorEnv, config: TrainConfig) -> None:
        if env.num_envs != config.classrooms:
            raise ValueError(
                f"the builds have {env.num_envs} classrooms; expected {config.classrooms}: set "
                f"--classrooms to what one build holds"
            )
        expected = Layout(config.course.learners, find(config.curriculum).size)
        if env.layout != expected:
            raise ValueError(f"the build has {env.layout}; expected {expected}, as the preset has")

    def _train(
        self, env: UnityClassroomVectorEnv, config: TrainConfig, arguments: Arguments, folder: Path
    ) -> int:
        begin = time.monotonic()
        classrooms = SB3Classrooms(env)
        classrooms.set_options({"spread": True})
        model = ClassroomPPO(
            env=classrooms,
            config=config.ppo,
            policy_config=config.policy,
            seed=self.seed,
            device=config.device,
        )
        classrooms.seed(config.class_seeds(self.seed).start)
        print(f"run {folder}, {self.workers} builds of {self.classrooms} classrooms")
        finished, scenes = False, SceneCallback(env)
        try:
            prepare(model, config, arguments, folder)
            before, learning = model.num_timesteps, time.monotonic()
            finished = learn(model, config, folder, [scenes])
        except KeyboardInterrupt:
            pass
        except (Fault, LayoutMismatchError):
            if scenes.learnt_from:
                keep(model, scenes.learnt_from, folder)
            raise
        print(f"{len(env.faults)} times a build failed")
        if not finished:
            print(f"stopped at {model.num_timesteps} decisions; the same command goes on")
            return INTERRUPTED
        now = time.monotonic()
        speed = (model.num_timesteps - before) / (now - learning)
        results = summary(model, config, now - begin, speed)
        faults = [f"build {number}: {fault}" for number, fault in env.faults]
        report({"run": str(folder), **results, "faults": faults}, self.json)
        return 0
