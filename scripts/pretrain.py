"""Teach the policy's trunk without rewards: while rules teach, it predicts what is hidden.

Examples:
    python -m scripts.pretrain                              a new run folder, some minutes
    python -m scripts.pretrain --quick --json pretrain.json
    python -m scripts.train --init runs/pretrained          then starts PPO from its trunk
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table
from stable_baselines3.common.logger import configure

from agents.answer_prediction import AnswerFigures, by_belief, by_heads, foretell
from agents.checkpoint import save_policy
from agents.imitation import WarmStart
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig
from agents.pretrained import save_heads
from agents.pretraining import TUTORS, mixture, pretrain
from agents.run_folder import new_folder, write_config
from agents.speed.threads import with_threads
from agents.tutors.mixture import Mixture
from envs.course import TUNING_SEED
from envs.curricula import find
from envs.seeds import check_seeds
from envs.vector import ClassroomVectorEnv
from envs.whole_file import write_json
from scripts.output_path import OutputFile, OutputFolder
from scripts.train import make_model

QUICK_ROLLOUTS: Final = 4
QUICK_CLASSES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Teach the policy's trunk without rewards, on classes that rules teach."""

    preset: str = "default"
    """Settings of network and classrooms: quick, default, large or reference."""
    seed: int = 0
    """Seed of weights, classes and of what is hidden."""
    rollouts: int = 100
    """Rollouts taught and learnt from; each is as long as in training."""
    self_weight: float = 1.0
    """Weight of predicting what is hidden and the next answers; 0 leaves it out."""
    cross_weight: float = 0.1
    """Weight of the modalities' agreement; 0 leaves it out."""
    tutors: tuple[str, ...] = TUTORS
    """Rules that share the classrooms."""
    run: OutputFolder = None
    """Run folder; default runs/ and the time."""
    classes: int = 64
    """Classes that nobody learnt from, on which next answers are foretold; 0 skips it."""
    quick: bool = False
    """The small form: a few rollouts and classes."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail minutes later."""
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")
        if self.rollouts < 1 or self.classes < 0:
            raise ValueError(
                f"rollouts and classes are {self.rollouts} and {self.classes}; "
                "expected at least 1 and 0"
            )
        if not self.self_weight and not self.cross_weight:
            raise ValueError("self_weight and cross_weight are 0; expected something to learn")
        taught = self.config.class_seeds(self.seed)
        check_seeds(taught.start, len(taught), "training")
        self.teachers().reset(self.config.classrooms)

    @property
    def config(self) -> TrainConfig:
        """The preset's, with every decision of a step learnt from in the auxiliary way."""
        preset = PRESETS[self.preset]
        auxiliary = replace(
            preset.ppo.auxiliary,
            self_weight=self.self_weight,
            cross_weight=self.cross_weight,
            rows=preset.ppo.batch,
        )
        ppo = replace(preset.ppo, auxiliary=auxiliary)
        return replace(preset, ppo=ppo, warm_start=WarmStart(), inspection_rollouts=0)

    def teachers(self) -> Mixture:
        """The rules, as one tutor."""
        return mixture(self.tutors, self.config.course.tracer)


def learn(model: ClassroomPPO, arguments: Arguments, run: Path) -> None:
    """Pre-train with a bar, losses to TensorBoard, and save."""
    model.set_logger(configure(str(run), ["tensorboard"]))
    rollouts = QUICK_ROLLOUTS if arguments.quick else arguments.rollouts
    losses = pretrain(model, arguments.teachers(), rollouts)
    for number, found in enumerate(track(losses, "pre-training", rollouts), start=1):
        for name, value in found._asdict().items():
            model.logger.record(f"train/{name}", float(value))
        model.logger.dump(number * model.n_steps * model.n_envs)
    if model.auxiliary is not None:
        save_heads(model.auxiliary, run)  # first: a run counts as complete once it has its policy
    save_policy(model.policy, run, {"pretraining_rollouts": rollouts})


def foretold(model: ClassroomPPO, arguments: Arguments) -> dict[str, AnswerFigures]:
    """Next answers on tuning classes, by the trunk and by knowledge tracing."""
    classes = min(arguments.classes, QUICK_CLASSES) if arguments.quick else arguments.classes
    if not classes or model.auxiliary is None or not arguments.self_weight:
        return {}
    config = arguments.config
    env = ClassroomVectorEnv(classes, course=config.course, curriculum=find(config.curriculum))
    model.policy.set_training_mode(False)
    heads = by_heads(model.policy.to("cpu"), model.auxiliary.to("cpu"))
    predictors = {"trunk": heads, "belief": by_belief}
    return foretell(predictors, arguments.teachers(), env, TUNING_SEED)


def table(figures: Mapping[str, AnswerFigures], classes: int) -> Table:
    """One row a predictor."""
    shown = Table(title=f"next answers on {classes} tuning classes, items unknown")
    for title in ("by", "AUC", "log loss", "answers"):
        shown.add_column(title, justify="left" if title == "by" else "right")
    for name, each in figures.items():
        shown.add_row(name, f"{each.auc:.3f}", f"{each.log_loss:.3f}", f"{each.answers:,}")
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        run, config = arguments.run or new_folder(), with_threads(arguments.config)
        model = make_model(config, arguments.seed)
        write_config(run, config, preset=arguments.preset, seed=arguments.seed)
        learn(model, arguments, run)
        figures = foretold(model, arguments)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if figures:
        console.print(table(figures, arguments.classes))
    console.print(f"start from it: python -m scripts.train --init {run}")
    if arguments.json is not None:
        simulated = {name: each.as_dict() for name, each in figures.items()}
        results: dict[str, Any] = {"run": str(run), "next_answer_auc": {"simulated": simulated}}
        write_json(arguments.json, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
