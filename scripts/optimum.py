"""Compute the best that any tutor can do in small drills, and what simple rules do.

Examples:
    python -m scripts.optimum
    python -m scripts.optimum --quick --json optimum.json
    python -m scripts.train --env envs.drill.suite:ordered --decisions 100000 --run runs/drill &&
    python -m scripts.optimum runs/drill                    and how near a trained policy comes
"""

import sys
import time
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from agents.optimum import RULES, bounds, check_depth, solvable, solve
from agents.optimum.trained import share_of_run
from agents.report.optimum import around
from agents.run_folder import read_config
from envs.drill import Instance, InstanceDraw
from envs.drill.suite import SUITE, first_of
from scripts.output_path import OutputFile, write_results

QUICK_DECISIONS = 6
NOTE = """Concepts x decisions. Optimum and its bounds: expected gain in points of 100;
rules: % of the optimal gain. No optimum: too many beliefs."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Solve the suite of drills exactly; gains are points of 100 of the expected score."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Run folders of policies trained on one fixed drill, such as envs.drill.suite:ordered."""
    instances: int = 3
    """Instances of each kind, with concepts drawn from fitted skills; at least 1."""
    depth: int = 4
    """Decisions that the bounds choose exactly, at least 0; more is tighter and slower."""
    seed: int = 0
    """Seed of the first instance of each kind."""
    quick: bool = False
    """One instance of each kind, of at most 6 decisions: seconds."""
    json: OutputFile = None
    """Where to write the table as JSON."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, least in (("instances", 1), ("depth", 0), ("seed", 0)):
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"{name} is {value}; expected at least {least}")

    @property
    def seeds(self) -> range:
        """Seeds of the instances of each kind."""
        return range(self.seed, self.seed + (1 if self.quick else self.instances))


def kinds(arguments: Arguments) -> list[InstanceDraw]:
    """The suite, shortened where a quick look was asked for, each kind once."""
    if not arguments.quick:
        return list(SUITE)
    return list(
        dict.fromkeys(replace(k, decisions=min(k.decisions, QUICK_DECISIONS)) for k in SUITE)
    )


def check(arguments: Arguments) -> None:
    """Refuse before minutes of solving a depth that is too much for one of the drills.

    Raises:
        ValueError: It is.
    """
    for kind, seed in product(kinds(arguments), arguments.seeds):
        if kind.hidden:
            check_depth(first_of(kind, seed), arguments.depth)


def row(kind: InstanceDraw, arguments: Arguments) -> dict[str, Any]:
    """Mean figures over the instances of a kind; what is not known is left out."""
    begin, seeds = time.perf_counter(), arguments.seeds
    found = [figures(first_of(kind, seed), arguments.depth) for seed in seeds]
    known = [name for name in found[0] if all(name in one for one in found)]
    means = {name: float(np.mean([one[name] for one in found])) for name in known}
    return {**asdict(kind), "seeds": list(seeds), **means, "seconds": time.perf_counter() - begin}


def figures(instance: Instance, depth: int) -> dict[str, float]:
    """Optimum and bounds in points of 100, rules as shares of the optimum."""
    known: dict[str, float] = {}
    if solvable(instance):
        best = solve(instance)
        known["optimum"] = 100 * best.gain
        known |= {name: gain / best.gain for name, gain in best.rules.items()}
    if instance.hidden:
        around = bounds(instance, depth=depth)
        known |= {"lower": 100 * around.lower, "upper": 100 * around.upper}
    return known


def described(kind: dict[str, Any]) -> str:
    """A kind in a few words."""
    words = ["hidden" if kind["hidden"] else "observed"]
    words += ["order"] if kind["prerequisites"] else []
    words += ["forgetting"] if kind["forgetting"] else []
    return ", ".join(words)


def table(rows: list[dict[str, Any]]) -> Table:
    """All kinds as a person reads them."""
    shown = Table("drill", box=None, padding=(0, 1, 0, 0))
    shown.add_column("mastery", no_wrap=True)
    for column in ("optimum", *RULES, "lower", "upper", "s"):
        shown.add_column(column, justify="right")
    for kind in rows:
        gains = {
            name: f"{kind[name]:.2f}" for name in ("optimum", "lower", "upper") if name in kind
        }
        rules = (f"{100 * kind[name]:.1f}" if name in kind else "" for name in RULES)
        shown.add_row(
            f"{kind['concepts']} x {kind['decisions']}",
            described(kind),
            gains.get("optimum", ""),
            *rules,
            gains.get("lower", ""),
            gains.get("upper", ""),
            f"{kind['seconds']:.1f}",
        )
    return shown


def trained(run: Path) -> dict[str, Any]:
    """A policy's gain in its own drill, beside what the optimum and the rules gain there."""
    found = share_of_run(run)
    share, best = found.of_optimum, found.optimum
    return {
        "run": str(run),
        "drill": read_config(run)[0].env,
        "optimum": 100 * best.gain,
        "share": share.mean,
        "exact": share.exact,
        "share_interval": [share.low, share.high],
        **{name: gain / best.gain for name, gain in best.rules.items()},
    }


def trained_table(policies: list[dict[str, Any]]) -> Table:
    """Trained policies, in % of the optimal gain."""
    shown = Table("run", "drill", box=None, padding=(0, 1, 0, 0))
    for column in ("optimum", "policy %", "interval", *(f"{name} %" for name in RULES)):
        shown.add_column(column, justify="right")
    for each in policies:
        share, *shares = (f"{100 * each[name]:.1f}" for name in ("share", *RULES))
        best, interval = f"{each['optimum']:.2f}", around(each)
        shown.add_row(each["run"], each["drill"], best, share, interval, *shares)
    return shown


def main(argv: list[str] | None = None) -> int:
    """Solve, print, and write what was printed; returns the exit code."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    try:
        check(arguments)
        policies = [trained(run) for run in arguments.runs]
        rows = [row(kind, arguments) for kind in kinds(arguments)]
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table(rows))
    console.print(NOTE)
    if policies:
        console.print(trained_table(policies))
    if arguments.json is not None:
        write_results(arguments.json, {"rows": rows, "policies": policies})
    return 0


if __name__ == "__main__":
    sys.exit(main())
