"""What a tutor of drilled learners knows, and the observation made of it."""

from typing import Final, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from envs.drill.instance import Instance
from envs.drill.mastery import Floats, Indices, Mastery, after_answer
from envs.spaces import LIMIT

COURSE: Final = ("share_left", "log1p_decisions_left")
EVIDENCE: Final = (
    "log1p_attempts",
    "log1p_successes",
    "last_result",
    "log1p_decisions_since",
)
CONCEPT_FEATURES: Final = ("prior", "learn", "guess", "slip", "forget", "unready")
WIDTHS: Final = {"evidence": len(EVIDENCE), "belief": 2, "prospects": 1}
"""Features of a learner-concept pair."""
POINTS: Final = 100.0
"""Prospects are in points of 100 of the score, as in the classroom."""


class Notes(NamedTuple):
    """A tutor's knowledge of N learners, each drilled alone.

    Who sees mastery keeps no account of answers: they tell nothing more.
    """

    belief: Floats  # (N, X) exact distribution over states of mastery; one state where it is seen
    attempts: Floats  # (N, C)
    successes: Floats  # (N, C)
    last: Floats  # (N, C) last answer: 1 correct, -1 wrong, 0 none
    since: Floats  # (N, C) decisions since the last practice, or since the start

    def rows(self, chosen: NDArray[np.bool_] | Indices) -> "Notes":
        """Notes of some of the learners."""
        return Notes(*(array[chosen] for array in self))


def first_notes(m: Mastery, belief: Floats) -> Notes:
    """Notes before anything was practised; belief (N, X)."""
    shape = len(belief), len(m.correct)
    return Notes(belief, *(np.zeros(shape) for _ in Notes._fields[1:]))


def noted(m: Mastery, notes: Notes, concept: int, correct: NDArray[np.bool_]) -> Notes:
    """Notes after all practised one concept and answered as in correct (N,)."""
    now = np.zeros(len(m.correct))
    now[concept] = 1.0
    return Notes(
        belief=after_answer(m, notes.belief, concept, correct),
        attempts=notes.attempts + now,
        successes=notes.successes + now * correct[:, None],
        last=np.where(now > 0, np.where(correct, 1.0, -1.0)[:, None], notes.last),
        since=np.where(now > 0, 0.0, notes.since + 1.0),
    )


def seen(m: Mastery, state: Indices) -> Notes:
    """Notes of who sees that mastery is in state (N,)."""
    return first_notes(m, np.eye(len(m.states))[state])


def expected_score(m: Mastery, notes: Notes) -> Floats:
    """Mean over concepts of P(correct) that the tutor expects, (N,)."""
    score: Floats = notes.belief @ m.score
    return score


def observation_space(concepts: int) -> spaces.Dict:
    """The keys of `envs.spaces` that make sense for one drilled learner."""

    def box(*shape: int, low: float = -LIMIT) -> spaces.Box:
        return spaces.Box(low, LIMIT, shape, np.float32)

    return spaces.Dict(
        {
            "course": box(len(COURSE), low=0.0),
            **{name: box(1, concepts, width) for name, width in WIDTHS.items()},
            "concepts": box(concepts, len(CONCEPT_FEATURES), low=0.0),
            "prerequisites": spaces.Box(0.0, 1.0, (concepts, concepts), np.float32),
        }
    )


def observation(
    instance: Instance, m: Mastery, notes: Notes, decisions_made: int
) -> dict[str, NDArray[np.float32]]:
    """Observations of N learners after so many decisions, each array with a leading axis N."""
    left = instance.decisions - decisions_made
    course = np.array([left / instance.decisions, np.log1p(left)])
    mean = np.clip(notes.belief @ m.states, 0.0, 1.0)  # (N, C)
    counts = (np.log1p(notes.attempts), np.log1p(notes.successes), notes.last)
    pairs = {
        "evidence": np.stack([*counts, np.log1p(notes.since)], axis=-1),
        "belief": np.stack([mean, np.sqrt(mean * (1.0 - mean))], axis=-1),
        "prospects": POINTS * (notes.belief @ m.gains)[..., None],
    }
    everywhere = {
        "course": course,
        "concepts": concept_features(instance),
        "prerequisites": prerequisite_matrix(instance),
    }
    size = len(notes.belief)
    arrays = {name: array[:, None] for name, array in pairs.items()}
    arrays |= {name: np.repeat(array[None], size, axis=0) for name, array in everywhere.items()}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def concept_features(instance: Instance) -> Floats:
    """CONCEPT_FEATURES of every concept, (C, 6)."""
    return np.array(
        [(k.prior, k.learn, k.guess, k.slip, k.forget, instance.unready) for k in instance.concepts]
    )


def prerequisite_matrix(instance: Instance) -> NDArray[np.float32]:
    """1 where the row is a prerequisite of the column, (C, C)."""
    size = len(instance.concepts)
    matrix = np.zeros((size, size), np.float32)
    for parent, child in instance.prerequisites:
        matrix[parent, child] = 1.0
    return matrix
