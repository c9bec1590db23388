"""Refit the learners on session records, train on for them, and keep the better policy.

What the records tell of the learners is found by simulating classes under the recorded tutor
(`agents.population_fit`). The new run folder holds the policy that is kept, so that any command
takes it; its folder `candidate` holds the training, iteration.json the decision and its grounds.

Examples:
    python -m scripts.watch --seed 1 --record runs/sessions/a
    python -m scripts.iterate agents/reference --from runs/sessions/a runs/sessions/b
    python -m scripts.iterate runs/first --from runs/sessions/a --quick --json decision.json
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final

import tyro
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from agents.adaptation.shelf import digest
from agents.decision.guard_rails import GuardRails
from agents.decision.guarded_policy import GuardedPolicy
from agents.imitation import WarmStart
from agents.iteration import RULE, Trial, keep, keeps_new, try_both
from agents.population_fit import Refit, candidates, fewest_candidates, refit
from agents.presets import TrainConfig
from agents.run_folder import CONFIG, new_folder, read_config
from agents.simulated_sessions import simulate_all
from agents.statistics import CONFIDENCE
from agents.trained_run import TrainedRun, read_run
from agents.tutors.protocol import Tutor
from agents.tutors.registry import TUTORS, make_tutor
from envs.course import TUNING_SEED
from envs.session_statistics import require_answers, statistics
from envs.spaces import action_space, observation_space
from scripts import train
from scripts.output_path import OutputFile, write_results
from scripts.recorded_sessions import RecordedSessions, read_sessions

CANDIDATE: Final = "candidate"
RESULTS: Final = "iteration.json"
FIRST_SEED: Final = 600_000_000
"""Of the classes simulated for the fit: of the range for training, far above those of any run."""
IMPLAUSIBLE: Final = 0.01
"""Below this plausibility the report warns; chosen."""
QUICK: Final[Mapping[str, int]] = {"candidates": 40, "decisions": 2_048, "classes": 8}
"""The small form: too small for conclusions."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Refit the learners on session records, train on for them, and keep the better policy."""

    run: tyro.conf.Positional[Path]
    """Run folder of the last policy."""
    records: Annotated[tuple[Path, ...], tyro.conf.arg(name="from")]
    """Folders of sessions that `scripts.watch --record` or `scripts.unity play` wrote, by one
    tutor."""
    candidates: int = 200
    """Populations to simulate for the fit."""
    decisions: int = 60_000
    """Decisions to go on learning from."""
    learning_rate: float = 3e-4
    """Step size of that; chosen: below the first training's, so that what was learnt stays."""
    classes: int = 128
    """Unseen classes of each population on which the two policies are compared."""
    folder: Path | None = None
    """New run folder; default runs/ and the time."""
    quick: bool = False
    """The small form: few candidates, decisions and classes."""
    json: OutputFile = None
    """Where to write the decision as JSON, besides iteration.json in the new run folder."""

    def __post_init__(self) -> None:
        """Refuse numbers that would fail later."""
        least = {"candidates": fewest_candidates(), "decisions": 1, "classes": 2}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {low}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate is {self.learning_rate}; expected more than 0")


def taught_by(sessions: RecordedSessions) -> Tutor:
    """The recorded tutor: a rule by its name, or a run's policy as the decision service guards it.

    Raises:
        ValueError: It is neither, or the run's policy is no longer the one that taught.
    """
    name = sessions.tutor
    if name in TUTORS and TUTORS[name].kind == "rule":
        return make_tutor(name)
    if not (Path(name) / CONFIG).exists():
        raise ValueError(f"tutor of the records is {name!r}; expected a rule or a run folder")
    tutor = read_run(Path(name)).tutor
    if sessions.policy not in {None, digest(tutor.policy)}:
        raise ValueError(
            f"tutor of the records is {name}, whose policy is another now; expected the same"
        )
    size = sessions.course.learners, sessions.curriculum.size
    tutor.policy = tutor.policy.at_size(observation_space(*size), action_space(*size))
    return GuardedPolicy(tutor, GuardRails())


def fit(run: TrainedRun, sessions: RecordedSessions, count: int, console: Console) -> Refit:
    """Simulate candidates under the recorded tutor, with a bar, and refit."""
    tutor, populations = taught_by(sessions), candidates(count, run.seed)
    observed = statistics(sessions.log, sessions.curriculum)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("simulating populations", total=count)
        simulated = simulate_all(
            tutor,
            sessions.course,
            sessions.curriculum,
            populations,
            sessions.classes,
            FIRST_SEED,
            lambda done: progress.update(bar, completed=done),
        )
    return refit(populations, simulated, observed, run.config.population)


