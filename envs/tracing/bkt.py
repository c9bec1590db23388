"""Bayesian knowledge tracing (Corbett & Anderson 1995): each concept is known or not.

An answer is taken in by Bayes' rule with guess and slip; then the learner learns what was unknown
with probability `learn` and forgets what was known with probability `forget`:

    P(known | answer) = P p / (P p + (1 - P) q);  right: p = 1 - slip, q = guess; wrong: the rest
    P <- P (1 - forget) + (1 - P) learn
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import OCCUPATIONS, Occupation
from envs.compiled import compiled
from envs.events import ANSWERS_PER_DECISION, Events
from envs.state import plain_arrays
from envs.tags import Assumed, Fitted
from envs.tracing.batching import Rows, check_sizes, output

_MEDIAN = "median of 69 skills, envs/data/fitted/bkt_assist2009_per_skill.csv"

TEACHES: NDArray[np.float64] = np.isin(
    np.arange(OCCUPATIONS),
    [
        Occupation.PRESENT,
        Occupation.DEMONSTRATE,
        Occupation.EXPLAIN,
        Occupation.PEER,
        Occupation.WORKED_EXAMPLE,
    ],
).astype(np.float64)  # (O,)
"""1 where minutes without answers count as opportunities to learn."""


class BKTConstants(NamedTuple):
    """Parameters of every concept."""

    prior: Annotated[float, Fitted(0.40, 0.89, "probability", _MEDIAN)] = 0.65
    learn: Annotated[float, Fitted(0.019, 0.435, "per opportunity", _MEDIAN)] = 0.112
    forget: Annotated[float, Fitted(0.0, 0.057, "per opportunity", "0 is standard BKT")] = 0.0
    guess: Annotated[float, Fitted(0.044, 0.438, "probability", _MEDIAN)] = 0.218
    slip: Annotated[float, Fitted(0.088, 0.368, "probability", _MEDIAN)] = 0.205
    instruction: Annotated[
        float, Assumed(0.3, 2.0, "opportunities per attended minute", "no log of teaching")
    ] = 1.0

    def check(self) -> None:
        """Raise ValueError where a parameter is no probability, or guessing beats knowing."""
        for name in ("prior", "learn", "forget", "guess", "slip"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"bkt.{name} is {value}; expected a probability")
        if self.guess <= 0.0 or self.slip <= 0.0 or self.guess + self.slip >= 1.0:
            found = f"{self.guess} and {self.slip}"
            raise ValueError(f"bkt.guess and slip are {found}; expected > 0, in sum below 1")
        if not self.instruction >= 0.0:
            raise ValueError(f"bkt.instruction is {self.instruction}; expected at least 0")


LEAST_DOUBT = 1e-9
"""No number of opportunities makes a concept more certain: evidence can always turn it."""

WITH_FORGETTING = BKTConstants(prior=0.676, learn=0.150, forget=0.011, guess=0.154, slip=0.195)
"""The medians of the variant with forgetting (AUC .723 against .717)."""


class Known(NamedTuple):
    """The tracer's state and outputs."""

    known: NDArray[np.float64]  # (B, S, C) probability that the concept is known
    belief: NDArray[np.float32]  # (B, S, C, 2)
    understanding: NDArray[np.float32]  # (B, S, C, 2)
    predicted: NDArray[np.float32]  # (B, S, M)


@compiled
def posterior(known: float, correct: bool, constants: BKTConstants) -> float:
    """P(known) after an answer, before learning from it."""
    if_known = 1.0 - constants.slip if correct else constants.slip
    if_not = constants.guess if correct else 1.0 - constants.guess
    return known * if_known / (known * if_known + (1.0 - known) * if_not)


@compiled
def logit(p: float) -> float:
    """Log odds of a probability inside (0, 1)."""
    return math.log(p) - math.log1p(-p)


