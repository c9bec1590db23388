"""How the contract of `envs.spaces` travels over ML-Agents' wire: the one place that knows both.

| on the wire | is |
|---|---|
| behaviour | `Classroom` (Unity appends "?team=0"), one agent for every classroom |
| observations | one float vector for each field, named after it, its array read row by row |
| discrete actions | 3 + 2 S branches: activity, target, concept, then (task, concept) a learner |
| action mask | per branch, what no legal action holds, whatever the other branches are |
| reward, done | the decision's reward; `max_step_reached` marks a truncated course |

ML-Agents' C# sends sensors sorted by name, so fields are found by name, never by position. Its
masks know no dependence of one branch on another: the exact masks are observations themselves.
Every shape of a sensor that Unity knows can carry a vector, so arrays of more dimensions go flat.

Training needs two things that the contract's observation does not hold. They travel as two more
observations, so that each stays with its agent and its message: nothing has to be matched by time.

| field | holds |
|---|---|
| outcome | of the decision that led here: minutes, reward terms, every learner's reward, phi |
| report | the course in figures (`envs.lessons.Report`); zeros until it ends |

A classroom that only plays may leave both out.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from envs import spaces as contract
from envs.activities import ACTIVITIES, TASKS, Activity, Task
from envs.classroom import TERMS
from envs.contract_sizes import AXES
from envs.lessons import empty_report
from unity_bridge.masks import Bools, inverted

Floats = NDArray[np.float32]

BEHAVIOUR: Final = "Classroom"
TRAINING_FIELDS: Final = ("outcome", "report")
_COLUMNS: Final = {
    "course": contract.COURSE,
    **{
        name: (*(f"{channel}_{part}" for channel in own for part in contract.WINDOW), "present")
        for name, own in contract.CHANNELS.items()
    },
    "behaviour": contract.BEHAVIOUR,
    "evidence": contract.EVIDENCE,
    "belief": contract.BELIEF,
    "understanding": contract.BELIEF,
    "prospects": contract.PROSPECTS,
    "concepts": contract.CONCEPT_FEATURES,
}
"""What the last axis of a field holds, for fields whose last axis is features."""


class Field(NamedTuple):
    """One named float vector, and the array that it stands for."""

    name: str
    shape: tuple[int, ...]
    """Of the array; the vector on the wire has the product of it."""
    columns: tuple[str, ...] = ()
    """What the last axis holds; empty where it is learners, concepts, activities or tasks."""

    @property
    def size(self) -> int:
        """Numbers on the wire."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Layout:
    """The fields and branches of classrooms of S learners and C concepts."""

    learners: int
    concepts: int

    @cached_property
    def observation_space(self) -> spaces.Dict:
        """The contract's, of one classroom."""
        return contract.observation_space(self.learners, self.concepts)

    @cached_property
    def action_space(self) -> spaces.MultiDiscrete:
        """The contract's, of one classroom."""
        return contract.action_space(self.learners, self.concepts)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field in the order in which Unity sends them: by name."""
        shapes = {key: box.shape or () for key, box in self.observation_space.spaces.items()}
        own = [Field(key, shape, _COLUMNS.get(key, ())) for key, shape in shapes.items()]
        for name in TRAINING_FIELDS:
            columns = tuple(_column_names(self.parts(name)))
            own.append(Field(name, (len(columns),), columns))
        return tuple(sorted(own))

    def size(self, name: str) -> int:
        """Numbers of a field on the wire."""
        return next(field.size for field in self.fields if field.name == name)

    def parts(self, name: str) -> dict[str, tuple[int, ...]]:
        """Shapes of what a field of training holds one after the other, by name."""
        if name == "report":
            report = empty_report(1, self.learners)._asdict()
            return {part: array.shape[1:] for part, array in report.items()}
        alone: dict[str, tuple[int, ...]] = dict.fromkeys(("minutes", *TERMS), ())
        return alone | {"learner_reward": (self.learners,), "phi": (self.learners,)}

    @cached_property
    def branches(self) -> tuple[int, ...]:
        """Sizes of the discrete branches."""
        return tuple(int(size) for size in self.action_space.nvec)

    @cached_property
    def branch_names(self) -> tuple[str, ...]:
        """What each branch chooses."""
        plan = (f"{part}_{i}" for i in range(self.learners) for part in ("task", "task_concept"))
        return ("activity", "target", "concept", *plan)

    def flatten(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """Fields (B, ...) by name as the wire's vectors (B, n)."""
        return {
            field.name: np.ascontiguousarray(arrays[field.name], np.float32).reshape(-1, field.size)
            for field in self.fields
            if field.name in arrays
        }

    def restore(self, vectors: Mapping[str, Floats]) -> dict[str, Floats]:
        """The contract's observation (B, ...) in the wire's vectors (B, n) by name."""
        return {
            field.name: vectors[field.name].reshape(-1, *field.shape)
            for field in self.fields
            if field.name not in TRAINING_FIELDS
        }

    def pack(self, name: str, values: Mapping[str, NDArray[Any]]) -> Floats:
        """Parts (B, ...) of a field of training, one after the other: (B, n)."""
        parts = [np.asarray(values[part]) for part in self.parts(name)]
        rows = len(parts[0])
        return np.concatenate([part.reshape(rows, -1) for part in parts], axis=1, dtype=np.float32)

    def unpack(self, name: str, field: Floats) -> dict[str, NDArray[np.float64]]:
        """Parts (B, ...) of a field of training (B, n), by name."""
        unpacked: dict[str, NDArray[np.float64]] = {}
        start = 0
        for part, shape in self.parts(name).items():
            stop = start + math.prod(shape)
            unpacked[part] = field[:, start:stop].astype(np.float64).reshape(-1, *shape)
            start = stop
        return unpacked

    def branch_masks(self, observation: Mapping[str, Floats]) -> list[Bools]:
        """For every branch what some legal action holds, (B, size) each; True is allowed."""
        activities = observation["activity_mask"] > 0  # (B, A)
        targets = activities[:, :, None] & (observation["target_mask"] > 0)  # (B, A, S + 1)
        concepts = activities[:, :, None] & (observation["concept_mask"] > 0)  # (B, A, C)
        masks: list[Bools] = [activities, np.any(targets, axis=1), np.any(concepts, axis=1)]
        tasks = observation["task_mask"] > 0  # (B, S, K)
        about = observation["task_concept_mask"] > 0  # (B, K, C)
        for i in range(self.learners):
            masks += [tasks[:, i], np.any(tasks[:, i, :, None] & about, axis=1)]
        return masks

    def wire_mask(self, observation: Mapping[str, Floats]) -> Bools:
        """ML-Agents' action mask, (B, sum of the branches)."""
        return inverted(np.concatenate(self.branch_masks(observation), axis=1))


def fingerprint() -> str:
    """Names a layout, whatever its sizes: other names, or another order of features, change it."""
    layout = Layout(2, 2)
    words = [
        f"{field.name}({AXES.get(field.name, '')}): {field.columns}" for field in layout.fields
    ]
    words += [*(activity.name for activity in Activity), *(task.name for task in Task)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


def sizes_of(branches: Sequence[int]) -> Layout | None:
    """The layout whose branches these are, if there is one."""
    if len(branches) < 5 or len(branches) % 2 == 0:
        return None
    layout = Layout((len(branches) - 3) // 2, int(branches[2]))
    return layout if layout.branches == tuple(branches) else None


def expected_branches() -> str:
    """The form of the branches in words."""
    return f"[{ACTIVITIES}, S + 1, C] + [{TASKS}, C] * S for S learners and C concepts"


def _column_names(parts: Mapping[str, tuple[int, ...]]) -> list[str]:
    names: list[str] = []
    for part, shape in parts.items():
        names += [f"{part}_{i}" for i in range(shape[0])] if shape else [part]
    return names
