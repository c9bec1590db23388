"""What can be seen of a class's work during one decision: the only input of knowledge tracing.

A simulated classroom fills these arrays; a Unity classroom or a recorded session can fill the same.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ANSWERS_PER_DECISION = 24
"""Room for answers of one learner in one decision: 12 steps (6 minutes) with at most 2 answers."""


class Events(NamedTuple):
    """Events of one decision for B classrooms of S learners, at most M answers each, in order."""

    answers: NDArray[np.int32]  # (B, S) number of answers
    concept: NDArray[np.int32]  # (B, S, M) concept of each answer
    item: NDArray[np.int32]  # (B, S, M) item within the concept
    correct: NDArray[np.int8]  # (B, S, M) 1 = right at the first attempt
    quiz: NDArray[np.int8]  # (B, S, M) 1 = answered in a quiz, without feedback
    seconds: NDArray[np.float32]  # (B, S, M) time on the item
    hours: NDArray[np.float64]  # (B, S, M) course clock when answered, nights and gaps included
    occupation: NDArray[np.int8]  # (B, S) what the learner did (envs.activities.Occupation)
    on_concept: NDArray[np.int32]  # (B, S) concept of that occupation, -1 for none
    minutes: NDArray[np.float32]  # (B, S) minutes of that occupation
    attended: NDArray[np.float32]  # (B, S) share of it attended, as estimated from the sensors
    clock: NDArray[np.float64]  # (B,) course clock in hours at the end of the decision


def empty_events(batch: int, learners: int) -> Events:
    """Allocate events for B classrooms: no answers, no occupation, clock 0."""
    pair, answer = (batch, learners), (batch, learners, ANSWERS_PER_DECISION)
    return Events(
        answers=np.zeros(pair, np.int32),
        concept=np.zeros(answer, np.int32),
        item=np.zeros(answer, np.int32),
        correct=np.zeros(answer, np.int8),
        quiz=np.zeros(answer, np.int8),
        seconds=np.zeros(answer, np.float32),
        hours=np.zeros(answer, np.float64),
        occupation=np.zeros(pair, np.int8),
        on_concept=np.full(pair, -1, np.int32),
        minutes=np.zeros(pair, np.float32),
        attended=np.zeros(pair, np.float32),
        clock=np.zeros(batch, np.float64),
    )
