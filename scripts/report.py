"""Measure everything about a run, and write it up as one report.

Results are kept in RUN/evidence, and in RUN/evaluation.json (of the small form all is kept in
RUN/report-quick); a text NAME.md beside NAME.json opens that section.

Examples:
    python -m scripts.report                       our reference run: what is missing is measured
    python -m scripts.report runs/first --quick    the small form of every measurement, in minutes
    python -m scripts.report runs/first --only transfer realism --again
    python -m scripts.evidence && python -m scripts.report --runs runs/evidence
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import tyro
from rich.console import Console

from agents.adaptation.shifts import SHIFTS
from agents.peers import mlp
from agents.report import ablation as ablation_section
from agents.report import adaptation as adaptation_section
from agents.report import curves as curves_section
from agents.report import gain, page
from agents.report import losses as losses_section
from agents.report import matrix as matrix_section
from agents.report import optimum as optimum_section
from agents.report import peers as peers_section
from agents.report import probe as probe_section
from agents.report import realism as realism_section
from agents.report import reasons as reasons_section
from agents.report import sensitivity as sensitivity_section
from agents.report import transfer as transfer_section
from agents.report.commands import shortened
from agents.report.headlines import headlines
from agents.run_folder import REFERENCE, RESULTS, RUNS, read_config
from envs.whole_file import write_json
from scripts import (
    ablate,
    adapt,
    curves,
    evaluate,
    optimum,
    peers,
    probe,
    realism,
    reasons,
    sensitivity,
    transfer,
)
from scripts.output_path import OutputFile

EVIDENCE: Final = "evidence"
FINISHED: Final = (RESULTS, mlp.MODEL)
"""What a training of ours, or of stock PPO, leaves at its end."""
SMALL: Final = (
    "This is the small form of every measurement: it shows that all of them run, on too few "
    "classes and seeds to say anything about the tutor or the classroom."
)
LIMITS: Final = (
    "No real class has been taught by this tutor. Knowledge and answers of the simulated learners "
    "are calibrated on real logs; attention, affect and sickness are anchored in literature, and "
    "the effects of the tutor's activities rest on meta-analyses. Realism is compared on the logs "
    "that the constants were fitted to."
)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One section: how it is measured, and how it is written up."""

    command: Callable[[list[str]], Any]
    arguments: Callable[["Arguments"], list[str]]
    """The command's words."""
    section: Callable[[Mapping[str, Any]], page.Section]


