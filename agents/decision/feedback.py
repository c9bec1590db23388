"""Feedback after an answer: right or wrong, the correct answer, the likely cause of an error."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.decision.causes import probabilities
from agents.tutors.protocol import Observation
from envs.curriculum import Curriculum
from envs.events import Events
from envs.view import readable

CAUSES: Final = 3
"""Causes that feedback names, the likeliest first."""
UNLIKELY: Final = 0.05
"""Causes below this probability are not named."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What an error may be due to."""

    concept: str
    """The concept to teach first: a prerequisite, or the item's own. Empty for a slip."""
    probability: float


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What can be said of one answer."""

    classroom: int
    learner: int
    """From 1."""
    concept: str
    item: int
    """Its position in the concept's items."""
    correct: bool
    answer: str | None
    """The correct answer; None where the curriculum has none."""
    causes: tuple[Cause, ...]
    """Of an error, by belief (`agents.decision.causes`); none where the answer was right, or where
    nothing is believed."""

    @property
    def sentence(self) -> str:
        """The same in plain words."""
        words = ["Right." if self.correct else "Not right."]
        if self.answer is not None:
            words.append(f"The answer is {self.answer}.")
        if self.causes:
            words.append(f"{self._cause(self.causes[0])}.")
        return " ".join(words)

    def _cause(self, cause: Cause) -> str:
        chance = f"{cause.probability:.0%}"
        if not cause.concept:
            return f"Most likely a slip ({chance}): {self.concept} seems to be mastered"
        if cause.concept == self.concept:
            return f"Most likely {self.concept} itself is not yet mastered ({chance})"
        return f"Most likely {cause.concept}, which it builds on, is not yet mastered ({chance})"


def feedback_on(
    events: Events, observation: Observation, curriculum: Curriculum
) -> tuple[Feedback, ...]:
    """Feedback on every answer of a decision.

    Args:
        events: Of one decision, B classrooms.
        observation: (B, ...) after it, with a belief.
        curriculum: What was asked.

    Returns:
        In the order of classrooms, learners and answers.
    """
    parents = curriculum.arrays().parents
    names = [readable(concept.name) for concept in curriculum.concepts]
    belief = observation["belief"].astype(np.float64)
    found = []
    for b, learner in zip(*np.nonzero(events.answers), strict=True):
        for n in range(events.answers[b, learner]):
            concept, item = int(events.concept[b, learner, n]), int(events.item[b, learner, n])
            correct = bool(events.correct[b, learner, n])
            own = belief[b, learner]  # (C, 2)
            likely: tuple[Cause, ...] = ()
            if not correct and own.any():
                likely = _named(probabilities(own[:, 0], own[:, 1], concept, parents), names)
            answers = curriculum.concepts[concept].answers
            found.append(
                Feedback(
                    classroom=int(b),
                    learner=int(learner) + 1,
                    concept=names[concept],
                    item=item,
                    correct=correct,
                    answer=answers[item] if answers else None,
                    causes=likely,
                )
            )
    return tuple(found)


def _named(shares: NDArray[np.float64], names: list[str]) -> tuple[Cause, ...]:
    order = np.argsort(-shares, kind="stable")[:CAUSES]
    of = [*names, ""]
    return tuple(
        Cause(concept=of[n], probability=float(shares[n])) for n in order if shares[n] >= UNLIKELY
    )
