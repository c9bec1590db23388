"""Behaviour cloning: updates that copy a tutor before reinforcement learning."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

import torch
from torch import Tensor

from agents import distributed
from agents.ppo import ClassroomPPO
from agents.rollout import Minibatch
from agents.sb3_adapter import SB3Classrooms, advance
from agents.tutors.protocol import Tutor
from policies.policy import Decision


@dataclass(frozen=True, kw_only=True)
class WarmStart:
    """How long to imitate, and whom."""

    tutor: Literal["none", "fixed curriculum", "mastery", "greedy on belief"] = "none"
    """The rule to copy, with its tuned settings; none skips imitation."""
    rollouts: int = 8
    """Rollouts taught by the rule; each is learnt from with the algorithm's epochs and batches."""


def warm_start(model: ClassroomPPO, tutor: Tutor, rollouts: int) -> Iterator[float]:
    """Let the tutor teach the model's classrooms, and fit policy and values to what it did.

    Call it before `learn`: the classrooms continue from where the tutor left them.

    Args:
        model: To be trained; its environment must be set.
        tutor: Teaches all classrooms at once.
        rollouts: How many rollouts of the model's own length.

    Yields:
        Mean loss of each rollout: negative log-likelihood per choice plus the weighted value error.
    """
    tutor.reset(model.n_envs)
    model.start_courses()
    for _ in range(rollouts):
        fill_rollout(model, tutor)
        model.policy.set_training_mode(True)
        fits = [
            _imitate(model, batch) for _ in range(model.n_epochs) for batch in model.minibatches()
        ]
        model.standardise()
        yield float(distributed.mean(torch.stack(fits).mean()))


def fill_rollout(model: ClassroomPPO, tutor: Tutor) -> None:
    """Let a tutor decide for one rollout of the model's, and go on from there."""
    rollout, env = model.rollout_buffer, cast("SB3Classrooms", model.get_env())
    rollout.reset()
    model.policy.set_training_mode(False)
    for _ in range(model.n_steps):
        decision = _as_tutor(model, tutor)
        move = advance(env, decision.actions.cpu().numpy())
        model.remember(rollout, decision, move)
    model.close_rollout(rollout)


def _as_tutor(model: ClassroomPPO, tutor: Tutor) -> Decision:
    """The tutor's actions with the model's own values; imitation needs no probabilities."""
    row, encoded = model.see(model.rollout_buffer)
    actions = torch.as_tensor(tutor.act(model.observation), device=model.device)
    with torch.no_grad():
        values = model.policy.learner_values(row, encoded)
    return Decision(actions, torch.zeros_like(values[:, 0]), torch.zeros_like(values), values)


def _imitate(model: ClassroomPPO, batch: Minibatch) -> Tensor:
    now = model.score(batch.obs, batch.actions, batch.features)
    present = batch.obs["learner_present"]
    count = distributed.mean(present.sum()).clamp(min=1)
    unlikely = -now.tutor_log_prob.mean() - (now.plan_log_prob * present).sum() / count
    error = ((now.values - batch.returns).square() * present).sum() / count
    loss = unlikely + model.config.value_weight * error
    more = model.learn_besides(batch)
    model.descend(loss if more is None else loss + more.total(model.config.auxiliary))
    return loss.detach()
