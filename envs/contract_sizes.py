"""How large an environment of one's own is: read from its spaces, which must not contradict."""

from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
from gymnasium import spaces

from envs.spaces import MODALITIES

PAIRS: Final = ("evidence", "belief", "understanding", "prospects")
"""Keys that say something of every learner on every concept."""
AXES: Final = {
    "course": "G",
    **dict.fromkeys((*MODALITIES, "behaviour"), "SF"),
    **dict.fromkeys(PAIRS, "SCF"),
    "concepts": "CF",
    "prerequisites": "CC",
    "seats": "SS",
    "activity_mask": "A",
    "target_mask": "AT",
    "concept_mask": "AC",
    "task_mask": "SK",
    "task_concept_mask": "KC",
    "learner_present": "S",
    "concept_present": "C",
}
"""Axes of every key: S learners, C concepts, A activities, K tasks, T = S + 1 targets; F and G, the
numbers of features, are free."""
PREFIXES: Final = {"learner_": "SF", "concept_": "CF"}
"""What the name of a key beside the contract's can say of its axes."""
ACTION_MASK: Final = "action_mask"
"""Concepts that a plan without tasks may hold, (C,): Gymnasium's usual name, in obs or info."""
FORMS: Final = (
    "Discrete(C), MultiDiscrete([C] * S), MultiDiscrete([K, C] * S) or "
    "MultiDiscrete([A, S + 1, C] + [K, C] * S)"
)
_NAMES: Final = {"S": "learners", "C": "concepts", "A": "activities", "K": "tasks"}


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """S, C, A and K, and where the environment's own action stands in the contract's."""

    learners: int
    concepts: int
    activities: int
    tasks: int
    positions: tuple[int, ...]
    """Positions of the environment's choices in [activity, target, concept, task, concept, ...]."""

    @property
    def plan_only(self) -> bool:
        """Whether the tutor has no activity of its own: the plan is all there is to choose."""
        return 0 not in self.positions

    def length(self, axis: str) -> int:
        """Length of one of the axes S, C, A, K, T; F and G, where nothing is known, have 1."""
        own = {"T": self.learners + 1, "F": 1, "G": 1}
        return own[axis] if axis in own else int(getattr(self, _NAMES[axis]))


class Claim(NamedTuple):
    """What one key says of one size."""

    size: int
    source: str


def axes_of(key: str, shape: tuple[int, ...]) -> str | None:
    """Axes that a key's name and number of dimensions tell; None where only lengths can.

    Raises:
        ValueError: A key of the contract has another number of dimensions there.
    """
    if key in AXES:
        if len(shape) != len(AXES[key]):
            expected = ", ".join(AXES[key])
            raise ValueError(f"{key} has shape {shape}; expected ({expected})")
        return AXES[key]
    if len(shape) == 3:
        return "SCF"
    for prefix, axes in PREFIXES.items():
        if key.startswith(prefix) and len(shape) in (1, 2):
            return axes[: len(shape)]
    return None


def read_sizes(observation: spaces.Dict, action: spaces.Space[Any]) -> Sizes:
    """Sizes that the keys and the action space agree on.

    Args:
        observation: Of Box spaces.
        action: One of `FORMS`.

    Raises:
        ValueError: They contradict each other, or leave two possibilities; the message names keys
            and shapes.
    """
    claims = _claims(observation)
    layouts = _layouts(action)
    if not layouts:
        raise ValueError(f"action_space is {action}; expected {FORMS}")
    possible = [
        sizes
        for sizes in layouts
        if all(sizes.length(axis) == claim.size for axis, claim in claims.items())
    ]
    if len(possible) == 1:
        return possible[0]
    if not possible:
        said = ", ".join(f"{c.size} {_NAMES[axis]} by {c.source}" for axis, c in claims.items())
        raise ValueError(f"action_space is {action}; expected one of {FORMS} for {said}")
    meanings = " or ".join(f"{s.learners} learners with {s.tasks} tasks" for s in possible)
    raise ValueError(
        f"action_space is {action}, which can mean {meanings}; expected a key that says how many "
        "learners there are, such as learner_present (S,)"
    )


def _claims(observation: spaces.Dict) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for key, space in observation.spaces.items():
        shape = tuple(space.shape or ())
        source = f"{key} {shape}"
        for axis, length in zip(axes_of(key, shape) or "", shape, strict=False):
            name, size = ("S", length - 1) if axis == "T" else (axis, length)
            if name not in _NAMES:
                continue
            held = claims.setdefault(name, Claim(size, source))
            if held.size != size:
                raise ValueError(
                    f"{source} says {size} {_NAMES[name]} and {held.source} says {held.size}; "
                    "expected the same"
                )
    return claims


def _layouts(action: spaces.Space[Any]) -> list[Sizes]:
    """Every way to read an action space; lengths alone cannot always tell learners from tasks."""
    if isinstance(action, spaces.Discrete):
        return [_plan(1, int(action.n))]
    if not isinstance(action, spaces.MultiDiscrete):
        return []
    choices = np.ravel(action.nvec).tolist()
    found = []
    if len(set(choices)) == 1:
        found.append(_plan(len(choices), choices[0]))
    if choices and len(choices) % 2 == 0 and choices == choices[:2] * (len(choices) // 2):
        found.append(_plan(len(choices) // 2, choices[1], choices[0]))
    if len(choices) >= 5 and len(choices) % 2 == 1:
        learners = (len(choices) - 3) // 2
        activities, targets, concepts = choices[:3]
        if targets == learners + 1 and choices[3:] == [choices[3], concepts] * learners:
            every = tuple(range(len(choices)))
            found.append(
                Sizes(
                    learners=learners,
                    concepts=concepts,
                    activities=activities,
                    tasks=choices[3],
                    positions=every,
                )
            )
    return found


def _plan(learners: int, concepts: int, tasks: int | None = None) -> Sizes:
    """Sizes of an action that is the plan: concepts alone, or each learner's task and concept."""
    parts = (1,) if tasks is None else (0, 1)
    positions = tuple(3 + 2 * i + part for i, part in product(range(learners), parts))
    return Sizes(
        learners=learners,
        concepts=concepts,
        activities=1,
        tasks=tasks or 1,
        positions=positions,
    )
