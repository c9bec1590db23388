"""Check whether an environment of your own can be taught: the contract of envs.spaces, row by row.

Examples:
    python -m scripts.check_env my_module:make
    python -m scripts.check_env envs.classroom:ClassroomEnv --json checks.json

What passes trains with `python -m scripts.train --env my_module:make`. The exit code is 1 where a
check fails. What an environment must and may offer: envs/contract.py and envs/one_learner.py.
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.conformance import Row, conformance
from envs.entry_point import find_factory
from scripts.output_path import OutputFile, write_results


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Check whether an environment of your own can be taught."""

    env: tyro.conf.Positional[str]
    """module:factory, where the factory takes no argument and gives a gymnasium.Env."""
    json: OutputFile = None
    """Where to write the checks as JSON."""


def table(rows: Sequence[Row], env: str) -> Table:
    """Every check with what was expected, and what was found where it failed."""
    shown = Table("check", "", "expected", "found", title=Text(env))
    for row in rows:
        mark = Text("pass", "green") if row.passed else Text("FAIL", "bold red")
        shown.add_row(row.check, mark, Text(row.expected), Text(row.found or ""))
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the checks, print them; returns the exit code."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    try:
        rows = conformance(find_factory(arguments.env))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    Console(width=None if sys.stdout.isatty() else 160).print(table(rows, arguments.env))
    passed = all(row.passed for row in rows)
    if arguments.json is not None:
        checks = [asdict(row) | {"passed": row.passed} for row in rows]
        write_results(arguments.json, {"env": arguments.env, "passed": passed, "checks": checks})
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
