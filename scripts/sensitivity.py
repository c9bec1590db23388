"""Would other constants change the conclusions? Assumed ones at both ends of their ranges.

`agents.populations` says which are varied: those of the calibrated learners and their classroom.

Examples:
    python -m scripts.sensitivity                           our reference run, an hour
    python -m scripts.sensitivity runs/first --quick        a few constants, classes and tutors
    python -m scripts.sensitivity --json found.json         again after Ctrl-C: it goes on
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agents.evaluation import evaluate, gains
from agents.populations import (
    CLASSROOM,
    HIGH,
    LOW,
    SAMPLE,
    Variation,
    all_together,
    assumed,
    one_at_a_time,
)
from agents.run_folder import REFERENCE
from agents.sensitivity import Gains, finding
from agents.trained_run import read_run
from agents.tutors.registry import FIXED, make_tutor
from envs.constants import Constants
from envs.curricula import find
from scripts.output_path import OutputFile, write_results
from scripts.train import INTERRUPTED

RULES: Final = ("greedy on belief", FIXED, "Leitner", "round robin", "mastery (BKT)")
"""The best by the default constants."""
SHOWN: Final = 15
"""Rows of the printed table: the constants that move the difference most."""
QUICK_CONSTANTS: Final = 3
QUICK_SAMPLES: Final = 2


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Set assumed constants to both ends of their ranges, and compare the tutors again."""

    run: tyro.conf.Positional[Path] = REFERENCE
    """Run folder of the policy; default: the run that comes with us."""
    rules: tuple[str, ...] = RULES
    """Rules to compare with; the policy's difference to the first of them is followed."""
    classes: int = 32
    """Unseen classes for every variation."""
    samples: int = 64
    """Populations in which all assumed constants differ at once."""
    workers: int = 2
    """Tutors that teach at the same time."""
    quick: bool = False
    """The small form: three constants, four classes, two rules."""
    json: OutputFile = None
    """Where to write the results as JSON; after Ctrl-C the same command goes on beside it."""

    def __post_init__(self) -> None:
        """Refuse what would fail later."""
        for name, least in {"classes": 1, "samples": 0, "workers": 1, "rules": 1}.items():
            value = getattr(self, name)
            size = len(value) if isinstance(value, tuple) else value
            if size < least:
                raise ValueError(f"{name} is {value}; expected at least {least}")

    @property
    def tutors(self) -> tuple[str, ...]:
        """Names of the rules that teach."""
        return self.rules[:2] if self.quick else self.rules

    @property
    def settings(self) -> dict[str, Any]:
        """What results in a file must have in common to be used again."""
        classes = 4 if self.quick else self.classes
        samples = QUICK_SAMPLES if self.quick else self.samples
        settings = {"run": str(self.run), "rules": list(self.tutors)}
        return settings | {"classes": classes, "samples": samples}

    @property
    def partial(self) -> Path | None:
        """Where findings are kept until all are there."""
        return None if self.json is None else self.json.with_suffix(".partial.json")


def variations(arguments: Arguments) -> list[Variation]:
    """The default population first, then all others."""
    usual = Constants()
    ranges = assumed(usual, CLASSROOM)
    if arguments.quick:
        ranges = dict(list(ranges.items())[:QUICK_CONSTANTS])
    default = Variation(name="default", end="", constants=usual)
    samples = all_together(usual, ranges, arguments.settings["samples"], seed=0)
    return [default, *one_at_a_time(usual, ranges), *samples]


def teach(arguments: Arguments, variation: Variation) -> Gains:
    """Let the policy and the rules teach classes of one population."""
    found = read_run(arguments.run)
    outcomes = evaluate(
        [found.tutor, *(make_tutor(name) for name in arguments.tutors)],
        found.config.course,
        find(found.config.curriculum),
        arguments.settings["classes"],
        constants=variation.constants,
        workers=arguments.workers,
    )
    return {outcome.name: gains([outcome]) for outcome in outcomes}


def kept(arguments: Arguments) -> dict[tuple[str, str], dict[str, Any]]:
    """Findings of a measurement that was stopped, by constant and end; none without one.

    Raises:
        ValueError: It had other settings.
    """
    path = arguments.partial
    if path is None or not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["settings"] != arguments.settings:
        raise ValueError(f"{path} holds {content['settings']}; expected {arguments.settings}")
    return {(each["name"], each["end"]): each for each in content["findings"]}


def measure(arguments: Arguments, console: Console) -> Iterator[dict[str, Any]]:
    """Findings of all variations; each is kept in the file as soon as it is known."""
    found, usual, populations = kept(arguments), None, variations(arguments)
    for variation in track(populations, "populations", console=console):
        key = (variation.name, variation.end)
        if key not in found:
            usual = teach(arguments, populations[0]) if usual is None else usual
            taught = teach(arguments, variation) if variation.end else usual
            found[key] = finding(variation, taught, usual).as_dict()
            keep(arguments, arguments.partial, list(found.values()))
        yield found[key]


def keep(arguments: Arguments, path: Path | None, findings: list[dict[str, Any]]) -> None:
    """Write findings, and what they were measured with."""
    if path is not None:
        write_results(path, {"settings": arguments.settings, "findings": findings})


def table(findings: list[dict[str, Any]], rule: str) -> Table:
    """The constants that move the policy's lead most, then the samples."""
    leads = {(each["name"], each["end"]): each["lead"]["mean"] for each in findings}
    names = {each["name"] for each in findings if each["end"] in (LOW, HIGH)}
    swing = {name: abs(leads[name, HIGH] - leads[name, LOW]) for name in names}
    flips = {
        name: sorted({tuple(p) for each in findings if each["name"] == name for p in each["flips"]})
        for name in names
    }
    shown = Table(title=f"Policy minus {rule}: {leads['default', '']:+.4f} by default")
    for title in ("constant", "at its low end", "at its high end", "orders that turn round"):
        shown.add_column(title, justify="right" if "end" in title else "left")
    for name in sorted(names, key=lambda name: (-len(flips[name]), -swing[name]))[:SHOWN]:
        ends = (f"{leads[name, end]:+.4f}" for end in (LOW, HIGH))
        shown.add_row(name, *ends, "; ".join(" > ".join(pair[::-1]) for pair in flips[name]))
    drawn = [each for each in findings if each["end"] == SAMPLE]
    agreement = sorted(each["agreement"] for each in drawn)
    if drawn:
        above = sum(each["lead"]["mean_low"] > 0 for each in drawn)
        below = sum(each["lead"]["mean_high"] < 0 for each in drawn)
        shown.caption = (
            f"{len(drawn)} populations with all of them drawn: policy above the rule in {above}, "
            f"below in {below}; Kendall's tau with the usual ranking {agreement[0]:.2f} at the "
            f"least, {agreement[len(agreement) // 2]:.2f} in the median"
        )
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        findings = list(measure(arguments, console))
    except KeyboardInterrupt:
        print("stopped; the same command goes on, if it has --json", file=sys.stderr)
        return INTERRUPTED
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    console.print(table(findings, arguments.tutors[0]))
    keep(arguments, arguments.json, findings)
    if arguments.partial is not None:
        arguments.partial.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
