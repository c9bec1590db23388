"""Adapters beside the run that they belong to, by name: safetensors, and JSON that says of what."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from safetensors.torch import load_file, save_file
from torch import Tensor

from envs.whole_file import write_json, write_whole
from policies.adapters import put, with_adapters
from policies.policy import AttentionPolicy

SHELF: Final = "adapters"
"""Folder inside a run's."""
FORMAT: Final = 1
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


def digest(policy: AttentionPolicy) -> str:
    """What a policy's weights are, as SHA-256 in hexadecimal."""
    found = hashlib.sha256()
    for name, weights in sorted(policy.state_dict().items()):
        found.update(name.encode())
        found.update(weights.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


def keep(
    folder: Path,
    name: str,
    weights: Mapping[str, Tensor],
    deployed: AttentionPolicy,
    metadata: Mapping[str, Any],
) -> None:
    """Write adapters into a run folder.

    Args:
        folder: Of the run.
        name: Small letters, digits and hyphens.
        weights: As `policies.adapters.weights_of` gives them.
        deployed: The policy that they adapt.
        metadata: What is to be known of them, beside their rank.

    Raises:
        ValueError: The name has other characters.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"name is {name!r}; expected small letters, digits and hyphens")
    rank = min(next(iter(weights.values())).shape)
    about = {"format": FORMAT, "rank": rank, "deployed": digest(deployed), **metadata}
    shelf = folder / SHELF
    whole = {key: each.cpu().contiguous() for key, each in weights.items()}
    write_whole(shelf / f"{name}.safetensors", lambda path: save_file(whole, path))
    write_json(shelf / f"{name}.json", about)


def take(folder: Path, name: str, deployed: AttentionPolicy) -> AttentionPolicy:
    """The deployed policy with the adapters of that name.

    Raises:
        ValueError: There are none of that name, or they belong to another policy.
    """
    path = folder / SHELF / f"{name}.json"
    if not path.exists():
        known = sorted(each.stem for each in path.parent.glob("*.safetensors"))
        raise ValueError(f"adapter is {name!r}; expected one of {known} in {path.parent}")
    about = json.loads(path.read_text(encoding="utf-8"))
    if about["format"] != FORMAT:
        raise ValueError(f"format of {path} is {about['format']}; expected {FORMAT}")
    if about["deployed"] != digest(deployed):
        raise ValueError(f"adapter is {name!r}, learnt on another policy; expected its own")
    adapted = with_adapters(deployed, about["rank"])
    put(adapted, load_file(path.with_suffix(".safetensors")))
    return adapted
