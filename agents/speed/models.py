"""The models whose speed is measured."""

from collections.abc import Callable
from functools import partial

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.logger import Logger

from agents.classrooms import classrooms
from agents.ppo import ClassroomPPO
from agents.presets import TrainConfig
from agents.speed.stock import stock_ppo


def our_model(config: TrainConfig, device: str = "cpu", seed: int = 0) -> ClassroomPPO:
    """The preset's model, as training makes it."""
    return ClassroomPPO(
        env=classrooms(config),
        config=config.ppo,
        policy_config=config.policy,
        seed=seed,
        device=device,
    )


def stock_model(config: TrainConfig, device: str) -> BaseAlgorithm:
    """Stock PPO with the same classrooms, network, rollouts and minibatches."""
    return stock_ppo(classrooms(config), config.ppo, config.policy, seed=0, device=device)


def turn_of(model: BaseAlgorithm, decisions: int) -> Callable[[], object]:
    """Let the model learn from so many more decisions, without a word, at every call."""
    model.set_logger(Logger(folder=None, output_formats=[]))
    return partial(model.learn, decisions, reset_num_timesteps=False)
