"""Random drills whose concepts are real skills: as fitted to answers in ASSISTments 2009."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from envs.drill.instance import MOST_CONCEPTS, MOST_DECISIONS, DrillConcept, Instance

FITTED: Final = Path(__file__).parent.parent / "data/fitted/bkt_assist2009_per_skill.csv"
FEWEST_ANSWERS: Final = 500
"""Skills with fewer answers are left out: their four parameters are hardly identified. Chosen."""
PARAMETERS: Final = ("prior", "learn", "guess", "slip", "forget")


@cache
def fitted_concepts(*, forgetting: bool) -> tuple[DrillConcept, ...]:
    """The 69 skills with at least 500 answers, by the fit without or with forgetting.

    Fitted forgetting is per opportunity of the concept itself, the only clock of that log; a
    drill applies it per opportunity elsewhere.
    """
    model = "forget" if forgetting else "std"
    with FITTED.open(encoding="utf-8") as lines:
        return tuple(
            DrillConcept(**{name: float(row[name]) for name in PARAMETERS})
            for row in csv.DictReader(lines)
            if row["model"] == model and int(row["n_rows"]) >= FEWEST_ANSWERS
        )


@dataclass(frozen=True, kw_only=True)
class InstanceDraw:
    """A distribution of instances: skills drawn whole, so that their parameters belong together.

    Raises:
        ValueError: A field is outside its range; the message names it.
    """

    concepts: int = 3
    """Concepts of each instance, 1 to 8."""
    decisions: int = 10
    """Opportunities to practise, 1 to 100."""
    hidden: bool = True
    """Whether the tutor sees answers only, or mastery too."""
    forgetting: bool = False
    """Whether the skills are those fitted with forgetting."""
    prerequisites: float = 0.0
    """Probability that an earlier concept is a prerequisite of a later one, for each pair."""

    def __post_init__(self) -> None:
        if not 1 <= self.concepts <= MOST_CONCEPTS:
            raise ValueError(f"concepts is {self.concepts}; expected 1 to {MOST_CONCEPTS}")
        if not 1 <= self.decisions <= MOST_DECISIONS:
            raise ValueError(f"decisions is {self.decisions}; expected 1 to {MOST_DECISIONS}")
        if not 0.0 <= self.prerequisites <= 1.0:
            raise ValueError(f"prerequisites is {self.prerequisites}; expected a probability")

    def instance(self, rng: np.random.Generator) -> Instance:
        """Draw one; the same generator state gives the same instance."""
        skills = fitted_concepts(forgetting=self.forgetting)
        chosen = rng.integers(len(skills), size=self.concepts)
        needed = rng.random((self.concepts, self.concepts)) < self.prerequisites
        edges = np.argwhere(np.triu(needed, 1)).tolist()
        return Instance(
            concepts=tuple(skills[index] for index in chosen),
            prerequisites=tuple((parent, child) for parent, child in edges),
            decisions=self.decisions,
            hidden=self.hidden,
        )
