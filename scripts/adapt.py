"""Does the tutor adapt to classes that it was not trained for, without harm, and can it go back?

The deployed policy teaches live courses of six kinds of classes: learners of two other families,
who forget four times as fast, whose attention lapses three times as often, another curriculum, and
usual ones. Low-rank adapters learn from what can be observed, and what the learners are like is
estimated; held-back courses decide what may teach, and whether the belief is told. Then the frozen
policy, what is in force, and a specialist, which was trained on the kind, teach the same unseen
classes.

With --from, the run adapts to recorded sessions instead, one round a call: the guard decides by
courses that it taught without adapters, and FOLDER's ledger says who teaches next. `scripts.watch`
and `scripts.unity play` teach so with --adapters FOLDER.

Examples:
    python -m scripts.adapt --quick                              a smoke run of minutes
    python -m scripts.adapt agents/reference --json adapt.json   again after Ctrl-C: it goes on
    python -m scripts.adapt --shifts "fsrs learners" --specialists "fsrs learners=runs/fsrs"
    python -m scripts.adapt agents/reference --from runs/sessions/* --folder runs/adapted
    python -m scripts.adapt --undo --folder runs/adapted
"""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final

import torch
import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agents.adaptation.learner import AdaptationConfig
from agents.adaptation.ledger import Ledger
from agents.adaptation.result import Result, result
from agents.adaptation.shifts import NO_SHIFT, SHIFTS
from agents.adaptation.specialist import specialist
from agents.adaptation.study import (
    Design,
    Floats,
    Trial,
    kept_or_adapted,
    nlg,
    old_population,
    usual_classes,
)
from agents.checkpoint import has_model, load_policy
from agents.run_folder import REFERENCE
from agents.trained_run import TrainedRun, read_run
from envs.curricula import find
from scripts.output_path import OutputFile, write_results
from scripts.recorded_adaptation import adapt_to, learners_table, told, verdicts

QUICK: Final = Design(courses=(5, 10), classes=8)
UPDATES: Final = 35
QUICK_UPDATES: Final = 2
QUICK_HELD_BACK: Final = 0.5
"""So that the last of the few rounds has courses enough for the guard to judge."""
INTERRUPTED: Final = 130
OF_THE_STUDY: Final = ("shifts", "seeds", "design", "specialists", "decisions", "quick")
"""Options that mean nothing for recorded sessions."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Adapt a deployed policy to shifted classes, and compare on unseen ones."""

    run: Annotated[Path, tyro.conf.Positional] = REFERENCE
    """Run folder of the deployed policy."""
    records: Annotated[tuple[Path, ...], tyro.conf.arg(name="from")] = ()
    """Folders of sessions that `scripts.watch --record` or `scripts.unity play` wrote, old and new:
    adapt to them, in place of the study. Nothing is decided before four courses are held back:
    with the usual share that takes sixteen."""
    shifts: tuple[str, ...] = tuple(SHIFTS)
    """Kinds of classes."""
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Each with live classes and adapters of its own."""
    design: Design = field(default_factory=Design)
    """Live courses, and unseen classes."""
    adaptation: AdaptationConfig = field(default_factory=lambda: AdaptationConfig(updates=UPDATES))
    """How to adapt; gradient steps in place of seconds, so that results repeat: 35 take about
    two seconds a live course on one core. --adaptation.updates None: as many as the seconds allow.
    """
    specialists: tuple[str, ...] = ()
    """Runs that were trained on a shift, as "NAME=FOLDER"; the others are made by training the
    deployed policy further."""
    decisions: int = 100_000
    """Decisions that a specialist is trained further; 0: no specialist where none is given."""
    folder: Path = Path("runs/adaptation")
    """Where adapters, ledgers and specialists are kept; what is there is used again."""
    quick: bool = False
    """The small form: one seed, ten courses, no specialists but those given."""
    undo: bool = False
    """Only take back the last promotion in FOLDER; without from."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail much later."""
        for name in (*self.shifts, *self.given):
            if name not in SHIFTS:
                raise ValueError(f"shifts has {name!r}; expected some of {', '.join(SHIFTS)}")
        for name, folder in self.given.items():
            if not has_model(folder):
                raise ValueError(f"specialists has {name}={folder}; expected a run's folder there")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds are {self.seeds}; expected at least one, each once")
        if self.records:
            self._check_recorded()
        if not self.shifts or self.decisions < 0:
            raise ValueError(
                f"shifts are {self.shifts} and decisions {self.decisions}; expected a shift, and "
                "at least 0 decisions"
            )

    def _check_recorded(self) -> None:
        if self.undo:
            raise ValueError("undo is True with from; expected one of the two")
        for name in OF_THE_STUDY:
            if getattr(self, name) != (usual := getattr(type(self)(), name)):
                raise ValueError(
                    f"{name} is {getattr(self, name)} with from; expected {usual}: it is of the "
                    "study alone"
                )

    @property
    def given(self) -> dict[str, Path]:
        """Specialists' runs by shift."""
        pairs = [each.partition("=") for each in self.specialists]
        return {name: Path(folder) for name, _, folder in pairs}

    @property
    def small(self) -> "Arguments":
        """The form that `quick` asks for."""
        if not self.quick:
            return self
        small = replace(self.adaptation, updates=QUICK_UPDATES, held_back=QUICK_HELD_BACK)
        return replace(
            self, seeds=self.seeds[:1], design=QUICK, adaptation=small, decisions=0,
            folder=self.folder / "quick",
        )  # fmt: skip


