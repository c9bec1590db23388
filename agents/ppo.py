"""PPO with credit per learner, on stable-baselines3: learn, save, load, callbacks as there.

Three things differ from the PPO it extends: every learner has a reward, a value
and an advantage of its own; time is measured in minutes, not decisions; rollouts stay in tensors.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.type_aliases import GymEnv
from stable_baselines3.common.utils import LinearSchedule
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor

from agents import distributed
from agents.auxiliary import Auxiliary, AuxiliaryLosses
from agents.losses import Losses, losses
from agents.next_answers import next_answers
from agents.pooled_statistics import pooled
from agents.ppo_config import PPOConfig
from agents.rollout import ClassroomRollout, Minibatch
from agents.sb3_adapter import Arrays, Transition, advance
from agents.training_figures import record_rollout, record_update
from envs.spaces import MODALITIES
from policies.captured import compiled
from policies.config import PolicyConfig
from policies.encoder import Encoded
from policies.hiding import drop_modalities
from policies.policy import AttentionPolicy, Decision

STANDARDISED_ON = 512
"""Decisions per rollout from which the inputs' means and spreads are updated. Chosen."""


class ClassroomPPO(PPO):
    """Trains an `AttentionPolicy` to teach.

    Args:
        policy: The policy's class; stable-baselines3's `load` passes the saved one.
        env: Classrooms: `SB3Classrooms`, or anything stable-baselines3 can wrap whose infos hold
            `minutes` and `learner_reward`. With several processes: this one's share of them.
        config: The algorithm's knobs.
        policy_config: The network's sizes.
        seed: Seed of weights, sampling, shuffling and classrooms.
        settings: Passed on to stable-baselines3's PPO: device, verbose, tensorboard_log, ...
    """

    policy: AttentionPolicy
    rollout_buffer: ClassroomRollout  # type: ignore[assignment]  # tensors in place of its arrays

    def __init__(
        self,
        policy: type[AttentionPolicy] = AttentionPolicy,
        env: GymEnv | None = None,
        *,
        config: PPOConfig | None = None,
        policy_config: PolicyConfig | None = None,
        **settings: Any,
    ) -> None:
        self.config = config = config or PPOConfig()
        self.gain_rate: float | None = None
        self.stop_requested = False
        size = config.steps * env.num_envs if isinstance(env, VecEnv) else config.steps
        super().__init__(
            policy,
            cast("GymEnv", env),
            learning_rate=LinearSchedule(
                config.learning_rate, config.learning_rate * config.final_rate_share, 1.0
            ),
            n_steps=config.steps,
            batch_size=min(distributed.share(config.batch, "ppo.batch"), size),
            n_epochs=config.epochs,
            gamma=config.gamma,
            gae_lambda=config.gae_lambda,
            clip_range=config.clip,
            vf_coef=config.value_weight,
            max_grad_norm=config.gradient_norm,
            target_kl=config.target_kl,
            rollout_buffer_class=cast("Any", ClassroomRollout),
            policy_kwargs={"config": policy_config or PolicyConfig()},
            **settings,
        )

    def _setup_model(self) -> None:
        super()._setup_model()
        seed = self.seed if self.seed is not None else int(torch.initial_seed())
        seed = distributed.own_seed(seed)
        self.sampling = torch.Generator(self.device).manual_seed(seed)
        self.shuffling = torch.Generator().manual_seed(seed)
        self.hiding = torch.Generator(self.device).manual_seed(seed)
        self.auxiliary = self._make_auxiliary() if self.config.auxiliary.used else None
        score = self.policy.evaluate
        self.score = compiled(score, self.device) if self.config.compiled else score

    def _make_auxiliary(self) -> Auxiliary:
        """Heads of their own on the policy's trunk, which the same optimiser improves."""
        auxiliary = Auxiliary(self.policy, self.config.auxiliary).to(self.device)
        self.policy.optimizer.add_param_group({"params": list(auxiliary.parameters())})
        return auxiliary

    def _excluded_save_params(self) -> list[str]:
        generators = ["sampling", "shuffling", "hiding"]
        return [*super()._excluded_save_params(), *generators, "auxiliary", "score"]

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        modules, variables = super()._get_torch_save_params()
        return [*modules, *(["auxiliary"] if self.auxiliary else [])], variables

    @property
    def observation(self) -> Arrays:
        """What the classrooms show now, (B, ...) each."""
        return cast("Arrays", self._last_obs)

    def start_courses(self) -> None:
        """Reset the classrooms before `learn`, which then needs reset_num_timesteps=False."""
        env = cast("VecEnv", self.env)
        self._last_obs = cast("Any", env.reset())
        self._last_episode_starts = np.ones(env.num_envs, bool)

    def restore(self, counters: Mapping[str, Any], obs: Arrays) -> None:
        """Take over saved counters and the classrooms' present observation."""
        self.num_timesteps, self._n_updates = counters["num_timesteps"], counters["n_updates"]
        self.gain_rate = counters["gain_rate"]
        self.ep_info_buffer = deque(counters["episodes"], maxlen=self._stats_window_size)
        self.ep_success_buffer = deque(maxlen=self._stats_window_size)
        self._last_obs = obs
        self._last_episode_starts = np.array(counters["episode_starts"])

    def request_stop(self) -> None:
        """End `learn` before the next rollout, where a checkpoint continues exactly."""
        self.stop_requested = True

    def collect_rollouts(
        self,
        env: VecEnv,
        callback: BaseCallback,
        rollout_buffer: Any,
        n_rollout_steps: int,
    ) -> bool:
        """Fill the rollout with decisions of the present policy."""
        if distributed.any_of(self.stop_requested):
            return False
        self.policy.set_training_mode(False)
        rollout_buffer.reset()
        callback.on_rollout_start()
        terms: dict[str, float] = defaultdict(float)
        ended: list[dict[str, Any]] = []
        for _ in range(n_rollout_steps):
            decision = self.decide(rollout_buffer)
            move = advance(env, decision.actions.cpu().numpy())
            self.num_timesteps += distributed.size() * env.num_envs
            callback.update_locals(_as_sb3_names(decision, move))
            if not callback.on_step():
                return False
            ended += [move.infos[index] for index in np.flatnonzero(move.done)]
            self.remember(rollout_buffer, decision, move)
            for name, values in move.terms.items():
                terms[name] += float(values.sum())
        self.close_rollout(rollout_buffer)
        ended = distributed.gathered(ended)
        self._update_info_buffer(ended, np.ones(len(ended), bool))
        minutes = float(rollout_buffer.minutes.sum())
        record_rollout(self.logger, terms, minutes, list(self.ep_info_buffer or ()))
        callback.on_rollout_end()
        return True

    @torch.no_grad()
    def decide(self, rollout: ClassroomRollout) -> Decision:
        """Copy the present observation into the rollout, and sample from the policy there."""
        row, encoded = self.see(rollout)
        return self.policy.decide(row, generator=self.sampling, encoded=encoded)

    @torch.no_grad()
    def see(self, rollout: ClassroomRollout) -> tuple[dict[str, Tensor], Encoded]:
        """Copy the present observation into the rollout, less hidden sensors, and encode it."""
        row = rollout.observe(self.observation)
        if share := self.config.auxiliary.modality_dropout:
            dropped = drop_modalities(row, share, self.hiding)
            for name in MODALITIES:
                row[name].copy_(dropped[name])
        encoder = self.policy.encoder
        rollout.prepare(features := encoder.edge_features(row))
        return row, encoder(row, features)[0]

    def remember(self, rollout: ClassroomRollout, decision: Decision, move: Transition) -> None:
        """Store one decision and what came of it (values after a cut included), and go on."""
        scale = self.config.reward_scale * move.learner_reward.shape[1]
        outcome = {
            "rewards": scale * move.learner_reward,
            "minutes": move.minutes,
            "ended": move.done,
        }
        rollout.add(decision, outcome)
        if move.truncated.any():
            rows = torch.as_tensor(np.flatnonzero(move.truncated), device=self.device)
            last = {k: torch.as_tensor(v).to(self.device)[rows] for k, v in move.final_obs.items()}
            with torch.no_grad():
                values = self.policy.learner_values(last)
            rollout.final_values[rollout.position - 1].index_copy_(0, rows, values)
        self._last_obs = move.obs
        self._last_episode_starts = move.done

    @torch.no_grad()
    def close_rollout(self, rollout: ClassroomRollout) -> None:
        """Update the running gain per minute, and turn rewards into advantages."""
        obs = self.observation
        last = {key: torch.as_tensor(array).to(self.device) for key, array in obs.items()}
        memory = 0.0 if self.gain_rate is None else self.config.gain_memory
        self.gain_rate = memory * (self.gain_rate or 0.0) + (1 - memory) * rollout.gain_rate()
        subtracted = self.gain_rate if self.config.differential else 0.0
        rollout.finish(self.policy.learner_values(last), subtracted)
        if self.config.auxiliary.self_weight > 0:
            seen = torch.cat((rollout.observations["evidence"], last["evidence"].unsqueeze(0)))
            rollout.answers = next_answers(seen, rollout.ended)

    def train(self) -> None:
        """Improve the policy on the rollout."""
        self.policy.set_training_mode(True)
        self._update_learning_rate(self.policy.optimizer)
        tallies: list[Tensor] = []
        for _ in range(self.n_epochs):
            epoch = [self.improve(batch) for batch in self.minibatches()]
            tallies += epoch
            self._n_updates += 1
            if self.target_kl is not None and _kl(epoch) > self.target_kl:
                break
        self.standardise()
        means = distributed.mean(torch.stack(tallies).mean(0))
        record_update(self.logger, means, self.rollout_buffer, self.gain_rate or 0.0)
        self.logger.record("train/n_updates", self._n_updates, exclude="tensorboard")

    def minibatches(self) -> Iterator[Minibatch]:
        """One pass over the rollout in random order."""
        return self.rollout_buffer.minibatches(self.batch_size, self.shuffling)

    def improve(self, batch: Minibatch) -> Tensor:
        """Take one gradient step; returns the losses that there are, in the order of `LOSSES`."""
        half = self.config.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            now = self.score(batch.obs, batch.actions, batch.features)
        parts = losses(now, batch, cast("Any", self.clip_range)(self._current_progress_remaining))
        final = self.config.entropy.final_share
        bonus = final + (1 - final) * self._current_progress_remaining
        total, more = parts.total(self.config, bonus), self.learn_besides(batch)
        self.descend(total if more is None else total + more.total(self.config.auxiliary))
        return torch.stack([part.detach().float() for part in (*parts, *(more or ()))])

    def learn_besides(self, batch: Minibatch) -> AuxiliaryLosses | None:
        """What the trunk learns beside the reward; None where no weight asks for it."""
        if self.auxiliary is None:
            return None
        losses: AuxiliaryLosses = self.auxiliary(self.policy.encoder, batch, self.hiding)
        return losses

    def descend(self, loss: Tensor) -> None:
        """Take one step of the optimiser down the loss's gradient, shortened if it is long."""
        self.policy.optimizer.zero_grad()
        torch.autograd.backward(loss)
        groups = self.policy.optimizer.param_groups
        distributed.average_gradients(each for group in groups for each in group["params"])
        torch.nn.utils.clip_grad_norm_(self.policy.parameters(), self.max_grad_norm)
        self.policy.optimizer.step()

    def standardise(self) -> None:
        """Update the policy's input statistics from the rollout: only after learning from it."""
        rollout = self.rollout_buffer
        step = max(1, distributed.size() * rollout.ended.numel() // STANDARDISED_ON)
        some = {key: tensor.flatten(0, 1)[::step] for key, tensor in rollout.observations.items()}
        known = rollout.features
        with pooled(encoder := self.policy.encoder):
            encoder.observe(some, None if known is None else known.flatten(0, 1)[::step])


def _as_sb3_names(decision: Decision, move: Transition) -> dict[str, Any]:
    """The local variables that stable-baselines3's callbacks read."""
    return {
        "actions": decision.actions,
        "new_obs": move.obs,
        "rewards": move.rewards,
        "dones": move.done,
        "infos": move.infos,
    }


def _kl(tallies: list[Tensor]) -> float:
    """The larger of the two mean divergences of one pass."""
    means = Losses(*distributed.mean(torch.stack(tallies).mean(0))[: len(Losses._fields)])
    return float(torch.maximum(means.tutor_kl, means.plan_kl))
