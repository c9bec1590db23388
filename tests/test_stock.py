"""Given the same data, our update is stock stable-baselines3's where both are set alike."""

from typing import Any, cast

import pytest
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.logger import configure
from torch import Tensor
from torch.nn.utils import parameters_to_vector

from agents.ppo import ClassroomPPO
from agents.ppo_config import EntropyWeights, PPOConfig
from agents.rollout import ClassroomRollout, standardise
from agents.sb3_adapter import Arrays, SB3Classrooms
from agents.speed.stock import stock_ppo
from policies.config import PolicyConfig
from tests.toy_classroom import ToyClassrooms

TINY = PolicyConfig(width=16, layers=1, heads=2, edge_width=8)


class OneLearner(ToyClassrooms):
    """One learner, whose own advantage is the class's; with `given`, its task cannot be chosen.

    With a task to choose, ours clips the probabilities of plan and activity apart, stock PPO their
    product: the first step is the same, later ones are not.
    """

    def __init__(self, *, given: bool) -> None:
        super().__init__(16, learners=1, concepts=3)
        self.given = given

    def reset(self, **settings: Any) -> tuple[Arrays, dict[str, Any]]:
        """Start all courses."""
        obs, infos = super().reset(**settings)
        return self._narrowed(obs), infos

    def step(self, actions: Any) -> Any:
        """Play one decision."""
        obs, *rest = super().step(actions)
        return self._narrowed(obs), *rest

    def _narrowed(self, obs: Any) -> Arrays:
        narrowed = {key: array.copy() for key, array in obs.items()}
        if self.given:
            narrowed["task_mask"][..., 1:] = 0
            narrowed["task_concept_mask"][:, 0, 1:] = 0
        return narrowed


def fill(stock: PPO, rollout: ClassroomRollout) -> None:
    """Put our rollout, with our advantages, into stock's buffer."""
    buffer = cast("Any", stock.rollout_buffer)
    for key, tensor in rollout.observations.items():
        buffer.observations[key][:] = tensor.numpy()
    own = rollout.advantages[..., 0]
    log_probs = rollout.tutor_log_prob + rollout.plan_log_prob[..., 0]
    buffer.actions[:] = rollout.actions.numpy()
    buffer.values[:], buffer.returns[:] = rollout.values[..., 0], rollout.returns[..., 0]
    buffer.log_probs[:] = log_probs
    buffer.advantages[:] = standardise(own, torch.ones_like(own))
    buffer.full, buffer.generator_ready = True, False


def moved(model: PPO, start: Tensor) -> Tensor:
    return parameters_to_vector(model.policy.parameters()).detach() - start


@pytest.mark.parametrize(("given", "epochs", "rate"), [(False, 1, 1e-3), (True, 6, 2e-2)])
def test_an_update_moves_every_parameter_as_stock_ppo_does(
    given: bool, epochs: int, rate: float
) -> None:
    """Else the faster loop would be another algorithm, and its speed no merit."""
    bonus = EntropyWeights(activity=0.01, target=0.01, concept=0.01, plan=0.01, final_share=1.0)
    config = PPOConfig(
        steps=8,
        batch=128,
        epochs=epochs,
        learning_rate=rate,
        final_rate_share=1.0,
        plan_weight=1.0,
        entropy=bonus,
    )
    env = SB3Classrooms(OneLearner(given=given))
    ours = ClassroomPPO(env=env, config=config, policy_config=TINY, seed=1, device="cpu")
    stock = stock_ppo(SB3Classrooms(OneLearner(given=given)), config, TINY, seed=2)
    stock.policy.load_state_dict(ours.policy.state_dict())
    start = parameters_to_vector(ours.policy.parameters()).detach().clone()
    ours.learn(128)
    fill(stock, ours.rollout_buffer)
    stock.set_logger(configure(None, []))
    stock.train()
    assert moved(stock, start).abs().max() > rate / 2
    assert given == (stock.logger.name_to_value["train/clip_fraction"] > 0)  # clipping took part
    rounding = 1e-5 * epochs  # each pass adds its own, by other chips' products to other digits
    torch.testing.assert_close(moved(ours, start), moved(stock, start), rtol=0, atol=rounding)
