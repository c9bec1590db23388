"""What a run hands on to another: its trunk, and the heads that predict from it."""

from pathlib import Path
from typing import Final, Literal

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from agents.auxiliary import Auxiliary
from agents.checkpoint import MODEL, has_model
from agents.ppo import ClassroomPPO
from envs.whole_file import write_whole

HEADS: Final = "auxiliary.safetensors"
TRUNK: Final = "encoder."


def save_heads(auxiliary: Auxiliary, folder: Path) -> None:
    """Write the heads' weights into a run folder, beside the policy."""
    weights = {key: tensor.contiguous() for key, tensor in auxiliary.state_dict().items()}
    write_whole(folder / HEADS, lambda path: save_file(weights, path))


def load_heads(auxiliary: Auxiliary, folder: Path) -> None:
    """Take over the heads' weights of a run folder.

    Raises:
        ValueError: The folder has none, or they are of another shape.
    """
    if not (folder / HEADS).exists():
        raise ValueError(
            f"run is {folder}; expected one with {HEADS}: a run with weights of the "
            "auxiliary losses"
        )
    take(auxiliary, load_file(folder / HEADS), folder)


def start_from(
    model: ClassroomPPO, folder: Path, parts: Literal["trunk", "policy"] = "trunk"
) -> None:
    """Give a fresh model another run's trunk and input statistics, and heads where both have them.

    With the trunk alone, what chooses and what values stay fresh, so that seeds still differ.

    Args:
        model: Fresh.
        folder: Of the other run.
        parts: The trunk alone, or the whole policy.

    Raises:
        ValueError: The folder holds no policy, or one whose parts have other names or shapes.
    """
    if not has_model(folder):
        raise ValueError(f"init is {folder}; expected a run folder that holds {MODEL}.json")
    found = load_file(folder / f"{MODEL}.safetensors", device=str(model.device))
    if parts == "policy":
        take(model.policy, found, folder)
    else:
        trunk = {
            key.removeprefix(TRUNK): value for key, value in found.items() if key.startswith(TRUNK)
        }
        take(model.policy.encoder, trunk, folder)
    if model.auxiliary is not None and (folder / HEADS).exists():
        load_heads(model.auxiliary, folder)


def take(module: nn.Module, weights: dict[str, Tensor], folder: Path) -> None:
    """Load weights by name.

    Raises:
        ValueError: A name is missing or not known, or a shape differs; the message names it.
    """
    expected = module.state_dict()
    for name in sorted({*weights, *expected}):
        theirs, ours = (_shape(group.get(name)) for group in (weights, expected))
        if theirs != ours:
            raise ValueError(
                f"init is {folder}; its {name} is {theirs}; expected {ours}: "
                "the same network on the same observations"
            )
    module.load_state_dict(weights)


def _shape(weight: Tensor | None) -> str:
    return "missing" if weight is None else f"of shape {tuple(weight.shape)}"
