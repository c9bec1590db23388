"""Classrooms of several sizes, courses or populations as one vector environment.

Every group of classrooms is a vector environment of its own; the smaller ones are padded to the
largest, and padding is marked absent and forbidden as the contract says.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, create_empty_array
from numpy.typing import NDArray

from envs.activities import Task
from envs.classroom import Observation
from envs.spaces import action_space, observation_space
from envs.vector import ClassroomVectorEnv, Infos

Arrays = dict[str, NDArray[Any]]
CLASS_ONLY = "activity_minutes"
"""The one figure of the final report with a second axis that is not the learners'."""


class ClassroomGroups(VectorEnv[Observation, NDArray[np.int64], NDArray[Any]]):
    """Groups of classrooms stepped together, rows in the order of the groups.

    Autoreset is SAME_STEP, as in each group. Learners' figures in `infos["final_info"]` are class
    means here, since classes differ in size. Observation arrays are overwritten by the next step.

    Args:
        groups: At least one.

    Raises:
        ValueError: No group.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}

    def __init__(self, groups: Sequence[ClassroomVectorEnv]) -> None:
        if not groups:
            raise ValueError("groups is empty; expected at least one group of classrooms")
        self.groups = tuple(groups)
        edges = np.cumsum([0, *(group.num_envs for group in groups)]).tolist()
        self.rows = [slice(*ends) for ends in pairwise(edges)]
        self.num_envs = edges[-1]
        self.learners = max(group.simulation.course.learners for group in groups)
        concepts = max(group.simulation.curriculum.size for group in groups)
        self.single_observation_space = observation_space(self.learners, concepts)
        self.single_action_space = action_space(self.learners, concepts)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._observation = self._empty()

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, Infos]:
        """Draw a new class in every classroom; arguments as of `ClassroomVectorEnv`.

        Classroom i has seed + i, whichever group it is in. A part of a larger batch has a part of
        each of its groups.
        """
        _, parts = (options or {}).get("part", (0, 1))
        for group, rows in zip(self.groups, self.rows, strict=True):
            own = seed[rows] if isinstance(seed, list) else seed
            first = own + parts * rows.start if isinstance(own, int) else own
            group.reset(seed=first, options=options)
        return self._gather(), {}

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Observation, NDArray[Any], NDArray[Any], NDArray[Any], Infos]:
        """Play one decision in every classroom; arguments and results as of `ClassroomVectorEnv`.

        What the action holds for learners that a smaller class has not is ignored.
        """
        infos: Infos = {}
        rewards, done = np.zeros(self.num_envs), np.zeros(self.num_envs, np.bool_)
        for group, rows in zip(self.groups, self.rows, strict=True):
            own = np.ascontiguousarray(actions[rows, : group.simulation.actions.shape[1]])
            _, rewards[rows], done[rows], _, theirs = group.step(own)
            self._merge(infos, theirs, rows)
        if done.any():
            infos["_final_obs"] = infos["_final_info"] = done
        return self._gather(), rewards, done, np.zeros_like(done), infos

    def _gather(self) -> Observation:
        for group, rows in zip(self.groups, self.rows, strict=True):
            fill(self._observation, group.simulation.observation, rows)
        return self._observation

    def _merge(self, infos: Infos, theirs: Infos, rows: slice) -> None:
        """Take over one group's arrays; learners' figures (b, S) are padded with zeros."""
        for name, values in theirs.items():
            if name == "final_obs":
                fill(infos.setdefault(name, self._empty()), values, rows)
            elif name == "final_info":
                report = infos.setdefault(name, {})
                for figure, mean in class_means(values).items():
                    shape = (self.num_envs, *mean.shape[1:])
                    report.setdefault(figure, np.zeros(shape))[rows] = mean
            elif isinstance(values, np.ndarray) and not name.startswith("_"):
                shape = (self.num_envs, *(self.learners for _ in values.shape[1:]))
                fill({name: infos.setdefault(name, np.zeros(shape))}, {name: values}, rows)

    def _empty(self) -> Arrays:
        """An observation of nobody: what is absent stays so where no group writes."""
        space = self.single_observation_space
        empty = cast("Arrays", create_empty_array(space, self.num_envs))
        empty["task_mask"][:, :, Task.KEEP] = 1.0
        return empty

    def state_dict(self) -> Arrays:
        """Copies of all arrays that a later step depends on, by group and name."""
        return {
            f"{place}.{name}": array
            for place, group in enumerate(self.groups)
            for name, array in group.state_dict().items()
        }

    def load_state_dict(self, saved: Mapping[str, NDArray[Any]]) -> Observation:
        """Go back to a saved state, and give its observation."""
        for place, group in enumerate(self.groups):
            group.load_state_dict(dict(_of_group(saved, place)))
        return self._gather()


def fill(target: Arrays, source: Mapping[str, NDArray[Any]], rows: slice) -> None:
    """Write a smaller observation (b, ...) into the rows of a larger one (B, ...), corner first."""
    for name, array in source.items():
        target[name][rows][tuple(slice(size) for size in array.shape)] = array


def class_means(report: Mapping[str, NDArray[Any]]) -> Arrays:
    """Learners' figures (b, S) as means (b,); figures of the class, and minutes, as they are."""
    return {
        name: values.mean(axis=1) if values.ndim == 2 and name != CLASS_ONLY else values
        for name, values in report.items()
    }


def _of_group(saved: Mapping[str, NDArray[Any]], place: int) -> Iterator[tuple[str, Any]]:
    for name, array in saved.items():
        number, _, own = name.partition(".")
        if number == str(place):
            yield own, array
