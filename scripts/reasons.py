"""Put a policy's reasons, guard-rails and feedback to the test.

Are the reasons true (faithfulness), what do the guard-rails cost and how often do they fire, and is
the named cause of an error the true one?

Examples:
    python -m scripts.reasons                                the reference tutor
    python -m scripts.reasons runs/first --quick --json reasons.json
    python -m scripts.reasons --limits.minutes-without-rest 30 --purpose tuning
"""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table

from agents import error_causes, faithfulness, guard_cost
from agents.decision.guard_rails import GuardRails
from agents.error_causes import CauseReport
from agents.faithfulness import Faithfulness
from agents.guard_cost import GuardCost
from agents.run_folder import REFERENCE
from agents.statistics import Effect
from agents.trained_run import TrainedRun, read_run
from agents.tutors.registry import make_tutor
from envs.constants import Constants
from envs.curricula import find
from envs.seeds import SEEDS, Choosable
from envs.simulation import Simulation
from scripts.output_path import OutputFile, write_results

QUICK_CLASSES: Final = 4
QUICK_EVERY: Final = 48
OTHERS: Final = ("fixed curriculum", "random")
"""Tutors besides the policy whose learners' errors are judged: a policy lets nobody practise what
is not understood, so that hardly any of its errors has another cause than a slip."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Put a policy's reasons, guard-rails and feedback to the test."""

    run: Annotated[Path, tyro.conf.Positional] = REFERENCE
    """Run folder of a trained policy; default the reference in agents/reference."""
    classes: int = 32
    """For reasons and for causes of errors, at least 2."""
    every: int = 16
    """Every n-th decision of a class is judged for its reasons."""
    guarded_classes: int = 128
    """With and without guard-rails, at least 2."""
    limits: GuardRails = field(default_factory=GuardRails)
    """Of the guard-rails."""
    purpose: Choosable = "evaluation"
    """Of all these classes; tuning: to choose limits, or another way to give reasons."""
    quick: bool = False
    """The small form: 4 classes."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Check the counts."""
        for name, least in (("classes", 2), ("guarded_classes", 2), ("every", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {least}")

    def shortened(self) -> "Arguments":
        """The quick form."""
        few = min(self.classes, QUICK_CLASSES)
        return replace(self, classes=few, guarded_classes=few, every=max(self.every, QUICK_EVERY))


def started(run: TrainedRun, classes: int, purpose: Choosable) -> Simulation:
    """Classes of the run's kind, at the start of their course."""
    simulation = Simulation(
        classes,
        run.config.course,
        find(run.config.curriculum),
        run.config.population.constants,
        believed=Constants(),
    )
    simulation.seed(SEEDS[purpose].start + np.arange(classes))
    simulation.start()
    return simulation


def reasons_table(found: dict[str, Faithfulness], states: int, classes: str) -> Table:
    """Ways of giving reasons, the most faithful first."""
    shown = Table(title=f"Reasons: {states} decisions of {classes} (95 % interval)")
    shown.add_column("tokens left out by")
    first = f"first {faithfulness.TOP} deleted"
    for title in ("deletion AUC", "insertion AUC", "deletion gain", "insertion gain", first):
        shown.add_column(title, justify="right")
    for name, each in sorted(found.items(), key=lambda item: -item[1].score):
        columns = (each.deletion, each.insertion, each.deletion_gain, each.insertion_gain)
        shown.add_row(name, *(f"{figure:.3f}" for figure in (*columns, each.top_gain)))
    shown.caption = (
        "areas under the probability of the tutor's own choice, deletion: less is better\n"
        "gains: how much better than in random order; first: fall of the probability beyond that"
    )
    return shown


def guard_table(cost: GuardCost, classes: str) -> Table:
    """What the guard-rails cost and how often each fires."""
    shown = Table("guard-rails", title=f"Guard-rails: {classes} (95 % interval)")
    shown.add_column("", justify="right")
    shown.add_row("NLG without", f"{cost.without:.3f}")
    shown.add_row("difference with them", f"{cost.difference:+.4f}")
    shown.add_row("share of the gain lost", f"{cost.lost:+.2%}")
    shown.add_row("dropouts of a course, without", f"{cost.dropouts[0]:.2f}")
    shown.add_row("dropouts of a course, with", f"{cost.dropouts[1]:.2f}")
    for rule, count in cost.vetoes.items():
        shown.add_row(f"vetoes of a course: {rule}", f"{count:.2f}")
    return shown


def causes_table(name: str, report: CauseReport, classes: str) -> Table:
    """Which way of blaming finds the true cause how often."""
    shown = Table(title=f"Causes of errors under {name}: {classes} (95 % interval)")
    shown.add_column("named")
    for group, count in report.errors.items():
        shown.add_column(f"{group} ({count:,})", justify="right")
    for figure in error_causes.FIGURES:
        shown.add_row(figure, *(_share(report.accuracy[g][figure]) for g in report.errors))
    truth = ", ".join(f"{kind} {part:.0%}" for kind, part in report.truth.items())
    shown.caption = f"true causes: {truth}; belief claims {report.claimed:.0%} of every error"
    return shown


def _share(figure: Effect | None) -> str:
    return "-" if figure is None else f"{figure:.3f}"


def measure(arguments: Arguments, console: Console) -> dict[str, Any]:
    """Measure, print as it comes, and give back what was printed as plain data.

    Raises:
        ValueError: The folder holds no run of the built-in classroom, or a network without tokens.
    """
    torch.set_num_threads(1)
    run, classes, purpose = read_run(arguments.run), arguments.classes, arguments.purpose
    moments = faithfulness.collect(run.tutor, started(run, classes, purpose), arguments.every)
    found, states = faithfulness.measure(run.tutor.policy, moments), len(moments.actions)
    console.print(reasons_table(found, states, told := f"{classes} classes for {purpose}"))
    course, curriculum = run.config.course, find(run.config.curriculum)
    cost = guard_cost.measure(
        run.tutor,
        arguments.limits,
        course,
        curriculum,
        arguments.guarded_classes,
        run.config.population.constants,
        purpose,
    )
    console.print(guard_table(cost, f"{cost.classes} classes for {purpose}"))
    tutors = [run.tutor, *map(make_tutor, OTHERS)]
    causes = {
        tutor.name: error_causes.measure(tutor, started(run, classes, purpose)) for tutor in tutors
    }
    for name, report in causes.items():
        console.print(causes_table(name, report, told))
    return {
        "run": str(arguments.run),
        "purpose": purpose,
        "classes": classes,
        "faithfulness": {
            "states": states,
            "methods": {name: each.as_dict() for name, each in found.items()},
        },
        "guard_rails": cost.as_dict(),
        "error_causes": {name: report.as_dict() for name, report in causes.items()},
    }


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        results = measure(arguments.shortened() if arguments.quick else arguments, console)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json is not None:
        write_results(arguments.json, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
