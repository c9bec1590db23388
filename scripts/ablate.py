"""What earns its place? The same training with parts put in or left out, on the same classes.

Three studies: `losses`, what learning beside the reward is worth, and what it saves when sensors
fail; `parts`, what attention, its biases, belief and sensors are worth; `training`, what other ways
of training bring in the same time.

Examples:
    python -m scripts.ablate --quick                       every loss for a minute: a smoke run
    python -m scripts.ablate --seeds 0 1 2 3 4             hours; again after Ctrl-C: it goes on
    python -m scripts.ablate --decisions 100_000           each training shorter
    python -m scripts.ablate --no-imitation --runs runs/alone    how soon each learns by itself
    python -m scripts.ablate --study parts --variants "no belief" --json parts.json
    python -m scripts.ablate --log data/assist2009_pid     pre-trains on real answers, too
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import tyro
from rich.console import Console
from rich.table import Table

from agents.ablation import Ablation, milliseconds_per_decision, summarise
from agents.ablation_tables import ablation_table, failures_table, target_in_words
from agents.answer_prediction import AnswerFigures, foretold_by_runs, predictors_of
from agents.checkpoint import has_model
from agents.evaluation import evaluate, gains
from agents.failures import Failure, with_failures
from agents.imitation import WarmStart
from agents.presets import BEST_RULE, PRESETS, TrainConfig
from agents.replayed_log import read_log
from agents.studies import STUDIES, Variant, imitated
from agents.trained_run import TrainedRun, read_run
from agents.tutors.registry import make_tutor
from envs.constants import Constants
from envs.curricula import find
from envs.simulation import Simulation
from envs.vector import ClassroomVectorEnv
from scripts import pretrain
from scripts.output_path import OutputFile, write_results
from scripts.train import Arguments as Training
from scripts.train import train

TIMED_CLASSES: Final = 64
QUICK_CLASSES: Final = 32
FAILURE_SHARE: Final = 4
"""Sensors fail in one of so many classes: there are eight kinds of failure."""
SHARE_ALONE: Final = 0.8
"""Of the best rule's NLG, to be reached without imitation: all of it is out of reach for long."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Train the policy with parts put in or left out, and compare on the same unseen classes."""

    study: Literal["losses", "parts", "training"] = "losses"
    """What is put in or left out."""
    variants: tuple[str, ...] = ()
    """Of the study, default all (`agents/studies.py` lists them; an unknown one is told which there
    are); what the others are compared with is always trained too."""
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Training seeds of every variant."""
    preset: str = "default"
    """Settings of every training, but for what the variant changes."""
    decisions: int | None = None
    """Decisions of every training after imitation; default: those of the preset."""
    imitation: bool = True
    """Whether every training begins with imitating the preset's rule: imitated, all variants stand
    near that rule from the start, and steps to a target tell them apart hardly. In the study of
    training only the variant that asks for it does."""
    quick: bool = False
    """The small form: one seed of the quick preset."""
    runs: Path = Path("runs/ablation")
    """Folder of the run folders; runs found there are used, unfinished ones go on."""
    log: Path | None = None
    """Answer log in the ASSISTments pid format, which the trunk then learns from, too, and on whose
    held-out learners answers are foretold; only where losses are compared."""
    classes: int = 512
    """Unseen classes of the comparison; a quarter of them where sensors fail."""
    workers: int = 2
    """Policies that teach at the same time in the comparison."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail hours later."""
        known = STUDIES[self.study]
        if unknown := [name for name in self.variants if name not in known]:
            raise ValueError(f"variants has {unknown[0]!r}; expected some of {', '.join(known)}")
        for name, least in (("classes", FAILURE_SHARE), ("workers", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {least}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds are {self.seeds}; expected at least one, each once")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")
        if self.decisions is not None and self.quick:
            raise ValueError(f"decisions is {self.decisions} with quick; expected one of the two")
        self._check_log(self.log)

    def _check_log(self, log: Path | None) -> None:
        if log is None:
            return
        if self.study != "losses":
            raise ValueError(f"log is {log} with study {self.study}; expected study losses")
        if not log.exists():
            raise ValueError(f"log is {log}; expected a file or folder that is there")

    @property
    def training(self) -> tuple[str, TrainConfig, tuple[int, ...]]:
        """Preset, its settings, and the seeds."""
        preset, seeds = ("quick", self.seeds[:1]) if self.quick else (self.preset, self.seeds)
        config = replace(PRESETS[preset], evaluation_classes=0, inspection_rollouts=0)
        decisions = config.decisions if self.decisions is None else self.decisions
        start = config.warm_start if self.imitates else WarmStart()
        return preset, replace(config, decisions=decisions, warm_start=start), seeds

    @property
    def imitates(self) -> bool:
        """Whether what the others are compared with begins with imitation."""
        return self.imitation and self.study != "training"

    @property
    def whole(self) -> str:
        """What the others are compared with."""
        return next(iter(STUDIES[self.study]))

    @property
    def target(self) -> tuple[str, float]:
        """Whose NLG the training courses are to reach, and which share of it."""
        if not self.imitates:
            return BEST_RULE, SHARE_ALONE
        return (self.whole if self.study == "losses" else BEST_RULE), 1.0

    @property
    def chosen(self) -> dict[str, Variant]:
        """The variants, what they are compared with first."""
        names = {self.whole, *(self.variants or STUDIES[self.study])}
        return {name: each for name, each in STUDIES[self.study].items() if name in names}

    @property
    def settings(self) -> dict[str, Any]:
        """What the figures depend on, for the JSON."""
        preset, config, seeds = self.training
        return {
            "study": self.study,
            "preset": preset,
            "imitated": imitated(config),
            "decisions": config.decisions,
            "seeds": list(seeds),
            "classes": self.taught,
            "target": target_in_words(*self.target),
        }

    @property
    def taught(self) -> int:
        """Classes of the comparison."""
        return min(self.classes, QUICK_CLASSES) if self.quick else self.classes


def train_all(arguments: Arguments) -> dict[str, list[Path]]:
    """Train every variant with every seed, or go on with what is there; folders by variant."""
    preset, config, seeds = arguments.training
    runs: dict[str, list[Path]] = {}
    for seed in seeds:
        for name, variant in arguments.chosen.items():
            run = arguments.runs / f"{preset}-{name.replace(' ', '-').replace(',', '')}-{seed}"
            own = variant.of(config)
            if variant.pretrained:
                own = replace(own, init=str(pretrained(arguments, preset, seed)))
            code = train(Training(preset=preset, seed=seed, run=run, train=own))
            if code != 0:
                sys.exit(code)
            runs.setdefault(name, []).append(run)
    return runs


def pretrained(arguments: Arguments, preset: str, seed: int) -> Path:
    """The folder of a pre-trained trunk, made unless it is there."""
    run = arguments.runs / f"{preset}-{'log-' if arguments.log else ''}trunk-{seed}"
    if not has_model(run):
        words = [f"--preset={preset}", f"--seed={seed}", f"--run={run}", "--classes=0"]
        words += [f"--log={arguments.log}"] if arguments.log else []
        if code := pretrain.main([*words, *(["--quick"] if arguments.quick else [])]):
            sys.exit(code)
    return run


def compare(arguments: Arguments, found: Mapping[str, Sequence[TrainedRun]]) -> Iterable[Ablation]:
    """Let all runs and the best rule teach the same classes."""
    config, curriculum = arguments.training[1], find(arguments.training[1].curriculum)
    tutors = [*(run.tutor for runs in found.values() for run in runs), make_tutor(BEST_RULE)]
    outcomes = evaluate(
        tutors, config.course, curriculum, arguments.taught, workers=arguments.workers
    )
    simulation = Simulation(TIMED_CLASSES, config.course, curriculum, Constants())
    simulation.start()
    count = len(found[arguments.whole])
    whole = gains(outcomes[:count])
    whose, share = arguments.target
    target = share * float((gains(outcomes[-1:]) if whose == BEST_RULE else whole).mean())
    for place, (name, runs) in enumerate(found.items()):
        ours = gains(outcomes[place * count : (place + 1) * count])
        policy = runs[0].tutor.policy
        time = milliseconds_per_decision(policy, simulation.observation)
        folders = [run.folder for run in runs]
        yield summarise(name, folders, ours, whole, target, policy, time)


def as_json(
    results: Sequence[Ablation],
    failed: Mapping[str, Mapping[str, Failure]],
    foretold: Mapping[str, AnswerFigures],
    real: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Results of the study of losses; without a log nothing is real."""
    return {
        "variants": {
            each.variant: each.as_dict()
            | {"nlg_missing": {name: f.as_dict() for name, f in failed[each.variant].items()}}
            for each in results
        },
        "next_answer_auc": {
            "simulated": {name: each.as_dict() for name, each in foretold.items()},
            "real": real,
        },
    }


def study_losses(
    arguments: Arguments, found: Mapping[str, Sequence[TrainedRun]], results: Sequence[Ablation]
) -> tuple[dict[str, Any], Table]:
    """What else the losses are for: failing sensors, and answers foretold."""
    config = arguments.training[1]
    curriculum, classes = find(config.curriculum), max(1, arguments.taught // FAILURE_SHARE)
    failed = {
        name: with_failures(
            [run.tutor for run in runs], config.course, curriculum, classes, arguments.workers
        )
        for name, runs in found.items()
    }
    able = foretellers(arguments, found)
    env = ClassroomVectorEnv(classes, course=config.course, curriculum=curriculum)
    foretold = foretold_by_runs(able, env)
    real = None
    if arguments.log is not None:
        log = read_log(arguments.log, quick=arguments.quick)
        real = log.foretold(predictors_of(able))
    return as_json(results, failed, foretold, real), failures_table(failed)


def foretellers(
    arguments: Arguments, found: Mapping[str, Sequence[TrainedRun]]
) -> dict[str, Sequence[TrainedRun]]:
    """All runs by variant, and the pre-trained trunk as it was before any reward."""
    preset, _, seeds = arguments.training
    if not any(variant.pretrained for variant in arguments.chosen.values()):
        return dict(found)
    return {**found, "trunk": [read_run(pretrained(arguments, preset, seeds[0]))]}


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        runs = train_all(arguments)
        found = {name: [read_run(run) for run in folders] for name, folders in runs.items()}
        results = list(compare(arguments, found))
        target = target_in_words(*arguments.target)
        console.print(ablation_table(results, arguments.taught, target, TIMED_CLASSES))
        content: dict[str, Any] = {"variants": {each.variant: each.as_dict() for each in results}}
        if arguments.study == "losses":
            content, shown = study_losses(arguments, found, results)
            console.print(shown)
        content |= {"settings": arguments.settings}
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json is not None:
        write_results(arguments.json, content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
