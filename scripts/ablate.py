"""Does attention matter? The same training with parts left out, on the same unseen classes.

Examples:
    python -m scripts.ablation --quick                     every variant for a minute: a smoke run
    python -m scripts.ablation --seeds 0 1 2 3 4           hours; again after Ctrl-C: it goes on
    python -m scripts.ablation --variants attention "no belief" --json ablation.json
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import tyro
from rich.console import Console
from rich.table import Table

from agents.ablation import (
    VARIANTS,
    WHOLE,
    Ablation,
    milliseconds_per_decision,
    network,
    summarise,
)
from agents.evaluation import evaluate, gains
from agents.presets import BEST_RULE, PRESETS, TrainConfig
from agents.trained_run import read_run
from agents.tutors.registry import make_tutor
from envs.constants import Constants
from envs.curricula import find
from envs.simulation import Simulation
from envs.whole_file import write_json
from scripts.train import Arguments as Training
from scripts.train import train

TIMED_CLASSES: Final = 64


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Train the policy with parts left out, and compare on the same unseen classes."""

    variants: tuple[str, ...] = tuple(VARIANTS)
    """What is left out; the whole policy is always trained too."""
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Training seeds of every variant."""
    preset: str = "default"
    """Settings of every training; only the network differs."""
    quick: bool = False
    """The small form: one seed of the quick preset."""
    runs: Path = Path("runs/ablation")
    """Folder of the run folders; runs found there are used, unfinished ones go on."""
    classes: int = 512
    """Unseen classes of the comparison."""
    workers: int = 2
    """Policies that teach at the same time in the comparison."""
    json: Path | None = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail hours later."""
        for name in self.variants:
            if name not in VARIANTS:
                raise ValueError(f"variants has {name!r}; expected some of {', '.join(VARIANTS)}")
        if not self.seeds or self.classes < 1 or self.workers < 1:
            raise ValueError("seeds, classes and workers: expected at least one of each")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds are {self.seeds}; expected each once")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")

    @property
    def training(self) -> tuple[str, TrainConfig, tuple[int, ...]]:
        """Preset, its settings, and the seeds."""
        preset, seeds = ("quick", self.seeds[:1]) if self.quick else (self.preset, self.seeds)
        config = replace(PRESETS[preset], evaluation_classes=0, inspection_rollouts=0)
        return preset, config, seeds

    @property
    def chosen(self) -> list[str]:
        """The variants, the whole policy first."""
        return [WHOLE, *(name for name in self.variants if name != WHOLE)]


def train_all(arguments: Arguments) -> dict[str, list[Path]]:
    """Train every variant with every seed, or go on with what is there; folders by variant."""
    preset, config, seeds = arguments.training
    runs: dict[str, list[Path]] = {}
    for seed in seeds:
        for variant in arguments.chosen:
            run = arguments.runs / f"{preset}-{variant.replace(' ', '-')}-{seed}"
            own = replace(config, policy=network(config.policy, variant))
            code = train(Training(preset=preset, seed=seed, run=run, train=own))
            if code != 0:
                sys.exit(code)
            runs.setdefault(variant, []).append(run)
    return runs


def compare(arguments: Arguments, runs: dict[str, list[Path]]) -> Iterable[Ablation]:
    """Let all runs and the best rule teach the same classes."""
    config = arguments.training[1]
    classes = min(arguments.classes, 32) if arguments.quick else arguments.classes
    curriculum = find(config.curriculum)
    learnt = [read_run(run).tutor for each in runs.values() for run in each]
    tutors = [*learnt, make_tutor(BEST_RULE)]
    outcomes = evaluate(tutors, config.course, curriculum, classes, workers=arguments.workers)
    rule = float(gains(outcomes[-1:]).mean())
    simulation = Simulation(TIMED_CLASSES, config.course, curriculum, Constants())
    simulation.start()
    count = len(runs[WHOLE])
    for place, (variant, folders) in enumerate(runs.items()):
        ours = gains(outcomes[place * count : (place + 1) * count])
        policy = learnt[place * count].policy
        time = milliseconds_per_decision(policy, simulation.observation)
        yield summarise(variant, folders, ours, gains(outcomes[:count]), rule, policy, time)


def table(results: Iterable[Ablation]) -> Table:
    """One row a variant."""
    shown = Table(title="NLG on the delayed test, mean of unseen classes and seeds (95 % interval)")
    for title in ("variant", "NLG", "minus whole", "decisions to the rule", "weights", "ms"):
        shown.add_column(title, justify="left" if title == "variant" else "right")
    for each in results:
        nlg, behind, until = each.nlg, each.behind, each.decisions_to_rule
        shown.add_row(
            each.variant,
            f"{nlg.mean:.3f} ({nlg.mean_low:.3f} to {nlg.mean_high:.3f})",
            f"{behind.mean:+.4f} ({behind.mean_low:+.4f} to {behind.mean_high:+.4f})",
            "never" if until is None else f"{until:,.0f}",
            f"{each.weights:,}",
            f"{each.milliseconds:.1f}",
        )
    shown.caption = f"the rule is {BEST_RULE}, which all imitate first; ms: {TIMED_CLASSES} classes"
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        results = list(compare(arguments, train_all(arguments)))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    console.print(table(results))
    if arguments.json is not None:
        write_json(
            arguments.json, {"attention": {each.variant: each.as_dict() for each in results}}
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
