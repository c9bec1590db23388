"""Compare tutors on the peers' benchmarks: KSS and spaced repetition, on fresh paired learners.

Examples:
    python -m scripts.peers                                 all rules and references, all benchmarks
    python -m scripts.peers --benchmarks kss-10 efc         some of them
    python -m scripts.peers --train-mlp 0 1 2 3 4           train stock PPO too: one run a seed
    python -m scripts.peers runs/peers/kss-10/masked-0      with policies trained before
    python -m scripts.train --env envs.peers.suite:kss_10 --run runs/kss &&
    python -m scripts.peers runs/kss                        with our policy; it sees no hidden state
    python -m scripts.peers --quick --json peers.json       a small form, minutes
"""

import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import torch
import tyro
from rich.console import Console
from rich.table import Table

from agents.checkpoint import has_model
from agents.peers.attention import read_attention
from agents.peers.benchmarks import BENCHMARKS, Effort, entrants
from agents.peers.kss_optimum import KssOptimum
from agents.peers.mlp import MlpSettings, load, train
from agents.peers.policies import Policy, check_seeds_of_one, row_of
from agents.peers.results import CEILING, RIVALS, Row, results
from agents.peers.scoring import score
from agents.report.numbers import with_interval
from agents.report.peers import trained_on
from agents.run_folder import RUNS
from envs.course import EVALUATION_SEED
from scripts.output_path import OutputFile, write_results
from scripts.train import INTERRUPTED

QUICK_EFFORT: Final = Effort(
    tuning_learners=40, path_tries=300, path_restarts=1, beam_width=16, slow_learners=10
)
QUICK_LEARNERS: Final = 60
QUICK_DECISIONS: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Score rules, references and policies: E_p on KSS, mean recall on flashcards."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Run folders of trained policies; runs of one name on one benchmark count as its seeds."""
    benchmarks: tuple[str, ...] = tuple(BENCHMARKS)
    """Which, by name; all by default."""
    learners: int = 1000
    """Fresh learners that everybody teaches."""
    train_mlp: tuple[int, ...] = ()
    """Seeds with which stock PPO with an MLP is trained first, on every benchmark named; with
    `--mlp.no-masked` it may choose what is not allowed."""
    mlp: MlpSettings = field(default_factory=MlpSettings)
    """How stock PPO is trained."""
    folder: Path = RUNS / "peers"
    """Where what is trained is kept: BENCHMARK/masked-SEED or BENCHMARK/plain-SEED."""
    workers: int = 2
    """Benchmarks at the same time, each in a process of its own."""
    quick: bool = False
    """A small form: fewer learners, less tuning, shorter training."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail later."""
        for name in ("learners", "workers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 1")
        for name in self.benchmarks:
            if name not in BENCHMARKS:
                raise ValueError(
                    f"benchmarks has {name!r}; expected some of {', '.join(BENCHMARKS)}"
                )


def compare(benchmark: str, policies: Sequence[Policy], learners: int, effort: Effort) -> list[Row]:
    """Let everybody teach the same learners; best mean first."""
    made = BENCHMARKS[benchmark].learners()
    rows = []
    for entrant in entrants(made, effort):
        chooser = entrant.chooser
        taught = min(learners, effort.slow_learners) if entrant.slow else learners
        returns = score(chooser, made, taught, EVALUATION_SEED)[None]
        bound = chooser.upper if isinstance(chooser, KssOptimum) else None
        rows.append(
            Row(
                name=chooser.name,
                kind=chooser.kind,
                returns=returns,
                knows_model=chooser.knows_model,
                setting=entrant.setting,
                bound=bound,
            )
        )
    for name in dict.fromkeys(policy.name for policy in policies):
        runs = [policy for policy in policies if policy.name == name]
        rows.append(row_of(runs, made, learners, min(learners, effort.tuning_learners)))
    return sorted(rows, key=lambda row: -row.returns.mean())


