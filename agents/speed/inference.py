"""How long decisions of a policy take: one at once, with its reasons, or a thousand classes'."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from agents.decision.service import DecisionService
from agents.presets import TrainConfig
from agents.speed.simulation import make_simulation
from agents.unity_model.packages import missing
from envs.simulation import Simulation
from envs.spaces import action_space, observation_space
from policies.policy import AttentionPolicy

WARM_UP = 20
"""Decisions before those that are timed."""
CLASSES = 1000
CORES = 2


def untrained(config: TrainConfig, simulation: Simulation) -> AttentionPolicy:
    """A policy of the preset's size for the simulation's classrooms."""
    size = simulation.course.learners, simulation.curriculum.size
    policy = AttentionPolicy(
        observation_space(*size), action_space(*size), lambda _: 0.0, config.policy
    )
    policy.set_training_mode(False)
    return policy


def decision_ms(config: TrainConfig, decisions: int) -> dict[str, dict[str, float]]:
    """Milliseconds of one class's decision, 8 learners x 16 concepts, on one thread.

    `policy`: the action alone, through torch. `service`: with reasons and guard-rails. The
    simulation is not counted; the network is untrained, over a course.
    """
    torch.set_num_threads(1)
    simulation = make_simulation(1)
    policy = untrained(config, simulation)
    service = DecisionService(policy, simulation.curriculum)

    def decide() -> np.ndarray:
        (decision,) = service.decide_all(simulation.observation, simulation.world.events)
        return np.array([decision.action])

    def act() -> np.ndarray:
        return policy.predict(simulation.observation, deterministic=True)[0]

    return {
        "policy": latency(simulation, act, decisions),
        "service": latency(simulation, decide, decisions),
    }


def exported_ms(config: TrainConfig, decisions: int) -> dict[str, float] | None:
    """Milliseconds of the same policy's action as an ONNX model under onnxruntime, on one thread.

    None where the packages for it are not installed.
    """
    if missing():
        return None
    from agents.unity_model.delivery import Delivery  # noqa: PLC0415  # needs those packages

    simulation = make_simulation(1)
    policy, curriculum = untrained(config, simulation), simulation.curriculum
    with TemporaryDirectory() as folder:
        made = Delivery(policy, simulation.course, curriculum, Path(folder) / "tutor.onnx")
        made.write()
        return made.latency(decisions)


def latency(
    simulation: Simulation, choose: Callable[[], np.ndarray], decisions: int
) -> dict[str, float]:
    """Median and 99th percentile in milliseconds of choosing, while the course goes on."""
    times = []
    for _ in range(WARM_UP + decisions):
        begin = time.perf_counter()
        actions = choose()
        times.append(time.perf_counter() - begin)
        simulation.step(actions)
        if simulation.done.any():
            simulation.start(simulation.done)
    median, high = np.quantile(times[WARM_UP:], [0.5, 0.99])
    return {"median": 1000.0 * float(median), "p99": 1000.0 * float(high)}


def many_classes_ms(config: TrainConfig, repeats: int) -> float:
    """Median milliseconds in which CLASSES classes get a decision each, on CORES threads."""
    torch.set_num_threads(CORES)
    simulation = make_simulation(CLASSES)
    policy = untrained(config, simulation)
    seen = {key: torch.as_tensor(array) for key, array in simulation.observation.items()}
    times = []
    with torch.no_grad():
        for _ in range(repeats + 1):
            begin = time.perf_counter()
            policy.decide(seen, deterministic=True)
            times.append(time.perf_counter() - begin)
    torch.set_num_threads(1)
    return 1000.0 * float(np.median(times[1:]))
