"""Many classrooms as one Gymnasium vector environment, without a Python object for each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from envs.classroom import DEFAULT_CURRICULUM, TERMS, Observation
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum, builtin
from envs.events import Events
from envs.seeds import class_seeds
from envs.simulation import Simulation
from envs.spaces import action_space, observation_space

Infos = dict[str, Any]


class ClassroomVectorEnv(VectorEnv[Observation, NDArray[np.int64], NDArray[Any]]):
    """B classrooms stepped together; equal to B single ones with seeds seed, seed + 1, ...

    Autoreset is SAME_STEP: where a course ends, the returned observation is the next class's first,
    and `infos["final_obs"]`, `infos["final_info"]` hold the old one's last (rows marked by
    `_final_obs`, `_final_info`), `infos["final_events"]` the events of all classrooms before the
    restart. Observation and event arrays are overwritten by the next step.

    Args:
        num_envs: B, at least 1.
        course: Size, length, learner family, what fills the belief.
        curriculum: What is taught; default algebra-16.
        constants: The population.
        believed: The constants that the tutor's belief assumes; default: those of the population.
        on_illegal: "error" or "circulate".
        threads: Threads that share the classrooms of a step; pays from about 4,096 classrooms.
        render_mode: None; single classrooms render.

    Raises:
        ValueError: An argument is outside its range; the message names it.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}

    def __init__(
        self,
        num_envs: int = 1,
        *,
        course: Course | None = None,
        curriculum: Curriculum | None = None,
        constants: Constants | None = None,
        believed: Constants | None = None,
        on_illegal: str = "error",
        threads: int = 1,
        render_mode: str | None = None,
    ) -> None:
        if render_mode is not None:
            raise ValueError(f"render_mode is {render_mode!r}; expected None for many classrooms")
        self.num_envs = num_envs
        self.simulation = Simulation(
            num_envs,
            course or Course(),
            curriculum or builtin(DEFAULT_CURRICULUM),
            constants or Constants(),
            believed=believed,
            on_illegal=on_illegal,
            threads=threads,
        )
        size = self.simulation.course.learners, self.simulation.curriculum.size
        self.single_observation_space = observation_space(*size)
        self.single_action_space = action_space(*size)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seeded = False

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, Infos]:
        """Draw a new class in every classroom.

        Args:
            seed: Classroom i gets seed + i (or seed[i]); None: the next classes of the last seeds.
            options: {"spread": True} lets classroom i of B start i / B of the way into an untaught
                course, so that what is learnt from a batch is of all times. {"part": (p, n)}: seeds
                and spread as of classroom p B + i of n B. Else None.

        Returns:
            Observations (B, ...) and infos.
        """
        chosen: dict[str, Any] = {"spread": False, "part": (0, 1)} | (options or {})
        if set(chosen) != {"spread", "part"}:
            raise ValueError(f"options are {options}; expected spread and part, or none")
        part, parts = chosen["part"]
        if not 0 <= part < parts:
            raise ValueError(f"options' part is {part, parts}; expected (p, n) with 0 <= p < n")
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(2**31))
        if seed is not None:
            ahead = 0 if isinstance(seed, list) else part * self.num_envs
            self.simulation.seed(class_seeds(seed, self.num_envs) + ahead)
        self._seeded = True
        self.simulation.start()
        if chosen["spread"]:
            self.simulation.spread(part, parts)
        return self.simulation.observation, {"phi": self.simulation.world.state.tally.expected}

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Observation, NDArray[Any], NDArray[Any], NDArray[Any], Infos]:
        """Play one decision in every classroom; classrooms whose course ends start a new one.

        Args:
            actions: (B, 3 + 2 S) integers within the masks of the last observation.

        Returns:
            Observations, rewards (B,), terminated (B,), truncated (B,) all False, infos of arrays.

        Raises:
            ValueError: An action is illegal; the message names classroom and rule.
            RuntimeError: `reset` was not called.
        """
        if not self._seeded:
            raise RuntimeError("the courses have not started; call reset() first")
        simulation = self.simulation
        simulation.step(actions)
        outcome = simulation.outcome
        infos: Infos = {
            "minutes": outcome.minutes.copy(),
            "learner_reward": outcome.learner_reward.copy(),
            "phi": simulation.world.state.tally.expected.copy(),
            **{name: outcome.terms[:, n].copy() for n, name in enumerate(TERMS)},
        }
        rewards, done = outcome.reward.copy(), simulation.done.copy()
        if done.any():
            report = simulation.finish()
            infos["final_obs"] = {k: v.copy() for k, v in simulation.observation.items()}
            infos["final_info"] = {k: v.copy() for k, v in report._asdict().items()}
            infos["_final_obs"] = infos["_final_info"] = done
            infos["final_events"] = _kept(simulation.world.events)
            simulation.start(done)
        return simulation.observation, rewards, done, np.zeros_like(done), infos

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Copies of all arrays that a later step depends on, by name."""
        return self.simulation.state_dict()

    def load_state_dict(self, saved: Mapping[str, NDArray[Any]]) -> Observation:
        """Go back to a saved state, and give its observation.

        Raises:
            ValueError: A name is missing or a shape differs.
        """
        self.reset(seed=0)  # courses must have started before they can be replaced
        self.simulation.load_state_dict(saved)
        return self.simulation.observation


def _kept(events: Events) -> Events:
    """The decision's events, safe from a restart (which clears three of them) until the next step.

    Copying all of them would cost large batches, where some course ends at every step, much time.
    """
    return events._replace(
        answers=events.answers.copy(),
        occupation=events.occupation.copy(),
        clock=events.clock.copy(),
    )
