"""The spaced-repetition benchmark of Reddy, Levine and Dragan (2017): which flashcard next?"""

import copy
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.peers.dash import Dash
from envs.peers.efc import Efc
from envs.peers.hlr import Hlr
from envs.peers.item_choice import ItemChoiceEnv
from envs.peers.learners import Learners
from envs.peers.memory import Memory

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MEMORIES: Final[dict[str, type[Memory]]] = {"efc": Efc, "hlr": Hlr, "dash": Dash}
"""By name: exponential forgetting, half-life regression, windowed history with power decay."""


class FlashcardLearners(Learners):
    """N learners with C flashcards; hidden: `memory`.

    Args:
        model: One of MEMORIES.
        items: C, at least 1.
        presentations: Of cards in an episode, the first of which, at random, comes before the
            first decision; at least 2.
    """

    def __init__(self, model: str, items: int = 30, presentations: int = 200) -> None:
        if model not in MEMORIES:
            raise ValueError(f"model is {model!r}; expected one of {', '.join(MEMORIES)}")
        if items < 1 or presentations < 2:
            raise ValueError(
                f"items is {items} and presentations is {presentations}; expected at least 1 and 2"
            )
        super().__init__(items, 1, presentations - 1)
        self.model = MEMORIES[model]
        self.presentations = presentations
        self.memory = self.assumed(0)
        self.luck: Floats = np.zeros((0, presentations))  # (N, presentations)

    def assumed(self, learners: int) -> Memory:
        """Memory of this many learners about whom nothing is known but the population: public."""
        typical = self.model.typical(self.items)
        stacked = {name: np.tile(value, (learners, 1)) for name, value in typical.items()}
        return self.model(stacked, self.presentations)

    def draw(self, generators: Sequence[np.random.Generator]) -> None:
        """Draw items' parameters and all luck; then present a random item."""
        drawn = [self.model.draw(generator, self.items) for generator in generators]
        stacked = {name: np.stack([one[name] for one in drawn]) for name in drawn[0]}
        self.memory = self.model(stacked, self.presentations)
        self.luck = np.stack([generator.random(self.presentations) for generator in generators])
        self._present(np.array([generator.integers(self.items) for generator in generators]))

    def teach(self, items: Integers) -> Floats:
        """Present the items; the reward is the mean recall probability then / steps."""
        self._present(items)
        recalled: Floats = self.memory.recall(self.presented).mean(axis=1)
        return recalled / self.steps

    @property
    def presented(self) -> int:
        """Presentations so far."""
        return int(self.history.answers[0])

    def gain(self, presentations: Sequence[int]) -> Floats:
        """What giving an item next is expected to add to its own recall, (N, C): hidden.

        Args:
            presentations: When recall is compared, averaged; each at least the next one.
        """
        following = self.presented + 1
        known = self.memory.recall(self.presented)
        everything = np.ones_like(known, np.bool_)
        right, wrong = copy.deepcopy(self.memory), copy.deepcopy(self.memory)
        right.review(everything, everything, following)  # items do not affect each other:
        wrong.review(everything, ~everything, following)  # all at once is each alone
        total = np.zeros_like(known)
        for then in presentations:
            total += known * right.recall(then) + (1.0 - known) * wrong.recall(then)
            total -= self.memory.recall(then)
        return total / len(presentations)

    def prospects(self) -> Floats:
        """Expected reward of each item, (N, C)."""
        following = self.presented + 1
        otherwise: Floats = self.memory.recall(following).mean(axis=1, keepdims=True)
        return (otherwise + self.gain([following]) / self.items) / self.steps

    def _present(self, items: Integers) -> None:
        """Answer by the present recall; then, one delay later, the review counts."""
        rows = np.arange(len(items))
        known = self.memory.recall(self.presented)[rows, items]
        correct = self.luck[:, self.presented] < known
        self.history.add(rows, items, correct)
        chosen = items[:, None] == np.arange(self.items)
        self.memory.review(chosen, np.broadcast_to(correct[:, None], chosen.shape), self.presented)


class SpacedRepetitionEnv(ItemChoiceEnv[FlashcardLearners]):
    """One learner of flashcards; registered as `ALS/EFC-v0`, `ALS/HLR-v0` and `ALS/DASH-v0`.

    Observation, Actions
        As `envs.peers.item_choice.ItemChoiceEnv`; every item counts 1 and is always allowed.

    Reward
        Mean recall probability over all items after the presentation / steps, so that the
        undiscounted return is the mean recall likelihood averaged over the decisions, as the
        paper scores it (its reward "likelihood").

    Starting state
        New items of random parameters, all seen once around the start; one random item is
        presented, in `info["history"]`. Unlike in the original, every episode has a new learner:
        there a policy is trained and scored on one and the same learner.

    Episode end
        Terminated after the last presentation.

    Arguments:
        | name | default | effect |
        |---|---|---|
        | model | by id | efc, hlr or dash |
        | items | 30 | flashcards |
        | presentations | 200 | of which all but the first are decided: steps = 199 |

    Version history
        v0: first.
    """

    def __init__(self, *, model: str, items: int = 30, presentations: int = 200) -> None:
        super().__init__(FlashcardLearners(model, items, presentations))
