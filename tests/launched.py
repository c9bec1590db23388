"""Small trainings in several processes, as torchrun starts them, but as forks of this one."""

import signal
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from agents import distributed
from agents.checkpoint import load_state, save_state
from agents.ppo import ClassroomPPO
from agents.ppo_config import PPOConfig
from agents.presets import TrainConfig
from agents.variety import Variety
from envs.course import Course
from policies.config import PolicyConfig
from scripts import train

Weights = dict[str, NDArray[Any]]
CONFIG = TrainConfig(
    decisions=96,
    classrooms=8,
    curriculum="generated-3-0",
    course=Course(lessons=1, minutes=10),
    variety=Variety(groups=2, learners=(1, 3)),
    policy=PolicyConfig(width=8, layers=1, heads=2, edge_width=4),
    ppo=PPOConfig(steps=4, batch=32, epochs=2),
    device="cpu",
)
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""What torchrun handles, and leaves handled."""


def launched(
    work: Callable[..., Any], *arguments: Any, processes: int = 2, **settings: Any
) -> list[Any]:
    """Results of the work in every process; `settings` are those of torch's LaunchConfig.

    Processes are forks of this one, which has compiled and imported everything already.
    """
    config = LaunchConfig(
        **{
            "min_nodes": 1,
            "max_nodes": 1,
            "nproc_per_node": processes,
            "run_id": uuid.uuid4().hex,
            "rdzv_backend": "c10d",
            "rdzv_endpoint": "localhost:0",
            "max_restarts": 0,
            "start_method": "fork",
            **settings,
        }
    )

    def alone(*arguments: Any) -> Any:
        """As a process that torchrun started, which does not inherit its signal handlers."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        return work(*arguments)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        results: dict[int, Any] = elastic_launch(config, alone)(*arguments)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return [results[rank] for rank in sorted(results)]


def fresh_model() -> ClassroomPPO:
    torch.set_num_threads(1)
    model = train.make_model(CONFIG, 0)
    model.set_logger(Logger(None, []))
    return model


def weights_of(model: ClassroomPPO) -> Weights:
    return {name: value.numpy().copy() for name, value in model.policy.state_dict().items()}


def assert_same(one: Weights, other: Weights) -> None:
    for name, value in one.items():
        np.testing.assert_array_equal(other[name], value, err_msg=name)


class Stop(BaseCallback):
    """Asks for a stop as Ctrl-C does, in the last process alone."""

    def __init__(self, decisions: int) -> None:
        super().__init__()
        self.decisions = decisions

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        model: Any = self.model
        if model.num_timesteps >= self.decisions and distributed.rank() == distributed.size() - 1:
            model.request_stop()


def played(folder: Path, decisions: int, resumed: Path | None = None) -> tuple[Weights, int]:
    """Train on the policy's own decisions, from a saved state or the start, and save."""
    with distributed.together():
        model = fresh_model()
        written_by = 0 if resumed is None else load_state(model, resumed)
        if model.num_timesteps < decisions:
            whole = CONFIG.decisions - model.num_timesteps
            model.learn(whole, callback=Stop(decisions), reset_num_timesteps=False)
        save_state(model, folder)
        return weights_of(model), written_by