def table(benchmark: str, found: Mapping[str, Any], learners: int) -> Table:
    """One benchmark as a person reads it."""
    exact = found.get(CEILING)
    figure = "mean recall" if exact is None else "E_p"
    shown = Table(title=f"{benchmark}: {learners} fresh learners, {figure} (95 % interval of mean)")
    shown.add_column("tutor")
    relative = "times_random" if exact is None else "share_of_best"
    for title in (figure, "interval", relative.replace("_", " "), "tuned to"):
        shown.add_column(title, justify="right")
    for name, row in found.items():
        rule = " +" if row.get("knows_model") else ""
        marks = {"reference": " *", "policy": f" < ({row['runs']} seeds)", "rule": rule}
        few = "" if row["learners"] == learners else f" ({row['learners']} learners)"
        shown.add_row(
            name + marks[row["kind"]] + few,
            f"{row['mean']:.3f}",
            f"{row['mean_low']:.3f} to {row['mean_high']:.3f}",
            "-" if row[relative] is None else f"{row[relative]:.3f}",
            "" if "setting" not in row else str(row["setting"]).replace(", ", " "),
            style={"reference": "dim", "policy": "bold", "rule": ""}[row["kind"]],
        )
    lines = ["* sees the hidden state   + knows the model   < trained", *standings(found)]
    if exact is not None:
        lines.append(
            f"best: proven to be the optimum for {exact['share_proven']:.0%} of the learners; no "
            f"tutor reaches more than {exact['upper_bound']:.3f}"
        )
    shown.caption = "\n".join(lines)
    return shown


def standings(found: Mapping[str, Any]) -> Iterator[str]:
    """Every policy's training and its paired differences to the best rules, in a line each."""
    for name, row in found.items():
        if row["kind"] == "policy":
            ahead = (
                f"{with_interval(row[key], sign='+')} over {row[rule]}"
                for rule, key in RIVALS.items()
                if rule in row
            )
            yield f"{name}, trained on {trained_on(row)} decisions: {'; '.join(ahead)}"


def read_policy(run: Path) -> tuple[str, Policy]:
    """Benchmark and policy of a run folder, ours or stock PPO's.

    Raises:
        ValueError: The folder holds neither.
    """
    if has_model(run):
        ours = read_attention(run)
        return ours.benchmark, ours
    return load(run)


def runs_by_benchmark(arguments: Arguments, console: Console) -> dict[str, list[Path]]:
    """Sort the run folders, and train what is to be trained."""
    found: dict[str, list[Path]] = {name: [] for name in BENCHMARKS}
    policies: dict[tuple[str, str], list[Policy]] = {}
    for run in arguments.runs:
        benchmark, policy = read_policy(run)
        found[benchmark].append(run)
        policies.setdefault((benchmark, policy.name), []).append(policy)
    for alike in policies.values():
        check_seeds_of_one(alike)
    for benchmark in arguments.benchmarks:
        for seed in arguments.train_mlp:
            begin = time.perf_counter()
            kind = "masked" if arguments.mlp.masked else "plain"
            folder = arguments.folder / benchmark / f"{kind}-{seed}"
            train(benchmark, seed, arguments.mlp, folder)
            found[benchmark].append(folder)
            console.print(f"trained {folder} in {time.perf_counter() - begin:.0f} s")
    return found


def measured(task: tuple[str, Sequence[Path]], learners: int, effort: Effort) -> dict[str, Any]:
    """Compare on one benchmark, with the policies of these runs; plain data."""
    benchmark, runs = task
    torch.set_num_threads(1)
    return results(compare(benchmark, [read_policy(run)[1] for run in runs], learners, effort))


def all_measured(
    arguments: Arguments, runs: Mapping[str, Sequence[Path]], effort: Effort
) -> Iterator[dict[str, Any]]:
    """One benchmark after another, or several at the same time, each in a process of its own."""
    measure = partial(measured, learners=arguments.learners, effort=effort)
    tasks = [(name, runs[name]) for name in arguments.benchmarks]
    if arguments.workers == 1:
        yield from map(measure, tasks)
        return
    with get_context("spawn").Pool(arguments.workers, _leave_stopping_to_us) as pool:
        yield from pool.imap(measure, tasks)


def _leave_stopping_to_us() -> None:
    """In a worker: Ctrl-C reaches every process, and the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run(arguments: Arguments, console: Console) -> None:
    """Compare on every benchmark, print, and write what was asked for."""
    effort = Effort()
    if arguments.quick:
        effort = QUICK_EFFORT
        arguments = replace(
            arguments,
            learners=min(arguments.learners, QUICK_LEARNERS),
            mlp=replace(arguments.mlp, decisions=min(arguments.mlp.decisions, QUICK_DECISIONS)),
        )
    runs, written = runs_by_benchmark(arguments, console), {}
    found = all_measured(arguments, runs, effort)
    for benchmark, each in zip(arguments.benchmarks, found, strict=True):
        console.print(table(benchmark, each, arguments.learners))
        written[benchmark] = each
        if arguments.json is not None:  # after each: some take minutes
            about = {"learners": arguments.learners, "first_learner_seed": EVALUATION_SEED}
            write_results(arguments.json, about | {"benchmarks": written})


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        run(tyro.cli(Arguments, args=argv, description=__doc__), console)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; --json holds what was shown, nothing of the rest", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
