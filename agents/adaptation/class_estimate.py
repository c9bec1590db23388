"""What kind of learners these are: the population's parameters, estimated from what can be seen.

Knowledge tracing foretells every answer before it sees it. The product of these probabilities is
the likelihood of the constants that tracing assumes (prequential, Dawid 1984); its maximum, with a
prior at what was deployed, estimates them for the classes seen so far. Tracing only approximates
the learners, so that of usual classes the maximum is not where they are; what the same tutor's
simulated usual classes give is therefore taken off (as in indirect inference: Gourieroux, Monfort
and Renault 1993). Answers of one class are not independent given the constants, so the spread is
the sandwich's (White 1982) with classes as units, or that of the curvature where it is larger: few
classes make the sandwich too sure.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.populations import with_values
from envs.constants import Constants
from envs.curriculum import Curriculum
from envs.events import ANSWERS_PER_DECISION, Events
from envs.tracing import make_tracer

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A constant of the population that is estimated."""

    name: str
    """As in `envs.constants`: "group.constant"."""
    scale: Literal["logit", "log"]
    """Estimated as it is, or its logarithm."""
    sd: float
    """Of the prior about the deployed value, on that scale. Chosen."""

    def at(self, usual: Constants, shift: float) -> float:
        """The constant's value at a shift from the usual one."""
        group, _, field = self.name.partition(".")
        value = float(getattr(getattr(usual, group), field))
        return value + shift if self.scale == "logit" else value * math.exp(shift)


PARAMETERS: Final = (
    Parameter(name="knowledge.intercept", scale="logit", sd=0.5),
    Parameter(name="memory.forgetting", scale="log", sd=0.5),
    Parameter(name="knowledge.growth", scale="log", sd=0.5),
)
"""Mean ability (the level at which learners of usual ability answer), forgetting, and what practice
brings. How fast instruction is understood (acquisition.scale) cannot be told apart from these:
where the truth was 2, 40 classes gave 3.7 (2.9 to 4.8) beside the first two, and told beside all
three it cost what they had won."""


class OtherLearners(Constants):
    """Constants that may lie beyond the ranges that were ever fitted, as another class's may."""

    __slots__ = ()

    def check(self) -> None:
        """Accept whatever the classes say."""


def other_learners(usual: Constants, values: Mapping[str, float]) -> OtherLearners:
    """The usual constants with some replaced, by name, in range or not."""
    return OtherLearners(*with_values(usual, values))


class ClassEvents(NamedTuple):
    """A course of B classes as knowledge tracing reads it: their events, decision by decision."""

    decisions: tuple[Events, ...]

    @property
    def classes(self) -> int:
        """B."""
        return len(self.decisions[0].clock)


def kept(events: Events, live: NDArray[np.bool_], before: Floats) -> Events:
    """A copy of one decision's events, those of classes that are over made empty.

    Args:
        events: As the environment gives them.
        live: (B,) False where the course was over before.
        before: (B,) course clock in hours until now, which such classes keep.
    """
    copied = Events._make(array.copy() for array in events)
    copied.answers[~live] = 0
    copied.on_concept[~live] = -1
    copied.clock[~live] = before[~live]
    return copied


def log_likelihood(course: ClassEvents, curriculum: Curriculum, constants: Constants) -> Floats:
    """Log-probability of every class's answers (B,), each foretold from those before it."""
    batch, learners = course.decisions[0].answers.shape
    tracer = make_tracer("gaussian", curriculum.arrays(), constants, batch, learners)
    total = np.zeros(batch)
    for events in course.decisions:
        tracer.update(events)
        there = np.arange(ANSWERS_PER_DECISION) < events.answers[..., None]
        said = np.clip(tracer.predicted.astype(np.float64), 1e-6, 1 - 1e-6)
        said = np.where(events.correct > 0, said, 1 - said)
        total += np.where(there, np.log(said), 0.0).sum(axis=(1, 2))
    return total


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Shifts of the parameters from the deployed values, and how sure they are."""

    shift: Floats
    """(P,) on the parameters' scales."""
    spread: Floats
    """(P,) standard deviations."""
    classes: int

    def values(self, usual: Constants) -> dict[str, float]:
        """The estimated constants by name."""
        pairs = zip(PARAMETERS, self.shift.tolist(), strict=True)
        return {each.name: each.at(usual, shift) for each, shift in pairs}

    def as_dict(self, usual: Constants) -> dict[str, Any]:
        """Values with 95 % intervals, for JSON."""
        found: dict[str, Any] = {"classes": self.classes}
        for each, shift, sd in zip(PARAMETERS, self.shift, self.spread, strict=True):
            low, high = shift - 1.96 * sd, shift + 1.96 * sd
            points = (each.at(usual, float(point)) for point in (shift, low, high))
            found[each.name] = dict(zip(("value", "low", "high"), points, strict=True))
        return found


