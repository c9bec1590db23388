"""Zero-shot transfer: a trained policy in classes and curricula that it never met.

Examples:
    python -m scripts.transfer                              our reference run, all settings
    python -m scripts.transfer runs/a runs/b --quick        two seeds, few classes and rules
    python -m scripts.transfer --curricula junyi.json       a curriculum of your own besides
    python -m scripts.train --course.learners 16 --run runs/of-16 &&
    python -m scripts.transfer --specialists runs/of-16     beside a policy trained there
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agents.run_folder import REFERENCE
from agents.trained_run import TrainedRun, read_run, read_runs
from agents.transfer import SETTINGS, Setting, Transfer, transfer
from agents.tutors.protocol import Tutor
from agents.tutors.registry import FIXED, names
from agents.variety import Variety
from envs.curricula import find
from scripts.output_path import OutputFile, write_results

QUICK_CLASSES: Final = 8
POLICY: Final = "policy"
QUICK_RULES: Final = (FIXED, "greedy on belief")


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Zero-shot transfer: a trained policy in classes and curricula that it never met."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = (REFERENCE,)
    """Run folders of one policy's seeds; default: the run that comes with us."""
    specialists: tuple[Path, ...] = ()
    """Run folders of policies trained in one of the settings."""
    curricula: tuple[str, ...] = ()
    """Curricula to teach besides: names, or paths of JSON, a Junyi table, or .preqs."""
    classes: int = 64
    """Unseen classes of every setting."""
    workers: int = 2
    """Tutors that teach at the same time."""
    quick: bool = False
    """The small form: few classes, and the two best rules."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail later."""
        for name in ("classes", "workers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 1")
        for curriculum in self.curricula:
            find(curriculum)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Where the policy teaches."""
        own = tuple(Setting(curriculum=name) for name in self.curricula)
        return SETTINGS + own


def setting_of(run: TrainedRun) -> Setting | None:
    """The setting that a run was trained in; None where there were several."""
    if run.config.variety != Variety():
        return None
    return Setting(course=run.config.course, curriculum=run.config.curriculum)


def load_specialists(
    runs: Sequence[Path], settings: Sequence[Setting]
) -> dict[Setting, list[Tutor]]:
    """Read runs by the setting that they were trained in.

    Raises:
        ValueError: A run was trained in none of the settings.
    """
    found: dict[Setting, list[Tutor]] = {}
    for run in runs:
        specialist = read_run(run)
        setting = setting_of(specialist)
        if setting is None or setting not in settings:
            learnt = "several settings" if setting is None else setting.name
            known = "; ".join(each.name for each in settings)
            raise ValueError(f"specialist {run} learnt in {learnt}; expected one of {known}")
        found.setdefault(setting, []).append(specialist.tutor)
    return found


def table(results: Sequence[Transfer], classes: int) -> Table:
    """One row a setting."""
    shown = Table(
        title=f"NLG on the delayed test, mean of {classes} unseen classes (95 % interval)"
    )
    shown.add_column("setting")
    for title in ("policy", "best rule", "", "policy - rule", "specialist", "share of it"):
        shown.add_column(title, justify="right")
    for each in results:
        share = each.share_of_specialist
        shown.add_row(
            each.setting.name,
            f"{each.policy:.3f}",
            f"{each.best_rule_nlg.mean:.3f}",
            each.best_rule,
            f"{each.ahead:+.4f}",
            "-" if each.specialist is None else f"{each.specialist.mean:.3f}",
            "-" if share is None else f"{share:.1%}",
            style="bold" if each.trained else "",
        )
    shown.caption = "the best rule is chosen on these very classes; bold: as the policy was trained"
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        settings = arguments.settings
        runs = read_runs(arguments.runs, named=lambda _: POLICY)
        specialists = load_specialists(arguments.specialists, settings)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    classes = QUICK_CLASSES if arguments.quick else arguments.classes
    rules = QUICK_RULES if arguments.quick else names("rule")
    each = transfer(
        [run.tutor for run in runs],
        setting_of(runs[0]),
        settings,
        specialists,
        classes,
        rules=rules,
        workers=arguments.workers,
    )
    results = list(track(each, "settings", len(settings), console=console))
    console.print(table(results, classes))
    if arguments.json is not None:
        content = {"transfer": [result.as_dict() for result in results], "classes": classes}
        write_results(arguments.json, content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
