"""A trained policy as a chooser in a drill, so that its share of the optimal gain is known."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.checkpoint import load_policy
from agents.optimum.share import Chooser, Observations, Share, share_of_optimum
from agents.run_folder import read_config
from envs.contract import ContractWrapper
from envs.drill.environment import DrillEnv
from envs.entry_point import find_classroom
from policies.policy import AttentionPolicy


def share_of_run(folder: Path) -> Share:
    """The share of the optimal gain that a run's likeliest choices reach in its own drill.

    Raises:
        ValueError: The folder holds no run, or one that was not trained on one fixed drill.
    """
    config, _ = read_config(folder)
    wrapper = None if config.env is None else find_classroom(config.env)()
    drill = None if wrapper is None else wrapper.unwrapped
    if wrapper is None or not isinstance(drill, DrillEnv) or not drill.fixed:
        raise ValueError(
            f"run is {folder}, trained on env {config.env!r}; expected one fixed drill, such as "
            "envs.drill.suite:ordered"
        )
    return share_of_optimum(drill.instance, chooser(load_policy(folder), wrapper))


def chooser(policy: AttentionPolicy, wrapper: ContractWrapper) -> Chooser:
    """The policy's likeliest concept for each of many learners, from the drill's observations."""

    def choose(observations: Observations) -> NDArray[np.int64]:
        size = len(observations["concepts"])
        rows = [
            wrapper.observe({key: array[i] for key, array in observations.items()}, {})
            for i in range(size)
        ]
        batch = {key: np.stack([row[key] for row in rows]) for key in rows[0]}
        actions: NDArray[Any] = policy.explain(batch).actions
        return np.array([wrapper.own_action(action) for action in actions], np.int64)

    return choose
