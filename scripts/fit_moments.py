"""Fit the calibrated population to the statistics of ASSISTments 2009, by simulated moments.

Prints the fitted constants beside those of `envs.constants`, and the statistics beside the real
ones. It starts from the present constants: where they are fitted, little moves.

Example: python -m scripts.fit_moments --tries 200 --json fit.json
"""

import sys
from dataclasses import asdict, dataclass, replace

import tyro
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from envs.constants import Constants
from envs.log_simulation import LogDesign
from envs.moment_fit import FREE, Fit, fit_moments, ranges
from scripts.output_path import OutputFile, write_results
from scripts.realism import table


@dataclass(frozen=True, kw_only=True)
class Options:
    """Search for the constants whose simulated logs are nearest to the real one."""

    tries: int = 200
    """Populations to simulate at most; some 5 s each."""
    learners: int = 4150
    """Learners of each of the two simulated logs; the real one has 4,150."""
    json: OutputFile = None
    """Also write what is printed to this file."""

    def __post_init__(self) -> None:
        for name, least in {"tries": 1, "learners": 200}.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {least}")


def constants_table(fit: Fit) -> Table:
    """The fit beside the committed constants."""
    shown = Table(title="Fitted constants", box=None)
    for column in ("constant", "committed", "fitted", "range"):
        shown.add_column(column, justify="left" if column == "constant" else "right")
    before, after = Constants().knowledge, fit.constants.knowledge
    for name, (low, high) in zip(FREE, ranges(), strict=True):
        values = (f"{getattr(c, name):.3f}" for c in (before, after))
        shown.add_row(name, *values, f"{low:g} to {high:g}")
    return shown


def main(argv: list[str] | None = None) -> int:
    """Search, print, write; returns the exit code."""
    options = tyro.cli(Options, args=argv, description=__doc__)
    design = replace(LogDesign(), learners=options.learners)
    with Progress() as progress:
        bar = progress.add_task("simulating", total=options.tries)

        def tell(tries: int, distance: float) -> None:
            text = f"least distance {distance:.2f}"
            progress.update(bar, completed=tries, description=text)

        fit = fit_moments(Constants(), design, options.tries, tell)
    console = Console()
    console.print(constants_table(fit))
    console.print(table(fit.rows))
    if options.json is not None:
        values = {name: getattr(fit.constants.knowledge, name) for name in FREE}
        rows = [asdict(row) | {"pass": row.passed} for row in fit.rows]
        write_results(options.json, {"distance": fit.distance, "constants": values, "rows": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
