"""One thing to learn, with the items that ask for it."""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Final

FEWEST_ITEMS: Final = 3
"""One item for each third of the difficulties: easier, matched and harder practice."""


@dataclass(frozen=True, kw_only=True)
class Concept:
    """One thing to learn (a knowledge component), with the items that ask for it.

    Raises:
        ValueError: A field is of the wrong kind, not finite, or out of range; the message names
            the concept, the field and the value.
    """

    name: str
    """Unique in its curriculum; by custom in kebab case."""
    text: str = ""
    """What a learner can do who has mastered it, in one or two sentences."""
    weight: float = 1.0
    """Share of the syllabus relative to the other concepts; above 0."""
    easiness: float = 0.0
    """Logit added to every answer on the concept: higher values make it easier."""
    items: tuple[float, ...]
    """Difficulties in logit relative to the concept, ascending, at least 3, by custom of mean 0.
    Easier, matched and harder practice draw from the easiest, middle and hardest third; quizzes
    and tests from all."""
    answers: tuple[str, ...] = ()
    """The correct answer of every item, for feedback; empty where there are none."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name or self.name != self.name.strip():
            raise ValueError(
                f"Concept.name must be a string without blanks around it, got {self.name!r}"
            )
        where = f"of concept {self.name!r}"
        if not isinstance(self.text, str):
            raise ValueError(f"Concept.text {where} must be a string, got {self.text!r}")
        if not _is_finite(self.weight) or self.weight <= 0:
            raise ValueError(
                f"Concept.weight {where} must be a finite number above 0, got {self.weight!r}"
            )
        if not _is_finite(self.easiness):
            raise ValueError(
                f"Concept.easiness {where} must be a finite number, got {self.easiness!r}"
            )
        self._check_items(where)
        self._check_answers(where)

    def _check_items(self, where: str) -> None:
        if not isinstance(self.items, tuple) or len(self.items) < FEWEST_ITEMS:
            raise ValueError(
                f"Concept.items {where} must be a tuple of at least {FEWEST_ITEMS} difficulties, "
                f"got {self.items!r}"
            )
        for item in self.items:
            if not _is_finite(item):
                raise ValueError(f"Concept.items {where} must be finite numbers, got {item!r}")
        for easier, harder in zip(self.items, self.items[1:], strict=False):
            if harder < easier:
                raise ValueError(
                    f"Concept.items {where} must be ascending, got {easier!r} before {harder!r}"
                )

    def _check_answers(self, where: str) -> None:
        fitting = isinstance(self.answers, tuple) and len(self.answers) in {0, len(self.items)}
        if not fitting or not all(isinstance(answer, str) for answer in self.answers):
            raise ValueError(
                f"Concept.answers {where} must be a tuple of {len(self.items)} strings, one an "
                f"item, or empty, got {self.answers!r:.60}"
            )


def _is_finite(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
