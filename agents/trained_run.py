"""A finished run of the built-in classroom: its settings, and its policy as a tutor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.checkpoint import load_policy
from agents.presets import TrainConfig
from agents.run_folder import read_classroom
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy


@dataclass(frozen=True, kw_only=True)
class TrainedRun:
    """What evaluation needs of a run."""

    folder: Path
    config: TrainConfig
    seed: int
    """Training seed."""
    tutor: TrainedPolicy
    """Named after the preset, so that runs of one preset count as seeds of one policy."""


def by_preset(run: TrainedRun) -> str:
    """The name that a run is read with."""
    return run.tutor.name


def read_runs(
    folders: Sequence[Path], named: Callable[[TrainedRun], str] = by_preset
) -> list[TrainedRun]:
    """Read run folders that are compared with one another.

    Args:
        folders: Of finished runs of the built-in classroom.
        named: What to call a run's tutor: runs of one name are seeds of one policy.

    Raises:
        ValueError: As `read_run`; or runs that would count as seeds of one policy differ in their
            settings, or have the same seed.
    """
    found = [read_run(folder) for folder in folders]
    for run in found:
        run.tutor.name = named(run)
    first: dict[str, TrainedRun] = {}
    seeds: set[tuple[str, int]] = set()
    for folder, run in zip(folders, found, strict=True):
        same = first.setdefault(run.tutor.name, run)
        if same.config != run.config:
            raise ValueError(
                f"run is {folder}; its settings differ from those of {same.folder}, another "
                f"{run.tutor.name}: expected seeds of one policy, compare others one at a time"
            )
        if (run.tutor.name, run.seed) in seeds:
            raise ValueError(f"run is {folder}; expected another seed than {run.seed}, it is there")
        seeds.add((run.tutor.name, run.seed))
    return found


def read_run(folder: Path) -> TrainedRun:
    """Read a run folder.

    Raises:
        ValueError: The folder holds no run, one of another format, or one that taught an
            environment of somebody's own.
    """
    config, content = read_classroom(folder)
    seed = int(content["seed"])
    name, met = f"attention ({content['preset']})", config.class_seeds(seed)
    tutor = TrainedPolicy(load_policy(folder), name, SAMPLING_SEED, met)
    return TrainedRun(folder=folder, config=config, seed=seed, tutor=tutor)