MEASUREMENTS: Final[Mapping[str, Measurement]] = MappingProxyType(
    {
        "evaluation": Measurement(
            command=evaluate.main,
            arguments=lambda given: [str(given.run)],
            section=gain.section,
        ),
        "realism": Measurement(
            command=realism.main,
            arguments=lambda _: [],
            section=realism_section.section,
        ),
        "optimum": Measurement(
            command=optimum.main,
            arguments=lambda given: given.trained("drills"),
            section=optimum_section.section,
        ),
        "matrix": Measurement(
            command=evaluate.main,
            arguments=lambda given: [str(given.run), *given.trained("families"), "--matrix"],
            section=matrix_section.section,
        ),
        "sensitivity": Measurement(
            command=sensitivity.main,
            arguments=lambda given: [str(given.run)],
            section=sensitivity_section.section,
        ),
        "transfer": Measurement(
            command=transfer.main,
            arguments=lambda given: [
                str(given.run),
                *option("--specialists", given.trained("specialists")),
                *option("--curricula", given.curricula),
            ],
            section=transfer_section.section,
        ),
        "peers": Measurement(
            command=peers.main,
            arguments=lambda given: given.trained("peers") + given.trained("mlp"),
            section=peers_section.section,
        ),
        "attention": Measurement(
            command=ablate.main,
            arguments=lambda _: ["--study", "parts"],
            section=ablation_section.section,
        ),
        "attention-alone": Measurement(
            command=ablate.main,
            arguments=lambda _: ["--study", "parts", "--no-imitation", f"--runs={RUNS / 'alone'}"],
            section=ablation_section.section,
        ),
        "training": Measurement(
            command=ablate.main,
            arguments=lambda _: ["--study", "training", f"--runs={RUNS / 'training'}"],
            section=ablation_section.section,
        ),
        "curves": Measurement(
            command=curves.main,
            arguments=lambda _: [],
            section=curves_section.section,
        ),
        "losses": Measurement(
            command=ablate.main,
            arguments=lambda _: ["--study", "losses"],
            section=losses_section.section,
        ),
        "losses-alone": Measurement(
            command=ablate.main,
            arguments=lambda _: ["--no-imitation", f"--runs={RUNS / 'losses-alone'}"],
            section=losses_section.section,
        ),
        "probe": Measurement(
            command=probe.main,
            arguments=lambda given: [str(given.run)],
            section=probe_section.section,
        ),
        "adaptation": Measurement(
            command=adapt.main,
            arguments=lambda given: [
                str(given.run),
                f"--folder={given.folder / 'adaptation'}",
                *option("--specialists", given.of_shifted_families),
            ],
            section=adaptation_section.section,
        ),
        "reasons": Measurement(
            command=reasons.main,
            arguments=lambda given: [str(given.run)],
            section=reasons_section.section,
        ),
    }
)
"""In the order of the report."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Measure everything about a run, and write it up as one report."""

    run: tyro.conf.Positional[Path] = REFERENCE
    """Run folder; default: the run that comes with us."""
    runs: Path | None = None
    """Folder of what `scripts.evidence` trained: drills, peers, families, specialists, mlp."""
    curricula: tuple[str, ...] = ()
    """Curricula that the policy meets besides: names, or paths of JSON."""
    only: tuple[str, ...] = tuple(MEASUREMENTS)
    """Measurements to take; sections of the others are written where there are results."""
    again: bool = False
    """Measure again what has been measured."""
    quick: bool = False
    """The small form of everything: too few classes and seeds for conclusions."""
    json: OutputFile = None
    """Where to write the headline figures as JSON, besides report.json in the run folder."""

    def __post_init__(self) -> None:
        """Refuse what would fail after hours."""
        if self.runs is not None and not self.runs.is_dir():
            raise ValueError(f"runs is {self.runs}; expected a folder of scripts.evidence")
        for name in self.only:
            if name not in MEASUREMENTS:
                expected = ", ".join(MEASUREMENTS)
                raise ValueError(f"only has {name!r}; expected some of {expected}")

    def trained(self, kind: str) -> list[str]:
        """Run folders of one kind that hold a policy."""
        if self.runs is None:
            return []
        folders = sorted((self.runs / kind).glob("*"))
        return [str(each) for each in folders if any((each / name).exists() for name in FINISHED)]

    @property
    def of_shifted_families(self) -> list[str]:
        """Policies of the families to which `scripts.adapt` adapts, by the shift's name."""
        families = {Path(run).name: run for run in self.trained("families")}
        runs = {name: families.get(f"{shift.family}-0") for name, shift in SHIFTS.items()}
        return [f"{name}={run}" for name, run in runs.items() if run is not None]

    @property
    def folder(self) -> Path:
        """Where the report goes: the run folder, or a folder in it for the small form."""
        return self.run / "report-quick" if self.quick else self.run

    def results(self, name: str) -> Path:
        """Where a measurement's JSON is kept, so that the next report need not measure again.

        The comparison of tutors lies where `scripts.evaluate` puts it.
        """
        kept = self.folder if name == "evaluation" else self.folder / EVIDENCE
        return kept / f"{name}.json"

    def remarks(self, name: str) -> list[str]:
        """What its authors say of a section, as Markdown beside the results; [] for nothing."""
        path = self.folder / EVIDENCE / f"{name}.md"
        return [path.read_text(encoding="utf-8").strip()] if path.exists() else []

    def section(self, name: str, found: Mapping[str, Any]) -> page.Section:
        """Write up results, with what is said of them on top."""
        plain = MEASUREMENTS[name].section(found)
        how = f"Measured by `{shortened(made_by(found))}`."
        return page.Section(title=plain.title, blocks=[*self.remarks(name), *plain.blocks, how])


def option(name: str, values: Sequence[str]) -> tuple[str, ...]:
    """An option with its values; nothing without any."""
    return (name, *values) if values else ()


def read(path: Path) -> dict[str, Any]:
    """Results of a measurement."""
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


def made_by(results: Mapping[str, Any]) -> str:
    """The command that wrote results; older ones do not say."""
    return str(results.get("command", "an older version"))


def measure(name: str, arguments: Arguments, console: Console) -> None:
    """Take one measurement, unless its results are there."""
    path, measurement = arguments.results(name), MEASUREMENTS[name]
    if path.exists() and not arguments.again:
        console.print(f"kept {path}, measured by: {made_by(read(path))}")
        return
    console.rule(name)
    words = [*measurement.arguments(arguments), "--json", str(path)]
    if code := measurement.command([*words, *(["--quick"] if arguments.quick else [])]):
        sys.exit(code)


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        read_config(arguments.run)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name in arguments.only:
        measure(name, arguments, console)
    paths = {name: arguments.results(name) for name in MEASUREMENTS}
    found = {name: read(path) for name, path in paths.items() if path.exists()}
    sections = [arguments.section(name, results) for name, results in found.items()]
    if arguments.quick:
        sections.insert(0, page.Section(title="Not for conclusions", blocks=[SMALL]))
    sections.append(page.Section(title="What all this does not prove", blocks=[LIMITS]))
    title = f"Report of {arguments.run.name}" + (" (small form)" if arguments.quick else "")
    for path in page.write_report(title, sections, arguments.folder):
        console.print(f"wrote {path}")
    for target in (arguments.folder / "report.json", arguments.json):
        if target is not None:
            write_json(target, headlines(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
