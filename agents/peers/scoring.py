"""Score choosers: every one teaches the same fresh learners; and tune those that have a setting."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from agents.peers.chooser import Chooser, Floats
from envs.peers.learners import Learners

Setting = TypeVar("Setting")


def score(chooser: Chooser, learners: Learners, count: int, seed: int) -> Floats:
    """Teach fresh learners for one episode: their undiscounted returns, (count,).

    Args:
        chooser: Who teaches.
        learners: Of the benchmark; fresh ones are drawn.
        count: Learners, at least 1.
        seed: Learner n is drawn from seed + n: the same for every chooser, luck included.

    Raises:
        ValueError: No learner.
    """
    if count < 1:
        raise ValueError(f"count is {count}; expected at least 1")
    learners.start([np.random.default_rng(seed + n) for n in range(count)])
    chooser.begin(learners)
    total = np.zeros(count)
    while not learners.over:
        total += learners.practise(chooser.choose(learners.history))
    return total


def tuned(
    make: Callable[[Setting], Chooser],
    settings: Sequence[Setting],
    learners: Learners,
    count: int,
    seed: int,
) -> tuple[Chooser, Setting]:
    """The chooser of the highest mean return on tuning learners, and its setting."""
    means = [float(score(make(each), learners, count, seed).mean()) for each in settings]
    best = settings[int(np.argmax(means))]
    return make(best), best
