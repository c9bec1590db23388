"""How often the named cause of an error is the true one, as the hidden state has it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.decision.causes import SLIP, first_gap, probabilities
from agents.statistics import Effect, share
from agents.tutors.protocol import Tutor
from envs.observing import reveal
from envs.simulation import Simulation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BASELINES: Final = ("a slip", "the concept itself", "the direct parent", "the weakest parent")
"""What could always be blamed: of the direct prerequisites the hardest by its items, or the one of
the lowest belief; the item's own concept where it has none."""
NAMED: Final = "as the service names it"
FIGURES: Final = (
    NAMED,
    *("belief", "belief, best two"),
    *BASELINES,
    "the concept or its direct parent",
)
GROUPS: Final = ("every error", "not a slip", "a prerequisite")
"""Errors by their true cause. In the second the belief is told that it was no slip, in the third
that it was a prerequisite; the service is told nothing."""
TRUTHS: Final = ("slip", "concept itself", "direct parent", "further back")


@dataclass(frozen=True, kw_only=True)
class CauseReport:
    """How often each way of blaming is right."""

    errors: dict[str, int]
    """By group."""
    accuracy: dict[str, dict[str, Effect | None]]
    """Share of the group's errors by group and figure, with intervals over classes."""
    truth: dict[str, float]
    """Share of all errors by their true cause: TRUTHS."""
    claimed: float
    """Mean probability given to the likeliest cause: honest where it equals belief's accuracy."""

    def as_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return asdict(self)


class Case(NamedTuple):
    """One error."""

    classroom: int
    kind: str  # of TRUTHS
    hits: tuple[tuple[bool, ...], ...]  # GROUPS by FIGURES
    claimed: float


def measure(tutor: Tutor, simulation: Simulation) -> CauseReport:
    """Let a tutor teach all classes of a simulation that has started, and judge every error.

    Raises:
        ValueError: Nobody erred.
    """
    cases: list[Case] = []
    tutor.reset(simulation.batch)
    while not simulation.done.any():
        simulation.step(tutor.act(simulation.observation))
        cases += _errors(simulation)
    if not cases:
        raise ValueError("no learner erred; expected a course with practice or quizzes")
    groups = {
        GROUPS[0]: cases,
        GROUPS[1]: [case for case in cases if case.kind != TRUTHS[0]],
        GROUPS[2]: [case for case in cases if case.kind in TRUTHS[2:]],
    }
    return CauseReport(
        errors={name: len(group) for name, group in groups.items()},
        accuracy={
            name: _accuracy(group, place, simulation.batch)
            for place, (name, group) in enumerate(groups.items())
        },
        truth={kind: float(np.mean([case.kind == kind for case in cases])) for kind in TRUTHS},
        claimed=float(np.mean([case.claimed for case in cases])),
    )


def _errors(simulation: Simulation) -> Iterator[Case]:
    """Every wrong answer of the last decision."""
    events, parents = simulation.world.events, simulation.world.curriculum.parents
    easiness = simulation.world.curriculum.easiness
    hidden = np.zeros((2, *simulation.views.belief.shape[1:3]), np.float32)
    for b in range(simulation.batch):
        reveal(b, hidden[0], hidden[1], simulation.world)
        for i, n in zip(*np.nonzero(events.correct[b] == 0), strict=True):
            if n < events.answers[b, i]:
                belief = simulation.views.belief[b, i].astype(np.float64)
                truth = hidden[0, i].astype(np.float64)
                yield _judge(b, int(events.concept[b, i, n]), truth, belief, parents, easiness)


def _judge(
    b: int, concept: int, mastery: Floats, belief: Floats, parents: Ints, easiness: Floats
) -> Case:
    truth = int(first_gap(mastery[None], concept, parents)[0])
    shares = probabilities(belief[:, 0], belief[:, 1], concept, parents)
    direct = [int(p) for p in parents[concept] if p >= 0] or [concept]
    hardest = min(direct, key=lambda p: float(easiness[p]))
    weakest = min(direct, key=lambda p: float(belief[p, 0]))
    kind = TRUTHS[3]
    if truth in {SLIP, concept}:
        kind = TRUTHS[0] if truth == SLIP else TRUTHS[1]
    elif truth in direct:
        kind = TRUTHS[2]
    blamed = (SLIP, concept, hardest, weakest)
    always = (*(truth == each for each in blamed), truth in {hardest, concept})
    place = truth % len(shares)  # a slip is the last
    said = bool(shares.argmax() == place)
    hits = []
    for excluded in ([], [SLIP], [SLIP, concept]):
        named = shares.copy()
        named[excluded] = -1.0
        order = np.argsort(-named, kind="stable")
        hits.append((said, bool(order[0] == place), bool(place in order[:2]), *always))
    return Case(b, kind, tuple(hits), float(shares.max()))


def _accuracy(cases: list[Case], group: int, classes: int) -> dict[str, Effect | None]:
    """Shares of hits, None where the group is empty."""
    rows = np.array([case.classroom for case in cases], np.int64)
    hits = np.array([case.hits[group] for case in cases], np.float64).reshape(-1, len(FIGURES))
    wholes = np.bincount(rows, minlength=classes).astype(np.float64)
    return {
        name: share(np.bincount(rows, hits[:, k], classes).astype(float)[None], wholes[None])
        for k, name in enumerate(FIGURES)
    }
