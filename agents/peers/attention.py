"""Our policy on the peers' benchmarks: answers, and what `envs.one_learner` is told beside them.

On KSS that is the goal, what is allowed, the prerequisites and the difficulties of the items.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agents.checkpoint import MODEL, load_policy
from agents.held_out import MOST_COPIES, returns
from agents.peers.chooser import Floats
from agents.presets import TrainConfig
from agents.run_folder import read_config
from agents.tutors.protocol import Kind
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.copies import Copies
from envs.entry_point import find_classroom
from policies.policy import AttentionPolicy

SUITE: Final = "envs.peers.suite:"
"""Factories of the benchmarks, named as `benchmark` with _ for -."""


@dataclass(frozen=True, kw_only=True)
class AttentionRun:
    """A policy that `scripts.train --env envs.peers.suite:...` has trained."""

    policy: AttentionPolicy
    env: str
    decisions: int
    """That it was trained with."""
    settings: TrainConfig
    seed: int
    name: str = "attention"
    kind: Kind = "policy"

    @property
    def benchmark(self) -> str:
        """Which it was trained on."""
        return self.env.removeprefix(SUITE).replace("_", "-")

    def score(self, learners: int, seed: int, *, sampled: bool) -> Floats:
        """Returns (learners,) of its likeliest choices, or sampled ones; learner n: seed + n."""
        tutor = TrainedPolicy(self.policy, seed=SAMPLING_SEED if sampled else None)
        copies = Copies(find_classroom(self.env), min(learners, MOST_COPIES))
        try:
            return returns(tutor, copies, learners, seed)
        finally:
            copies.close()


def read_attention(folder: Path) -> AttentionRun:
    """Read a run folder.

    Raises:
        ValueError: The folder holds no run, or one of another environment.
    """
    config, content = read_config(folder)
    if config.env is None or not config.env.startswith(SUITE):
        raise ValueError(
            f"run is {folder}, trained on env {config.env!r}; expected one of {SUITE}..."
        )
    policy = load_policy(folder)
    described = json.loads((folder / f"{MODEL}.json").read_text(encoding="utf-8"))
    decisions = described["metadata"].get("decisions", config.decisions)
    return AttentionRun(
        policy=policy, env=config.env, decisions=decisions, settings=config, seed=content["seed"]
    )
