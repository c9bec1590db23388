"""Measure speed: the batched environment, training, where its time goes, and one decision.

Examples:
    python -m scripts.benchmark
    python -m scripts.benchmark --seconds 5 --json speed.json
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table
from stable_baselines3.common.logger import Logger

from agents.decision.service import DecisionService
from agents.presets import PRESETS, TrainConfig
from envs.activities import Task
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from envs.spaces import action_space, observation_space
from envs.whole_file import write_json
from policies.policy import AttentionPolicy
from scripts.train import make_model

SIZES = (1, 256, 4096)
REPEATS = 5
WARM_UP = 20
"""Decisions of the service before those that are timed."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Measure the speed of the environment and of training, on this machine, now."""

    seconds: float = 2.0
    """Time for each of the repeats of a measurement, at least 0.1; longer is steadier."""
    preset: str = "default"
    """Training preset whose network, batch and threads are timed."""
    rollouts: int = 3
    """Rollouts and updates timed, after one that is not; at least 1."""
    decisions: int = 500
    """Decisions of the service timed, at least 100 for the slowest hundredth."""
    json: Path | None = None
    """Where to write the figures as JSON."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.seconds < 0.1:
            raise ValueError(f"seconds is {self.seconds}; expected at least 0.1")
        if self.rollouts < 1:
            raise ValueError(f"rollouts is {self.rollouts}; expected at least 1")
        if self.decisions < 100:
            raise ValueError(f"decisions is {self.decisions}; expected at least 100")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")


def environment_speed(batch: int, seconds: float) -> float:
    """Median decisions per second of B default classrooms (2 min each), on one thread."""
    simulation = Simulation(batch, Course(), builtin("algebra-16"), Constants())
    simulation.seed(np.arange(batch))
    simulation.start()
    actions = np.zeros((batch, 3 + 2 * simulation.course.learners), np.int64)
    rates = []
    for repeat in range(REPEATS + 1):
        begin, decisions = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            allowed = simulation.masks.task_mask[:, :, Task.PRACTISE_MATCHED] > 0
            actions[:, 3::2] = np.where(allowed, 1 + decisions % 4, 0)
            actions[:, 4::2] = np.where(allowed, decisions % 16, 0)
            simulation.step(actions)
            decisions += 1
            if simulation.done.any():
                simulation.start(simulation.done)
        if repeat > 0:
            rates.append(batch * decisions / (time.perf_counter() - begin))
    return statistics.median(rates)


def decision_latency(config: TrainConfig, decisions: int) -> dict[str, float]:
    """Milliseconds of one decision with reasons and guard-rails, 8 learners x 16 concepts.

    One class, one thread, over a course with an untrained network; the simulation is not counted.
    """
    torch.set_num_threads(1)
    course, curriculum = Course(), builtin("algebra-16")
    spaces = (
        observation_space(course.learners, curriculum.size),
        action_space(course.learners, curriculum.size),
    )
    policy = AttentionPolicy(*spaces, lambda _: 0.0, config.policy)
    service = DecisionService(policy, curriculum)
    simulation = Simulation(1, course, curriculum, Constants())
    simulation.start()
    times = []
    for _ in range(WARM_UP + decisions):
        begin = time.perf_counter()
        (decision,) = service.decide_all(simulation.observation, simulation.world.events)
        times.append(time.perf_counter() - begin)
        simulation.step(np.array([decision.action]))
        if simulation.done.any():
            simulation.start(simulation.done)
    median, high = np.quantile(times[WARM_UP:], [0.5, 0.99])
    return {"median": 1000.0 * float(median), "p99": 1000.0 * float(high)}


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
    """Decisions per second of training, and the shares of simulation, inference and update."""
    torch.set_num_threads(config.threads)
    per_rollout = config.classrooms * config.ppo.steps
    model = make_model(replace(config, decisions=(rollouts + 1) * per_rollout), seed=0)
    model.set_logger(Logger(folder=None, output_formats=[]))
    model.learn(per_rollout)
    collecting, updating, simulating = Stopwatch(), Stopwatch(), Stopwatch()
    simulation = model.env.env.simulation  # type: ignore[union-attr]
    simulation.step = simulating.around(simulation.step)
    model.collect_rollouts = collecting.around(model.collect_rollouts)  # type: ignore[method-assign]
    model.train = updating.around(model.train)  # type: ignore[method-assign]
    model.learn(rollouts * per_rollout, reset_num_timesteps=False)
    total = collecting.seconds + updating.seconds
    return {
        "train_decisions_per_s": rollouts * per_rollout / total,
        "shares": {
            "simulation": simulating.seconds / total,
            "inference": (collecting.seconds - simulating.seconds) / total,
            "update": updating.seconds / total,
        },
    }


def show(results: dict[str, Any]) -> None:
    """Print the figures as a table."""
    table = Table("figure", "value", title="speed (median; this machine, now)")
    for batch, rate in results["env_steps_per_s"].items():
        table.add_row(f"environment, {batch} classrooms, 1 thread", f"{rate:,.0f} decisions/s")
    table.add_row(
        "training, default preset", f"{results['train_decisions_per_s']:,.0f} decisions/s"
    )
    for part, share in results["shares"].items():
        table.add_row(f"  of its time: {part}", f"{share:.0%}")
    decision = results["decision_ms"]
    table.add_row("a decision with its reasons, 8 x 16, median", f"{decision['median']:.1f} ms")
    table.add_row("  99 of 100 take at most", f"{decision['p99']:.1f} ms")
    Console().print(table)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and write what was printed."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    speeds = {str(batch): environment_speed(batch, arguments.seconds) for batch in SIZES}
    training = training_speed(PRESETS[arguments.preset], arguments.rollouts)
    latency = decision_latency(PRESETS[arguments.preset], arguments.decisions)
    results = {"env_steps_per_s": speeds, **training, "decision_ms": latency}
    show(results)
    if arguments.json is not None:
        write_json(arguments.json, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
