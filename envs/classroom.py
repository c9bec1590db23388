"""The classroom as a Gymnasium environment: one class, one tutor, one course."""

from typing import Any, SupportsFloat, cast

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum, builtin
from envs.lessons import Report
from envs.seeds import class_seeds
from envs.simulation import Simulation
from envs.spaces import action_space, observation_space
from envs.view import as_text, draw, snapshot

Observation = dict[str, NDArray[np.float32]]

TERMS = ("learning_gain", "equity", "wellbeing")
DEFAULT_CURRICULUM = "algebra-16"


class ClassroomEnv(gym.Env[Observation, NDArray[np.int64]]):
    """One tutor teaches one class for one course; registered as `ALS/Classroom-v0`.

    Observation
        | key | shape | holds |
        |---|---|---|
        | course | (10,) | shares of lesson and course left, log days to test, minutes, scene |
        | gaze, head, face, voice, touch | (S, F) | sensor windows: mean, spread, trend, present |
        | behaviour | (S, 12) | task, concept's depth, minutes, speed, hints, hand, headset, cue |
        | evidence | (S, C, 7) | see envs.spaces.EVIDENCE |
        | belief, understanding | (S, C, 2) | knowledge tracing: mean and spread |
        | prospects | (S, C, 10) | gain per ten minutes that the belief promises |
        | concepts, prerequisites, seats | | what does not change |
        | ..._mask, ..._present | | what is allowed, who is there |

        `envs.spaces` is the full contract.

    Actions
        `MultiDiscrete([8, S + 1, C] + [5, C] * S)`: the tutor's activity, its target (0 the class),
        its concept; then for each learner the task and its concept. An action lasts as long as its
        activity (0.5 to 6 minutes, `envs.activities.MINUTES`), at most to the end of the lesson.

    Reward
        | term | weight | is |
        |---|---|---|
        | learning_gain | 1 | change of the expected delayed score / what was left to gain |
        | equity | 0 | the same for the quarter that started lowest |
        | wellbeing | 0 | minus the share of the course frustrated or sick (as decisions end) |

        With the default weights the return is the normalised learning gain. `info` holds every
        term, `learner_reward` (S,) that sums to the reward, and `minutes`.

    Starting state
        A class drawn from the population (`envs.population`), nothing practised yet; its learners
        are of the course's family (`envs.learners`), or of one of several.

    Episode end
        Terminated when the last lesson is over; never truncated here.

    Arguments:
        | name | default | effect |
        |---|---|---|
        | course | Course() | size, length, learner family, what fills the belief |
        | curriculum | algebra-16 | what is taught |
        | constants | Constants() | the population |
        | on_illegal | "error" | or "circulate": replace what the masks forbid |
        | render_mode | None | "ansi", "rgb_array" or "human" |

    Version history
        v0: first.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array", "human"], "render_fps": 2}

    def __init__(
        self,
        *,
        course: Course | None = None,
        curriculum: Curriculum | None = None,
        constants: Constants | None = None,
        on_illegal: str = "error",
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            modes = ", ".join(self.metadata["render_modes"])
            raise ValueError(f"render_mode is {render_mode!r}; expected None or one of {modes}")
        self.render_mode = render_mode
        self.simulation = Simulation(
            1,
            course or Course(),
            curriculum or builtin(DEFAULT_CURRICULUM),
            constants or Constants(),
            on_illegal=on_illegal,
        )
        size = self.simulation.course.learners, self.simulation.curriculum.size
        self.observation_space = cast("Any", observation_space(*size))
        self.action_space = action_space(*size)
        self._seeded = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Draw a new class.

        Args:
            seed: >= 0; the same seed gives the same class. None: the next class of the last seed.
            options: None is expected; anything else is an error.

        Returns:
            Observation and info.
        """
        if options:
            raise ValueError(f"options are {options}; expected none")
        own = None if seed is None else class_seeds(seed, 1)
        super().reset(seed=seed)
        if own is None and not self._seeded:
            own = self.np_random.integers(2**31, size=1)
        if own is not None:
            self.simulation.seed(own)
            self._seeded = True
        self.simulation.start()
        return self._observation(), {"phi": self._phi()}

    def step(
        self, action: NDArray[np.int64]
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Play one decision.

        Args:
            action: (3 + 2 S,) integers within the masks of the last observation.

        Returns:
            Observation, reward, terminated, truncated, info.

        Raises:
            ValueError: The action is illegal; the message names the rule.
            RuntimeError: `reset` was not called, or the course is over.
        """
        if not self._seeded or self.simulation.done[0]:
            raise RuntimeError("the course has not started or is over; call reset() first")
        self.simulation.step(np.asarray(action)[None])
        outcome = self.simulation.outcome
        info = decision_info(self.simulation, 0)
        done = bool(self.simulation.done[0])
        if done:
            info |= course_info(self.simulation.finish(), 0)
        if self.render_mode == "human":
            self.render()
        return self._observation(), float(outcome.reward[0]), done, False, info

    def render(self) -> str | NDArray[np.uint8] | None:
        """Draw the class: a table as text ("ansi"), or a picture from above (H, W, 3)."""
        if self.render_mode is None:
            return None
        view = snapshot(self.simulation, 0)
        if self.render_mode == "rgb_array":
            return draw(view)
        text = as_text(view)
        if self.render_mode == "ansi":
            return text
        print(text)  # noqa: T201  # "human" shows the class in the terminal
        return None

    def _observation(self) -> Observation:
        return {name: array[0].copy() for name, array in self.simulation.observation.items()}

    def _phi(self) -> NDArray[np.float64]:
        expected: NDArray[np.float64] = self.simulation.world.state.tally.expected[0]
        return expected.copy()


def decision_info(simulation: Simulation, b: int) -> dict[str, Any]:
    """Facts about the decision just played in classroom b."""
    outcome = simulation.outcome
    terms = {name: float(outcome.terms[b, n]) for n, name in enumerate(TERMS)}
    return {
        "minutes": float(outcome.minutes[b]),
        "learner_reward": outcome.learner_reward[b].copy(),
        "phi": simulation.world.state.tally.expected[b].copy(),
        **terms,
    }


def course_info(report: Report, b: int) -> dict[str, Any]:
    """The course of classroom b in figures (envs.lessons.Report)."""
    return {name: array[b].copy() for name, array in report._asdict().items()}
