"""Models and training states on disk: safetensors and JSON, nothing that loading must trust."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces
from safetensors.torch import load_file, save_file
from stable_baselines3.common.utils import get_device
from torch import Tensor

from agents import distributed
from agents.ppo import ClassroomPPO
from agents.sb3_adapter import SB3Classrooms
from envs.whole_file import write_json, write_whole
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy

FORMAT = 2
"""Rises when a file of an older version could no longer be read."""
MODEL = "model"
STATE = "state"
GLOBAL = "random.global"
"""torch's own generator, which is the same in all processes."""


def save_policy(
    policy: AttentionPolicy, folder: Path, metadata: Mapping[str, Any] | None = None
) -> None:
    """Write model.safetensors (weights) and model.json (sizes, spaces, metadata) into a folder.

    Args:
        policy: To be saved.
        folder: Made if it is missing; older files of a model are replaced.
        metadata: Added to model.json under "metadata".
    """
    folder.mkdir(parents=True, exist_ok=True)
    space = cast("spaces.Dict", policy.observation_space)
    description = {
        "format": FORMAT,
        "policy": asdict(policy.config),
        "learners": space["learner_present"].shape[0],  # type: ignore[index]  # a Box has a shape
        "concepts": space["concept_present"].shape[0],  # type: ignore[index]
        "observation": {key: list(box.shape or ()) for key, box in space.spaces.items()},
        "action": cast("spaces.MultiDiscrete", policy.action_space).nvec.tolist(),
        "metadata": dict(metadata or {}),
    }
    weights = {key: tensor.contiguous() for key, tensor in policy.state_dict().items()}
    write_whole(folder / f"{MODEL}.safetensors", lambda path: save_file(weights, path))
    write_json(folder / f"{MODEL}.json", description)


def has_model(folder: Path) -> bool:
    """Whether `save_policy` wrote a model into this folder."""
    return (folder / f"{MODEL}.json").exists()


def read_metadata(folder: Path) -> dict[str, Any]:
    """What `save_policy` was given besides the policy."""
    metadata: dict[str, Any] = _read(folder / f"{MODEL}.json")["metadata"]
    return metadata


def load_policy(folder: Path, device: torch.device | str = "auto") -> AttentionPolicy:
    """Rebuild the policy that `save_policy` wrote into a folder.

    Raises:
        ValueError: The folder holds no model, or one of another format.
    """
    path = folder / f"{MODEL}.json"
    if not has_model(folder):
        raise ValueError(f"folder is {folder}; expected one that holds {path.name}")
    description = _read(path)
    observation: dict[str, spaces.Space[Any]] = {
        key: spaces.Box(-np.inf, np.inf, tuple(shape), np.float32)
        for key, shape in description["observation"].items()
    }
    policy = AttentionPolicy(
        spaces.Dict(observation),
        spaces.MultiDiscrete(np.array(description["action"], np.int64)),
        lambda _: 0.0,
        PolicyConfig(**description["policy"]),
    )
    policy.load_state_dict(load_file(folder / f"{MODEL}.safetensors"))
    policy.set_training_mode(False)
    return policy.to(get_device(device))


