"""Review the item whose recall probability is nearest a threshold (Reddy et al. 2017)."""

import numpy as np

from agents.peers.chooser import Chooser, Integers
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners
from envs.peers.memory import Memory
from envs.peers.spaced_repetition import FlashcardLearners


class RecallThreshold(Chooser):
    """Keeps the benchmark's own model of the learner, with typical parameters, from answers alone.

    Args:
        threshold: Recall probability, 0 to 1.
        name: In tables.
    """

    knows_model = True

    def __init__(self, threshold: float, name: str = "threshold, typical parameters") -> None:
        super().__init__(name)
        self.threshold = threshold
        self._memory: Memory | None = None

    def begin(self, learners: Learners) -> None:
        """Assume the population's typical learner.

        Raises:
            ValueError: The learners have no flashcards.
        """
        if not isinstance(learners, FlashcardLearners):
            raise ValueError(f"learners are {type(learners).__name__}; expected FlashcardLearners")
        self._memory = learners.assumed(len(learners.history.answers))

    def choose(self, history: AnswerHistory) -> Integers:
        """Take the newest answer in, then choose."""
        memory = self.memory()
        item, correct = history.latest()
        chosen = item[:, None] == np.arange(history.allowed.shape[1])
        presented = int(history.answers[0])
        memory.review(chosen, np.broadcast_to(correct[:, None], chosen.shape), presented)
        return self.nearest(memory, presented)

    def nearest(self, memory: Memory, presented: int) -> Integers:
        """The item of each learner whose recall is nearest the threshold."""
        choice: Integers = np.abs(memory.recall(presented) - self.threshold).argmin(axis=1)
        return choice

    def memory(self) -> Memory:
        """The model of the learners.

        Raises:
            RuntimeError: There is none yet.
        """
        if self._memory is None:
            raise RuntimeError("the threshold rule has no learners; call begin() first")
        return self._memory


class TrueRecallThreshold(RecallThreshold):
    """The same with the learner's own memory, parameters and all: as the paper's Threshold tutor.

    Args:
        threshold: Recall probability, 0 to 1.
    """

    kind = "reference"

    def __init__(self, threshold: float) -> None:
        super().__init__(threshold, "threshold, true parameters")

    def begin(self, learners: Learners) -> None:
        """Keep the learners' memory."""
        super().begin(learners)
        if isinstance(learners, FlashcardLearners):
            self._memory = learners.memory

    def choose(self, history: AnswerHistory) -> Integers:
        """Choose by the true recall probabilities."""
        return self.nearest(self.memory(), int(history.answers[0]))
