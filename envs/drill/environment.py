"""A drill as a Gymnasium environment: one learner, which concept to practise next."""

from typing import Any, SupportsFloat, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from envs.drill.drawing import InstanceDraw
from envs.drill.instance import Instance
from envs.drill.mastery import mastery, practise
from envs.drill.notes import (
    expected_score,
    first_notes,
    noted,
    observation,
    observation_space,
    prerequisite_matrix,
    seen,
)

Observation = dict[str, NDArray[np.float32]]


class DrillEnv(gym.Env[Observation, np.int64]):
    """One learner practises one concept at a time; `agents.optimum` knows the best tutor of it.

    Observation
        | key | shape | holds |
        |---|---|---|
        | course | (2,) | share of the decisions left, ln(1 + decisions left) |
        | evidence | (1, C, 4) | ln(1 + attempts), ln(1 + successes), last result, \
ln(1 + decisions since the last practice); all 0 where mastery is observed |
        | belief | (1, C, 2) | P(mastered) and its sd: the exact posterior of all answers, or \
mastery itself (and 0) where it is observed |
        | prospects | (1, C, 1) | points of 100 that practising it once should add to the score |
        | concepts | (C, 6) | prior, learn, guess, slip, forget, unready |
        | prerequisites | (C, C) | 1 where the row is a prerequisite of the column |

        Without prerequisites this holds all that the best tutor needs to know; with them the best
        tutor also knows how the masteries of different concepts go together.

    Actions
        `Discrete(C)`: the concept to practise. An answer is observed, then something is learnt
        (`envs.drill.mastery` has the equations).

    Reward
        Change of the expected score: the mean over concepts of P(correct), expected over what the
        tutor has seen. Where mastery is observed that is the true change. Where it is hidden it is
        the true change averaged over all learners with the same answers: the score is linear in
        the belief, and the belief is exact, so every tutor's expected return is the same for both
        (tower rule), and it is what `agents.optimum` maximises; only the variance is smaller, and
        the reward gives no mastery away.

    Starting state
        Mastery drawn from the priors; nothing practised yet.

    Episode end
        Terminated after the instance's number of decisions; never truncated here.

    Arguments:
        | name | default | effect |
        |---|---|---|
        | instance | Instance() | the drill, or an InstanceDraw: every episode a new one |

    Attributes:
        steps: Decisions of an episode.
        prerequisites: (C, C) float32, of the present instance.
        difficulties: (C,) logit of a wrong answer at the start, of the present instance.

    Version history
        v0: first.
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(self, *, instance: Instance | InstanceDraw | None = None) -> None:
        self._draw = instance if isinstance(instance, InstanceDraw) else None
        fixed = Instance() if instance is None else instance
        first = fixed.instance(self.np_random) if isinstance(fixed, InstanceDraw) else fixed
        self.observation_space = cast("Any", observation_space(len(first.concepts)))
        self.action_space = cast("Any", spaces.Discrete(len(first.concepts)))
        self.steps = first.decisions
        self._made = self.steps  # an episode starts with reset()
        self._take(first)

    @property
    def fixed(self) -> bool:
        """Whether every episode is the same instance."""
        return self._draw is None

    def _take(self, instance: Instance) -> None:
        self.instance, self._mastery = instance, mastery(instance)
        self._notes = first_notes(self._mastery, self._mastery.start[None])
        self.prerequisites = prerequisite_matrix(instance)
        right = self._mastery.correct @ self._mastery.start  # (C,)
        self.difficulties = np.log((1.0 - right) / right)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Meet a new learner.

        Args:
            seed: The same seed gives the same instance, learner and luck.
            options: None is expected; anything else is an error.

        Returns:
            Observation and info.
        """
        if options:
            raise ValueError(f"options are {options}; expected none")
        super().reset(seed=seed)
        if self._draw is not None:
            self._take(self._draw.instance(self.np_random))
        m = self._mastery
        self._made = 0
        self._state = self.np_random.choice(len(m.start), size=1, p=m.start)
        hidden = self.instance.hidden
        self._notes = first_notes(m, m.start[None]) if hidden else seen(m, self._state)
        return self._observation(), self._info()

    def step(
        self, action: np.int64
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Practise one concept once.

        Raises:
            ValueError: There is no such concept.
            RuntimeError: `reset` was not called, or the drill is over.
        """
        if self._made >= self.steps:
            raise RuntimeError("the drill has not started or is over; call reset() first")
        if not self.action_space.contains(action):
            last = len(self.instance.concepts) - 1
            raise ValueError(f"action is {action!r}; expected a concept, 0 to {last}")
        m, concept = self._mastery, int(action)
        before = float(expected_score(m, self._notes)[0])
        correct, self._state = practise(m, self._state, np.array([concept]), self.np_random)
        hidden = self.instance.hidden
        self._notes = noted(m, self._notes, concept, correct) if hidden else seen(m, self._state)
        self._made += 1
        info = self._info() | {"correct": bool(correct[0])}
        reward = info["expected_score"] - before
        return self._observation(), reward, self._made == self.steps, False, info

    def _observation(self) -> Observation:
        batch = observation(self.instance, self._mastery, self._notes, self._made)
        return {name: array[0] for name, array in batch.items()}

    def _info(self) -> dict[str, Any]:
        """Facts for people: mastery (C,), its true score, and the score that answers tell of."""
        m, state = self._mastery, int(self._state[0])
        return {
            "mastery": m.states[state].copy(),
            "score": float(m.score[state]),
            "expected_score": float(expected_score(m, self._notes)[0]),
        }