NOTHING_SEEN: Final = Estimate(
    shift=np.zeros(len(PARAMETERS)),
    spread=np.array([each.sd for each in PARAMETERS]),
    classes=0,
)
STEP: Final = 0.3
"""Of the differences that stand for derivatives, on the parameters' scales: wide, because what is
forgotten is cut off at what was learnt, and the likelihood has kinks there."""
CLOSE: Final = 0.01
"""Newton's steps end below it."""
NEWTON_STEPS: Final = 4
LONGEST: Final = 1.0
"""Longest step of one Newton iteration in any parameter."""


def estimate(
    courses: Sequence[ClassEvents],
    curriculum: Curriculum,
    usual: Constants,
    of_usual: Estimate = NOTHING_SEEN,
    start: Estimate = NOTHING_SEEN,
) -> Estimate:
    """Estimate the parameters from all courses so far, starting at an earlier estimate.

    Newton's method on the log-posterior, with derivatives by differences.

    Args:
        courses: At least one.
        curriculum: That all were taught.
        usual: The deployed values, where the prior has its mean.
        of_usual: What the same tutor's usual classes give: from there shifts count.
        start: Of the search alone; the prior stays.
    """
    origin = of_usual.shift
    prior = np.array([each.sd for each in PARAMETERS]) ** -2.0  # (P,)

    def by_class(shift: Floats) -> Floats:
        constants = at_shift(usual, shift)
        return np.concatenate([log_likelihood(c, curriculum, constants) for c in courses])

    shift = origin + start.shift
    for _ in range(NEWTON_STEPS):
        _, gradient, curvature = _derivatives(by_class, shift)
        step = np.linalg.solve(curvature + np.diag(prior), gradient - prior * (shift - origin))
        shift = shift + np.clip(step, -LONGEST, LONGEST)
        if np.abs(step).max() < CLOSE:
            break
    scores, _, curvature = _derivatives(by_class, shift)
    bread = np.linalg.inv(curvature + np.diag(prior))
    between = scores - scores.mean(axis=0)
    meat = between.T @ between * len(scores) / max(1, len(scores) - 1) + np.diag(prior)
    spread = np.sqrt(np.maximum(np.diag(bread), np.diag(bread @ meat @ bread)))
    if of_usual.classes:
        spread = np.hypot(spread, of_usual.spread)
    return Estimate(shift=shift - origin, spread=spread, classes=len(scores))


def likelier(
    course: ClassEvents,
    curriculum: Curriculum,
    usual: Constants,
    found: Estimate,
    of_usual: Estimate,
) -> Floats:
    """How much likelier (nats) the answers of each class (B,) are than were they usual ones."""

    def likelihood(shift: Floats) -> Floats:
        return log_likelihood(course, curriculum, at_shift(usual, shift))

    return likelihood(of_usual.shift + found.shift) - likelihood(of_usual.shift)


def at_shift(usual: Constants, shift: Floats) -> OtherLearners:
    """The usual constants with the parameters (P,) shifted."""
    moved = zip(PARAMETERS, shift.tolist(), strict=True)
    return other_learners(usual, {each.name: each.at(usual, by) for each, by in moved})


def _derivatives(by_class: Any, shift: Floats) -> tuple[Floats, Floats, Floats]:
    """Scores of every class (N, P), the gradient (P,), and minus the Hessian (P, P), made positive.

    The Hessian is taken from differences of the total; where it is not positive, the diagonal is.
    """
    size = len(shift)
    steps = STEP * np.eye(size)
    middle = by_class(shift)
    ahead = np.stack([by_class(shift + step) for step in steps], 1)  # (N, P)
    behind = np.stack([by_class(shift - step) for step in steps], 1)
    scores = (ahead - behind) / (2 * STEP)
    hessian = np.diag((ahead + behind - 2 * middle[:, None]).sum(0) / STEP**2)
    for i in range(size):
        for j in range(i):
            both = by_class(shift + steps[i] + steps[j]).sum()
            cross = both - ahead[:, i].sum() - ahead[:, j].sum() + middle.sum()
            hessian[i, j] = hessian[j, i] = cross / STEP**2
    return scores, scores.sum(0), _positive(-hessian)


def _positive(matrix: Floats) -> Floats:
    """The nearest matrix whose eigenvalues are positive."""
    values, vectors = np.linalg.eigh(matrix)
    found: Floats = (vectors * np.maximum(values, 1e-3)) @ vectors.T
    return found
