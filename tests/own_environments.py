"""Environments as strangers would write them: one of each kind of action, and broken ones."""

# ruff: noqa: D102  # Gymnasium says what reset and step are

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from envs.one_learner import OneLearnerConceptsWrapper

STEPS = 5


class Drill(gym.Env[Any, Any]):
    """Each learner needs one of C concepts, drawn anew at every step; the right one earns 1 / S.

    One learner, `Discrete(C)`, and an observation that is no Dict and of no key of the contract.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}
    learners, concepts = 1, 2

    def __init__(self) -> None:
        self.observation_space = self._offered()
        self.action_space = self._choices()

    def _offered(self) -> spaces.Space[Any]:
        return spaces.Box(0, 1, (self.concepts,), np.float64)

    def _choices(self) -> spaces.Space[Any]:
        return spaces.Discrete(self.concepts)

    def _chosen(self, action: Any) -> Any:
        """Concept of each learner (S,)."""
        return np.array([action])

    def _observe(self) -> Any:
        return (np.arange(self.concepts) == self.need[0]).astype(np.float64)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        del options
        super().reset(seed=seed)
        self.done = 0
        self.need = self.np_random.integers(self.concepts, size=self.learners)  # (S,)
        return self._observe(), self._info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        right = self._chosen(action) == self.need  # (S,)
        self.done += 1
        self.need = self.np_random.integers(self.concepts, size=self.learners)
        reward = float(right.mean())
        return self._observe(), reward, False, self.done == STEPS, self._info() | self._facts(right)

    def _info(self) -> dict[str, Any]:
        return {}

    def _facts(self, right: Any) -> dict[str, Any]:
        del right
        return {}


class MaskedDrill(Drill):
    """One concept that is not needed is forbidden, by the mask in info; illegal is an error.

    Infos differ from one to the next, as nobody could stack them.
    """

    concepts = 3

    def _info(self) -> dict[str, Any]:
        self.mask = np.ones(self.concepts, np.int8)
        self.mask[(self.need[0] + 1) % self.concepts] = 0
        return {"action_mask": self.mask.copy(), "notes": np.zeros(self.done)}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if not self.mask[action]:
            raise ValueError(f"action is {action}, which the mask forbids")
        return super().step(action)


class ClassDrill(Drill):
    """Three learners with a concept each, keys of the contract and others, and time of its own."""

    learners, concepts = 3, 2

    def _offered(self) -> spaces.Space[Any]:
        return spaces.Dict(
            {
                "need": spaces.Box(0, 1, (3, 2, 1), np.float32),
                "mood": spaces.Box(-1, 1, (3, 4), np.float32),
                "clock": spaces.Discrete(STEPS + 1),
                "learner_present": spaces.MultiBinary(3),
            }
        )

    def _choices(self) -> spaces.Space[Any]:
        return spaces.MultiDiscrete([self.concepts] * self.learners)

    def _chosen(self, action: Any) -> Any:
        return action

    def _observe(self) -> Any:
        need = np.arange(self.concepts) == self.need[:, None]  # (S, C)
        return {
            "need": need[:, :, None].astype(np.float32),
            "mood": np.zeros((self.learners, 4), np.float32),
            "clock": np.int64(self.done),
            "learner_present": np.ones(self.learners, np.int8),
        }

    def _facts(self, right: Any) -> dict[str, Any]:
        return {"minutes": 2.5, "learner_reward": right / self.learners}


class TaskDrill(ClassDrill):
    """Two learners with a task and a concept each; the second task only is of use."""

    learners, concepts = 2, 3

    def _offered(self) -> spaces.Space[Any]:
        return spaces.Dict(
            {
                "evidence": spaces.Box(0, 1, (2, 3, 1), np.float32),
                "task_mask": spaces.Box(0, 1, (2, 2), np.int8),
            }
        )

    def _choices(self) -> spaces.Space[Any]:
        return spaces.MultiDiscrete([2, self.concepts] * self.learners)

    def _chosen(self, action: Any) -> Any:
        return np.where(action[0::2] == 1, action[1::2], -1)

    def _observe(self) -> Any:
        need = np.arange(self.concepts) == self.need[:, None]  # (S, C)
        allowed = np.array([[0, 1], [1, 1]], np.int8)
        return {"evidence": need[:, :, None].astype(np.float32), "task_mask": allowed}


class TutorDrill(TaskDrill):
    """The whole action: activities, targets and concepts, of which only the plan counts."""

    def _choices(self) -> spaces.Space[Any]:
        return spaces.MultiDiscrete([3, self.learners + 1, self.concepts, *[2, 3] * self.learners])

    def _chosen(self, action: Any) -> Any:
        return super()._chosen(action[3:])


class Quiz(gym.Env[Any, int]):
    """One learner who answers items of two concepts; only the second, once the first is known.

    The observation says nothing: what is known shows in the answers alone.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}
    steps = STEPS
    prerequisites = np.array([[0, 1], [0, 0]])
    difficulties = np.array([0.0, 1.0])

    def __init__(self) -> None:
        self.observation_space = spaces.Discrete(1)
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        del options
        super().reset(seed=seed)
        self.known, self.done = np.zeros(2, np.int64), 0
        return np.int64(0), {"history": [(0, False), (1, False)], "weights": np.array([0.0, 1.0])}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        correct = bool(self.known[action] > 0)
        learns = action == 0 or self.known[0] > 0
        self.known[action] += learns
        self.done += 1
        gained = float(action == 1 and learns)
        return np.int64(0), gained, False, self.done == STEPS, {"correct": correct}


