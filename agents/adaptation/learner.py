"""Adapters learn from live experience: importance-weighted PPO, close to what was deployed.

Three things keep the adapted policy near: the ratios are clipped (Schulman et al. 2017, eq. 7), a
penalty on the divergence from the deployed policy holds on live states and on remembered states of
the old population alike, and after every update the adapters are turned down until both divergences
are within the bound. What was once good stays good where nothing new was seen.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from agents.adaptation.experience import Experience, joined
from agents.losses import clipped_surrogate
from agents.rollout import standardise
from policies.adapters import parameters, put, weights_of, with_adapters
from policies.divergence import divergence
from policies.policy import AttentionPolicy, Choices

ROUNDING = 1e-9
"""Of courses that add up in pieces."""
LONGEST_GRADIENT = 0.5
"""As in training."""
TURNS, LEAST_TURN = 20, 0.9
"""Steps of the search for a strength within the bound, each down to 90 % at most; a policy that is
still outside goes back to the deployed one."""


@dataclass(frozen=True, kw_only=True)
class AdaptationConfig:
    """Every knob of adaptation.

    Rate and penalty were chosen on 40 tuning classes of FSRS learners, 20 to learn from and 20 to
    see. By the simulator's hidden reward these adapters then added .0020 (standard error .0006) by
    the guard's measure, where 400,000 decisions of training add .0112: so much can be had at most.
    """

    rank: int = 1
    """Of the adapters; with 1 they are 2 % of the default policy."""
    steps: int = 64
    """Decisions of a class between two updates."""
    seconds: float = 2.0
    """Time for updates, per live course."""
    updates: int | None = None
    """Gradient steps per live course in place of seconds; with it, results repeat."""
    batch: int = 128
    """Decisions per gradient step, and as many remembered ones."""
    learning_rate: float = 5e-4
    """Adam's step size; at 2e-3 what was gained on the courses learnt from was lost on others."""
    clip: float = 0.2
    """Of the ratio to the policy that chose, as in training."""
    plan_weight: float = 8.0
    """Weight of the plan beside the tutor's activity, as in training."""
    kl_weight: float = 0.1
    """Of the divergence from the deployed policy in the loss, per nat."""
    kl_bound: float = 0.03
    """Largest mean divergence, in nats per choice of the tutor or of a learner's plan."""
    held_back: float = 0.2
    """Share of the courses that the deployed policy teaches, to judge by; never learnt from."""
    tolerance: float = 0.01
    """Share of the frozen policy's gain that promoted adapters may seem to lose before they go."""

    def __post_init__(self) -> None:
        """Check the ranges that would otherwise fail far from here."""
        for name, low, high in (
            ("rank", 1, 64),
            ("steps", 1, 10_000),
            ("seconds", 0, 3600),
            ("batch", 2, 65_536),
            ("learning_rate", 0, 1),
            ("clip", 0, 10),
            ("kl_weight", 0, 1000),
            ("kl_bound", 0, 10),
            ("held_back", 0, 0.9),
            ("tolerance", 0, 1),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value!r}; expected {low} to {high}")
        if self.updates is not None and self.updates < 0:
            raise ValueError(f"updates is {self.updates}; expected at least 0, or none")


