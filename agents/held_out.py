"""How good a tutor is in an environment of one's own: returns of episodes it was not trained on."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.statistics import Estimate, estimate
from agents.tutors.protocol import Tutor
from agents.tutors.random_choice import RandomLegal
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.contract import ContractWrapper
from envs.copies import Copies
from envs.course import TUNING_SEED
from policies.policy import AttentionPolicy

Floats = NDArray[np.float64]
MOST_COPIES: Final = 64
"""Episodes played at the same time."""
MOST_DECISIONS: Final = 10_000
"""Decisions within which an episode must end."""


def compare_with_random(
    policy: AttentionPolicy, make: Callable[[], ContractWrapper], episodes: int
) -> dict[str, Estimate]:
    """Returns of a policy, and of random legal actions in the same episodes.

    Args:
        policy: Made for the environment's sizes.
        make: Makes one environment.
        episodes: N, at least 1; episode i has seed TUNING_SEED + i: settings may be chosen by it.

    Returns:
        By name: policy (sampled, as it was trained), likeliest (its likeliest choices), random.
    """
    tutors: dict[str, Tutor] = {
        "policy": TrainedPolicy(policy, seed=SAMPLING_SEED),
        "likeliest": TrainedPolicy(policy),
        "random": RandomLegal(),
    }
    copies = Copies(make, min(episodes, MOST_COPIES))
    try:
        return {
            name: estimate(returns(tutor, copies, episodes, TUNING_SEED)[None])
            for name, tutor in tutors.items()
        }
    finally:
        copies.close()


def returns(tutor: Tutor, copies: Copies, episodes: int, seed: int) -> Floats:
    """Sum of the rewards of every episode (N,), as many at a time as there are copies.

    Episode i has seed + i.

    Raises:
        ValueError: An episode does not end.
    """
    batch = copies.num_envs
    starts = range(seed, seed + episodes, batch)
    whole = [_batch_of_returns(tutor, copies, start) for start in starts]
    return np.concatenate(whole)[:episodes]


def _batch_of_returns(tutor: Tutor, copies: Copies, seed: int) -> Floats:
    observation, _ = copies.reset(seed=seed)
    tutor.reset(copies.num_envs)
    total = np.zeros(copies.num_envs)  # (B,)
    ended = np.zeros(copies.num_envs, np.bool_)
    for _ in range(MOST_DECISIONS):
        observation, rewards, terminated, truncated, _ = copies.step(tutor.act(observation))
        total += np.where(ended, 0.0, rewards)
        ended |= terminated | truncated
        if ended.all():
            return total
    raise ValueError(
        f"an episode of seeds {seed} to {seed + copies.num_envs - 1} goes on after "
        f"{MOST_DECISIONS} decisions; expected it to end: gymnasium.wrappers.TimeLimit cuts it"
    )
