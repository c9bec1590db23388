"""The Leitner queue network of Reddy et al. (2016, 2017): a random queue's oldest card."""

import numpy as np

from agents.peers.chooser import Chooser, Integers
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners


class LeitnerQueues(Chooser):
    """A right answer moves a card up one queue, a wrong one down; queue i has rate 1 / sqrt(i).

    Args:
        arrival: Probability that the next card is a new one, while there are any, 0 to 1.
        seed: Of its own randomness; every `begin` starts it anew.
    """

    def __init__(self, arrival: float, seed: int = 0) -> None:
        super().__init__("Leitner")
        self.arrival = arrival
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        self.queue: Integers = np.zeros((0, 0), np.int64)
        """(N, C) 0: new."""

    def begin(self, learners: Learners) -> None:
        """Put every card into the queue of new ones."""
        self._rng = np.random.default_rng(self._seed)
        self.queue = np.zeros(learners.history.allowed.shape, np.int64)

    def choose(self, history: AnswerHistory) -> Integers:
        """Move the card just answered; draw a queue and take its oldest card."""
        rows = np.arange(len(self.queue))
        item, correct = history.latest()
        moved = self.queue[rows, item] + np.where(correct, 1, -1)
        self.queue[rows, item] = np.maximum(1, moved)
        queue = self._draw_queue()
        age = np.where(self.queue == queue[:, None], history.since(), -1)
        new = np.where(self.queue == 0, np.arange(self.queue.shape[1], 0, -1), -1)
        choice: Integers = np.where(queue[:, None] > 0, age, new).argmax(axis=1)
        return choice

    def _draw_queue(self) -> Integers:
        """A queue that is not empty for each learner, (N,)."""
        queues = np.arange(1, self.queue.max() + 1)
        filled = (self.queue[:, None, :] == queues[:, None]).any(axis=2)  # (N, Q)
        rate = filled / np.sqrt(queues)
        rate /= rate.sum(axis=1, keepdims=True)
        arrival = np.where((self.queue == 0).any(axis=1), self.arrival, 0.0)
        odds = np.cumsum((1.0 - arrival)[:, None] * rate, axis=1)
        luck = self._rng.random(len(odds))[:, None]
        drawn: Integers = queues[np.minimum((odds <= luck).sum(axis=1), len(queues) - 1)]
        return np.where(luck[:, 0] >= 1.0 - arrival, 0, drawn)