class AdapterLearner:
    """A deployed policy's adapters, and all live experience so far.

    Args:
        deployed: Stays as it is.
        config: Knobs.
        old: States and choices of the population that the policy was trained on.
        seed: Of the adapters' start and of the minibatches.
    """

    def __init__(
        self, deployed: AttentionPolicy, config: AdaptationConfig, old: Experience, seed: int
    ) -> None:
        self.config, self.old = config, old
        self.policy = with_adapters(deployed, config.rank, seed)
        self.shuffling = torch.Generator().manual_seed(seed)
        self.steps = 0
        self.begin_from(weights_of(self.policy))

    def begin_from(self, weights: Mapping[str, Tensor], strength: float = 1.0) -> None:
        """Go on from adapters as `weights_of` gave them, and forget what led elsewhere."""
        put(self.policy, weights, strength)
        learning_rate = self.config.learning_rate
        self.optimizer = torch.optim.Adam(parameters(self.policy), lr=learning_rate)
        self.live: Experience | None = None

    def remember(self, piece: Experience) -> None:
        """Keep a piece of live experience for all later updates."""
        self.live = piece if self.live is None else joined([self.live, piece])

    def improve(self, courses: float) -> float:
        """Update between two decisions, for the budget of that many live courses.

        Returns:
            Courses whose budget is left: too little for a gradient step.
        """
        if self.live is None:
            return 0.0
        live, config = self.live, self.config
        ends = time.monotonic() + config.seconds * courses
        limit = None if config.updates is None else math.floor(config.updates * courses + ROUNDING)
        steps = 0
        while time.monotonic() < ends if limit is None else steps < limit:
            self._step(self._some(live), self._some(self.old))
            steps += 1
        if steps:
            self.keep_within_bound(live)
        self.steps += steps
        return courses - steps / config.updates if config.updates else 0.0

    def _some(self, of: Experience) -> Experience:
        """A random minibatch."""
        index = torch.randint(of.size, (self.config.batch,), generator=self.shuffling)
        return of.rows(index)

    def _step(self, live: Experience, old: Experience) -> None:
        config = self.config
        choices = self.policy.taken(live.obs, self.policy.encoder(live.obs)[0], live.actions)
        present = live.obs["learner_present"]
        tutor = clipped_surrogate(
            choices.tutor_log_prob - live.tutor_log_prob,
            standardise(live.tutor_advantage, torch.ones_like(live.tutor_advantage)),
            config.clip,
        )
        plan = clipped_surrogate(
            choices.plan_log_prob - live.plan_log_prob,
            standardise(live.plan_advantage, present),
            config.clip,
        )
        before = self.policy.taken(old.obs, self.policy.encoder(old.obs)[0], old.actions)
        apart = divergences(live, choices, config.plan_weight)
        far = torch.stack([*apart, *divergences(old, before, config.plan_weight)]).sum()
        mean = (plan * present).sum() / present.sum().clamp(min=1)
        loss = tutor.mean() + config.plan_weight * mean + config.kl_weight * far
        learning = parameters(self.policy)
        gradients = torch.autograd.grad(loss, learning)
        for weights, gradient in zip(learning, gradients, strict=True):
            weights.grad = gradient
        torch.nn.utils.clip_grad_norm_(learning, LONGEST_GRADIENT)
        self.optimizer.step()

    @torch.no_grad()
    def keep_within_bound(self, live: Experience) -> float:
        """Turn the adapters down until both divergences are within the bound; their strength.

        Near the deployed policy the divergence grows with the square of the strength.
        """
        learnt, strength, bound = weights_of(self.policy), 1.0, self.config.kl_bound
        states = (self._some(live), self._some(self.old))
        for _ in range(TURNS):
            if (far := self._divergence(states)) <= bound:
                return strength
            strength *= min(LEAST_TURN, math.sqrt(bound / far))
            put(self.policy, learnt, strength)
        put(self.policy, learnt, 0.0)
        return 0.0

    def _divergence(self, states: Sequence[Experience]) -> float:
        """The largest of the mean divergences of the tutor and of plans, on each kind of states."""
        worst = 0.0
        for piece in states:
            choices = self.policy.taken(piece.obs, self.policy.encoder(piece.obs)[0], piece.actions)
            worst = max(worst, *(float(each) for each in divergences(piece, choices)))
        return worst


def divergences(
    piece: Experience, ours: Choices, plan_weight: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Mean divergence of the tutor's choices and, weighted, of a present learner's plan."""
    tutor, plan = divergence(piece.known(), ours)
    present = piece.obs["learner_present"]
    return tutor.mean(), plan_weight * (plan * present).sum() / present.sum().clamp(min=1)