@compiled
def read(b: int, i: int, constants: BKTConstants, t: Known) -> None:
    """Write learner i's belief and understanding.

    The belief's mean is the logit of the predicted correctness; its sd is that of a logit which
    is logit(1 - slip) where known and logit(guess) where not.
    """
    contrast = logit(1.0 - constants.slip) - logit(constants.guess)
    for c in range(t.known.shape[2]):
        known = t.known[b, i, c]
        correct = known * (1.0 - constants.slip) + (1.0 - known) * constants.guess
        spread = math.sqrt(max(0.0, known * (1.0 - known)))
        t.belief[b, i, c, 0] = logit(correct)
        t.belief[b, i, c, 1] = spread * contrast
        t.understanding[b, i, c, 0] = known
        t.understanding[b, i, c, 1] = spread


@compiled
def update_rows(
    first: int,
    last: int,
    events: Events,
    teaches: NDArray[np.float64],
    constants: BKTConstants,
    t: Known,
) -> None:
    """Take in one decision of classrooms first to last - 1."""
    for b in range(first, last):
        for i in range(t.known.shape[1]):
            for n in range(events.answers[b, i]):
                c = events.concept[b, i, n]
                known = t.known[b, i, c]
                right = known * (1.0 - constants.slip) + (1.0 - known) * constants.guess
                t.predicted[b, i, n] = right
                known = posterior(known, events.correct[b, i, n] > 0, constants)
                known = known * (1.0 - constants.forget) + (1.0 - known) * constants.learn
                t.known[b, i, c] = min(known, 1.0 - LEAST_DOUBT)
            c = events.on_concept[b, i]
            if c >= 0 and teaches[events.occupation[b, i]] > 0.0:
                minutes = float(events.minutes[b, i]) * float(events.attended[b, i])
                chances = constants.instruction * max(0.0, minutes)
                missed = (1.0 - constants.learn) ** chances
                t.known[b, i, c] = 1.0 - max((1.0 - t.known[b, i, c]) * missed, LEAST_DOUBT)
            read(b, i, constants, t)


@compiled
def begin_rows(started: NDArray[np.bool_], constants: BKTConstants, t: Known) -> None:
    """Set the chosen classrooms to the prior and read it."""
    for b in range(started.shape[0]):
        if started[b]:
            t.known[b] = constants.prior
            for i in range(t.known.shape[1]):
                read(b, i, constants, t)


class BKTTracer:
    """Belief by Bayesian knowledge tracing; time and ability play no part in it.

    Attributes:
        belief: (B, S, C, 2) float32, mean and sd of the logit mastery.
        understanding: (B, S, C, 2) float32, P(known) and its sd.
        predicted: (B, S, M) float32, probability of a correct answer that was given to each answer
            of the last decision before it was seen.
    """

    def __init__(
        self,
        concepts: int,
        batch: int,
        learners: int,
        *,
        belief: NDArray[np.float32] | None = None,
        understanding: NDArray[np.float32] | None = None,
        constants: BKTConstants | None = None,
        threads: int = 1,
    ) -> None:
        """Start every concept at the prior.

        Args:
            concepts: Concepts C.
            batch: Classrooms B.
            learners: Learners S in each.
            belief: Written in place where given, (B, S, C, 2).
            understanding: Written in place where given, (B, S, C, 2).
            constants: Parameters of every concept.
            threads: Threads among which the classrooms are divided.

        Raises:
            ValueError: A size, a parameter or an output array does not fit.
        """
        check_sizes(concepts=concepts, batch=batch, learners=learners, threads=threads)
        self._constants = constants or BKTConstants()
        self._constants.check()
        shape = (batch, learners, concepts, 2)
        self.belief = output("belief", belief, shape)
        self.understanding = output("understanding", understanding, shape)
        self.predicted = np.zeros((batch, learners, ANSWERS_PER_DECISION), np.float32)
        known = np.zeros((batch, learners, concepts))
        self._tracking = Known(known, self.belief, self.understanding, self.predicted)
        self._rows = Rows(batch, threads)
        self.reset(np.ones(batch, np.bool_))

    def reset(self, started: NDArray[np.bool_]) -> None:
        """Restart the chosen classrooms, (B,), at the prior."""
        begin_rows(started, self._constants, self._tracking)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a later update depends on, by name: views, to be saved and written back."""
        return plain_arrays(self._tracking._asdict())

    def update(self, events: Events) -> None:
        """Take in one decision's events."""
        self._rows.call(update_rows, events, TEACHES, self._constants, self._tracking)
