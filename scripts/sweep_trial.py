"""One training of a sweep, as Ray Tune runs it in a process of its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ray import tune
from stable_baselines3.common.callbacks import BaseCallback

from agents.checkpoint import save_policy, save_state
from agents.presets import TrainConfig
from agents.run_folder import CHECKPOINT, write_config
from agents.search_space import changed
from agents.speed.threads import with_threads
from scripts.train import Arguments as Training
from scripts.train import make_model, prepare
from scripts.training_results import summary

RUN = "run"
"""Run folder within the trial's folder."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """What all trainings of a sweep share."""

    preset: str
    config: TrainConfig
    seed: int
    reports: int
    """How often a training reports, so that a bad one can be ended or changed."""


class ReportCallback(BaseCallback):
    """Tells Ray Tune the gain of the courses that just ended, with a state to go on from."""

    def __init__(self, run: Path, every: int) -> None:
        super().__init__()
        self.run, self.every, self.due = run, every, 0

    def _on_training_start(self) -> None:
        self.due = self.num_timesteps + self.every

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        if self.num_timesteps >= self.due:
            self.due += self.every
            self.report()

    def report(self, **more: float) -> None:
        """Save, and report: Ray Tune may end this process here."""
        model: Any = self.model
        gains = [course["nlg_delayed"] for course in model.ep_info_buffer]
        save_state(model, self.run / CHECKPOINT)
        figures = {"decisions": model.num_timesteps, "nlg": float(np.mean(gains or [0.0])), **more}
        tune.report(figures, checkpoint=tune.Checkpoint.from_directory(str(self.run / CHECKPOINT)))


def train_one(settings: dict[str, Any], study: Study) -> None:
    """Train with the settings given, from a checkpoint if Ray Tune hands one over."""
    run = Path(tune.get_context().get_trial_dir()) / RUN
    config = with_threads(changed(study.config, settings))
    held = tune.get_checkpoint()
    if held is not None:
        with held.as_directory() as folder:
            shutil.copytree(folder, run / CHECKPOINT, dirs_exist_ok=True)
        write_config(run, config, preset=study.preset, seed=study.seed)
    model = make_model(config, study.seed)
    resumed = None if held is None else run
    own = Training(preset=study.preset, seed=study.seed, run=run, resume=resumed, train=config)
    prepare(model, config, own, run)
    told = ReportCallback(run, max(1, config.decisions // study.reports))
    left = config.decisions - model.num_timesteps
    if left > 0:
        model.learn(left, callback=told, reset_num_timesteps=False)
    save_policy(model.policy, run, {"decisions": model.num_timesteps})
    told.init_callback(model)
    told.report(nlg_tuning=summary(model, config, 0.0, 0.0)["nlg_delayed"])
