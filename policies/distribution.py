"""Masked categorical choices: exact log-probabilities, entropies and samples, without objects.

Everything works on log-probabilities (..., N) that are normalised over what the mask allows. A
choice with one legal option has log-probability and entropy exactly 0.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from envs.activities import TASKS
from policies.attention import FORBIDDEN

Picker = Callable[[Tensor], Tensor]
"""Chooses an option (...) of each distribution, given as log-probabilities (..., N)."""

NEGLIGIBLE = -80.0
"""Log-probability below which an option adds nothing to an entropy: e^-80 is near float32's
smallest normal number, and exponentials that underflow are ten times slower (measured)."""


def masked_log_probs(logits: Tensor, mask: Tensor) -> Tensor:
    """Normalise logits (..., N) over the options whose mask (..., N) is 1."""
    return torch.log_softmax(logits.masked_fill(mask == 0, FORBIDDEN), dim=-1)


def log_prob_of(log_probs: Tensor, choice: Tensor) -> Tensor:
    """Log-probability (...) of each choice (...), an index into the last axis of (..., N)."""
    return log_probs.gather(-1, choice.unsqueeze(-1))[..., 0]


def row_of(tables: Tensor, choice: Tensor) -> Tensor:
    """The row (B, ...) that each choice (B,) takes from its table (B, N, ...)."""
    index = choice.view(-1, *(1,) * (tables.dim() - 1)).expand(-1, 1, *tables.shape[2:])
    return tables.gather(1, index)[:, 0]


def entropy(log_probs: Tensor) -> Tensor:
    """Entropy in nats (...) of distributions (..., N); forbidden options contribute 0."""
    finite = log_probs.clamp(min=NEGLIGIBLE)
    return -(finite.exp() * finite).sum(-1)


def pick_pair(log_probs: Tensor, first: int) -> Tensor:
    """Likeliest pair of distributions (..., N1 * N2), the second choice running fastest.

    The likeliest first choice by its total probability, then the likeliest second given it. The
    likeliest single pair would be a first choice with one partner, however unlikely in total.
    """
    pairs = log_probs.view(*log_probs.shape[:-1], first, -1)  # (..., N1, N2)
    best: Tensor = pairs.logsumexp(-1).argmax(-1)
    index = best[..., None, None].expand(*best.shape, 1, pairs.shape[-1])
    return best * pairs.shape[-1] + pairs.gather(-2, index)[..., 0, :].argmax(-1)


def pick(log_probs: Tensor, generator: torch.Generator | None) -> Tensor:
    """Sample one option per distribution (..., N).

    The Gumbel-argmax trick in its exponential form: the argmin of E / p with E ~ Exp(1) is
    distributed as p. A forbidden option has p = 0, so it is never chosen.
    """
    noise = torch.empty_like(log_probs).exponential_(generator=generator)
    return (log_probs - noise.log_()).argmax(-1)


def already(choice: Tensor) -> Picker:
    """Choose what was chosen before, whatever its probability."""
    return lambda _: choice


def pickers(
    generator: torch.Generator | None, *, deterministic: bool, tasks: int = TASKS
) -> Sequence[Picker]:
    """How the four choices are made: all sampled, or each the likeliest; a plan has K tasks."""
    if deterministic:
        return [partial(torch.argmax, dim=-1)] * 3 + [partial(pick_pair, first=tasks)]
    return [partial(pick, generator=generator)] * 4
