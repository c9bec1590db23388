"""Teach the policy's trunk without rewards: while rules teach, it predicts what is hidden.

Examples:
    python -m scripts.pretrain                              a new run folder, some minutes
    python -m scripts.pretrain --log data/assist2009_pid    from a log of real answers, too
    python -m scripts.pretrain --run runs/trunk             again after Ctrl-C: it goes on
    python -m scripts.pretrain --quick --json pretrain.json
    python -m scripts.train --init runs/pretrained          then starts PPO from its trunk

A log of answers is replayed as classes of one learner each (`envs.log_replay`); the last fifth of
its learners is held out, as in `scripts.fit_learner`. No row of it leaves the program.
"""

import json
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table
from stable_baselines3.common.logger import configure

from agents.answer_prediction import AnswerFigures, Predictor, by_belief, by_heads, foretell
from agents.checkpoint import has_state, load_state, save_policy, save_state
from agents.imitation import WarmStart
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig
from agents.pretrained import save_heads
from agents.pretraining import TUTORS, mixture, pretrain
from agents.replayed_log import ReplayedLog, read_log
from agents.run_folder import CONFIG, check_free, new_folder, write_config
from agents.speed.threads import with_threads
from agents.tutors.mixture import Mixture
from envs.course import TUNING_SEED
from envs.curricula import find
from envs.seeds import check_seeds
from envs.vector import ClassroomVectorEnv
from envs.whole_file import write_json
from scripts.fit_learner import others
from scripts.output_path import OutputFile, OutputFolder, write_results
from scripts.train import INTERRUPTED, make_model, stop

