"""What teaches a peer's benchmark: it names the next item of each learner."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Kind
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


class Chooser(ABC):
    """Chooses items for N learners at once.

    Args:
        name: Unique among those who are compared.
    """

    kind: ClassVar[Kind] = "rule"
    """"rule" and "policy" read the history and what is public; "reference" the hidden state."""

    knows_model: ClassVar[bool] = False
    """Whether a rule knows the population and the equations of its learners, as nobody does of real
    ones; a reference sees more yet."""

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, learners: Learners) -> None:  # noqa: B027  # nothing to do for most
        """Meet new learners before their first decision; only a reference may keep them."""

    @abstractmethod
    def choose(self, history: AnswerHistory) -> Integers:
        """Name the next item of each learner, (N,)."""
