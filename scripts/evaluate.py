"""Compare tutors on unseen classes: every tutor teaches the same learners.

Examples:
    python -m scripts.evaluate                              rules, references, our reference run
    python -m scripts.evaluate runs/a runs/b runs/c         with three seeds of a trained policy
    python -m scripts.evaluate --tutors "fixed curriculum" random --classes 64 --json out.json
    python -m scripts.evaluate runs/a --guard-rails         a policy with and without guard-rails
    python -m scripts.evaluate runs/a --adapters runs/adapted       before and after adapting
    python -m scripts.evaluate runs/a --matrix              learners of every family
    python -m scripts.evaluate --tune                       tune the rules, on classes of their own
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import tyro
from rich.console import Console
from rich.progress import track

from agents.against_others import Against, against_others
from agents.checkpoint import has_model
from agents.class_record import BELIEF_BINS
from agents.comparison import Row, compare
from agents.cores import one_thread_each
from agents.evaluation import Outcome, evaluate
from agents.foretold import foretold
from agents.matrix import best_rules, check_setting, columns, headline, lines, population_of
from agents.performance_profile import THRESHOLDS
from agents.plots import save_matrix, save_plots
from agents.presets import BEST_RULE
from agents.run_folder import REFERENCE
from agents.tables import (
    against_text,
    courses_table,
    foretold_table,
    learners_table,
    matrix_table,
    tutors_table,
)
from agents.trained_run import read_runs
from agents.tutors.protocol import Tutor
from agents.tutors.registry import CARE, FIXED, TUNED, TUTORS, make_tutor, tuned
from agents.tutors.tuning import GRIDS, Tuned, tune, write_tuned
from envs.classroom import DEFAULT_CURRICULUM
from envs.course import EVALUATION_SEED, TUNING_SEED, Course
from envs.curricula import find
from envs.learners.family import FAMILIES
from envs.seeds import check_seeds
from scripts.evaluation_setting import Setting, read_setting, with_adapters, with_guard_rails
from scripts.output_path import OutputFile, OutputFolder, write_results

RESULTS: Final = "evaluation.json"
QUICK_CLASSES: Final = 8
QUICK_TUTORS: Final = (BEST_RULE, FIXED)
FEWEST_FORETOLD: Final = 2
"""One to fit on, one to judge."""
SLOW: Final = ("beam on truth",)
"""Tutors that search: they teach the first `slow_classes` only."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Compare tutors on unseen classes: every tutor teaches the same learners."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Run folders of trained policies; runs of one preset count as seeds of one policy."""
    tutors: tuple[str, ...] = tuple(TUTORS)
    """Rules and references to compare with, by name; all by default."""
    classes: int = 512
    """Classes that every tutor teaches."""
    slow_classes: int = 32
    """Classes for tutors that search (beam on truth): the first of them."""
    seed: int = EVALUATION_SEED
    """Class i is drawn from seed + i; training and tuning classes are refused."""
    foretold_classes: int = 64
    """Classes on which the prediction of lapses and answers is judged, the first of them."""
    curriculum: str = DEFAULT_CURRICULUM
    """Without runs: a built-in curriculum's name, generated-SIZE-SEED, or a path of JSON."""
    workers: int = 2
    """Tutors that teach at the same time."""
    json: OutputFile = None
    """Where to write the results as JSON; default: evaluation.json in the run folders, those of
    --matrix nowhere."""
    plots: OutputFolder = None
    """Folder for the pictures; default: the run folders, if the results go there."""
    matrix: bool = False
    """Let every tutor teach learners of every family instead (robust evaluation matrix)."""
    quick: bool = False
    """The small form: 8 classes, and of the rules the best and the simplest."""
    guard_rails: bool = False
    """Let every policy teach under guard-rails too, as a tutor of its own."""
    adapters: Path | None = None
    """Folder of `scripts.adapt`: the run's policy teaches a second time, with the adapters in force
    there."""
    tune: bool = False
    """Tune the rules instead, and record the best settings in agents/tutors/tuned.json."""
    tuning_classes: int = 64
    """Classes on which the rules are tuned; their seeds are never used otherwise."""

    def __post_init__(self) -> None:
        """Refuse numbers that would fail, or cheat, later."""
        if self.quick:
            small = {"classes": QUICK_CLASSES, "slow_classes": 1, "foretold_classes": 8}
            for name, value in (small | {"tutors": QUICK_TUTORS}).items():
                object.__setattr__(self, name, value)
        least = {"classes": 1, "slow_classes": 1, "workers": 1, "tuning_classes": 1}
        for name, low in (least | {"foretold_classes": FEWEST_FORETOLD}).items():
            if getattr(self, name) < low:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {low}")
        check_seeds(self.seed, self.classes, "evaluation")
        if (self.matrix or self.tune) and (self.guard_rails or self.adapters):
            raise ValueError("guard_rails or adapters with matrix or tune; expected them alone")
        for name in self.tutors:
            if name not in TUTORS:
                raise ValueError(f"tutors has {name!r}; expected some of {', '.join(TUTORS)}")


def runs_or_reference(arguments: Arguments) -> tuple[Path, ...]:
    """The runs named; else, on the curriculum it was trained for, the one that comes with us."""
    comparable = arguments.curriculum == DEFAULT_CURRICULUM and has_model(REFERENCE)
    return arguments.runs or ((REFERENCE,) if comparable else ())


