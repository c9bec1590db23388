"""Trained policies on a benchmark, ours or stock PPO: by their likeliest choices or sampled ones.

Training gains with sampled choices. The likeliest ones alone are better where a policy has made up
its mind, and worse where it spreads what it is unsure of; so tuning learners decide, run by run.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from agents.peers.attention import AttentionRun
from agents.peers.chooser import Floats
from agents.peers.mlp import TrainedMlp
from agents.peers.results import Row
from agents.peers.scoring import score
from envs.course import EVALUATION_SEED, TUNING_SEED
from envs.peers.learners import Learners

Policy = TrainedMlp | AttentionRun
WAYS: Final = {False: "likeliest", True: "sampled"}


def check_seeds_of_one(runs: Sequence[Policy]) -> None:
    """Refuse runs that share a name but are not seeds of one training.

    Raises:
        ValueError: Two have the same seed, or other settings.
    """
    first = runs[0]
    for run in runs[1:]:
        if run.settings != first.settings:
            raise ValueError(
                f"runs of {first.name} with seeds {first.seed} and {run.seed} have other settings; "
                "expected seeds of one training, compare others one at a time"
            )
    seeds = [run.seed for run in runs]
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"runs of {first.name} have seeds {seeds}; expected each once")


def taught_by(run: Policy, made: Learners, count: int, seed: int, *, sampled: bool) -> Floats:
    """Returns (count,) of a policy; learner n is drawn from seed + n."""
    if isinstance(run, AttentionRun):
        return run.score(count, seed, sampled=sampled)
    run.sampled = sampled
    return score(run, made, count, seed)


def better_sampled(run: Policy, made: Learners, count: int) -> bool:
    """Whether sampled choices gain more on so many tuning learners."""
    likeliest, sampled = (
        float(taught_by(run, made, count, TUNING_SEED, sampled=way).mean()) for way in WAYS
    )
    return sampled > likeliest


def row_of(runs: Sequence[Policy], made: Learners, count: int, tuning: int) -> Row:
    """All runs of one policy on the same fresh learners.

    Args:
        runs: Of one name.
        made: Learners of the benchmark.
        count: How many are taught.
        tuning: Tuning learners by whom each run's way of choosing is decided.
    """
    ways = [better_sampled(run, made, tuning) for run in runs]
    gained = [
        taught_by(run, made, count, EVALUATION_SEED, sampled=way)
        for run, way in zip(runs, ways, strict=True)
    ]
    chosen = Counter(WAYS[way] for way in ways)
    return Row(
        name=runs[0].name,
        kind=runs[0].kind,
        returns=np.stack(gained),
        setting=", ".join(f"{way} {number}" for way, number in sorted(chosen.items())),
        decisions=tuple(run.decisions for run in runs),
    )
