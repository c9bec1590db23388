"""How far one policy's choices are from another's: exact, not estimated from what was sampled."""

from torch import Tensor

from policies.distribution import NEGLIGIBLE
from policies.policy import Choices


def divergence(other: Choices, ours: Choices) -> tuple[Tensor, Tensor]:
    """Kullback-Leibler divergence KL(other || ours) in nats, on the way to the same actions.

    Activity, target and concept add up (chain rule); later choices are compared given the earlier
    ones that were taken.

    Returns:
        Of the tutor's own activity (B,), and of every learner's plan (B, S).
    """
    pairs = zip(other.log_probs, ours.log_probs, strict=True)
    activity, target, concept, plan = (_between(theirs, own) for theirs, own in pairs)
    return activity + target + concept, plan


def _between(theirs: Tensor, own: Tensor) -> Tensor:
    """Divergence (...) of distributions (..., N); what both forbid adds nothing."""
    theirs, own = theirs.clamp(min=NEGLIGIBLE), own.clamp(min=NEGLIGIBLE)
    return (theirs.exp() * (theirs - own)).sum(-1)
