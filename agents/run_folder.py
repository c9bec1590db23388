"""A run folder: where training writes, and where evaluation and watching read."""

import importlib.metadata
import json
import platform
import subprocess
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from agents.presets import TrainConfig
from envs.whole_file import write_json

CONFIG = "config.json"
CHECKPOINT = "checkpoint"
RESULTS = "training.json"
"""What a finished training came to."""
RUNS = Path("runs")
REFERENCE = Path(__file__).parent / "reference"
"""The run that comes with the repository, used where no run is named."""
LIBRARIES = ("gymnasium", "numba", "numpy", "stable-baselines3", "torch")
Settings = TypeVar("Settings")


def new_folder() -> Path:
    """Name a folder under runs/ after the present time."""
    return RUNS / datetime.now().astimezone().strftime("%Y-%m-%d_%H-%M-%S")


def check_free(folder: Path) -> None:
    """Refuse a folder for a run that holds other things.

    Raises:
        ValueError: It does.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / CONFIG).exists():
        raise ValueError(
            f"run is {folder}, which holds other things; expected a new or empty folder, or a run's"
        )


def check_same(run: Path, config: TrainConfig, seed: int) -> TrainConfig:
    """Let the same command go on with its own run.

    Returns:
        The settings held: "auto" threads became a number, with which the run goes on.

    Raises:
        ValueError: The folder holds another run.
    """
    held, content = read_config(run)
    asked = replace(config, threads=held.threads) if config.threads == "auto" else config
    if (held, content["seed"]) != (asked, seed):
        raise ValueError(
            f"run is {run}; it holds a run with other settings or another seed: "
            f"expected a new folder, or --resume {run}"
        )
    return held


def write_config(folder: Path, config: TrainConfig, *, preset: str, seed: int) -> None:
    """Write config.json: settings, seed, versions and commit, all that repeating the run needs."""
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    content = {
        "preset": preset,
        "seed": seed,
        "train": asdict(config),
        "versions": {"python": platform.python_version(), **versions},
        "commit": commit(),
    }
    write_json(folder / CONFIG, content)


def read_config(folder: Path) -> tuple[TrainConfig, dict[str, Any]]:
    """Read config.json: the settings, and the file's whole content.

    Raises:
        ValueError: The folder holds no run, or a field is not known.
    """
    path = folder / CONFIG
    if not path.exists():
        raise ValueError(f"run is {folder}; expected a folder that holds {CONFIG}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no JSON: {error}; expected what training wrote") from error
    return rebuild(TrainConfig, content["train"], "train"), content


def read_classroom(folder: Path) -> tuple[TrainConfig, dict[str, Any]]:
    """Read config.json of a run that taught the built-in classroom.

    Raises:
        ValueError: As `read_config`; or the run was trained on an environment of one's own.
    """
    config, content = read_config(folder)
    if config.env is not None:
        raise ValueError(
            f"run is {folder}, trained on env {config.env!r}; expected a run of the built-in "
            f"classroom: `python -m scripts.train --resume {folder}` evaluates this one"
        )
    return config, content


def rebuild(kind: type[Settings], values: dict[str, Any], where: str) -> Settings:
    """Build nested settings from what `dataclasses.asdict` made of them; absent fields: defaults.

    Raises:
        ValueError: A value has no field; the message names it.
    """
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    if unknown := sorted(set(values) - known):
        raise ValueError(f"{where} has {', '.join(unknown)}; expected only {sorted(known)}")
    nested: dict[str, Any] = {}
    for name, value in values.items():
        inner = is_dataclass(hints[name])
        plain = tuple(value) if isinstance(value, list) else value  # JSON has no tuples
        nested[name] = rebuild(hints[name], value, f"{where}.{name}") if inner else plain
    return kind(**nested)


def commit() -> str:
    """Git's name of the present state of the code, or "unknown" outside a repository."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40"]
    here = Path(__file__).parent
    try:
        found = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)  # noqa: S603  # fixed words
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
