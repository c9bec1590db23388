"""Masked categorical choices: exact log-probabilities, entropies and samples, without objects.

Everything works on log-probabilities (..., N) that are normalised over what the mask allows. A
choice with one legal option has log-probability and entropy exactly 0.
"""

import torch
from torch import Tensor

from policies.attention import FORBIDDEN

NEGLIGIBLE = -80.0
"""Log-probability below which an option adds nothing to an entropy: e^-80 is near float32's
smallest normal number, and exponentials that underflow are ten times slower (measured)."""


def masked_log_probs(logits: Tensor, mask: Tensor) -> Tensor:
    """Normalise logits (..., N) over the options whose mask (..., N) is 1."""
    return torch.log_softmax(logits.masked_fill(mask == 0, FORBIDDEN), dim=-1)


def log_prob_of(log_probs: Tensor, choice: Tensor) -> Tensor:
    """Log-probability (...) of each choice (...), an index into the last axis of (..., N)."""
    return log_probs.gather(-1, choice.unsqueeze(-1)).squeeze(-1)


def entropy(log_probs: Tensor) -> Tensor:
    """Entropy in nats (...) of distributions (..., N); forbidden options contribute 0."""
    finite = log_probs.clamp(min=NEGLIGIBLE)
    return -(finite.exp() * finite).sum(-1)


def pick(log_probs: Tensor, generator: torch.Generator | None, *, deterministic: bool) -> Tensor:
    """Choose one option per distribution (..., N): the likeliest, or a sample.

    Sampling is the Gumbel-argmax trick in its exponential form: the argmin of E / p with
    E ~ Exp(1) is distributed as p. A forbidden option has p = 0, so it is never chosen.
    """
    if deterministic:
        return log_probs.argmax(-1)
    noise = torch.empty_like(log_probs).exponential_(generator=generator)
    return (log_probs - noise.log_()).argmax(-1)
