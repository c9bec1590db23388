"""Every trained policy against every other tutor on the same classes, the best rule above all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from agents.comparison import by_name
from agents.evaluation import Outcome, gains
from agents.improvement import Improvement, improvement

SELECTION: Final = (
    "the best rule is the one with the highest mean NLG on these same classes, a choice that "
    "favours the rule and that the intervals do not count; rivals holds every tutor"
)


@dataclass(frozen=True, kw_only=True)
class Against:
    """One policy against all others."""

    name: str
    best_rule: str | None
    """The rule with the highest mean NLG (delayed) on all classes: see SELECTION; None without."""
    rivals: dict[str, Improvement]
    """In NLG (delayed), by the rival's name, the hardest first."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "best_rule": self.best_rule,
            "selection": SELECTION,
            "rivals": {name: rival.as_dict() for name, rival in self.rivals.items()},
        }


def against_others(outcomes: Sequence[Outcome]) -> list[Against]:
    """Compare every policy with every other tutor, on the classes that both taught.

    Args:
        outcomes: On the same classes; a tutor that taught fewer taught the first ones. Outcomes of
            one name are runs of one policy.

    Returns:
        One entry a policy; none without policies.
    """
    groups = by_name(outcomes)
    by_tutor = {name: gains(runs) for name, runs in groups.items()}
    everybody = max((each.shape[1] for each in by_tutor.values()), default=0)
    rules = [
        name
        for name, runs in groups.items()
        if runs[0].kind == "rule" and by_tutor[name].shape[1] == everybody
    ]
    best = max(rules, key=lambda name: float(by_tutor[name].mean()), default=None)
    found = []
    for policy in (name for name, runs in groups.items() if runs[0].kind == "policy"):
        others = (name for name in groups if name != policy)
        rivals = {name: improvement(by_tutor[policy], by_tutor[name]) for name in others}
        hardest = sorted(rivals, key=lambda name: rivals[name].difference.value)
        ordered = {name: rivals[name] for name in hardest}
        found.append(Against(name=policy, best_rule=best, rivals=ordered))
    return found
