"""How the cost of classrooms, of actions and of learning grows with what is taught to how many."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from stable_baselines3.common.logger import Logger

from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig
from agents.sb3_adapter import SB3Classrooms
from agents.speed.growth_law import law
from agents.speed.inference import untrained
from agents.speed.side_by_side import side_by_side
from agents.speed.simulation import bytes_per_classroom, make_simulation, practising
from agents.speed.training_together import trained_together
from envs.course import Course
from envs.curricula import find
from envs.simulation import Simulation
from envs.vector import ClassroomVectorEnv
from policies.policy import AttentionPolicy

AXES: Final = ("classrooms", "learners", "concepts")
DECISIONS: Final = 2
"""Of each classroom in a turn, for the simulation and in a rollout: 256 classrooms fill a minibatch
of the default preset, and the largest sizes take seconds."""
TRAININGS: Final = 3
"""Of each number of processes, at most: a training takes half a minute."""
MOST_LEARNT_FROM: Final = 4096
"""Classrooms beyond which updates are not timed: they are made of the same minibatches."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which sizes are measured; every list rises. The largest numbers of classrooms take 13 GB."""

    classrooms: tuple[int, ...] = (1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536)
    learners: tuple[int, ...] = (1, 2, 4, 8, 16, 24, 32, 40)
    concepts: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256)
    processes: tuple[int, ...] = (1, 2, 3, 4)
    together: int = 256
    """Classrooms wherever it is not their number that grows; of each simulating process."""
    trainers: tuple[int, ...] = (1, 2, 4)
    """Processes of one training; they divide its classrooms and minibatches."""
    rollouts: int = 6
    """Of a training whose time is taken."""
    repeats: int = 5
    """Turns of which the median is taken, after one that is not counted."""
    seconds: float = 2.0
    """For each turn of the processes."""


QUICK: Final = Scope(
    classrooms=(1, 8, 64),
    learners=(1, 4, 16),
    concepts=(4, 16, 64),
    processes=(1, 2),
    together=8,
    trainers=(1, 2),
    rollouts=1,
    repeats=1,
    seconds=0.1,
)


class Size(NamedTuple):
    """How many classrooms of how many learners are taught how many concepts."""

    classrooms: int
    learners: int = Course().learners
    concepts: int = 16

    @property
    def curriculum(self) -> str:
        """A generated one of that size."""
        return f"generated-{self.concepts}-0"


def growth(preset: str, scope: Scope) -> dict[str, Any]:
    """Measure every axis, by itself, with the preset's network on one thread.

    Returns:
        Plain data: `axes` as `along` gives it, and decisions per second of wall time by the number
        of processes: `processes`, of simulations side by side, and `trainers`, of one training.
        Times along the axes are processor time, which other programs on the machine lengthen less
        than they lengthen wall time.

    Raises:
        ValueError: Several processes cannot train here; this is found out first.
    """
    torch.set_num_threads(1)
    config = PRESETS[preset]
    decisions = scope.rollouts * config.classrooms * config.ppo.steps
    trainers = trained_together(preset, decisions, scope.trainers, min(scope.repeats, TRAININGS))
    return {
        "axes": {axis: along(axis, config, scope) for axis in AXES},
        "processes": side_by_side(scope.processes, scope.together, scope.seconds, scope.repeats),
        "together": scope.together,
        "trainers": trainers,
    }


def along(axis: str, config: TrainConfig, scope: Scope) -> dict[str, Any]:
    """One axis: its `sizes`, and for each `bytes_per_classroom` and `seconds_per_decision`.

    The seconds are medians of one classroom's decision by part, in turns over all sizes: of the
    `simulation`, the policy's `action`, and one pass of the `update` (the classrooms' largest sizes
    have none). `laws` says how bytes and seconds of all classrooms together grow.
    """
    numbers: tuple[int, ...] = getattr(scope, axis)
    sizes = [Size(scope.together)._replace(**{axis: number}) for number in numbers]
    seconds = by_part([parts(size, config) for size in sizes], scope.repeats)
    memory = [bytes_of(size) for size in sizes]

    def whole(costs: list[float]) -> list[float]:
        return [cost * size.classrooms for cost, size in zip(costs, sizes, strict=False)]

    costs = {"bytes": memory, **seconds}
    return {
        "sizes": list(numbers),
        "bytes_per_classroom": memory,
        "seconds_per_decision": seconds,
        "laws": {
            part: law(numbers[: len(each)], whole(each)).as_dict() for part, each in costs.items()
        },
    }


def bytes_of(size: Size) -> float:
    """Bytes of one classroom, however many there are."""
    return bytes_per_classroom(make_simulation(1, size.curriculum, learners=size.learners))


def by_part(sizes: list[Mapping[str, Callable[[], float]]], repeats: int) -> dict[str, list[float]]:
    """Time every part at every size in turns: medians by part, at the sizes that have it."""
    turns = [
        [{part: measure() for part, measure in each.items()} for each in sizes]
        for _ in range(repeats + 1)
    ]
    return {
        part: [
            statistics.median(turn[number][part] for turn in turns[1:])
            for number, each in enumerate(sizes)
            if part in each
        ]
        for part in sizes[0]
    }


def parts(size: Size, config: TrainConfig) -> Mapping[str, Callable[[], float]]:
    """What is timed: each gives the processor seconds of one decision of one classroom."""
    simulation = make_simulation(size.classrooms, size.curriculum, learners=size.learners)
    policy = untrained(config, simulation)
    timed: dict[str, Callable[[], float]] = {
        "simulation": partial(_play, simulation),
        "action": partial(_act, policy, simulation),
    }
    if size.classrooms <= MOST_LEARNT_FROM:
        timed["update"] = partial(_learn, after_a_rollout(size, config))
    return timed


def after_a_rollout(size: Size, config: TrainConfig) -> ClassroomPPO:
    """The preset's model that has played a rollout and learnt from it, in one pass."""
    env = ClassroomVectorEnv(
        size.classrooms, course=Course(learners=size.learners), curriculum=find(size.curriculum)
    )
    model = ClassroomPPO(
        env=SB3Classrooms(env),
        config=replace(config.ppo, steps=DECISIONS, epochs=1),
        policy_config=config.policy,
        seed=0,
        device="cpu",
    )
    model.set_logger(Logger(folder=None, output_formats=[]))
    model.learn(DECISIONS * size.classrooms)
    return model


def _play(simulation: Simulation) -> float:
    """The first decisions of a course, the same ones at every size."""
    simulation.start()
    begin = time.process_time()
    for number in range(DECISIONS):
        simulation.step(practising(simulation, number))
    return (time.process_time() - begin) / (DECISIONS * simulation.batch)


@torch.no_grad()
def _act(policy: AttentionPolicy, simulation: Simulation) -> float:
    seen = {key: torch.as_tensor(np.asarray(it)) for key, it in simulation.observation.items()}
    begin = time.process_time()
    policy.decide(seen, deterministic=True)
    return (time.process_time() - begin) / simulation.batch


def _learn(model: ClassroomPPO) -> float:
    begin = time.process_time()
    model.train()
    return (time.process_time() - begin) / (DECISIONS * model.n_envs)