QUICK_ROLLOUTS: Final = 4
QUICK_CLASSES: Final = 8
SETTINGS: Final = "pretraining.json"
"""What was asked for, beside config.json: the same command goes on with its own folder."""
STATE: Final = "pretraining"
"""Folder of the checkpoint; not that of `scripts.train`, which could not go on with it."""


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
    log: Path | None = None
    """File or folder in the ASSISTments pid format, to learn from between the rollouts."""
    passes: int = 5
    """How often each answer of the log is learnt from."""
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
        if self.rollouts < 1 or self.classes < 0 or self.passes < 1:
            raise ValueError(
                f"rollouts, classes and passes are {self.rollouts}, {self.classes} and "
                f"{self.passes}; expected at least 1, 0 and 1"
            )
        if not self.self_weight and not self.cross_weight:
            raise ValueError("self_weight and cross_weight are 0; expected something to learn")
        if self.log is not None and not self.self_weight:
            raise ValueError("self_weight is 0 with a log; expected more, to learn its answers")
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

    @property
    def length(self) -> tuple[int, int]:
        """Rollouts, and passes over the log."""
        return (QUICK_ROLLOUTS, 1) if self.quick else (self.rollouts, self.passes)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the outcome, as plain data."""
        asked = asdict(self)
        for name in ("run", "json", "classes"):
            del asked[name]
        return json.loads(json.dumps(asked, default=str))  # type: ignore[no-any-return]

    def teachers(self) -> Mixture:
        """The rules, as one tutor."""
        return mixture(self.tutors, self.config.course.tracer)


def check_folder(arguments: Arguments, run: Path) -> None:
    """Refuse a folder in which this pre-training can neither begin nor go on.

    Raises:
        ValueError: It holds another run, or other things.
    """
    check_free(run)
    if (run / SETTINGS).exists():
        held = json.loads((run / SETTINGS).read_text(encoding="utf-8"))
        if held != arguments.settings:
            raise ValueError(f"run is {run}, begun with {held}; expected the same, or a new folder")
    elif (run / CONFIG).exists():
        raise ValueError(f"run is {run}, which holds a training; expected a new or empty folder")


def begin(model: ClassroomPPO, arguments: Arguments, config: TrainConfig, run: Path) -> int:
    """Begin in the folder, or go on from its checkpoint; returns the rollouts learnt from."""
    if has_state(run / STATE):
        load_state(model, run / STATE)
        return model.num_timesteps // (model.n_steps * model.n_envs)
    write_config(run, config, preset=arguments.preset, seed=arguments.seed)
    write_json(run / SETTINGS, arguments.settings)
    return 0


def learn(
    model: ClassroomPPO, arguments: Arguments, run: Path, log: ReplayedLog | None, done: int
) -> bool:
    """Pre-train to the end and save, or until Ctrl-C; True when it came to the end."""
    model.set_logger(configure(str(run), ["tensorboard"]))
    rollouts, passes = arguments.length
    shares = None
    if log is not None:
        shares = log.shares(rollouts, passes, arguments.seed, model.device)
    losses = pretrain(model, arguments.teachers(), rollouts, shares, done)
    saved, seconds = time.monotonic(), 60 * arguments.config.checkpoint_minutes
    earlier = signal.signal(signal.SIGINT, lambda *_: stop(model))
    try:
        for found in track(losses, "pre-training", rollouts - done):
            done += 1
            for name, value in found.items():
                model.logger.record(f"train/{name}", float(value))
            model.num_timesteps = done * model.n_steps * model.n_envs
            model.logger.dump(model.num_timesteps)
            if model.stop_requested:
                break
            if time.monotonic() - saved >= seconds:
                save_state(model, run / STATE)
                saved = time.monotonic()
    finally:
        signal.signal(signal.SIGINT, earlier)
    save_state(model, run / STATE)
    if done < rollouts:
        return False
    if model.auxiliary is not None:
        save_heads(model.auxiliary, run)  # first: a run counts as complete once it has its policy
    save_policy(model.policy, run, {"pretraining_rollouts": rollouts})
    return True


def predictors(model: ClassroomPPO) -> dict[str, Predictor]:
    """Who foretells answers: the trunk, where it has learnt to, and the belief."""
    if model.auxiliary is None or not model.auxiliary.config.self_weight:
        return {}
    model.policy.set_training_mode(False)
    heads = by_heads(model.policy.to("cpu"), model.auxiliary.to("cpu"))
    return {"trunk": heads, "belief": by_belief}


def foretold(model: ClassroomPPO, arguments: Arguments) -> dict[str, AnswerFigures]:
    """Next answers on tuning classes, by the trunk and by knowledge tracing."""
    classes = min(arguments.classes, QUICK_CLASSES) if arguments.quick else arguments.classes
    asked = predictors(model)
    if not classes or not asked:
        return {}
    config = arguments.config
    env = ClassroomVectorEnv(classes, course=config.course, curriculum=find(config.curriculum))
    return foretell(asked, arguments.teachers(), env, TUNING_SEED)


def table(figures: Mapping[str, AnswerFigures], classes: int) -> Table:
    """One row a predictor."""
    shown = Table(title=f"next answers on {classes} tuning classes, items unknown")
    for title in ("by", "AUC", "log loss", "answers"):
        shown.add_column(title, justify="left" if title == "by" else "right")
    for name, each in figures.items():
        shown.add_row(name, f"{each.auc:.3f}", f"{each.log_loss:.3f}", f"{each.answers:,}")
    return shown


def log_table(figures: Mapping[str, Mapping[str, float]], source: str) -> Table:
    """One row a predictor, and others that were fitted to ASSISTments 2009."""
    first = next(iter(figures.values()))
    held_out = f"{first['answers']:,} answers of {first['learners']:,} learners held out"
    shown = Table(title=f"next answers in {source}: {held_out}, items known")
    for title in ("by", "AUC", "log loss"):
        shown.add_column(title, justify="left" if title == "by" else "right")
    for name, each in figures.items():
        cells = (f"{each[k]:.4f} +- {each[f'{k}_error']:.4f}" for k in ("auc", "log_loss"))
        shown.add_row(name, *cells)
    for name, (auc, loss) in others().items():
        known = "" if loss is None else f"{loss:.3f}"
        shown.add_row(f"{name} (ASSISTments 2009)", f"{auc:.3f}", known)
    return shown


def pretrain_in(run: Path, arguments: Arguments, console: Console) -> int:
    """Pre-train in a folder, print and write how well answers are foretold; the exit code.

    Raises:
        ValueError: As `check_folder`; or the log cannot be read.
    """
    check_folder(arguments, run)
    config = with_threads(arguments.config)
    log = read_log(arguments.log, quick=arguments.quick) if arguments.log else None
    model = make_model(config, arguments.seed)
    if not learn(model, arguments, run, log, begin(model, arguments, config, run)):
        print(f"stopped; to go on: the same command with --run {run}")
        return INTERRUPTED
    figures = foretold(model, arguments)
    real = log and log.foretold(predictors(model))
    if figures:
        console.print(table(figures, arguments.classes))
    if real and arguments.log:
        console.print(log_table(real, arguments.log.name))
    console.print(f"start from it: python -m scripts.train --init {run}")
    if arguments.json is not None:
        simulated = {name: each.as_dict() for name, each in figures.items()}
        foreseen = {"simulated": simulated, "real": real}
        write_results(arguments.json, {"run": str(run), "next_answer_auc": foreseen})
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        return pretrain_in(arguments.run or new_folder(), arguments, console)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; with the same --run, the same command goes on from the last checkpoint")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
