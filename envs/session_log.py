"""What classes showed over whole courses, as columns: the same of recorded and simulated ones."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from envs.events import Events
from envs.logs import Floats, Ints
from envs.spaces import MODALITIES

Single = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class SessionLog:
    """N answers, each learner's in the order given, and R readings of the sensors.

    Learners of all classes are numbered together, from 0.
    """

    learner: Ints  # (N,)
    concept: Ints  # (N,)
    item: Ints  # (N,) within the concept
    correct: Ints  # (N,) 1 = right at the first attempt
    hours: Floats  # (N,) course clock when answered
    reader: Ints  # (R,) learner of each reading
    readings: Floats  # (R, modalities) mean of the attention channel, NaN where missing


class SessionColumns:
    """Gathers a log, decision by decision.

    Args:
        learners: In one class.
    """

    def __init__(self, learners: int) -> None:
        self._learners = learners
        self._answers: list[Floats] = []
        self._readings: list[Floats] = []

    def see(self, classes: Ints, seen: Mapping[str, Single]) -> None:
        """Note what the sensors showed, as a decision sees it.

        Args:
            classes: (B,) numbers of the classes.
            seen: Their observation, (B, ...) each; of it the modalities and who is present.
        """
        means = np.stack(
            [np.where(seen[m][..., -1] > 0, seen[m][..., 0], np.nan) for m in MODALITIES], axis=-1
        )  # (B, S, modalities)
        there = seen["learner_present"] > 0  # (B, S)
        reader = (classes[:, None] * self._learners + np.arange(self._learners))[there]
        self._readings.append(np.column_stack([reader, means[there]]))

    def answer(self, classes: Ints, events: Events) -> None:
        """Note what simulated classes (B,) answered in one decision, the rows named alone."""
        room = np.arange(events.concept.shape[-1])
        given = room < events.answers[classes, :, None]  # (B, S, M)
        place, learner, number = np.nonzero(given)
        rows = classes[place]
        columns = (events.concept, events.item, events.correct, events.hours)
        values = [column[rows, learner, number] for column in columns]
        self._answers.append(np.column_stack([rows * self._learners + learner, *values]))

    def add(self, answers: list[tuple[int, int, int, int, float]]) -> None:
        """Note recorded answers: learner among all classes, concept, item, correct, hours."""
        if answers:
            self._answers.append(np.array(answers, np.float64))

    def log(self) -> SessionLog:
        """Everything gathered.

        Raises:
            ValueError: Nobody answered.
        """
        rows = np.concatenate([np.zeros((0, 5)), *self._answers])  # (N, 5)
        read = np.concatenate([np.zeros((0, 1 + len(MODALITIES))), *self._readings])
        if not len(rows):
            raise ValueError("the sessions hold no answer; expected some: nothing can be fitted")
        learner, concept, item, correct = rows[:, :4].astype(np.int64).T
        return SessionLog(
            learner=learner,
            concept=concept,
            item=item,
            correct=correct,
            hours=rows[:, 4],
            reader=read[:, 0].astype(np.int64),
            readings=read[:, 1:],
        )
