"""Where the time of training goes, operation by operation, as torch's profiler sees it."""

import logging
from pathlib import Path
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback
from torch.profiler import profile, schedule, tensorboard_trace_handler


class ProfileCallback(BaseCallback):
    """Writes a trace of the third rollout and its update: the first two warm caches up.

    The file, `*.pt.trace.json`, is what TensorBoard's plugin `torch-tb-profiler` and Perfetto open.

    Args:
        folder: Of the run.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.begun = folder, False
        self.profiler: Any = None
        self.written = False

    def _write(self, profiler: Any) -> None:
        tensorboard_trace_handler(str(self.folder))(profiler)
        self.written = True

    def _on_training_start(self) -> None:
        self.profiler = profile(
            schedule=schedule(wait=1, warmup=1, active=1, repeat=1),
            on_trace_ready=self._write,
        )
        self.profiler.start()

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        if self.begun:  # a step of the profiler: a rollout and the update after it
            self.profiler.step()
        self.begun = True

    def _on_training_end(self) -> None:
        self.profiler.stop()
        if not self.written:
            logging.getLogger(__name__).warning(
                "no trace was written: it is of the third rollout, and there were fewer"
            )