def yardstick(arguments: Arguments, run: TrainedRun, name: str) -> Floats | None:
    """NLG of the shift's specialist on the unseen classes; None where there is none."""
    shift = SHIFTS[name]
    if name in arguments.given:
        policy = load_policy(arguments.given[name], "cpu")
    elif arguments.decisions and name != NO_SHIFT:
        folder = arguments.folder / f"specialist-{slug(name)}"
        policy = specialist(shift, run, arguments.decisions, 0, folder)
    else:
        return None
    return nlg(policy, shift, run, arguments.design)


def slug(name: str) -> str:
    """The name as part of a folder's."""
    return name.replace(" ", "-")


def study(arguments: Arguments, run: TrainedRun) -> dict[str, Result]:
    """All shifts, seed by seed, so that an interrupted study has whole seeds."""
    design, old = arguments.design, old_population(run)
    policy = run.tutor.policy
    names = arguments.shifts
    usual = nlg(policy, SHIFTS[NO_SHIFT], run, design)
    best = {name: yardstick(arguments, run, name) for name in names}
    frozen = {name: nlg(policy, SHIFTS[name], run, design) for name in names}
    subjects = {name: SHIFTS[name].curriculum or run.config.curriculum for name in names}
    of_usual = {
        name: usual_classes(run, run.config.course, find(name)) for name in set(subjects.values())
    }
    jobs = [(name, seed) for seed in arguments.seeds for name in names]
    found: dict[str, list[Any]] = {name: [] for name in names}
    for name, seed in track(jobs, "adapting", disable=not sys.stdout.isatty()):
        trial = Trial(
            shift=name,
            run=run,
            config=arguments.adaptation,
            design=design,
            old=old,
            of_usual=of_usual[subjects[name]],
            seed=seed,
            folder=arguments.folder / f"{slug(name)}-{seed}",
        )
        found[name].append(kept_or_adapted(trial))
    return {
        name: result(design.courses, frozen[name], usual, best[name], found[name]) for name in names
    }


def table(results: dict[str, Result], seeds: int, classes: int) -> Table:
    """One row a shift."""
    shown = Table(title=f"NLG on the delayed test, {seeds} seeds, {classes} unseen classes")
    shown.add_column("classes")
    courses = next(iter(results.values())).courses
    last = f"adapted minus frozen, {courses[-1]} courses"
    for title in ("frozen", *(f"after {n}" for n in courses[1:]), last, "specialist's gap"):
        shown.add_column(title, justify="right")
    for title in ("recovered", "without guard", "belief told", "old population"):
        shown.add_column(title, justify="right")
    for name, each in results.items():
        shown.add_row(
            name,
            f"{each.frozen.mean:.4f}",
            *(f"{after.mean:.4f}" for after in each.adapted[1:]),
            f"{each.gained[-1]:+.4f}",
            "-" if each.gap is None else f"{each.gap:+.4f}",
            "-" if each.recovered is None else f"{100 * each.recovered:.0f} %",
            f"{each.candidate:+.4f}",
            f"{each.informed:+.4f}",
            f"{each.old:+.4f}",
        )
    shown.caption = (
        "means, 95 % intervals over seeds and classes; recovered: of the specialist's gap, where "
        "it is surely above 0\nwithout guard: newest adapters minus frozen; belief told: frozen "
        "whose belief is told at the end, in force or not, minus frozen; old population: adapters "
        "in force minus frozen on usual classes"
    )
    return shown


def as_json(results: dict[str, Result], arguments: Arguments) -> dict[str, Any]:
    """The contract of issue 5, with everything else that was measured."""
    shifts = {name: each.as_dict() for name, each in results.items() if name != NO_SHIFT}
    usual = results.get(NO_SHIFT)
    return {
        "run": str(arguments.run),
        "seeds": list(arguments.seeds),
        "classes": arguments.design.classes,
        "specialists": {name: str(path) for name, path in arguments.given.items()},
        "decisions_of_other_specialists": arguments.decisions,
        "shifts": shifts,
        "no_shift": None if usual is None else usual.as_dict(),
    }


def undo(folder: Path) -> int:
    """Take back the last promotion; returns the exit code."""
    before = Ledger(folder).undo()
    print(f"{folder}: {before or 'the deployed policy'} teaches again")
    return 0


def deploy(arguments: Arguments, run: TrainedRun, console: Console) -> int:
    """One round on session records; returns the exit code."""
    ruling, found = adapt_to(arguments.records, run, arguments.folder, arguments.adaptation)
    console.print(verdicts(ruling, found))
    console.print(learners_table(found))
    console.print(told(ruling, run, arguments.folder), soft_wrap=True, markup=False)
    if arguments.json is not None:
        write_results(arguments.json, found)
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 240)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__).small
        if arguments.undo:
            return undo(arguments.folder)
        torch.set_num_threads(1)
        run = read_run(arguments.run)
        run.tutor.policy.to("cpu")
        if arguments.records:
            return deploy(arguments, run, console)
        results = study(arguments, run)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on: a study after its last whole adaptation,")
        print("a round on records from its start; once it was to be judged, that counts as a look")
        return INTERRUPTED
    console.print(table(results, len(arguments.seeds), arguments.design.classes))
    if arguments.json is not None:
        write_results(arguments.json, as_json(results, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
