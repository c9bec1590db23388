"""The decision service: an observation in, a decision with its reasons out."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import zip_longest

import numpy as np
import torch
from torch import Tensor

from agents.decision.decision import Decision, Veto
from agents.decision.facts import Account, describe
from agents.decision.feedback import Feedback, feedback_on
from agents.decision.guard import Guard
from agents.decision.guard_rails import GuardRails
from agents.tutors.protocol import Actions, Observation
from agents.tutors.trained_policy import SAMPLING_SEED
from envs.contract_sizes import axes_of
from envs.curriculum import Curriculum
from envs.events import Events
from envs.view import readable
from policies.attribution import encode_left_out, log_prob
from policies.consideration import whole
from policies.encoder import Encoded, Encoder
from policies.explanation import Explanation
from policies.policy import AttentionPolicy


class DecisionService:
    """Decides for a batch of classes, within guard-rails, and says why.

    The classes of a batch keep their places from one call to the next: guard-rails remember.

    Args:
        policy: Of any size, unless it is flat: that must be the classes'.
        curriculum: What is taught: for names and for feedback.
        guard_rails: Limits; None lets the policy do as it likes.
        seed: Decisions are sampled as in training, repeatably; None takes the likeliest.
    """

    def __init__(
        self,
        policy: AttentionPolicy,
        curriculum: Curriculum,
        *,
        guard_rails: GuardRails | None = GuardRails(),  # noqa: B008  # frozen
        seed: int | None = SAMPLING_SEED,
    ) -> None:
        self.policy, self.curriculum = policy, curriculum
        self.names = [readable(concept.name) for concept in curriculum.concepts]
        self.guard = None if guard_rails is None else Guard(guard_rails)
        self._generator = None if seed is None else torch.Generator(policy.device)
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Begin with new classes, and sample anew from the seed."""
        if self.guard is not None:
            self.guard.reset()
        if self._generator is not None and self._seed is not None:
            self._generator.manual_seed(self._seed)

    def decide(self, observation: Observation, events: Events | None = None) -> Decision:
        """Decide for one class.

        Args:
            observation: Of `envs.spaces`, without a batch axis.
                Where only events are at hand, `envs.observed_class` makes it of them.
            events: Of the decision before, a batch of one, for whom the tutor saw attend.

        Raises:
            ValueError: The observation lacks something, or its sizes contradict each other, the
                curriculum or the policy.
        """
        return self.decide_all({key: array[None] for key, array in observation.items()}, events)[0]

    def decide_all(
        self, observation: Observation, events: Events | None = None
    ) -> tuple[Decision, ...]:
        """Decide for B classes at once; every array (B, ...).

        Raises:
            ValueError: The observation lacks something, or its sizes contradict each other, the
                curriculum or the policy.
        """
        actions, accounts = self.choose(observation)
        return tuple(
            describe(
                {key: array[b] for key, array in observation.items()},
                actions[b],
                self.names,
                account=account,
                attended=None if events is None else events.attended[b],
            )
            for b, account in enumerate(accounts)
        )

    @torch.inference_mode()
    def choose(self, observation: Observation) -> tuple[Actions, tuple[Account, ...]]:
        """Actions (B, 3 + 2 S), and what the policy and the guard-rails say of each."""
        _check(self.policy, observation, self.curriculum.size)
        device = self.policy.device
        seen = {key: torch.as_tensor(array, device=device) for key, array in observation.items()}
        known = _encode(self.policy, seen)
        sampled = self._generator is not None
        told = self.policy.explain(
            observation, deterministic=not sampled, generator=self._generator, known=known
        )
        actions, batch, rests_on = told.actions, len(told.actions), told.left_out
        vetoes: tuple[tuple[Veto, ...], ...] = ((),) * batch
        if self.guard is not None:
            encoded = whole(known[0], batch)
            ruling = self.guard.apply(self.policy, observation, actions, encoded)
            actions, vetoes = ruling.actions, ruling.vetoes
        own = (actions[:, :3] == told.actions[:, :3]).all(axis=1)  # (B,) not a guard-rail's
        if not own.all():
            final = torch.as_tensor(actions, device=device)
            now = log_prob(self.policy, seen, final, whole(known[0], batch)).double().cpu().numpy()
            rests_on = np.where(own[:, None], rests_on, now[:, None])
        accounts = tuple(
            Account(
                explanation=_one(told, b),
                left_out=rests_on[b] if own[b] else rests_on[b, :1],
                vetoes=vetoes[b],
            )
            for b in range(batch)
        )
        return actions, accounts

    def feedback(self, events: Events, observation: Observation) -> tuple[Feedback, ...]:
        """Feedback on every answer of the decision before.

        Args:
            events: Of the last decision, for B classes.
            observation: (B, ...) after it.

        Returns:
            In the order of classes, learners and answers.
        """
        return feedback_on(events, observation, self.curriculum)


def _encode(policy: AttentionPolicy, seen: Mapping[str, Tensor]) -> tuple[Encoded, list[Tensor]]:
    """Encodings with and without each token, and the attention of the whole classes.

    A flat network has no tokens: there nothing is left out.
    """
    if policy.training:
        policy.set_training_mode(False)
    with torch.no_grad():
        if not isinstance(policy.encoder, Encoder):
            flat: tuple[Encoded, list[Tensor]] = policy.encoder(seen)
            return flat
        wide, attention = encode_left_out(policy, seen)
    times = len(wide.course) // len(seen["course"])
    return wide, [weights[::times] for weights in attention]


def _one(told: Explanation, b: int) -> Explanation:
    """One classroom's part of an account, as a batch of one."""
    parts = {
        name: getattr(told, name)[b : b + 1]
        for name in told.__dataclass_fields__
        if name != "attention"
    }
    attention = [weights[b : b + 1] for weights in told.attention]
    return replace(told, **parts, attention=attention)


def _check(policy: AttentionPolicy, observation: Observation, concepts: int) -> None:
    """Name the first array that is missing or does not fit the class and the policy's features.

    Tokens may be as many as there are learners and concepts; a flat network has one size.
    """
    boxes = policy.observation_space.spaces  # type: ignore[attr-defined]
    if missing := sorted(set(boxes) - set(observation)):
        shape = boxes[missing[0]].shape
        raise ValueError(f"observation lacks {missing[0]}; expected shape (B, *{shape})")
    learners = observation["learner_present"].shape[-1]
    sizes = {"S": learners, "T": learners + 1, "C": concepts}
    flat = not isinstance(policy.encoder, Encoder)
    for key, box in boxes.items():
        own = box.shape or ()
        axes = "" if flat else axes_of(key, own) or ""
        size = tuple(sizes.get(axis, n) for axis, n in zip_longest(axes, own))
        found = observation[key].shape
        if found[1:] != size:
            raise ValueError(f"observation's {key} has shape {found}; expected (B, *{size})")
