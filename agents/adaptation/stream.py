"""Simulated classes as a live stream: what a tutor could see of them, and nothing else."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.adaptation.class_estimate import kept
from agents.adaptation.experience import Arrays, LiveTransition
from envs.events import Events
from envs.vector import ClassroomVectorEnv
from policies.policy import AttentionPolicy


def watched_course(
    env: ClassroomVectorEnv, policy: AttentionPolicy, seed: int
) -> Iterator[tuple[LiveTransition, Events]]:
    """Teach every classroom of the environment one course, and give what is seen, step by step.

    Args:
        env: B classrooms.
        policy: Chooses, by sampling; its adapters may change between two steps.
        seed: Classroom i is drawn from seed + i; the policy samples from it too.
    """
    sampling = torch.Generator().manual_seed(seed)
    observed, _ = env.reset(seed=seed)
    obs = _copied(observed)
    live, clock = np.ones(env.num_envs, np.bool_), np.zeros(env.num_envs)
    while live.any():
        with torch.no_grad():
            tensors = {key: torch.from_numpy(array) for key, array in obs.items()}
            decision = policy.decide(tensors, generator=sampling)
        actions = decision.actions.numpy()
        observed, _, ended, _, infos = env.step(actions)
        events = kept(infos.get("final_events", env.simulation.world.events), live, clock)
        clock = events.clock
        following, tested = _copied(observed), np.zeros(env.num_envs)
        if ended.any():
            tested[ended] = infos["final_info"]["nlg_measured"][ended]
            for key, array in infos["final_obs"].items():
                following[key][ended] = array[ended]
        yield (
            LiveTransition(
                obs,
                actions,
                decision.tutor_log_prob.numpy(),
                decision.plan_log_prob.numpy(),
                np.asarray(infos["minutes"]),
                following,
                ended,
                live.copy(),
                tested,
            ),
            events,
        )
        obs, live = _copied(observed), live & ~ended


def _copied(observation: dict[str, NDArray[Any]]) -> Arrays:
    return {key: array.copy() for key, array in observation.items()}
