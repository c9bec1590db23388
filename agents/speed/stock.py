"""stable-baselines3's own PPO on the same network and classrooms: what ours is compared with.

Nothing of it is changed: its rollout buffer, its loop over decisions, its update. It has one
advantage for a whole class, which it estimates per decision, not per minute; so it is a measure of
speed, and the oracle of the first gradient step (`tests/test_stock.py`), not of learning.
"""

from typing import Any

from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv

from agents.ppo_config import PPOConfig
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy


def stock_ppo(
    env: VecEnv, config: PPOConfig, policy: PolicyConfig, seed: int, device: str = "cpu"
) -> PPO:
    """Stock PPO with the same sizes of rollout, minibatch and network, and as many passes."""
    return PPO(
        AttentionPolicy,
        env,
        normalize_advantage=False,
        policy_kwargs={"config": policy},
        seed=seed,
        device=device,
        **settings(config, env),
    )


def settings(config: PPOConfig, env: VecEnv) -> dict[str, Any]:
    """What stock PPO takes over from our configuration, by the names of its arguments."""
    return {
        "learning_rate": config.learning_rate,
        "n_steps": config.steps,
        "batch_size": min(config.batch, config.steps * env.num_envs),
        "n_epochs": config.epochs,
        "gamma": config.gamma,
        "gae_lambda": config.gae_lambda,
        "clip_range": config.clip,
        "ent_coef": config.entropy.activity,
        "vf_coef": config.value_weight,
        "max_grad_norm": config.gradient_norm,
    }
