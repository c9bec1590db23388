"""What guard-rails cost a policy, and how often each fires: the same classes with and without."""

from dataclasses import dataclass
from typing import Any

from agents.decision.guard_rails import RULES, GuardRails
from agents.decision.guarded_policy import GuardedPolicy
from agents.evaluation import evaluate, gains, try_out
from agents.statistics import Estimate, estimate
from agents.tutors.trained_policy import TrainedPolicy
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.seeds import Choosable


@dataclass(frozen=True, kw_only=True)
class GuardCost:
    """One policy with and without guard-rails on the same N classes."""

    classes: int
    without: Estimate
    """NLG (delayed)."""
    difference: Estimate
    """NLG with guard-rails minus without, class by class."""
    vetoes: dict[str, float]
    """Vetoes of a class's course, by rule."""
    dropouts: tuple[float, float]
    """Learners who left lessons, mean of a class's course: without, with."""

    @property
    def lost(self) -> float:
        """Share of the NLG that the guard-rails cost; below 0 they gain."""
        return -self.difference.mean / self.without.mean

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "classes": self.classes,
            "nlg_without": self.without.as_dict(),
            "difference": self.difference.as_dict(),
            "share_lost": self.lost,
            "vetoes_per_course": self.vetoes,
            "dropouts": {"without": self.dropouts[0], "with": self.dropouts[1]},
        }


def measure(
    tutor: TrainedPolicy,
    limits: GuardRails,
    course: Course,
    curriculum: Curriculum,
    classes: int,
    constants: Constants,
    purpose: Choosable,
) -> GuardCost:
    """Let a policy teach classes of these learners, alone and then under guard-rails.

    Limits may be chosen on tuning classes alone.
    """
    guarded, taught = GuardedPolicy(tutor, limits), (course, curriculum, classes)
    teach = evaluate if purpose == "evaluation" else try_out
    alone, ruled = teach([tutor, guarded], *taught, constants=constants)  # in turn: one policy
    nlg = gains([alone, ruled])  # (2, N)
    return GuardCost(
        classes=classes,
        without=estimate(nlg[:1]),
        difference=estimate(nlg[1:] - nlg[:1]),
        vetoes={rule.name: guarded.guard.counts[rule.name] / classes for rule in RULES},
        dropouts=(
            float(alone.figures["dropouts"].mean()),
            float(ruled.figures["dropouts"].mean()),
        ),
    )
