"""The peers' benchmarks, and who faces each: rules, tuned where they can be, and references."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np

from agents.peers.chooser import Chooser
from agents.peers.item_rules import LeastRecent, RandomItem, RoundRobin
from agents.peers.kss_beam import KssBeam
from agents.peers.kss_belief import KssBeliefPlanner
from agents.peers.kss_fixed_path import KssFixedPath, anneal
from agents.peers.kss_optimum import KssOptimum
from agents.peers.kss_rules import FirstUnmastered, TargetRepeat
from agents.peers.leitner_queues import LeitnerQueues
from agents.peers.recall_threshold import RecallThreshold, TrueRecallThreshold
from agents.peers.references import LookAhead, OneStepOracle
from agents.peers.scoring import tuned
from agents.peers.sm2_items import Sm2Items
from envs.course import TUNING_SEED
from envs.peers.kss import ORDER, KssLearners
from envs.peers.kss_learning import PREREQUISITES
from envs.peers.learners import Learners
from envs.peers.spaced_repetition import FlashcardLearners

ARRIVALS: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99)
THRESHOLDS: Final = tuple(np.linspace(0.0, 0.95, 20).round(2).tolist())
DAYS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
SPANS: Final = (
    (1, 3),
    (1, 5),
    (1, 8),
    (1, 12),
    (1, 20),
    (1, 40),
    (5, 5),
    (10, 10),
    (20, 20),
    (40, 40),
    (60, 60),
)


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One environment with its settings."""

    env_id: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the environment."""
    learners: Callable[[], Learners]
    """Makes its learners, for many at once."""


def _kss(steps: int) -> Benchmark:
    return Benchmark(
        env_id="ALS/KSS-v0", settings={"steps": steps}, learners=partial(KssLearners, steps)
    )


def _flashcards(model: str) -> Benchmark:
    return Benchmark(env_id=f"ALS/{model.upper()}-v0", learners=partial(FlashcardLearners, model))


BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    **{f"kss-{steps}": _kss(steps) for steps in (5, 10, 20, 30)},
    **{model: _flashcards(model) for model in ("efc", "hlr", "dash")},
}
"""By the name used in commands and in JSON."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is spent on tuning and searching."""

    tuning_learners: int = 200
    """Learners, of their own, on which rules are tuned."""
    path_tries: int = 4000
    """Changes tried from each start of the fixed path."""
    path_restarts: int = 3
    """Starts of the fixed path."""
    beam_width: int = 64
    """States that beam search keeps."""
    optimum_nodes: int = 10_000_000
    """States visited per learner for the optimum over at most `exact_steps` steps."""
    slow_learners: int = 200
    """Learners that somebody teaches who plans at every step: the first of them."""
    exact_steps: int = 10
    """Longest episode for which the optimum is searched to the end."""
    bound_nodes: int = 20_000
    """States visited per learner for the bounds of longer episodes."""


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A chooser and what it was tuned to."""

    chooser: Chooser
    slow: bool = False
    """Whether it teaches the first `Effort.slow_learners` only."""
    setting: Any = None


def entrants(learners: Learners, effort: Effort) -> list[Entrant]:
    """Rules and references for a benchmark, tuned on tuning learners."""
    if isinstance(learners, KssLearners):
        return _kss_entrants(learners, effort)
    return _flashcard_entrants(learners, effort)


def _kss_entrants(learners: KssLearners, effort: Effort) -> list[Entrant]:
    tuning = [np.random.default_rng(TUNING_SEED + n) for n in range(effort.tuning_learners)]
    learners.start(tuning)
    path = anneal(learners, effort.path_tries, effort.path_restarts)
    nodes = effort.optimum_nodes if learners.steps <= effort.exact_steps else effort.bound_nodes
    choosers = [
        RandomItem(legal=False),
        RandomItem(legal=True),
        RoundRobin(ORDER),
        LeastRecent(ORDER),
        TargetRepeat(),
        FirstUnmastered(ORDER, PREREQUISITES),
        OneStepOracle(),
        KssBeam(effort.beam_width),
        KssOptimum(nodes),
    ]
    fixed = Entrant(chooser=KssFixedPath(path), setting=path.tolist())
    planner = Entrant(chooser=KssBeliefPlanner(), slow=True)
    return [fixed, planner, *(Entrant(chooser=chooser) for chooser in choosers)]


def _flashcard_entrants(learners: Learners, effort: Effort) -> list[Entrant]:
    grids: list[tuple[Callable[[Any], Chooser], tuple[Any, ...]]] = [
        (LeitnerQueues, ARRIVALS),
        (Sm2Items, DAYS),
        (RecallThreshold, THRESHOLDS),
        (TrueRecallThreshold, THRESHOLDS),
        (LookAhead, SPANS),
    ]
    order = np.arange(learners.items)
    found = [
        Entrant(chooser=chooser)
        for chooser in (
            RandomItem(legal=False),
            RoundRobin(order),
            TargetRepeat("target repeat, every card"),
            OneStepOracle(),
        )
    ]
    for make, settings in grids:
        chooser, setting = tuned(make, settings, learners, effort.tuning_learners, TUNING_SEED)
        found.append(Entrant(chooser=chooser, setting=setting))
    return found
