"""One benchmark learner as a Gymnasium environment: which item next?"""

from typing import Any, ClassVar, Generic, SupportsFloat, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray

from envs.peers.learners import Learners

Summary = NDArray[np.float32]
Kind = TypeVar("Kind", bound=Learners)


class ItemChoiceEnv(gym.Env[Summary, np.int64], Generic[Kind]):
    """What the benchmarks share: spaces, reset and step of one learner.

    Observation
        `Box(-1, 1, (6 C + 1,))`, `envs.peers.answer_history.AnswerHistory.summary`: what the
        answers so far say, never hidden state.

    Actions
        `Discrete(C)`: the item that is practised and answered next.

    Info
        | from | key | shape | holds |
        |---|---|---|---|
        | reset | history | list of (item, correct) | answers before the first decision |
        | reset | weights | (C,) | how much each item counts for this episode's goal |
        | both | action_mask | (C,) | True: allowed next |
        | step | correct | bool | the answer on the item chosen |

    Args:
        learners: Learners of the benchmark; the environment draws one of them at each reset.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}  # type: ignore[misc]  # as gymnasium reads it

    def __init__(self, learners: Kind) -> None:
        self.learners = learners
        self.steps = learners.steps
        self.observation_space = Box(-1.0, 1.0, (6 * learners.items + 1,), np.float32)
        self.action_space = Discrete(learners.items)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Summary, dict[str, Any]]:
        """Draw a new learner.

        Args:
            seed: The same seed gives the same learner and the same luck.
            options: None is expected; anything else is an error.
        """
        if options:
            raise ValueError(f"options are {options}; expected none")
        super().reset(seed=seed)
        self.learners.start([self.np_random])
        history = self.learners.history
        answers = slice(0, int(history.answers[0]))
        given = zip(history.item[0, answers], history.correct[0, answers], strict=True)
        return history.summary()[0], {
            "history": [(int(item), bool(correct)) for item, correct in given],
            "weights": history.weights[0].copy(),
            "action_mask": history.allowed[0].copy(),
        }

    def step(self, action: np.int64) -> tuple[Summary, SupportsFloat, bool, bool, dict[str, Any]]:
        """Give the learner an item; terminated after the last step, never truncated.

        Raises:
            ValueError: The item does not exist, or is refused.
            RuntimeError: `reset` was not called, or the episode is over.
        """
        reward = self.learners.practise(np.array([action], np.int64))
        history = self.learners.history
        info = {
            "correct": bool(history.latest()[1][0]),
            "action_mask": history.allowed[0].copy(),
        }
        return history.summary()[0], float(reward[0]), self.learners.over, False, info
