"""stable-baselines3's own PPO on the same network and classrooms: what ours is compared with.

Nothing of it is changed: its rollout buffer, its loop over decisions, its update. It has one
advantage for a whole class, which it estimates per decision, not per minute. It is a measure of
speed, the oracle of the first gradient step (`tests/test_stock.py`), and what credit per learner is
held against (`agents.speed.curves`).
"""

from typing import Any

from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv

from agents.ppo_config import PPOConfig
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy


def stock_ppo(
    env: VecEnv,
    config: PPOConfig,
    policy: PolicyConfig,
    seed: int,
    device: str = "cpu",
    **changed: Any,
) -> PPO:
    """Stock PPO with the same sizes of rollout, minibatch and network, and as many passes."""
    given = settings(config, env) | {"normalize_advantage": False} | changed
    return PPO(
        AttentionPolicy,
        env,
        policy_kwargs={"config": policy},
        seed=seed,
        device=device,
        **given,
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
