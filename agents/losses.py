"""The loss that PPO descends, part by part, for one minibatch of M decisions and S learners."""

from typing import NamedTuple

import torch
from torch import Tensor

from agents import distributed
from agents.ppo_config import EntropyWeights, PPOConfig
from agents.rollout import Minibatch
from policies.policy import Evaluation


class Losses(NamedTuple):
    """Scalars of one minibatch, in the order in which they are logged."""

    tutor: Tensor
    plan: Tensor
    value: Tensor
    activity_entropy: Tensor
    target_entropy: Tensor
    concept_entropy: Tensor
    plan_entropy: Tensor
    tutor_kl: Tensor
    plan_kl: Tensor
    tutor_clipped: Tensor
    plan_clipped: Tensor

    def total(self, config: PPOConfig, bonus: float) -> Tensor:
        """Weighted sum; `bonus` in [0, 1] is the share of the entropy bonuses left."""
        weights: EntropyWeights = config.entropy
        undecided = (
            weights.activity * self.activity_entropy
            + weights.target * self.target_entropy
            + weights.concept * self.concept_entropy
            + weights.plan * self.plan_entropy
        )
        policy = self.tutor + config.plan_weight * self.plan
        return policy + config.value_weight * self.value - bonus * undecided


def clipped_surrogate(log_ratio: Tensor, advantage: Tensor, clip: float) -> Tensor:
    """Negative clipped objective of Schulman et al. (2017), eq. 7, element by element."""
    ratio = log_ratio.exp()
    return -torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)


def losses(now: Evaluation, batch: Minibatch, clip: float) -> Losses:
    """Losses of the tutor's choice (class-mean advantage), the plan (each learner's), the values.

    Absent learners take part in none of them. Their number is a mean over the processes, so that
    the mean of the processes' gradients is that of one with all their decisions.
    """
    present = batch.obs["learner_present"]  # (M, S)
    count = distributed.mean(present.sum()).clamp(min=1)
    tutor_ratio = now.tutor_log_prob - batch.tutor_log_prob  # (M,) logs
    plan_ratio = now.plan_log_prob - batch.plan_log_prob  # (M, S) logs

    def mean(per_learner: Tensor) -> Tensor:
        return (per_learner * present).sum() / count

    return Losses(
        tutor=clipped_surrogate(tutor_ratio, batch.tutor_advantage, clip).mean(),
        plan=mean(clipped_surrogate(plan_ratio, batch.plan_advantage, clip)),
        value=mean((now.values - batch.returns).square()),
        activity_entropy=now.activity_entropy.mean(),
        target_entropy=now.target_entropy.mean(),
        concept_entropy=now.concept_entropy.mean(),
        plan_entropy=mean(now.plan_entropy),
        tutor_kl=divergence(tutor_ratio).mean(),
        plan_kl=mean(divergence(plan_ratio)),
        tutor_clipped=(tutor_ratio.exp() - 1).abs().gt(clip).float().mean(),
        plan_clipped=mean((plan_ratio.exp() - 1).abs().gt(clip).float()),
    )


def divergence(log_ratio: Tensor) -> Tensor:
    """Estimate of the KL divergence from the old policy (Schulman 2020, the k3 estimator)."""
    with torch.no_grad():
        return log_ratio.exp() - 1 - log_ratio
