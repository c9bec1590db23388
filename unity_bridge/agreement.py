"""Whether a Unity classroom sends what the layout says, and if not, what to change in Unity."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from envs.contract_sizes import AXES
from envs.course import LARGEST_CLASS, LARGEST_CURRICULUM
from unity_bridge.layout import TRAINING_FIELDS, Field, Layout, expected_branches, sizes_of

REGENERATE: Final = "regenerate ClassroomLayout.cs with `python -m scripts.unity codegen`"
_AXIS_NAMES: Final = {
    "S": "learners",
    "C": "concepts",
    "A": "activities",
    "K": "tasks",
    "T": "targets",
    "F": "features",
    "G": "features",
}


class LayoutMismatchError(ValueError):
    """A behaviour's observations or actions are not those of the layout."""


class Spec(Protocol):
    """What is read of ML-Agents' `BehaviorSpec`."""

    @property
    def observation_specs(self) -> Sequence[Any]:
        """Each with `name` and `shape`."""

    @property
    def action_spec(self) -> Any:
        """With `continuous_size` and `discrete_branches`."""


def agreed_layout(behaviour: str, spec: Spec, *, training: bool = True) -> Layout:
    """The layout of a behaviour that keeps it.

    Args:
        behaviour: Its name, for the message.
        spec: As Unity sent it. Observations of other names are nobody's business here.
        training: Whether the fields that only training needs must be there.

    Raises:
        LayoutMismatchError: It differs; the message names field, shapes, and what to change.
    """
    layout = _layout_of_actions(behaviour, spec.action_spec)
    shapes = {observation.name: tuple(observation.shape) for observation in spec.observation_specs}
    wrong = [
        _difference(field, shapes.get(field.name), layout)
        for field in layout.fields
        if (training or field.name not in TRAINING_FIELDS)
        and shapes.get(field.name) != (field.size,)
    ]
    if wrong:
        raise LayoutMismatchError(
            f"{behaviour} does not keep the layout of {layout.learners} learners and "
            f"{layout.concepts} concepts, which is what its action branches say:\n"
            + "\n".join(f"- {line}" for line in wrong)
        )
    return layout


def _layout_of_actions(behaviour: str, actions: Any) -> Layout:
    branches = tuple(int(size) for size in actions.discrete_branches)
    layout = sizes_of(branches)
    if layout is None or actions.continuous_size:
        raise LayoutMismatchError(
            f"{behaviour} has discrete branches {list(branches)} and {actions.continuous_size} "
            f"continuous actions; expected {expected_branches()}, and none continuous. In Unity: "
            "set Actions in the agent's Behavior Parameters so (ClassroomAgent does it itself)"
        )
    return layout


def _difference(field: Field, shape: tuple[int, ...] | None, layout: Layout) -> str:
    expected = f"expected {(field.size,)}{_meaning(field)}"
    if shape is None:
        cure = f"the agent needs a sensor of that name; keep ClassroomAgent's, or {REGENERATE}"
        if field.name in TRAINING_FIELDS:
            cure = "tick Sends Outcome of the Classroom Sensors, and let the scene know the gain"
        return f"{field.name} is missing; {expected}. In Unity: {cure}"
    other = _other_size(field, shape, layout)
    cure = f"In Unity: {other}" if other else f"In Unity: {REGENERATE}, and build again"
    return f"{field.name} has shape {shape}; {expected}. {cure}"


def _meaning(field: Field) -> str:
    axes = AXES.get(field.name, "")
    named = zip(field.shape, axes, strict=False)
    product = " x ".join(f"{length} {_AXIS_NAMES[axis]}" for length, axis in named)
    return f" = {product}" if product else ""


def _other_size(field: Field, shape: tuple[int, ...], layout: Layout) -> str:
    """The number of learners or concepts of which the field would have that shape, in words."""
    for what, most in (("learners", LARGEST_CLASS), ("concepts", LARGEST_CURRICULUM)):
        for number in range(1, most + 1):
            if (_size(field, replace(layout, **{what: number})),) == shape:
                return (
                    f"the sensors are made for {number} {what} and the actions for "
                    f"{getattr(layout, what)}; set the same number on ClassroomAgent for both"
                )
    return ""


def _size(field: Field, layout: Layout) -> int:
    """Numbers on the wire of a field of the contract, were its classroom of that size."""
    sizes = {"S": layout.learners, "T": layout.learners + 1, "C": layout.concepts}
    axes = AXES.get(field.name, "?")
    return math.prod(sizes.get(axis, own) for axis, own in zip(axes, field.shape, strict=True))
