"""Each learner's next answers, read off what is observed later: no hidden state is needed."""

from typing import Final

import torch
from torch import Tensor

from envs.spaces import EVIDENCE

COUNTED: Final = [EVIDENCE.index("log1p_attempts"), EVIDENCE.index("log1p_successes")]


def next_answers(evidence: Tensor, ended: Tensor) -> Tensor:
    """Answers that every pair gives between each decision and the next.

    Args:
        evidence: (N + 1, B, S, C, E) of N decisions in a row and what was seen after the last.
        ended: (N, B) 1 where the next row belongs to another course, so that nothing is known.

    Returns:
        (N, B, S, C, 2) how many answers, and how many of them right.
    """
    totals = evidence[..., COUNTED].expm1()
    more = (totals[1:] - totals[:-1]).round().clamp(min=0)
    return torch.where(ended[..., None, None, None] > 0, 0.0, more)
