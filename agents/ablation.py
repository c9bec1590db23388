"""What each part of the attention policy is worth: the same training with the part left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.statistics import Estimate, estimate
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy

Floats = NDArray[np.float64]
WHOLE: Final = "attention"
VARIANTS: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        WHOLE: {},
        "mean pooling": {"mixing": "mean"},
        "perceptron": {"mixing": "flat"},
        "no prerequisite links": {"ignores": ("prerequisites",)},
        "no seats": {"ignores": ("seats",)},
        "no belief": {"ignores": ("belief", "understanding", "prospects")},
        "no prospects": {"ignores": ("prospects",)},
        "no sensors": {"ignores": ("gaze", "head", "face", "voice", "touch")},
    }
)
"""What differs from the preset's network. Without prerequisite links the attention biases along
the graph go, and what a pair shows of its parents and children; what the environment has computed
from the graph stays: depth, degrees, the belief and the prospects."""
LEARNING_CURVE: Final = "learner/nlg_delayed"
TIMED_DECISIONS: Final = 30


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """One variant: R runs (training seeds) on the same N classes."""

    variant: str
    runs: int
    nlg: Estimate
    behind: Estimate
    """The variant minus the whole policy, seed by seed and class by class."""
    decisions_to_rule: float | None
    """Median over the runs of the decisions learnt from until the training courses' NLG reached
    the rule's mean; None where most runs never did."""
    weights: int
    milliseconds: float
    """Median time of a decision for 64 classes at once, network only."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "runs": self.runs,
            "nlg": self.nlg.as_dict(),
            "behind": self.behind.as_dict(),
            "decisions_to_rule": self.decisions_to_rule,
            "weights": self.weights,
            "milliseconds": self.milliseconds,
        }


def network(config: PolicyConfig, variant: str) -> PolicyConfig:
    """The preset's network with what the variant changes."""
    return replace(config, **VARIANTS[variant])


def summarise(
    variant: str,
    runs: Sequence[Path],
    ours: Floats,
    whole: Floats,
    rule: float,
    policy: AttentionPolicy,
    milliseconds: float,
) -> Ablation:
    """Put the figures of one variant together.

    Args:
        variant: Its name.
        runs: R run folders.
        ours: (R, N) NLG of the runs.
        whole: (R, N) NLG of the whole policy's runs with the same seeds, on the same classes.
        rule: Mean NLG of the rule to reach.
        policy: Of one run.
        milliseconds: Of a decision.
    """
    reached = [decisions_until(run, rule) for run in runs]
    median = float(np.median([np.inf if found is None else found for found in reached]))
    return Ablation(
        variant=variant,
        runs=len(runs),
        nlg=estimate(ours),
        behind=estimate(ours - whole),
        decisions_to_rule=None if np.isinf(median) else median,
        weights=sum(weights.numel() for weights in policy.parameters()),
        milliseconds=milliseconds,
    )


def decisions_until(run: Path, level: float) -> int | None:
    """Decisions learnt from when the learning curve first reached a level; None: never.

    The curve is the mean over the last hundred training courses.
    """
    events = EventAccumulator(str(run), size_guidance={"scalars": 0})
    events.Reload()
    if LEARNING_CURVE not in events.Tags()["scalars"]:
        return None
    curve = events.Scalars(LEARNING_CURVE)
    return next((int(point.step) for point in curve if point.value >= level), None)


def milliseconds_per_decision(policy: AttentionPolicy, obs: Mapping[str, NDArray[Any]]) -> float:
    """Median time in which the policy decides for a batch of observations."""
    tensors = {key: torch.as_tensor(array, device=policy.device) for key, array in obs.items()}
    generator = torch.Generator(policy.device).manual_seed(0)
    times = []
    with torch.no_grad():
        for _ in range(TIMED_DECISIONS):
            begin = perf_counter()
            policy.decide(tensors, generator=generator)
            times.append(perf_counter() - begin)
    return 1000.0 * float(np.median(times))
