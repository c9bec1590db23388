"""How soon does our training learn, beside stock PPO? Same network, same classrooms, from nothing.

What stock PPO is helped with, and what is left between the two: `agents.speed.curves`.

Every seed trains both, one behind the other, with as many decisions. What a training came to is
kept in the folder; after Ctrl-C the same command begins with the one that was under way.

Examples:
    python -m scripts.curves                           five seeds of both: an hour
    python -m scripts.curves --json curves.json        and the picture curves.png
    python -m scripts.curves --quick                   one seed, a few courses: a smoke run
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
import tyro
from rich.console import Console
from rich.table import Table

from agents.picture_file import save_picture
from agents.presets import PRESETS, TrainConfig
from agents.report.curves import draw, head, rows
from agents.run_folder import RUNS
from agents.speed.curves import (
    STOCK_ENTROPY,
    TRAININGS,
    Learnt,
    compared,
    learn,
)
from envs.whole_file import write_json
from scripts.output_path import OutputFile, write_results
from scripts.train import INTERRUPTED

QUICK_DECISIONS: Final = 24_576
QUICK_CLASSES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Compare the learning of our training with that of stock PPO."""

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Training seeds; each trains both."""
    preset: str = "quick"
    """Settings of classrooms, network and algorithm; nobody is imitated."""
    decisions: int = 98_304
    """Decisions to learn from."""
    classes: int = 256
    """Unseen classes that the trained policies teach."""
    folder: Path = RUNS / "curves"
    """Where trainings are kept; those of the small form in its folder quick."""
    quick: bool = False
    """The small form: the first seed, few decisions and classes."""
    json: OutputFile = None
    """Where to write the results as JSON; beside it the picture."""

    def __post_init__(self) -> None:
        """Refuse what would fail later."""
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds are {self.seeds}; expected at least one, each once")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")
        if self.classes < 1:
            raise ValueError(f"classes is {self.classes}; expected at least 1")
        if self.decisions < QUICK_DECISIONS:
            raise ValueError(
                f"decisions is {self.decisions}; expected at least {QUICK_DECISIONS}, so that "
                "courses end in every part"
            )

    @property
    def small(self) -> "Arguments":
        """What is really done: the small form where that is asked for."""
        if not self.quick:
            return self
        return replace(
            self,
            seeds=self.seeds[:1],
            decisions=QUICK_DECISIONS,
            classes=QUICK_CLASSES,
            folder=self.folder / "quick",
        )

    @property
    def config(self) -> TrainConfig:
        """What is trained."""
        return replace(PRESETS[self.preset], decisions=self.decisions)

    @property
    def settings(self) -> dict[str, Any]:
        """What the figures depend on."""
        return {
            "preset": self.preset,
            "decisions": self.decisions,
            "classes": self.classes,
            "seeds": list(self.seeds),
        }


def trained(arguments: Arguments, name: str, seed: int) -> Learnt:
    """One training, or what the folder holds of it.

    Raises:
        ValueError: The folder holds one with other settings.
    """
    path = arguments.folder / f"{name.replace(' ', '-')}-{seed}.json"
    asked = {
        "classes": arguments.classes,
        "train": asdict(arguments.config),
        "stock_entropy": STOCK_ENTROPY,
    }
    if path.exists():
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["settings"] != json.loads(json.dumps(asked)):
            raise ValueError(f"{path} was trained with other settings; expected another folder")
        return Learnt(**held["learnt"])
    learnt = learn(name, arguments.config, seed, arguments.classes)
    write_json(path, {"settings": asked, "learnt": asdict(learnt)})
    return learnt


def train_all(arguments: Arguments) -> dict[str, list[Learnt]]:
    """Both trainings of every seed, by name."""
    found: dict[str, list[Learnt]] = {name: [] for name in TRAININGS}
    for seed in arguments.seeds:
        for name, each in found.items():
            print(f"{name}, seed {seed}", flush=True)
            each.append(trained(arguments, name, seed))
    return found


def table(results: Mapping[str, Any]) -> Table:
    """The report's rows, for a terminal."""
    shown = Table(title="NLG on the delayed test, mean (95 % interval where there are several)")
    for title in head(results):
        shown.add_column(title, justify="right")
    *parts, unseen = rows(results)
    for part in parts:
        shown.add_row(*part)
    shown.add_section()
    shown.add_row(*unseen)
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__).small
        torch.set_num_threads(1)  # as training does, and as results repeat
        results = {"settings": arguments.settings, **compared(train_all(arguments))}
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; the same command begins this training again", file=sys.stderr)
        return INTERRUPTED
    Console(width=None if sys.stdout.isatty() else 120).print(table(results))
    if arguments.json is not None:
        write_results(arguments.json, results)
        figure = draw(results["curves"], arguments.decisions)
        save_picture(figure, arguments.json.with_suffix(".png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