def continued(run: TrainedRun, found: Refit, arguments: Arguments) -> TrainConfig:
    """The run's settings, to go on from its policy among the refitted learners."""
    config = run.config
    return replace(
        config,
        population=found.population,
        init=str(run.folder),
        init_parts="policy",
        decisions=arguments.decisions,
        warm_start=WarmStart(),
        evaluation_classes=0,
        ppo=replace(config.ppo, learning_rate=arguments.learning_rate),
    )


def fit_table(found: Refit) -> Table:
    """Every parameter before and after."""
    share = f"{CONFIDENCE:.0%}"
    shown = Table(title=f"Learners of the records ({share} interval)")
    shown.add_column("parameter")
    for title in ("before", "refitted", "interval", "told by the records", "changed"):
        shown.add_column(title, justify="right")
    for each in found.parameters:
        shown.add_row(
            each.name,
            f"{each.before:.3f}",
            f"{each.refitted:.3f}",
            f"{each.low:.3f} to {each.high:.3f}",
            f"{each.told:.0%}",
            "yes" if each.changed else "no",
            style="bold" if each.changed else "",
        )
    shown.caption = (
        "interval, told: by the records alone; told: share of the range's standard deviation\n"
        "refitted: given the value before as well\n"
        f"plausibility of the nearest population {found.plausibility:.3f}"
        + ("; these learners are like none" if found.plausibility < IMPLAUSIBLE else "")
    )
    return shown


def trial_table(trials: Mapping[str, Trial], classes: int) -> Table:
    """Both policies on both populations."""
    shown = Table(title=f"NLG on the delayed test, {classes} unseen classes (95 % interval)")
    for title in ("population", "last", "new", "new minus last"):
        shown.add_column(title, justify="left" if title == "population" else "right")
    for name, trial in trials.items():
        gap = f"{trial.improvement.difference:+.4f}"
        shown.add_row(name, f"{trial.last:.3f}", f"{trial.new:.3f}", gap)
    return shown


def go_on(run: TrainedRun, found: Refit, arguments: Arguments, candidate: Path) -> int:
    """Train from the run's policy on into a folder of its own; the trainer's exit code."""
    _, content = read_config(run.folder)
    config = continued(run, found, arguments)
    asked = train.Arguments(preset=content["preset"], seed=run.seed, run=candidate, train=config)
    code = train.train(asked)
    if code == train.INTERRUPTED:
        print(f"the same command of scripts.iterate with --folder {candidate.parent} goes on, too")
    return code


def iterate(arguments: Arguments, console: Console) -> int:
    """Fit, train, compare, keep, write; returns the exit code.

    Raises:
        ValueError: A record or the run cannot be read.
    """
    run, folder = read_run(arguments.run), arguments.folder or new_folder()
    if (folder / CONFIG).exists():
        raise ValueError(f"folder is {folder}, which holds a run; expected a new one")
    sessions = read_sessions(arguments.records)
    require_answers(sessions.log)
    console.print(
        f"{sessions.classes} courses, {sessions.log.correct.size} answers, by {sessions.tutor}; "
        f"{sessions.left_out} courses that are not whole left out"
    )
    found = fit(run, sessions, arguments.candidates, console)
    console.print(fit_table(found))
    candidate = folder / CANDIDATE
    if code := go_on(run, found, arguments, candidate):
        return code
    trials = try_both(run, read_run(candidate), found.population, arguments.classes)
    console.print(trial_table(trials, arguments.classes))
    better = keeps_new(trials)
    keep(candidate if better else run.folder, folder)
    kept, sure = ("new", "surely") if better else ("last", "not surely")
    told = f"{folder} holds the {kept} policy: the new one is {sure} better for these learners"
    console.print(told, soft_wrap=True, markup=False)
    content = {"kept": kept, "rule": RULE, **grounds(sessions, arguments)}
    content |= {"fit": found.as_dict()}
    content |= {"trials": {name: trial.as_dict() for name, trial in trials.items()}}
    for path in filter(None, (folder / RESULTS, arguments.json)):
        write_results(path, content)
    return 0


def grounds(sessions: RecordedSessions, arguments: Arguments) -> dict[str, Any]:
    """What the decision rests on, as plain data."""
    return {
        "run": str(arguments.run),
        "records": {
            "folders": [str(folder) for folder in arguments.records],
            "tutor": sessions.tutor,
            "courses": sessions.classes,
            "left_out": sessions.left_out,
            "answers": int(sessions.log.correct.size),
        },
        "candidates": arguments.candidates,
        "decisions": arguments.decisions,
        "learning_rate": arguments.learning_rate,
        "classes": arguments.classes,
        "first_class_seed": TUNING_SEED,
    }


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        if arguments.quick:
            arguments = replace(
                arguments,
                candidates=QUICK["candidates"],
                decisions=QUICK["decisions"],
                classes=QUICK["classes"],
            )
        return iterate(arguments, console)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "\nstopped; fits and comparisons begin again, training goes on with the same --folder",
            file=sys.stderr,
        )
        return train.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
