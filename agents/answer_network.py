"""The network of the neural learners as a torch module: what comes next in an answer log.

`envs.learners.network` has its equations and steps it in the classroom; here it runs over whole
sequences, to be trained. The learner's cell does not need the concept's: so its states over all
answers come first, and those of every learner-skill pair after.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from envs.logs import AnswerLog, Floats, Ints


class Answers(NamedTuple):
    """N answers of some learners, and the sequences that they stand in."""

    rows: Ints  # (N,) of the log
    right: Tensor  # (N,) 0 or 1
    easiness: Tensor  # (N,) logits
    by_learner: Tensor  # (learners, longest) index of each answer in order, -1 after the last
    by_pair: Tensor  # (pairs, longest) the same for each learner and skill


class AnswerNetwork(nn.Module):
    """Chance of every answer given the learner's earlier ones.

    Args:
        width: D, numbers in a hidden state.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.learner = nn.GRU(2, width, batch_first=True)
        self.concept = nn.GRU(3, width, batch_first=True)
        self.learner_readout = nn.Linear(width, 1, bias=False)
        self.concept_readout = nn.Linear(width, 1, bias=False)
        self.intercept = nn.Parameter(torch.zeros(1))
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, answers: Answers) -> Tensor:
        """Logits of right answers, (N,)."""
        given = torch.stack([2.0 * answers.right - 1.0, answers.easiness], dim=1)  # (N, 2)
        standing = _before(self.learner, self.learner_readout, given, answers.by_learner)
        known = torch.cat([given, standing[:, None]], dim=1)  # (N, 3)
        strength = _before(self.concept, self.concept_readout, known, answers.by_pair)
        logits: Tensor = self.intercept + self.weight * answers.easiness + standing + strength
        return logits


def _before(cell: nn.GRU, readout: nn.Linear, given: Tensor, sequences: Tensor) -> Tensor:
    """What the states before each answer add to its logit, (N,)."""
    states, _ = cell(given[sequences.clamp(min=0)])  # (sequences, longest, D)
    after = readout(states).squeeze(-1)
    before = torch.cat([torch.zeros_like(after[:, :1]), after[:, :-1]], dim=1)
    there = sequences >= 0
    return given.new_zeros(given.shape[0]).index_put((sequences[there],), before[there])


def answers_of(log: AnswerLog, easiness: Floats, rows: Ints) -> Answers:
    """Take these rows of a log, in their order, all answers of the learners among them."""
    return Answers(
        rows=rows,
        right=torch.from_numpy(log.correct[rows].astype(np.float32)),
        easiness=torch.from_numpy(easiness[rows].astype(np.float32)),
        by_learner=_padded(sequences_of(log.learner[rows])),
        by_pair=_padded(sequences_of(log.pair[rows])),
    )


def sequences_of(group: Ints) -> list[Ints]:
    """Positions of each group's members in order, groups by number."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _padded(sequences: Sequence[NDArray[np.int64]]) -> Tensor:
    padded = np.full((len(sequences), max(map(len, sequences))), -1)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: sequence.size] = sequence
    return torch.from_numpy(padded)
