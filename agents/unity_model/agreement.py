"""Does a model choose as its policy does?

The likeliest actions must be the same; float arithmetic in another order may only tip the scales
where two options are as good as equal. Sampled actions are held against the probabilities from
which they should come: given a choice's distribution, put in order from the likeliest option on,
the share of what comes before the option that was taken, plus a uniform part of its own share, is
uniform in [0, 1) exactly where the options are taken by their probabilities (Rosenblatt 1952; for
discrete choices Brockwell 2007). A chi-square test holds these shares against equal bins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import chisquare
from torch import Tensor

from agents.unity_model.exported_policy import Chosen, ExportedPolicy
from agents.unity_model.padding import padded
from envs.legal_actions import shown_masks
from envs.legality import LEGAL, first_illegal
from policies.distribution import Picker, already, log_prob_of
from policies.policy import AttentionPolicy, Choices

PARTS: Final = ("activity", "target", "concept", "plan")
TIE: Final = 1e-4
"""Nats by which a choice may be less likely than the likeliest: float32 on logits of some tens."""
BINS: Final = 20
SUSPICIOUS: Final = 1e-4
"""A smaller p-value says that the sampling is wrong; right, it comes once in 10,000 tests."""

Actions = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What was found in a number of moments."""

    states: int
    identical: int
    """Likeliest actions that are the policy's own."""
    ties: int
    """Those that differ where the policy finds both options equally likely, within TIE."""
    different: int
    """All other likeliest actions."""
    forbidden: int
    """Actions, likeliest or sampled, that a mask forbids."""
    p_values: dict[str, float]
    """Of the chi-square tests of the sampled choices; 1 where nothing was to be chosen."""

    @property
    def whole(self) -> bool:
        """Whether the model is the policy."""
        wrong = self.different + self.forbidden
        return wrong == 0 and min(self.p_values.values()) >= SUSPICIOUS

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        return asdict(self) | {"whole": self.whole}


@dataclass(kw_only=True)
class Tally:
    """Counts moment by moment."""

    exported: ExportedPolicy
    seed: int = 0
    """Of the uniform parts."""
    states: int = 0
    _identical: int = 0
    _ties: int = 0
    _forbidden: int = 0
    _shares: dict[str, NDArray[np.int64]] = field(
        default_factory=lambda: {part: np.zeros(BINS, np.int64) for part in PARTS}
    )

    def __post_init__(self) -> None:
        """Draw from the seed."""
        self._generator = torch.Generator().manual_seed(self.seed)

    @torch.no_grad()
    def add(self, policy: AttentionPolicy, observation: Mapping[str, NDArray[Any]]) -> Chosen:
        """Compare in B moments, with a policy for classes of this size; give what was chosen."""
        chosen = self.exported.act(observation)
        self._forbidden += sum(self._illegal(observation, actions) for actions in chosen)
        width = 3 + 2 * observation["learner_present"].shape[1]
        own = Chosen(*(actions[:, :width] for actions in chosen))
        seen = {key: torch.from_numpy(array) for key, array in observation.items()}
        encoded = policy.encoder(seen)[0]
        best = policy.decide(seen, deterministic=True, encoded=encoded).actions.numpy()
        same = (own.likeliest == best).all(axis=1)
        drawn, likely = (policy.choose(seen, encoded, _taken(seen, each)) for each in own)
        close = _behind(likely, policy.plan_head.tasks).numpy() <= TIE
        self.states += len(same)
        self._identical += int(same.sum())
        self._ties += int((close & ~same).sum())
        for part, *choice in zip(PARTS, drawn.log_probs, drawn.chosen, strict=True):
            self._shares[part] += self._binned(*choice)
        return own

    def found(self) -> Agreement:
        """What was found so far."""
        return Agreement(
            states=self.states,
            identical=self._identical,
            ties=self._ties,
            different=self.states - self._identical - self._ties,
            forbidden=self._forbidden,
            p_values={
                part: float(chisquare(counts).pvalue) if counts.any() else 1.0
                for part, counts in self._shares.items()
            },
        )

    def _illegal(self, observation: Mapping[str, NDArray[Any]], actions: Actions) -> int:
        masks = shown_masks(padded(observation, self.exported.layout))
        return sum(first_illegal(b, action, masks) != LEGAL for b, action in enumerate(actions))

    def _binned(self, log_probs: Tensor, chosen: Tensor) -> NDArray[np.int64]:
        """Bins (BINS,) of the shares of all choices with more than one option."""
        probs = log_probs.double().exp().flatten(0, -2)  # (N, options)
        chosen = chosen.flatten()
        own = probs.gather(1, chosen.unsqueeze(1))  # (N, 1)
        earlier = torch.arange(probs.shape[1]) < chosen.unsqueeze(1)
        before = (probs * ((probs > own) | ((probs == own) & earlier))).sum(1)
        part = torch.rand(len(own), generator=self._generator, dtype=torch.float64)
        open_choice = (probs > 0).sum(1) > 1
        shares = (before + part * own[:, 0])[open_choice].clamp(0, 1)
        return np.histogram(shares.numpy(), bins=BINS, range=(0, 1))[0]


def _taken(seen: Mapping[str, Tensor], actions: Actions) -> Sequence[Picker]:
    """A way to choose for each part: what these actions (B, 3 + 2 S) hold."""
    given = torch.from_numpy(actions)
    plan = given[:, 3::2] * seen["concept_present"].shape[1] + given[:, 4::2]  # (B, S)
    return [already(part) for part in (*given[:, :3].unbind(1), plan)]


def _behind(choices: Choices, tasks: int) -> Tensor:
    """Nats (B,) by which the worst of each action's parts is behind the likeliest.

    A plan's task is held against the other tasks, and its concept against others with that task:
    so the likeliest pair is defined, see `policies.distribution.pick_pair`.
    """
    plans, plan = choices.log_probs[3], choices.chosen[3]  # (B, S, K C), (B, S)
    pairs = plans.view(*plan.shape, tasks, -1)  # (B, S, K, C)
    task = plan // pairs.shape[-1]
    concepts = pairs.gather(2, task[..., None, None].expand(-1, -1, 1, pairs.shape[-1]))[:, :, 0]
    each = zip(choices.log_probs[:3], choices.chosen[:3], strict=True)
    gaps = [_gap(log_probs, chosen) for log_probs, chosen in each]
    gaps += _gap(pairs.logsumexp(-1), task).unbind(1)
    gaps += _gap(concepts, plan % pairs.shape[-1]).unbind(1)
    return torch.stack(gaps).amax(0)


def _gap(log_probs: Tensor, chosen: Tensor) -> Tensor:
    return log_probs.amax(-1) - log_prob_of(log_probs, chosen)