def quiz() -> gym.Env[Any, Any]:
    return OneLearnerConceptsWrapper(Quiz())


class NaNDrill(Drill):
    """Observes what is not a number at the third step."""

    def _observe(self) -> Any:
        return super()._observe() + (np.nan if self.done == 3 else 0)


class EmptyMaskDrill(MaskedDrill):
    """Forbids everything at the second step."""

    def _info(self) -> dict[str, Any]:
        info = super()._info()
        info["action_mask"] *= self.done != 2
        return info


class UnseededDrill(Drill):
    """Draws from a generator that no seed reaches, after the first step."""

    chance = np.random.default_rng()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        obs, _, ended, cut, info = super().step(action)
        return obs, float(self.chance.random()) * (self.done > 1), ended, cut, info


class WrongSumDrill(ClassDrill):
    """Gives every learner the whole reward."""

    def _facts(self, right: Any) -> dict[str, Any]:
        return {"learner_reward": np.full(self.learners, 1.0 + right.mean())}


class TimelessDrill(Drill):
    """Decisions that take no time."""

    def _facts(self, right: Any) -> dict[str, Any]:
        del right
        return {"minutes": 0.0}


class EndlessDrill(Drill):
    """Never ends."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        obs, reward, _, _, info = super().step(action)
        return obs, reward, False, False, info


class UnseedableDrill(Drill):
    """Takes no seed: Gymnasium's own checker objects."""

    def reset(self, *, options: Any = None) -> Any:  # type: ignore[override]
        return super().reset(options=options)


class GreedyDrill(MaskedDrill):
    """Breaks on an action that it allowed."""

    def _info(self) -> dict[str, Any]:
        info = super()._info()
        self.mask[:] = 0
        return info


class RowDrill(ClassDrill):
    """Says that there are three learners and asks for the concepts of two."""

    def _choices(self) -> spaces.Space[Any]:
        return spaces.MultiDiscrete([self.concepts] * 2)


def no_environment() -> int:
    return 3


class InfiniteDrill(Drill):
    """Rewards beyond all bounds."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        obs, _, ended, cut, info = super().step(action)
        return obs, np.inf, ended, cut, info


class MissingDrill(ClassDrill):
    """Reads a gaze that it says is missing."""

    def _offered(self) -> spaces.Space[Any]:
        return spaces.Dict({"gaze": spaces.Box(0, 1, (3, 2), np.float32)})

    def _observe(self) -> Any:
        return {"gaze": np.tile(np.array([0.5, 0.0], np.float32), (3, 1))}


class OutsideDrill(Drill):
    """Observes more than its space holds."""

    def _observe(self) -> Any:
        return 2 * super()._observe()
