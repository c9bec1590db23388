"""The learner families by name and number, and from which of them a class is drawn."""

from enum import IntEnum
from typing import Final


class Family(IntEnum):
    """Which equations the learners of a class follow; one file beside this one for each."""

    CALIBRATED = 0
    BKT = 1
    FSRS = 2
    FLASHCARDS = 3
    DAS3H = 4
    NEURAL = 5


class Result(IntEnum):
    """How a piece of work on a concept came out, as a learner's memory takes it."""

    STUDIED = 0
    """Nothing was asked."""
    RIGHT = 1
    WRONG = 2
    """Wrong, and explained."""
    UNEXPLAINED = 3
    """Wrong, and only a quiz."""


FAMILIES: Final = tuple(family.name.lower() for family in Family)
BETWEEN_NAMES: Final = "+"


def mixture(text: str) -> tuple[Family, ...]:
    """The families that `text` names, one or several joined by "+"; one named twice weighs double.

    Raises:
        ValueError: A name is no family's.
    """
    names = text.split(BETWEEN_NAMES)
    for name in names:
        if name not in FAMILIES:
            known = ", ".join(FAMILIES)
            raise ValueError(
                f"course.family is {text!r}; expected one or, joined by +, several of {known}"
            )
    return tuple(Family[name.upper()] for name in names)
