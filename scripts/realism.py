"""Compare simulated learners with real ones, row by row.

Examples:
    python -m scripts.realism --json scorecard.json
    python -m scripts.realism --quick                  fewer learners and classes: a smoke run
"""

import sys
import time
from dataclasses import asdict, dataclass, replace

import tyro
from rich.console import Console
from rich.table import Table

from envs.constants import Constants
from envs.log_simulation import LogDesign
from envs.scorecard import HEADINGS, TIMED, Row, anchored_rows, core_rows, fitted_rows, logs
from scripts.output_path import OutputFile, write_results

LEAST = {"learners": 200, "timed_learners": 20, "replicates": 1, "classes": 1, "draws": 10}
"""Smallest sizes for which every row can be computed."""
QUICK = {"learners": 400, "timed_learners": 60, "replicates": 1, "classes": 8, "draws": 10}
"""The small form."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Simulate answer logs and classes, and score them against real logs and literature."""

    learners: int = 4150
    """Learners of each simulated answer log; the real one has 4,150."""
    timed_learners: int = 200
    """Learners of the simulated log with clocks."""
    replicates: int = 3
    """Answer logs to average over."""
    classes: int = 64
    """Classes of 8 learners for the rows anchored in literature."""
    draws: int = 60
    """Posterior draws where a model is refitted; more is slower and steadier."""
    seed: int = 0
    """The same seed gives the same scorecard."""
    quick: bool = False
    """The small form: too few learners and classes for conclusions."""
    json: OutputFile = None
    """Also write the rows to this file."""

    def __post_init__(self) -> None:
        for field, least in LEAST.items():
            if getattr(self, field) < least:
                raise ValueError(f"{field} is {getattr(self, field)}; expected at least {least}")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; expected at least 0")
        if self.quick:
            for field, few in QUICK.items():
                object.__setattr__(self, field, few)


def scorecard(options: Options, constants: Constants) -> list[Row]:
    """Every row of the scorecard for a population."""
    design = replace(LogDesign(), learners=options.learners)
    first = options.seed * 1_000_000
    seeds = [first + 10_000 * replicate for replicate in range(options.replicates)]
    timed = logs(replace(TIMED, learners=options.timed_learners), constants, [first])[0]
    return [
        *core_rows(logs(design, constants, seeds), constants),
        *fitted_rows(timed, options.draws),
        *anchored_rows(options.classes, constants),
    ]


def table(rows: list[Row]) -> Table:
    """One group of the scorecard as a person reads it."""
    shown = Table(box=None, min_width=80)
    shown.add_column("statistic", no_wrap=True)
    for column in ("real", "sim.", "+-", "pass"):
        shown.add_column(column, justify="right")
    for row in rows:
        verdict = "[green]yes[/green]" if row.passed else "[red]NO[/red]"
        numbers = (f"{value:.3f}" for value in (row.real, row.simulated, row.tolerance))
        shown.add_row(row.name, *numbers, verdict)
    return shown


def main(argv: list[str] | None = None) -> int:
    """Print the scorecard and write it where that is asked for; returns the exit code."""
    options = tyro.cli(Options, args=argv, description=__doc__)
    start = time.monotonic()
    rows = scorecard(options, Constants())
    console = Console()
    for group, heading in HEADINGS.items():
        members = [row for row in rows if row.group == group]
        passed = sum(row.passed for row in members)
        console.print(f"\n[bold]{heading}[/bold]: {passed} of {len(members)} within tolerance")
        console.print(table(members))
    console.print(f"{time.monotonic() - start:.0f} s")
    if options.json is not None:
        written = [asdict(row) | {"pass": row.passed} for row in rows]
        write_results(options.json, {"rows": written})
    return 0


if __name__ == "__main__":
    sys.exit(main())
