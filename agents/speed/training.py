"""Speed of training: where its time goes, and stock PPO's on the same network and classrooms."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.logger import Logger

from agents.presets import TrainConfig
from agents.speed.models import our_model, stock_model
from agents.speed.threads import with_threads


class Stopwatch:
    """Adds up the time spent in a function."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - begin

        return timed


def training_speed(config: TrainConfig, rollouts: int) -> dict[str, Any]:
    """Decisions per second of training, the shares of its parts, and the ratio to stock PPO's.

    Ours and stock PPO take turns, a rollout and its update each, so that whatever else the machine
    does meets both; the ratio is the median over the turns.
    """
    per_rollout = config.classrooms * config.ppo.steps
    config = replace(with_threads(config), decisions=(rollouts + 1) * per_rollout)
    ours, stock = our_model(config), stock_model(config)
    for model in (ours, stock):
        model.set_logger(Logger(folder=None, output_formats=[]))
        model.learn(per_rollout)
    parts = {name: Stopwatch() for name in ("simulation", "collecting", "update")}
    simulation = ours.env.env.simulation  # type: ignore[union-attr]  # the built-in classrooms
    simulation.step = parts["simulation"].around(simulation.step)
    for name, part in (("collect_rollouts", "collecting"), ("train", "update")):
        setattr(ours, name, parts[part].around(getattr(ours, name)))
    turns = [(_seconds(ours, per_rollout), _seconds(stock, per_rollout)) for _ in range(rollouts)]
    spent = {name: part.seconds for name, part in parts.items()}
    total = spent["collecting"] + spent["update"]
    return {
        "train_decisions_per_s": rollouts * per_rollout / total,
        "stock_decisions_per_s": statistics.median(per_rollout / theirs for _, theirs in turns),
        "ratio_to_sb3": statistics.median(theirs / own for own, theirs in turns),
        "shares": {
            "simulation": spent["simulation"] / total,
            "inference": (spent["collecting"] - spent["simulation"]) / total,
            "update": spent["update"] / total,
        },
    }


def _seconds(model: BaseAlgorithm, decisions: int) -> float:
    begin = time.perf_counter()
    model.learn(decisions, reset_num_timesteps=False)
    return time.perf_counter() - begin
