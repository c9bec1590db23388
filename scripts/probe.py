"""What do the sensors tell the policy? Linear probes of its embedding for the hidden states.

Examples:
    python -m scripts.probe                         our reference run
    python -m scripts.probe runs/a --quick
    python -m scripts.probe runs/a runs/b --json probe.json
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tyro
from rich.console import Console
from rich.table import Table

from agents.presets import BEST_RULE
from agents.probe import Found, probe, watch
from agents.run_folder import REFERENCE
from agents.trained_run import TrainedRun, read_run
from agents.tutors.registry import make_tutor
from envs.course import EVALUATION_SEED
from envs.curricula import find
from envs.vector import ClassroomVectorEnv
from policies.encoder import Encoder
from scripts.output_path import OutputFile, write_results

QUICK_CLASSES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What do the sensors tell the policy? Linear probes of its embedding for the hidden states."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = (REFERENCE,)
    """Run folders; default: the run that comes with us."""
    classes: int = 64
    """Unseen classes; the probes are fitted on half of them and judged on the others."""
    quick: bool = False
    """The small form: few classes."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what cannot be split in two."""
        if self.classes < 2:
            raise ValueError(f"classes is {self.classes}; expected at least 2")


def measure(run: TrainedRun, classes: int) -> Found:
    """Probe one run's embedding while the best rule teaches, the same for every run.

    Raises:
        ValueError: The run's network has no embedding of the sensors.
    """
    encoder = run.tutor.policy.to("cpu").encoder
    if not isinstance(encoder, Encoder):
        raise ValueError(
            f"run is {run.folder}, whose policy.mixing is 'flat'; expected attention or mean"
        )
    course, curriculum = run.config.course, find(run.config.curriculum)
    env = ClassroomVectorEnv(classes, course=course, curriculum=curriculum)
    return probe(encoder.sensors, watch(make_tutor(BEST_RULE), env, EVALUATION_SEED))


def table(run: Path, found: Found) -> Table:
    """One row a set of modalities, one column a state."""
    shown = Table(title=f"AUC of linear probes, {run}")
    shown.add_column("modalities")
    for state in next(iter(found.values())):
        shown.add_column(state, justify="right")
    for condition, states in found.items():
        cells = ("-" if auc is None else f"{auc:.3f}" for auc in states.values())
        shown.add_row(condition, *cells)
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    results: dict[str, Found] = {}
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        classes = min(arguments.classes, QUICK_CLASSES) if arguments.quick else arguments.classes
        for folder in arguments.runs:
            results[str(folder)] = found = measure(read_run(folder), classes)
            console.print(table(folder, found))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json is not None:
        write_results(arguments.json, {"classes": classes, "auc": results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
