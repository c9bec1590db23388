"""What a variant of a training is worth: its figures beside the whole one's (`agents.studies`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.run_folder import read_config
from agents.statistics import Estimate, estimate
from agents.studies import imitated
from policies.policy import AttentionPolicy

Floats = NDArray[np.float64]


LEARNING_CURVE: Final = "learner/nlg_delayed"
COURSE_LENGTH: Final = "rollout/ep_len_mean"
"""Decisions of a course."""
RULE_TAUGHT: Final = 3
"""Until every classroom ended the course under way takes one course; another hundred, at 64
classrooms, take one and a half more."""
TIMED_DECISIONS: Final = 30


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """One variant: R runs (training seeds) on the same N classes."""

    variant: str
    runs: int
    imitated: int
    """Decisions imitated in each, before those learnt from."""
    decisions: int
    """Decisions learnt from in each."""
    nlg: Estimate
    behind: Estimate
    """The variant minus the study's first, seed by seed and class by class."""
    steps: tuple[int | None, ...]
    """(R,) decisions learnt from until the training courses' NLG reached the target; None: never.
    """
    weights: int
    milliseconds: float
    """Median time of a decision for 64 classes at once, network only."""

    @property
    def steps_to_target(self) -> float | None:
        """Median over the runs; None where most never reached the target."""
        median = float(np.median([np.inf if each is None else each for each in self.steps]))
        return None if np.isinf(median) else median

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "runs": self.runs,
            "imitated": self.imitated,
            "decisions": self.decisions,
            "nlg": self.nlg.as_dict(),
            "behind": self.behind.as_dict(),
            "steps_to_target": self.steps_to_target,
            "steps_of_runs": list(self.steps),
            "weights": self.weights,
            "milliseconds": self.milliseconds,
        }


def summarise(
    variant: str,
    runs: Sequence[Path],
    ours: Floats,
    whole: Floats,
    target: float,
    policy: AttentionPolicy,
    milliseconds: float,
) -> Ablation:
    """Put the figures of one variant together.

    Args:
        variant: Its name.
        runs: R run folders.
        ours: (R, N) NLG of the runs.
        whole: (R, N) NLG of the study's first with the same seeds, on the same classes.
        target: NLG to reach.
        policy: Of one run.
        milliseconds: Of a decision.
    """
    config = read_config(runs[0])[0]
    return Ablation(
        variant=variant,
        runs=len(runs),
        imitated=imitated(config),
        decisions=config.decisions,
        nlg=estimate(ours),
        behind=estimate(ours - whole),
        steps=tuple(decisions_until(run, target) for run in runs),
        weights=sum(weights.numel() for weights in policy.parameters()),
        milliseconds=milliseconds,
    )


def decisions_until(run: Path, level: float) -> int | None:
    """Decisions learnt from when the learning curve first reached a level; None: never.

    The curve is the mean over the last hundred training courses. An imitated rule taught those that
    were under way when learning began; they leave the mean within RULE_TAUGHT courses of every
    classroom, and nothing counts before.
    """
    events = EventAccumulator(str(run), size_guidance={"scalars": 0})
    events.Reload()
    if LEARNING_CURVE not in events.Tags()["scalars"]:
        return None
    course = events.Scalars(COURSE_LENGTH)[-1].value
    config = read_config(run)[0]
    taught = 0 if config.warm_start.tutor == "none" else RULE_TAUGHT
    begin = taught * course * config.classrooms
    curve = (point for point in events.Scalars(LEARNING_CURVE) if point.step > begin)
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
