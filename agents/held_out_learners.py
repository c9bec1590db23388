"""The learners of an answer log on whom nothing is fitted, and how well their answers are foretold.

The last fifth of the learners, in the log's order: in ASSISTments 2009 the fifth fold.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.answer_network import sequences_of
from envs.answer_filter import area_under_curve, log_loss
from envs.logs import AnswerLog, Floats, Ints

HELD_OUT: Final = 5
"""One learner of so many."""
RESAMPLES: Final = 200


def known_answers(log: AnswerLog) -> NDArray[np.bool_]:
    """True for the answers (N,) of learners who are not held out.

    Raises:
        ValueError: There are too few learners.
    """
    learners = int(log.learner.max()) + 1
    if learners < HELD_OUT:
        raise ValueError(f"log has {learners} learners; expected at least {HELD_OUT}")
    known: NDArray[np.bool_] = log.learner < learners - learners // HELD_OUT
    return known


def part(log: AnswerLog, chosen: NDArray[np.bool_], correct: Ints | None = None) -> AnswerLog:
    """The chosen answers alone, (N,), or other ones in their place."""
    given = log.correct[chosen] if correct is None else correct
    return AnswerLog(log.learner[chosen], log.skill[chosen], log.item[chosen], given)


def quality(chance: Floats, log: AnswerLog, seed: int) -> dict[str, Any]:
    """Area under the curve and log loss, with standard errors over learners (bootstrap)."""
    rng, sequences = np.random.default_rng(seed), sequences_of(log.learner)
    found = []
    for _ in range(RESAMPLES):
        rows = np.concatenate(
            [sequences[n] for n in rng.integers(len(sequences), size=len(sequences))]
        )
        own, correct = chance[rows], log.correct[rows]
        found.append((area_under_curve(own, correct), log_loss(own, correct)))
    error = np.std(found, axis=0)
    return {
        "auc": area_under_curve(chance, log.correct),
        "auc_error": float(error[0]),
        "log_loss": log_loss(chance, log.correct),
        "log_loss_error": float(error[1]),
        "answers": int(log.correct.size),
        "learners": len(sequences),
    }
