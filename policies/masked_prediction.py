"""Self-supervised learning: predict what is hidden, and each learner's next answers.

Heads on the trunk of `policies.encoder`, used in training alone. Shapes as there; E features of a
pair, M modalities.
"""

from typing import Final, NamedTuple

import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.nn import functional

from envs.spaces import MODALITIES
from policies.config import PolicyConfig
from policies.encoder import Encoder, Observation, edge_keys, size
from policies.hiding import Hidden, hide

PREDICTED: Final = ("evidence", "belief", "understanding")
"""What is predicted of a hidden pair; prospects only follow from these."""


class SelfLosses(NamedTuple):
    """Scalars of one batch."""

    pairs: Tensor
    """Smooth absolute error of a hidden pair's features, in their standard deviations."""
    sensors: Tensor
    """The same of a hidden modality's windows."""
    answers: Tensor
    """Negative log-likelihood of an answer, in nats."""


class MaskedPrediction(nn.Module):
    """Predicts, from what is left, hidden pairs (Devlin et al. 2019), modalities and next answers.

    Knowledge tracing needs what a pair's features sum up: how a learner's answers on one concept
    tell of another, and of the same concept later.
    """

    def __init__(self, space: spaces.Dict, config: PolicyConfig) -> None:
        super().__init__()
        self.widths = {key: size(space, key, -1) for key in edge_keys(space)}
        names = [key for key, width in self.widths.items() for _ in range(width)]
        predicted = [place for place, key in enumerate(names) if key in PREDICTED]
        self.predicted: Tensor
        self.register_buffer("predicted", torch.tensor(predicted), persistent=False)
        self.token = nn.Parameter(torch.zeros(len(names)))  # (E,) in standard deviations
        self.pairs = _head(config.edge_width, len(predicted))
        self.answers = _head(config.edge_width, 1)
        self.sensors = nn.ModuleDict(
            {name: nn.Linear(config.width, size(space, name, -1) - 1) for name in MODALITIES}
        )

    def forward(
        self, encoder: Encoder, obs: Observation, hidden: Hidden, answers: Tensor
    ) -> SelfLosses:
        """Losses of a batch.

        Args:
            encoder: The trunk.
            obs: Everything.
            hidden: What to hide of it.
            answers: (B, S, C, 2) how many answers each pair gave before the next decision, and how
                many of them were right.
        """
        obs = encoder.visible(obs)
        encoded, _ = encoder(hide(obs, hidden, self.instead(encoder)))
        return SelfLosses(
            self._pair_error(encoder, obs, hidden.pairs, encoded.pairs),
            self._sensor_error(encoder, obs, hidden.modalities, encoded.learners),
            answer_loss(self.answers(encoded.pairs).squeeze(-1), answers),
        )

    def instead(self, encoder: Encoder) -> dict[str, Tensor]:
        """What the network reads in place of a hidden pair: learnt; at first, a usual pair."""
        mean, spread = self._scale(encoder)
        parts = torch.split(mean + spread * self.token, list(self.widths.values()))
        return dict(zip(self.widths, parts, strict=True))

    def next_answers(self, encoder: Encoder, obs: Observation) -> Tensor:
        """Probability (B, S, C) that the next answer of each learner on each concept is right."""
        logits: Tensor = self.answers(encoder(obs)[0].pairs).squeeze(-1)
        return logits.sigmoid()

    def _scale(self, encoder: Encoder) -> tuple[Tensor, Tensor]:
        """Mean and spread (E,) of a pair's own features; its neighbours' follow them."""
        count = len(self.token)
        return encoder.edges.mean[:count], encoder.edges.spread[:count]

    def _pair_error(
        self, encoder: Encoder, obs: Observation, where: Tensor, pairs: Tensor
    ) -> Tensor:
        mean, spread = self._scale(encoder)
        known = (encoder.known(obs) - mean) / spread
        error = functional.smooth_l1_loss(
            self.pairs(pairs), known[..., self.predicted], reduction="none"
        ).mean(-1)
        return _mean(error, where)

    def _sensor_error(
        self, encoder: Encoder, obs: Observation, where: Tensor, learners: Tensor
    ) -> Tensor:
        errors = []
        for name, predict in self.sensors.items():
            windows = encoder.sensors.standardised(name, obs)[..., :-1]  # the last is `present`
            error = functional.smooth_l1_loss(predict(learners), windows, reduction="none")
            errors.append(error.mean(-1))
        return _mean(torch.stack(errors, dim=-1), where)


def answer_loss(logits: Tensor, answers: Tensor) -> Tensor:
    """Mean negative log-likelihood of an answer: logits (...), answers (..., 2) all and right."""
    count, right = answers.unbind(-1)
    unlikely = functional.softplus(logits) * count - logits * right
    return unlikely.sum() / count.sum().clamp(min=1)


def _mean(values: Tensor, where: Tensor) -> Tensor:
    return (values * where).sum() / where.sum().clamp(min=1)


def _head(width: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, out))
