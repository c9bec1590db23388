"""What training does between rollouts for people: checkpoints, and a line or bar of progress."""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from stable_baselines3.common.callbacks import BaseCallback

from agents import distributed
from agents.checkpoint import save_policy, save_state
from agents.pretrained import save_heads
from agents.run_folder import CHECKPOINT

SECONDS_BETWEEN_LINES = 30.0


class CheckpointsCallback(BaseCallback):
    """Saves policy and training state every so many wall-clock minutes, between two rollouts."""

    def __init__(self, folder: Path, minutes: float) -> None:
        super().__init__()
        self.folder, self.seconds, self.last = folder, 60 * minutes, time.monotonic()

    def _on_rollout_start(self) -> None:
        if distributed.any_of(time.monotonic() - self.last >= self.seconds):
            self.save()

    def _on_step(self) -> bool:
        return True

    def save(self) -> None:
        """Save now, for all processes."""
        model: Any = self.model
        save_state(model, self.folder / CHECKPOINT)
        if distributed.is_first():
            save_policy(model.policy, self.folder, {"decisions": model.num_timesteps})
            if model.auxiliary is not None:
                save_heads(model.auxiliary, self.folder)
        self.last = time.monotonic()


class ProgressCallback(BaseCallback):
    """Shows decisions per second, time left and the NLG, or else the return, of recent courses.

    A bar on a terminal; elsewhere a plain line now and then.
    """

    def __init__(self, total: int) -> None:
        super().__init__()
        self.total, self.before, self.begin, self.last = total, 0, 0.0, 0.0
        self.bar = Progress(
            TextColumn("{task.percentage:3.0f} %"),
            BarColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            disable=not sys.stdout.isatty(),
        )
        self.task = self.bar.add_task("", total=total)

    def _on_training_start(self) -> None:
        self.before, self.begin = self.num_timesteps, time.monotonic()
        self.bar.start()

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        self._show()

    def _on_training_end(self) -> None:
        self._show(last=True)
        self.bar.stop()

    def _show(self, *, last: bool = False) -> None:
        elapsed = max(time.monotonic() - self.begin, 1e-9)
        done = self.model.num_timesteps
        speed = (done - self.before) / elapsed
        text = f"{speed:6.0f} decisions/s, {self.recent_gain()}"
        self.bar.update(self.task, completed=done, description=text)
        if self.bar.disable and (last or elapsed - self.last >= SECONDS_BETWEEN_LINES):
            self.last = elapsed
            left = max(self.total - done, 0) / max(speed, 1e-9)
            line = f"{done:9d} of {self.total} decisions, {text}, {left / 60:.1f} min left\n"
            sys.stdout.write(line)
            sys.stdout.flush()

    def recent_gain(self) -> str:
        """Mean normalised learning gain (delayed) of the last hundred courses; nan before any.

        An environment of one's own reports none: there it is the mean return.
        """
        courses = list(self.model.ep_info_buffer or ())
        name, figure = ("NLG", "nlg_delayed")
        if courses and figure not in courses[0]:
            name, figure = "return", "r"
        gains = [course[figure] for course in courses]
        return f"{name} {np.mean(gains) if gains else np.nan:.3f}"
