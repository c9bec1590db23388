"""Who may teach: a candidate is judged on courses that it never learnt from.

Those courses were taught by the deployed policy. How much more another policy would have gained is
estimated from the same decisions (performance difference lemma, Kakade and Langford 2002, lemma
6.1, to first order in the policy's change):

    J(other) - J(deployed) = sum over decisions of E[(w - 1) A],  w = other / deployed

for the tutor's choice with the class's advantage, and each learner's plan with its own. It needs no
second class with the same learners, and its noise is that of a small change, not of a course.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import t as student

from agents.adaptation.experience import Experience
from policies.encoder import shares
from policies.policy import AttentionPolicy

CONFIDENCE = 0.95
"""Of the one-sided bounds, and that of a whole stream no promotion is luck."""
FEWEST_COURSES = 4
"""Held-back courses below which nothing is decided."""
LARGEST_RATIO = 5.0
"""Importance ratios are cut at it: one rare choice must not decide (Ionides 2008)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A difference of observable gain (NLG a course), with one-sided bounds."""

    mean: float
    low: float
    high: float
    courses: int

    def as_dict(self) -> dict[str, float | None]:
        """Plain numbers for the ledger; None, as JSON has no infinity, for what is not known."""
        ends = {"mean": self.mean, "low": self.low, "high": self.high}
        known = {name: end if np.isfinite(end) else None for name, end in ends.items()}
        return {**known, "courses": self.courses}


def confidence_at(look: int) -> float:
    """One-sided confidence of a promotion at the n-th look at a stream, from 1.

    Who looks often is sooner or later deceived; so each look spends 1 / (n (n + 1)) of the chance
    of error, all looks together no more than the whole (union bound).
    """
    return 1 - (1 - CONFIDENCE) / (look * (look + 1))


def verdict(values: NDArray[np.float64], confidence: float = CONFIDENCE) -> Verdict:
    """The mean of one number a course, by Student's t; nothing is known from fewer than four."""
    count = len(values)
    if count < FEWEST_COURSES:
        return Verdict(mean=float("nan"), low=-np.inf, high=np.inf, courses=count)
    error = student.ppf(confidence, count - 1) * values.std(ddof=1) / np.sqrt(count)
    mean = float(values.mean())
    return Verdict(mean=mean, low=mean - error, high=mean + error, courses=count)


def unpaired(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Verdict:
    """Mean difference between two sets of courses, by Welch's t."""
    count = min(len(ours), len(theirs))
    if count < FEWEST_COURSES:
        return Verdict(mean=float("nan"), low=-np.inf, high=np.inf, courses=count)
    parts = [each.var(ddof=1) / len(each) for each in (ours, theirs)]
    whole = sum(parts)
    sizes = (len(ours) - 1, len(theirs) - 1)
    freedom = whole**2 / max(1e-12, sum(p**2 / n for p, n in zip(parts, sizes, strict=True)))
    error = student.ppf(CONFIDENCE, freedom) * np.sqrt(whole)
    mean = float(ours.mean() - theirs.mean())
    return Verdict(mean=mean, low=mean - error, high=mean + error, courses=count)


@torch.no_grad()
def gain_over_deployed(
    policy: AttentionPolicy, held: Experience, reward_scale: float
) -> NDArray[np.float64]:
    """Estimated NLG that a policy adds to each held-back course, (courses,)."""
    choices = policy.taken(held.obs, policy.encoder(held.obs)[0], held.actions)
    tutor = (choices.tutor_log_prob - held.tutor_log_prob).exp().clamp(max=LARGEST_RATIO) - 1
    plan = (choices.plan_log_prob - held.plan_log_prob).exp().clamp(max=LARGEST_RATIO) - 1
    weights = shares(held.obs["learner_present"])
    more = tutor * held.tutor_advantage + (plan * held.plan_advantage * weights).sum(-1)  # (M,)
    courses, place = np.unique(held.course.numpy(), return_inverse=True)
    return np.bincount(place, weights=more.numpy(), minlength=len(courses)) / reward_scale


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What the guard decides, and by what figures."""

    event: str | None
    """promoted, rolled back, or None: all stays as it is."""
    reason: str
    figures: dict[str, Any]


def rule(
    candidate: NDArray[np.float64],
    incumbent: NDArray[np.float64] | None,
    tests: tuple[NDArray[np.float64], NDArray[np.float64]],
    tolerated: float,
    look: int,
) -> Ruling:
    """Decide after some courses.

    Args:
        candidate: (courses,) gain of the newest adapters over the deployed policy, held back.
        incumbent: The same of the adapters that teach; None where the deployed policy does.
        tests: Measured NLG of courses that the incumbent taught, and of held-back ones.
        tolerated: NLG that the incumbent may seem to lose.
        look: Number of this decision among those of the stream, from 1.
    """
    sure = confidence_at(look)
    new = verdict(candidate, sure)
    figures: dict[str, Any] = {"candidate": new.as_dict()}
    if incumbent is not None:
        kept, taught = verdict(incumbent), unpaired(*tests)
        figures |= {"incumbent": kept.as_dict(), "taught": taught.as_dict()}
        worse = kept.courses >= FEWEST_COURSES and kept.low < -tolerated
        if worse or taught.high < 0:
            reason = (
                "lower bound is worse than the frozen policy"
                if worse
                else "its courses gained less than the frozen policy's"
            )
            return Ruling(event="rolled back", reason=reason, figures=figures)
        better = verdict(candidate - incumbent, sure)
        figures["candidate over incumbent"] = better.as_dict()
        if better.low <= 0:
            return Ruling(event=None, reason="not surely better than what teaches", figures=figures)
    if new.low > 0:
        reason = "lower bound is better than the frozen policy"
        return Ruling(event="promoted", reason=reason, figures=figures)
    return Ruling(event=None, reason="not surely better than the frozen policy", figures=figures)
