"""What defines a drill: its concepts by Bayesian knowledge tracing, their order, its length."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import networkx as nx

MOST_CONCEPTS: Final = 8
"""Beliefs are distributions over all 2^C states of mastery."""
MOST_DECISIONS: Final = 100


@dataclass(frozen=True, kw_only=True)
class DrillConcept:
    """One concept as Bayesian knowledge tracing has it (Corbett & Anderson 1995).

    The defaults are medians over the 69 skills with at least 500 answers in
    envs/data/fitted/bkt_assist2009_per_skill.csv, without forgetting.
    """

    prior: float = 0.645
    """Probability that it is mastered at the start, in [0, 1]."""
    learn: float = 0.112
    """Probability that an opportunity to practise makes an unmastered concept mastered."""
    guess: float = 0.218
    """Probability of a correct answer without mastery, in (0, 1)."""
    slip: float = 0.205
    """Probability of a wrong answer with mastery, in (0, 1 - guess)."""
    forget: float = 0.0
    """Probability that mastery is lost while another concept is practised, per opportunity."""

    def __post_init__(self) -> None:
        for name in ("prior", "learn", "forget"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value}; expected a probability")
        for name in ("guess", "slip"):
            value = getattr(self, name)
            if not 0.0 < value < 1.0:
                raise ValueError(f"{name} is {value}; expected a probability above 0 and below 1")
        if self.guess + self.slip >= 1.0:
            found = f"{self.guess} and {self.slip}"
            raise ValueError(f"guess and slip are {found}; expected a sum below 1")


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One learner to be drilled: a decision problem whose optimum can be computed.

    Raises:
        ValueError: A field is outside its range; the message names it.
    """

    concepts: tuple[DrillConcept, ...] = (DrillConcept(), DrillConcept(prior=0.3, learn=0.2))
    """What can be practised, 1 to 8 concepts, independent at the start."""
    prerequisites: tuple[tuple[int, int], ...] = ()
    """Edges (prerequisite, concept) by index, without a cycle."""
    unready: float = 0.1
    """Share of `learn` left while a prerequisite is not mastered, in [0, 1]; the default is the
    assumed floor of readiness in envs.constants."""
    decisions: int = 10
    """Opportunities to practise in all, 1 to 100."""
    hidden: bool = True
    """Whether the tutor sees answers only, or mastery too."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.concepts) <= MOST_CONCEPTS:
            size = len(self.concepts)
            raise ValueError(f"concepts are {size}; expected 1 to {MOST_CONCEPTS}")
        if not 1 <= self.decisions <= MOST_DECISIONS:
            raise ValueError(f"decisions is {self.decisions}; expected 1 to {MOST_DECISIONS}")
        if not 0.0 <= self.unready <= 1.0:
            raise ValueError(f"unready is {self.unready}; expected a share in [0, 1]")
        self._check_edges()

    def _check_edges(self) -> None:
        known = range(len(self.concepts))
        for edge in self.prerequisites:
            if len(edge) != 2 or not all(end in known for end in edge):
                raise ValueError(
                    f"prerequisites hold {edge}; expected pairs of indices below {len(known)}"
                )
        if not nx.is_directed_acyclic_graph(nx.DiGraph(self.prerequisites)):
            raise ValueError(f"prerequisites are {self.prerequisites}; expected no cycle")

    @property
    def forgetting(self) -> bool:
        """Whether any mastery can be lost."""
        return any(concept.forget > 0.0 for concept in self.concepts)

    def parents(self, concept: int) -> list[int]:
        """Prerequisites of a concept, ascending."""
        return sorted({parent for parent, child in self.prerequisites if child == concept})


def chain(concepts: tuple[DrillConcept, ...], **settings: Any) -> Instance:
    """An instance in which every concept is the prerequisite of the next."""
    return Instance(
        concepts=concepts, prerequisites=tuple(pairwise(range(len(concepts)))), **settings
    )
