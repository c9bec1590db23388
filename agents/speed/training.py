"""Speed of training: where its time goes, and how fast others train in the same classrooms."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import torch
from stable_baselines3.common.base_class import BaseAlgorithm

from agents.ppo import ClassroomPPO
from agents.presets import TrainConfig
from agents.speed.arithmetic import flop_per_decision
from agents.speed.models import our_model, stock_model, turn_of
from agents.speed.perceptrons import OURS, perceptrons
from agents.speed.threads import with_threads

CPU: Final = "cpu"
BESIDE_A_DEVICE: Final = 256
"""Classrooms of our training on the CPU beside another device: thousands would take minutes a turn.
"""


class Stopwatch:
    """Adds up the time spent in a function, and in what it left a CUDA device to do."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                await_device()
                self.seconds += time.perf_counter() - begin

        return timed


def await_device() -> None:
    """Wait until a CUDA device has done what was asked of it, where one is in use."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()


def training_speed(config: TrainConfig, rollouts: int, device: str = CPU) -> dict[str, Any]:
    """Decisions per second of training, the shares of its parts, and ratios to other trainings.

    Beside ours run: ours with bfloat16 products and stock PPO; on another device ours compiled, and
    ours on this CPU with fewer classrooms; else several trainings of a perceptron of equal size.
    All take turns, a rollout and its update each, so that whatever else the machine does meets all;
    a ratio, of seconds per decision, is the median over the turns.

    Args:
        config: What is trained.
        rollouts: Turns, at least 1, after one that is not timed.
        device: Of the networks, "cpu" or "cuda"; the classrooms stay on the CPU.
    """
    per_rollout = _per_rollout(config)
    config = replace(with_threads(config), decisions=(rollouts + 1) * per_rollout)
    ours = our_model(config, device)
    models = {"ours": ours, **others(config, device)}
    blind = perceptrons(config, ours.policy) if device == CPU else {}
    decisions = dict.fromkeys((*models, *blind), per_rollout)
    if device != CPU:
        few = beside_a_device(config)
        models[CPU], decisions[CPU] = our_model(few), _per_rollout(few)
    play = {name: turn_of(model, decisions[name]) for name, model in models.items()}
    play |= {name: each.turn for name, each in blind.items() if each is not None}
    for turn in play.values():
        turn()
    parts = timed_parts(ours)
    turns = [
        {name: _seconds(turn) / decisions[name] for name, turn in play.items()}
        for _ in range(rollouts)
    ]
    return {
        "device": device,
        **of_ours(ours, parts, rollouts * per_rollout),
        "stock_decisions_per_s": statistics.median(1 / turn["stock"] for turn in turns),
        "ratio_to_sb3": _times_as_fast(turns, "ours", "stock"),
        "ratio_of_bfloat16": _times_as_fast(turns, "bfloat16", "ours"),
        "ratio_of_compiled": None if device == CPU else _times_as_fast(turns, "compiled", "ours"),
        "ratio_to_cpu": None if device == CPU else _times_as_fast(turns, "ours", CPU),
        "perceptron": {
            name: None if each is None else of_perceptron(turns, name, each.weights)
            for name, each in blind.items()
        },
    }


def of_ours(model: ClassroomPPO, parts: Mapping[str, Stopwatch], decisions: int) -> dict[str, Any]:
    """Speed, arithmetic and shares of time of our training, after so many decisions timed."""
    spent = {name: part.seconds for name, part in parts.items()}
    total = spent["collecting"] + spent["update"]
    arithmetic = flop_per_decision(model)
    return {
        "train_decisions_per_s": decisions / total,
        "flop_per_decision": arithmetic,
        "flop_per_s": arithmetic * decisions / total,
        "shares": {
            "simulation": spent["simulation"] / total,
            "inference": (spent["collecting"] - spent["simulation"]) / total,
            "update": spent["update"] / total,
        },
    }


def others(config: TrainConfig, device: str) -> dict[str, BaseAlgorithm]:
    """What takes turns with ours, by name; each has classrooms of its own."""
    half = replace(config, ppo=replace(config.ppo, precision="bfloat16"))
    found = {"bfloat16": our_model(half, device), "stock": stock_model(config, device)}
    if device == CPU:
        return found
    graphs = replace(config, ppo=replace(config.ppo, compiled=True))
    return found | {"compiled": our_model(graphs, device)}


def beside_a_device(config: TrainConfig) -> TrainConfig:
    """What our training on the CPU is timed with: few classrooms, but enough for a minibatch."""
    least = -(-config.ppo.batch // config.ppo.steps)
    few = max(BESIDE_A_DEVICE, least)
    return replace(config, classrooms=min(config.classrooms, few))


def _per_rollout(config: TrainConfig) -> int:
    return config.classrooms * config.ppo.steps


def of_perceptron(
    turns: Sequence[Mapping[str, float]], name: str, weights: int
) -> dict[str, float]:
    """Figures of one training of a perceptron, from the seconds per decision of the turns.

    `ratio_of_ours`: how many times as fast we train our policy, attention and all; and
    `ratio_of_our_perceptron`: a perceptron.
    """
    return {
        "decisions_per_s": statistics.median(1 / turn[name] for turn in turns),
        "weights": weights,
        "ratio_of_ours": _times_as_fast(turns, "ours", name),
        "ratio_of_our_perceptron": _times_as_fast(turns, OURS, name),
    }


def timed_parts(model: ClassroomPPO) -> dict[str, Stopwatch]:
    """Stopwatches around a model's parts."""
    parts = {name: Stopwatch() for name in ("simulation", "collecting", "update")}
    simulation = model.env.env.simulation  # type: ignore[union-attr]  # the built-in classrooms
    simulation.step = parts["simulation"].around(simulation.step)
    for name, part in (("collect_rollouts", "collecting"), ("train", "update")):
        setattr(model, name, parts[part].around(getattr(model, name)))
    return parts


def _times_as_fast(turns: Sequence[Mapping[str, float]], one: str, other: str) -> float:
    return statistics.median(turn[other] / turn[one] for turn in turns)


def _seconds(turn: Callable[[], object]) -> float:
    begin = time.perf_counter()
    turn()
    await_device()
    return time.perf_counter() - begin
