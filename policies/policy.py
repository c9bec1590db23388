"""The attention policy: observation -> the tutor's activity, every learner's task, their values.

A stable-baselines3 policy: `predict`, `save`, `load` and stock PPO work with it. `decide`,
`evaluate` and `explain` hold the parts that training per learner and people want.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.distributions import Distribution
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor

from policies.config import PolicyConfig
from policies.consideration import consider, whole
from policies.distribution import (
    Picker,
    already,
    entropy,
    log_prob_of,
    masked_log_probs,
    pickers,
    row_of,
)
from policies.encoder import Encoded, Observation, shares
from policies.explanation import Explanation
from policies.network import build


class Decision(NamedTuple):
    """Actions for a batch, and what training must remember of them."""

    actions: Tensor  # (B, 3 + 2 S) int64
    tutor_log_prob: Tensor  # (B,) of activity, target and concept together
    plan_log_prob: Tensor  # (B, S) of each learner's (task, concept)
    values: Tensor  # (B, S)


class Evaluation(NamedTuple):
    """How likely given actions are now; entropies in nats."""

    tutor_log_prob: Tensor  # (B,)
    plan_log_prob: Tensor  # (B, S)
    values: Tensor  # (B, S)
    activity_entropy: Tensor  # (B,)
    target_entropy: Tensor  # (B,)
    concept_entropy: Tensor  # (B,)
    plan_entropy: Tensor  # (B, S)


class Choices(NamedTuple):
    """Four distributions in the order of choice, and what was chosen from each."""

    log_probs: tuple[Tensor, Tensor, Tensor, Tensor]  # (B, A), (B, S + 1), (B, C), (B, S, K C)
    chosen: tuple[Tensor, Tensor, Tensor, Tensor]  # (B,), (B,), (B,), (B, S)

    @property
    def tutor_log_prob(self) -> Tensor:
        """Log-probability (B,) of activity, target and concept together."""
        activity, target, concept = map(log_prob_of, self.log_probs[:3], self.chosen[:3])
        return activity + target + concept

    @property
    def plan_log_prob(self) -> Tensor:
        """Log-probability (B, S) of every learner's (task, concept)."""
        return log_prob_of(self.log_probs[3], self.chosen[3])

    def actions(self, obs: Observation) -> Tensor:
        """Actions (B, 3 + 2 S): the tutor's own, then each learner's task and concept in turn."""
        own = torch.stack(self.chosen[:3], dim=-1)  # (B, 3)
        concepts, plan = obs["concept_present"].shape[1], self.chosen[3]
        tasks = torch.stack((plan // concepts, plan % concepts), dim=-1)  # (B, S, 2)
        return torch.cat((own, tasks.flatten(1)), dim=-1)


class AttentionPolicy(ActorCriticPolicy):
    """One network for the tutor's activity, the plan, and a value for every learner.

    Args:
        observation_space: The contract of `envs.spaces`; feature widths and the numbers of
            activities and tasks are read from it.
        action_space: The contract's action space.
        lr_schedule: Learning rate by remaining progress, as stable-baselines3 passes it.
        config: Sizes.
        use_sde: Must be False; stable-baselines3 passes it to every policy.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        lr_schedule: Schedule,
        config: PolicyConfig | None = None,
        *,
        use_sde: bool = False,
    ) -> None:
        if not isinstance(observation_space, spaces.Dict):
            raise ValueError(f"observation_space is {observation_space}; expected a Dict space")
        self.config = config or PolicyConfig()
        super().__init__(
            observation_space,
            action_space,
            lr_schedule,
            use_sde=use_sde,
            optimizer_kwargs={"eps": 1e-5, "fused": True},
        )

    def _build(self, lr_schedule: Schedule) -> None:
        space = cast("spaces.Dict", self.observation_space)
        network = build(space, self.config)
        self.encoder, self.tutor_head, self.plan_head, self.value_head = network
        self.optimizer = self.optimizer_class(
            self.parameters(),
            lr=lr_schedule(1),  # type: ignore[call-arg]  # Adam; typed as its base in SB3
            **self.optimizer_kwargs,
        )

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return {
            "observation_space": self.observation_space,
            "action_space": self.action_space,
            "lr_schedule": self._dummy_schedule,
            "config": self.config,
        }

    def at_size(
        self, observation_space: spaces.Dict, action_space: spaces.MultiDiscrete
    ) -> "AttentionPolicy":
        """Copy the weights into a policy for another number of learners or concepts.

        Raises:
            ValueError: The network is flat, whose weights fit one size only.
        """
        if self.config.mixing == "flat":
            raise ValueError("mixing is 'flat'; expected attention or mean for another size")
        policy = AttentionPolicy(observation_space, action_space, self._dummy_schedule, self.config)
        policy.load_state_dict(self.state_dict())
        return policy.to(self.device)

    def decide(
        self,
        obs: Observation,
        *,
        deterministic: bool = False,
        generator: torch.Generator | None = None,
        encoded: Encoded | None = None,
    ) -> Decision:
        """Choose actions for a batch, encoded or not; `generator` makes sampling repeatable."""
        encoded = self.encoder(obs)[0] if encoded is None else encoded
        choose = pickers(generator, deterministic=deterministic, tasks=self.plan_head.tasks)
        choices = self.choose(obs, encoded, choose)
        values = self._values(obs, encoded)
        return Decision(choices.actions(obs), choices.tutor_log_prob, choices.plan_log_prob, values)

    def evaluate(
        self, obs: Observation, actions: Tensor, features: Tensor | None = None
    ) -> Evaluation:
        """Score actions (B, 3 + 2 S) that were taken, part by part; `features` as the encoder's."""
        encoded = self.encoder(obs, features)[0]
        choices = self.taken(obs, encoded, actions)
        return Evaluation(
            choices.tutor_log_prob,
            choices.plan_log_prob,
            self._values(obs, encoded),
            *(entropy(log_probs) for log_probs in choices.log_probs),
        )

    def taken(self, obs: Observation, encoded: Encoded, actions: Tensor) -> Choices:
        """The distributions on the way to actions (B, 3 + 2 S) that were taken."""
        plan = actions[:, 3::2] * obs["concept_present"].shape[1] + actions[:, 4::2]  # (B, S)
        parts = (*actions[:, :3].unbind(-1), plan)
        return self.choose(obs, encoded, [already(part) for part in parts])

    @torch.no_grad()
    def explain(
        self,
        obs: Mapping[str, NDArray[np.float32]],
        *,
        deterministic: bool = True,
        generator: torch.Generator | None = None,
        known: tuple[Encoded, list[Tensor]] | None = None,
    ) -> Explanation:
        """Decide for a batch, and give back all that led there.

        Args:
            obs: (B, ...).
            deterministic: Whether each choice is the likeliest.
            generator: Makes sampling repeatable.
            known: The encoding (see `policies.consideration`) and its attention, if there are any.
        """
        if self.training:
            self.set_training_mode(False)
        device = self.device  # a search through all weights
        tensors = {key: torch.as_tensor(array, device=device) for key, array in obs.items()}
        wide, attention = known or self.encoder(tensors)
        choose = pickers(generator, deterministic=deterministic, tasks=self.plan_head.tasks)
        own = consider(self.choose_own, tensors, wide, choose)
        encoded = whole(wide, len(own.options))
        plans = self._plans(tensors, encoded)
        choices = Choices((*own.log_probs, plans), (*own.chosen, choose[3](plans)))
        activity, target, concept, plan = (p.exp().cpu().numpy() for p in choices.log_probs)
        return Explanation(
            actions=choices.actions(tensors).cpu().numpy(),
            activity_probs=activity,
            target_probs=target,
            concept_probs=concept,
            plan_probs=plan.reshape(*plan.shape[:2], self.plan_head.tasks, -1),
            left_out=own.left_out.double().cpu().numpy(),
            options=own.options.cpu().numpy(),
            values=self._values(tensors, encoded).cpu().numpy(),
            attention=[weights.cpu().numpy() for weights in attention],
            modalities=self.encoder.modality_shares(tensors).cpu().numpy(),
        )

    def choose(self, obs: Observation, encoded: Encoded, choose: Sequence[Picker]) -> Choices:
        """Go through activity, target, concept and plan; `choose` has a way to choose for each.

        A `plan_mask` (B, S, K, C) among the observations narrows what each learner may be given
        beyond `task_mask` and `task_concept_mask`, which cannot forbid one learner one concept.
        """
        own, chosen = self.choose_own(obs, encoded, choose)
        plans = self._plans(obs, encoded)
        return Choices((*own, plans), (*chosen, choose[3](plans)))

    def _plans(self, obs: Observation, encoded: Encoded) -> Tensor:
        """Log-probabilities (B, S, K C) of every learner's task and concept."""
        tasks = obs["task_mask"].unsqueeze(-1) * obs["task_concept_mask"].unsqueeze(1)
        tasks = tasks * obs["plan_mask"] if "plan_mask" in obs else tasks
        return masked_log_probs(self.plan_head(encoded), tasks.flatten(2))

    def choose_own(
        self, obs: Observation, encoded: Encoded, choose: Sequence[Picker]
    ) -> tuple[tuple[Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]:
        """Log-probabilities of activity, target and concept in turn, and what was chosen (B,)."""
        head = self.tutor_head
        activities = masked_log_probs(head.activity_logits(encoded), obs["activity_mask"])
        activity = choose[0](activities)
        scores = head.scores(encoded, activity)  # (B, 1 + S, C)
        allowed = row_of(obs["concept_mask"], activity)
        targets = masked_log_probs(
            head.target_logits(encoded, scores, activity, allowed),
            row_of(obs["target_mask"], activity),
        )
        target = choose[1](targets)
        concepts = masked_log_probs(head.concept_logits(encoded, scores, activity, target), allowed)
        return (activities, targets, concepts), (activity, target, choose[2](concepts))

    def _values(self, obs: Observation, encoded: Encoded) -> Tensor:
        values: Tensor = self.value_head(encoded) * obs["learner_present"]
        return values  # (B, S), 0 for who is absent

    def forward(
        self, obs: PyTorchObs, deterministic: bool = False
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What stock PPO asks for: actions, class-mean value (B, 1), joint log-probability (B,)."""
        decision = self.decide(cast("Observation", obs), deterministic=deterministic)
        log_prob = decision.tutor_log_prob + decision.plan_log_prob.sum(-1)
        return decision.actions, self._class_value(obs, decision.values), log_prob

    def evaluate_actions(self, obs: PyTorchObs, actions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What stock PPO asks for: class-mean value (B, 1), joint log-probability, entropy (B,)."""
        scored = self.evaluate(cast("Observation", obs), actions.long())
        log_prob = scored.tutor_log_prob + scored.plan_log_prob.sum(-1)
        spread = scored.activity_entropy + scored.target_entropy + scored.concept_entropy
        spread = spread + scored.plan_entropy.sum(-1)
        return self._class_value(obs, scored.values), log_prob, spread

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Class-mean value (B, 1)."""
        return self._class_value(obs, self.learner_values(cast("Observation", obs)))

    def learner_values(self, obs: Observation, encoded: Encoded | None = None) -> Tensor:
        """Each learner's value (B, S)."""
        return self._values(obs, self.encoder(obs)[0] if encoded is None else encoded)

    @staticmethod
    def _class_value(obs: PyTorchObs, values: Tensor) -> Tensor:
        weights = shares(cast("Observation", obs)["learner_present"])
        return (values * weights).sum(-1, keepdim=True)

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        return self.decide(cast("Observation", observation), deterministic=deterministic).actions

    def get_distribution(self, obs: PyTorchObs) -> Distribution:
        """Refuse: no stable-baselines3 distribution describes choices that depend on another."""
        raise TypeError(
            f"got {type(obs).__name__}; expected a call of decide, evaluate or explain: "
            "choices depend on one another, which stable-baselines3's distributions cannot express"
        )
