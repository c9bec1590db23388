"""A run folder as training leaves it, of a tutor that never trained."""

from pathlib import Path

import torch

from agents.checkpoint import save_policy
from agents.presets import TrainConfig
from agents.run_folder import write_config
from envs.curricula import find
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy


def write_untrained_run(folder: Path, config: TrainConfig) -> Path:
    """Write the settings, and a policy with one layer for their class size and curriculum."""
    torch.manual_seed(0)
    size = config.course.learners, find(config.curriculum).size
    spaces = observation_space(*size), action_space(*size)
    policy = AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(layers=1))
    write_config(folder, config, preset="quick", seed=0)
    save_policy(policy, folder)
    return folder
