"""What anybody may know of a learner: who answered what, when, and what may come next."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


class AnswerHistory:
    """Answers of N learners on C items, counted as they come.

    Args:
        learners: N.
        items: C.
        warm_up: Most answers before the first decision.
        steps: Decisions, one answer each.
    """

    def __init__(self, learners: int, items: int, warm_up: int, steps: int) -> None:
        self.capacity = warm_up + steps
        self.steps = steps
        self.taken = 0  # decisions so far
        self.answers: Integers = np.zeros(learners, np.int64)  # (N,) answers so far
        self.item: Integers = np.full((learners, self.capacity), -1)  # (N, T) -1: not yet
        self.correct: Booleans = np.zeros((learners, self.capacity), np.bool_)  # (N, T)
        self.attempts: Integers = np.zeros((learners, items), np.int64)  # (N, C)
        self.successes: Integers = np.zeros((learners, items), np.int64)  # (N, C)
        self.last_correct: Booleans = np.zeros((learners, items), np.bool_)  # (N, C)
        self.last_at: Integers = np.zeros((learners, items), np.int64)  # (N, C) number of answer
        self.weights: Floats = np.ones((learners, items))  # (N, C) what counts for the goal
        self.allowed: Booleans = np.ones((learners, items), np.bool_)  # (N, C) next item

    def add(self, rows: Integers, items: Integers, correct: Booleans) -> None:
        """Note one answer of each learner in rows (M,)."""
        at = self.answers[rows]
        self.item[rows, at] = items
        self.correct[rows, at] = correct
        self.attempts[rows, items] += 1
        self.successes[rows, items] += correct
        self.last_correct[rows, items] = correct
        self.last_at[rows, items] = at
        self.answers[rows] = at + 1

    def forget(self, rows: Integers) -> None:
        """Take every answer of these learners back."""
        self.item[rows] = -1
        for counts in (self.answers, self.attempts, self.successes, self.last_at):
            counts[rows] = 0
        self.correct[rows] = self.last_correct[rows] = False

    def latest(self) -> tuple[Integers, Booleans]:
        """Item and correctness of the newest answer of each learner, (N,) each; item -1: none."""
        rows, at = np.arange(len(self.answers)), self.answers - 1
        return np.where(at >= 0, self.item[rows, at], -1), (at >= 0) & self.correct[rows, at]

    def since(self) -> Integers:
        """Answers since the last one on each item, 1 for the newest, (N, C); 0 where never."""
        return np.where(self.attempts > 0, self.answers[:, None] - self.last_at, 0)

    def summary(self) -> NDArray[np.float32]:
        """Everything as one vector a learner, in [-1, 1], for networks without structure.

        Returns:
            (N, 6 C + 1): per item log attempts, log successes, last result (1 right, -1 wrong,
            0 none), log answers since, goal weight, whether allowed; then the share of steps left.
        """
        most = np.log1p(self.capacity)
        columns = [
            np.log1p(self.attempts) / most,
            np.log1p(self.successes) / most,
            np.where(self.last_correct, 1.0, -1.0) * (self.attempts > 0),
            np.log1p(self.since()) / most,
            self.weights,
            self.allowed,
            np.full((len(self.answers), 1), 1.0 - self.taken / self.steps),
        ]
        return np.concatenate(columns, axis=1).astype(np.float32)