def save_state(model: ClassroomPPO, folder: Path) -> None:
    """Write everything that continuing `learn` depends on: to be called between two rollouts.

    Weights, optimiser, random generators, classrooms and counters. The folder is written aside and
    then renamed, so that an interrupted write leaves the older state. Where several processes train
    together, all call it, and the first one writes for all: the classrooms and the generators of
    the processes follow one another.
    """
    arrays = _classrooms(model).state_dict().items()
    own = {f"env.{key}": torch.from_numpy(value.copy()) for key, value in arrays}
    own |= {f"random.{key}": generator.get_state() for key, generator in _dice(model).items()}
    starts = distributed.gathered(np.asarray(model._last_episode_starts).tolist())  # noqa: SLF001
    tensors = distributed.joined(own)
    if not distributed.is_first():
        return
    tensors[GLOBAL] = torch.get_rng_state()
    tensors |= {f"policy.{key}": value for key, value in model.policy.state_dict().items()}
    optimizer = model.policy.optimizer.state_dict()
    for index, moments in optimizer["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in moments.items()}
    if model.auxiliary is not None:
        tensors |= {f"auxiliary.{key}": v for key, v in model.auxiliary.state_dict().items()}
    counters = {
        "format": FORMAT,
        "processes": distributed.size(),
        "num_timesteps": model.num_timesteps,
        "n_updates": model._n_updates,  # noqa: SLF001  # stable-baselines3 has no reader
        "gain_rate": model.gain_rate,
        "episode_starts": starts,
        "episodes": list(model.ep_info_buffer or ()),
    }
    aside = folder.with_name(folder.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    kept = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    save_file(kept, aside / f"{STATE}.safetensors")
    (aside / f"{STATE}.json").write_text(json.dumps(counters), encoding="utf-8")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    aside.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def load_state(model: ClassroomPPO, folder: Path) -> int:
    """Put a fresh model of the same configuration into the state that `save_state` wrote.

    Afterwards `learn(..., reset_num_timesteps=False)` goes on as if it had never stopped. Where
    several processes train together, all call it, and the first one reads for all. Another number
    of processes than that which wrote shares the same classrooms out anew; generators of processes
    that there were not before stay as they are.

    Returns:
        The number of processes that wrote it.

    Raises:
        ValueError: The folder holds no training state, or one of another format.
    """
    counters, tensors = distributed.dealt(lambda: _hands(folder))
    parts: dict[str, dict[str, Tensor]] = defaultdict(dict)
    for key, tensor in tensors.items():
        part, name = key.split(".", 1)
        parts[part][name] = tensor
    model.policy.load_state_dict(parts["policy"])
    if model.auxiliary is not None:
        model.auxiliary.load_state_dict(parts["auxiliary"])
    moments: dict[int, dict[str, Tensor]] = {}
    for key, tensor in parts["optimizer"].items():
        index, name = key.split(".")
        moments.setdefault(int(index), {})[name] = tensor
    optimizer = model.policy.optimizer
    optimizer.load_state_dict(optimizer.state_dict() | {"state": moments})
    torch.set_rng_state(parts["random"]["global"])
    for name, generator in _dice(model).items():
        if name in parts["random"]:  # older states have nothing that hides
            generator.set_state(parts["random"][name])
    arrays = {key: value.numpy() for key, value in parts["env"].items()}
    model.restore(counters, _classrooms(model).load_state_dict(arrays))
    return int(counters["processes"])


def _hands(folder: Path) -> list[tuple[dict[str, Any], dict[str, Tensor]]]:
    """What each process takes of a saved state: counters and tensors."""
    path = _existing(folder) / f"{STATE}.json"
    counters = {"processes": 1} | _read(path)
    tensors = load_file(path.with_suffix(".safetensors"))
    size = distributed.size()
    starts = np.array_split(counters["episode_starts"], size)
    return [
        (
            counters | {"episode_starts": starts[rank].tolist()},
            dict(_hand(tensors, rank, size, counters["processes"])),
        )
        for rank in range(size)
    ]


def _hand(
    tensors: Mapping[str, Tensor], rank: int, size: int, before: int
) -> Iterator[tuple[str, Tensor]]:
    """Classrooms in equal shares, the generators of the process of this number, all else whole."""
    for key, tensor in tensors.items():
        kind = key.partition(".")[0]
        if kind == "env" and tensor.ndim:
            yield key, tensor.chunk(size)[rank].clone()  # a view would be sent with the whole
        elif kind != "random" or key == GLOBAL:
            yield key, tensor
        elif rank < before:
            yield key, tensor.chunk(before)[rank].clone()


def _dice(model: ClassroomPPO) -> dict[str, torch.Generator]:
    """The generators that differ between processes."""
    return {name: getattr(model, name) for name in ("sampling", "shuffling", "hiding")}


def _read(path: Path) -> dict[str, Any]:
    """The JSON beside some weights, refused before they are read if they would not fit."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if content["format"] != FORMAT:
        raise ValueError(f"format of {path} is {content['format']}; expected {FORMAT}")
    return content


def has_state(folder: Path) -> bool:
    """Whether `load_state` would find a training state in the folder."""
    return any(path.exists() for path in _candidates(folder))


def _candidates(folder: Path) -> list[Path]:
    """The folder, or its older copy when renaming was interrupted between the two steps."""
    return [folder, folder.with_name(folder.name + ".old")]


def _existing(folder: Path) -> Path:
    for path in _candidates(folder):
        if path.exists():
            return path
    raise ValueError(f"folder is {folder}; expected one that holds {STATE}.json")


def _classrooms(model: ClassroomPPO) -> SB3Classrooms:
    env = model.get_env()
    if not isinstance(env, SB3Classrooms):
        raise ValueError(f"env is {type(env).__name__}; expected SB3Classrooms: it can be saved")
    return env