def teach_all(setting: Setting, arguments: Arguments, console: Console) -> list[Outcome]:
    """Let policies, rules and references teach; those that search, fewer classes."""
    quick = [make_tutor(name) for name in arguments.tutors if name not in SLOW]
    slow = [make_tutor(name) for name in arguments.tutors if name in SLOW]
    few = min(arguments.slow_classes, arguments.classes)
    tutors = [(tutor, few) for tutor in slow]  # first: nobody then waits for them at the end
    tutors += [(tutor, arguments.classes) for tutor in (*setting.policies, *quick)]

    def teach(who: tuple[Tutor, int]) -> Outcome:
        tutor, classes = who
        return evaluate(
            [tutor],
            setting.course,
            setting.curriculum,
            classes,
            seed=arguments.seed,
            constants=setting.population.constants,
        )[0]

    text = f"{len(tutors)} tutors teach {arguments.classes} classes"
    with one_thread_each(arguments.workers) as pool:
        taught = pool.map(teach, tutors)
        return list(track(taught, text, len(tutors), console=console, transient=True))


def results(
    rows: Sequence[Row], policies: Sequence[Against], setting: Setting, arguments: Arguments
) -> dict[str, Any]:
    """Everything the tables and the plots show, as plain data."""
    return {
        "tutors": {row.name: row.as_dict() for row in rows},
        "against": {policy.name: policy.as_dict() for policy in policies},
        "profile_thresholds": THRESHOLDS.tolist(),
        "belief_edges": [edge / BELIEF_BINS for edge in range(BELIEF_BINS + 1)],
        "classes": arguments.classes,
        "seeds": list(setting.seeds),
        "first_class_seed": arguments.seed,
        "learners": setting.course.learners,
        "population": asdict(setting.population),
        "curriculum": setting.curriculum.name,
        "runs": [str(run) for run in arguments.runs],
        "intervals": "95 % percentile bootstrap over classes and training seeds; low and high "
        "belong to iqm or value, mean_low and mean_high to mean",
    }


def compare_all(arguments: Arguments, console: Console) -> None:
    """Evaluate, print, and write what was asked for."""
    begin = time.perf_counter()
    setting = read_setting(runs_or_reference(arguments), arguments.curriculum)
    if arguments.guard_rails:
        setting = with_guard_rails(setting, runs_or_reference(arguments))
    if arguments.adapters is not None:
        setting = with_adapters(setting, runs_or_reference(arguments), arguments.adapters)
    outcomes = teach_all(setting, arguments, console)
    rows, policies = compare(outcomes), against_others(outcomes)
    runs = read_runs(runs_or_reference(arguments))
    few = min(arguments.foretold_classes, max(FEWEST_FORETOLD, arguments.classes))
    found = foretold(runs, setting.classrooms(few))
    seconds = time.perf_counter() - begin
    console.print(tutors_table(rows, arguments.classes))
    console.print(learners_table(rows))
    console.print(courses_table(rows))
    console.print(foretold_table(found))
    seeds = {row.name: row.runs for row in rows}
    for policy in policies:
        console.print(against_text(policy, runs=seeds[policy.name]))
    content = results(rows, policies, setting, arguments) | {"foretold": found, "seconds": seconds}
    elsewhere = [arguments.plots] if arguments.plots else []
    beside = [run / RESULTS for run in arguments.runs]
    for path in beside if arguments.json is None else [arguments.json]:
        write_results(path, content)
        console.print(f"wrote {path}")
    for folder in elsewhere if arguments.json or elsewhere else arguments.runs:
        for path in save_plots(content, folder):
            console.print(f"wrote {path}")


def fill_matrix(arguments: Arguments, console: Console) -> None:
    """Let rules and policies teach every family, print, and write what was asked for."""
    found = read_runs(arguments.runs, population_of)
    check_setting(found, Course(), arguments.curriculum)
    rules = [make_tutor(name) for name in arguments.tutors if TUTORS[name].kind == "rule"]
    tutors: list[Tutor] = [*(run.tutor for run in found), *rules]
    taught = columns(
        tutors, Course(), find(arguments.curriculum), FAMILIES, arguments.classes, arguments.workers
    )
    gains = list(track(taught, "families", len(FAMILIES), console=console))
    rows = lines(tutors, FAMILIES, gains)
    console.print(matrix_table(rows, arguments.classes))
    content = {
        "families": list(FAMILIES),
        "tutors": {row.name: row.as_dict() for row in rows},
        "best_rule": best_rules(rows),
        "headline": headline(list(dict.fromkeys(run.tutor.name for run in found))),
        "trained_on": {run.tutor.name: run.config.decisions for run in found},
        "classes": arguments.classes,
        "runs": [str(run) for run in arguments.runs],
    }
    if arguments.json is not None:
        write_results(arguments.json, content)
    if arguments.plots is not None:
        console.print(f"wrote {save_matrix(content, arguments.plots)}")


def tune_all(arguments: Arguments, console: Console) -> None:
    """Tune care first, then every rule with it; record the results."""
    course, curriculum = Course(), find(arguments.curriculum)
    found: dict[str, Tuned] = {}
    care = tuned(CARE)
    for name in GRIDS:
        begin = time.perf_counter()
        found[name] = tune(
            name, care, course, curriculum, arguments.tuning_classes, arguments.workers
        )
        care = type(care)(**found[CARE].settings)
        result, seconds = found[name], time.perf_counter() - begin
        console.print(
            f"{name:18} {result.before:.3f} -> {result.nlg_delayed:.3f}"
            f"  ({result.tried} settings, {seconds:.0f} s)"
        )
    about = {
        "command": "python -m scripts.evaluate --tune",
        "classes": arguments.tuning_classes,
        "first_class_seed": TUNING_SEED,
        "curriculum": curriculum.name,
    }
    write_tuned(TUNED, found, about)
    console.print(f"wrote {TUNED.name}")


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        command = fill_matrix if arguments.matrix else compare_all
        (tune_all if arguments.tune else command)(arguments, console)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
