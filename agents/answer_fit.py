"""Train the network of the neural learners on an answer log, and let it answer in their place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.answer_network import AnswerNetwork, Answers, answers_of, sequences_of
from envs.logs import AnswerLog, Floats, Ints

GRADIENT_NORM = 1.0
LEARNERS_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """Chosen on the last 330 of the learners trained on; wider or longer is hardly better there."""

    width: int = 8
    """Numbers in a hidden state; 16 give .002 more of the area under the curve."""
    epochs: int = 6
    """Passes over the log."""
    rate: float = 0.01
    """Highest learning rate (Adam, one cycle)."""
    learners: int = 48
    """Learners in a step."""

    def __post_init__(self) -> None:
        for field in ("width", "epochs", "learners"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} is {getattr(self, field)}; expected at least 1")
        if not 0.0 < self.rate <= 1.0:
            raise ValueError(f"rate is {self.rate}; expected above 0, at most 1")


def fit_network(
    log: AnswerLog,
    easiness: Floats,
    known: NDArray[np.bool_],
    config: FitConfig,
    seed: int,
    after_epoch: Callable[[int, float], None],
) -> AnswerNetwork:
    """Minimise the log loss of the answers of known learners.

    Args:
        log: The answers.
        easiness: (N,) of every answer's item.
        known: (N,) True for the answers to learn from.
        config: How.
        seed: Of weights and order.
        after_epoch: Told the epoch from 1 and its mean log loss.
    """
    torch.manual_seed(seed)
    network, order = AnswerNetwork(config.width), np.random.default_rng(seed)
    batches = _batches(log, easiness, known, config.learners)
    optimizer = torch.optim.Adam(network.parameters(), lr=config.rate)
    steps = config.epochs * len(batches)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.rate, total_steps=steps)
    for epoch in range(config.epochs):
        total = 0.0
        for position in order.permutation(len(batches)):
            batch = batches[position]
            loss = nn.functional.binary_cross_entropy_with_logits(network(batch), batch.right)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # in torch
            nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
            optimizer.step()
            cycle.step()
            total += loss.item() * batch.rows.size
        after_epoch(epoch + 1, total / int(known.sum()))
    return network


@torch.no_grad()
def predict(
    network: AnswerNetwork, log: AnswerLog, easiness: Floats, chosen: NDArray[np.bool_]
) -> Floats:
    """Chance of being right of the chosen answers (N,) given those before, in the log's order."""
    chances = np.zeros(log.learner.size)
    for batch in _batches(log, easiness, chosen, LEARNERS_AT_ONCE):
        chances[batch.rows] = torch.sigmoid(network(batch).double()).numpy()
    return chances[chosen]


def _batches(
    log: AnswerLog, easiness: Floats, chosen: NDArray[np.bool_], learners: int
) -> list[Answers]:
    """Whole learners, those with about as many answers together."""
    rows = np.flatnonzero(chosen)
    everybody = sorted((rows[own] for own in sequences_of(log.learner[rows])), key=len)
    groups = (everybody[k : k + learners] for k in range(0, len(everybody), learners))
    return [answers_of(log, easiness, np.concatenate(group)) for group in groups]


@torch.no_grad()
def play(network: AnswerNetwork, log: AnswerLog, easiness: Floats, seed: int) -> Ints:
    """Answer a log's items in its learners' place, (N,) 0 or 1: drawn answers are fed back."""
    rng = np.random.default_rng(seed)
    sequences = sequences_of(log.learner)
    width = network.learner.hidden_size
    own = torch.zeros(len(sequences), width)
    pairs = torch.zeros(int(log.pair.max()) + 1, width)
    correct = np.zeros(log.learner.size, np.int64)
    for turn in range(max(map(len, sequences))):
        there = np.array([n for n, rows in enumerate(sequences) if len(rows) > turn])
        rows = np.array([sequences[n][turn] for n in there])
        pair, ease = log.pair[rows], torch.from_numpy(easiness[rows].astype(np.float32))
        standing = network.learner_readout(own[there]).squeeze(-1)
        strength = network.concept_readout(pairs[pair]).squeeze(-1)
        logit = network.intercept + network.weight * ease + standing + strength
        correct[rows] = rng.random(rows.size) < torch.sigmoid(logit).numpy()
        answer = torch.from_numpy(2.0 * correct[rows] - 1.0).float()
        own[there] = _step(network.learner, torch.stack([answer, ease], 1), own[there])
        given = torch.stack([answer, ease, standing], 1)
        pairs[pair] = _step(network.concept, given, pairs[pair])
    return correct


def _step(cell: nn.GRU, given: Tensor, hidden: Tensor) -> Tensor:
    _, after = cell(given[:, None], hidden[None])
    last: Tensor = after[0]
    return last
