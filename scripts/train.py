"""Train an attention tutor with PPO.

Examples:
    python -m scripts.train                                   the default preset, new run folder
    python -m scripts.train --preset quick --seed 3 --run runs/quick
    python -m scripts.train --ppo.learning-rate 5e-4 --course.learners 12
    python -m scripts.train --resume runs/quick               goes on where Ctrl-C stopped it
    python -m scripts.train --env my_module:make              an environment of your own
    python -m scripts.train --preset quick --profile          where the time goes
    python -m scripts.train --init runs/pretrained            from a trunk of scripts.pretrain
    torchrun --standalone --nproc-per-node 2 -m -- scripts.train --run runs/two

(Without the first -- torchrun would take --run for an option of its own.)
"""

import gc
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import torch
import tyro
from rich.progress import track
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.logger import Logger, configure

from agents import distributed
from agents.callbacks import InspectionCallback
from agents.checkpoint import has_state, load_state, save_state
from agents.classrooms import classrooms
from agents.conformance import require_conformance
from agents.imitation import warm_start
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig, for_own_environment
from agents.pretrained import start_from
from agents.progress import CheckpointsCallback, ProgressCallback
from agents.run_folder import (
    CHECKPOINT,
    check_free,
    check_same,
    new_folder,
    read_config,
    write_config,
)
from agents.speed.threads import with_threads
from agents.torch_profile import ProfileCallback
from agents.tutors.protocol import Tutor
from agents.tutors.registry import make_tutor
from envs.constants import Constants
from envs.curricula import find
from envs.seeds import check_seeds
from envs.simulation import Simulation
from scripts.output_path import OutputFile, OutputFolder
from scripts.training_results import report, summary

INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended (128 + SIGINT)."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Train an attention tutor with PPO; every setting of the preset can be changed by name."""

    preset: str = "default"
    """Settings to start from: quick, default, large or reference."""
    seed: int = 0
    """Seed of weights, sampling and classrooms."""
    run: OutputFolder = None
    """Run folder; default runs/ and the time."""
    resume: Path | None = None
    """Run folder to go on with; its own settings and seed apply."""
    json: OutputFile = None
    """Where to write the results of the training as JSON."""
    profile: bool = False
    """Write a trace of one rollout and its update into the run folder, by torch's profiler."""
    train: Annotated[TrainConfig, tyro.conf.arg(name="")] = field(default_factory=TrainConfig)
    """Settings of the preset."""

    def __post_init__(self) -> None:
        """Refuse a seed whose classes are for evaluation or tuning."""
        taught = self.train.class_seeds(self.seed)
        check_seeds(taught.start, len(taught), "training")


def parse(argv: list[str]) -> Arguments:
    """Read the command line; the preset's settings are the defaults of the others."""
    preset, env = named(argv, "--preset") or "default", named(argv, "--env")
    if preset not in PRESETS:
        raise ValueError(f"preset is {preset!r}; expected one of {', '.join(PRESETS)}")
    train = PRESETS[preset] if env is None else for_own_environment(PRESETS[preset], env)
    default = Arguments(preset=preset, train=train)
    return tyro.cli(Arguments, args=argv, default=default, description=__doc__)


def named(argv: list[str], option: str) -> str | None:
    """Value of an option on the command line, before the others are read; None without it."""
    for position, word in enumerate(argv):
        name, equals, value = word.partition("=")
        if name == option:
            return value if equals else " ".join(argv[position + 1 : position + 2])
    return None


def make_model(config: TrainConfig, seed: int) -> ClassroomPPO:
    """Classrooms and a fresh model, on the device asked for; this process's share of several."""
    env = classrooms(config)
    model = ClassroomPPO(
        env=env,
        config=config.ppo,
        policy_config=config.policy,
        seed=seed,
        device=distributed.device(config.device),
    )
    # The model seeded them as stable-baselines3 does. Built-in classrooms know which part they are.
    first = 0 if config.env is None else distributed.rank() * env.num_envs
    env.seed(config.class_seeds(seed)[first])
    return model


def inspections(config: TrainConfig) -> list[BaseCallback]:
    """Callbacks that show in TensorBoard what the tutor does and why."""
    if config.inspection_rollouts == 0 or not distributed.is_first():
        return []
    constants = config.population.constants
    one = Simulation(1, config.course, find(config.curriculum), constants, believed=Constants())
    return [InspectionCallback(one, every=config.inspection_rollouts)]


def learn(
    model: ClassroomPPO, config: TrainConfig, run: Path, besides: Sequence[BaseCallback] = ()
) -> bool:
    """Train to the end, or until Ctrl-C; True when it came to the end."""
    checkpoints = CheckpointsCallback(run, config.checkpoint_minutes)
    callbacks = [checkpoints, ProgressCallback(config.decisions), *inspections(config), *besides]
    earlier = signal.signal(signal.SIGINT, lambda *_: stop(model))
    try:
        model.learn(
            max(config.decisions - model.num_timesteps, 0),
            callback=CallbackList(callbacks),
            reset_num_timesteps=False,
        )
    finally:
        signal.signal(signal.SIGINT, earlier)
    checkpoints.save()
    distributed.wait()
    return model.num_timesteps >= config.decisions


def stop(model: ClassroomPPO) -> None:
    """End after the present rollout; at a second Ctrl-C at once, with the last checkpoint."""
    if model.stop_requested:
        raise KeyboardInterrupt
    model.request_stop()
    print("\nstopping after this rollout; Ctrl-C again stops at once", flush=True)


def prepare(model: ClassroomPPO, config: TrainConfig, arguments: Arguments, run: Path) -> None:
    """Load the state to resume, or begin: write config.json and imitate a rule if asked to.

    Raises:
        ValueError: The rule to imitate reads another belief than the course offers, or the trunk to
            start from does not fit.
    """
    tutor, first = teacher(config), distributed.is_first()
    goes_on = arguments.resume is not None
    goes_on = goes_on and distributed.from_first(lambda: has_state(run / CHECKPOINT))
    if first and config.init is not None and not goes_on:
        start_from(model, Path(config.init), config.init_parts)  # before anything is written
    model.set_logger(configure(str(run), ["tensorboard"]) if first else Logger(None, []))
    if goes_on:
        resume(model, config, run)
        return
    distributed.copy_first(model.policy, model.auxiliary)
    if first:
        write_config(run, config, preset=arguments.preset, seed=arguments.seed)
    if tutor is not None:
        imitate(model, tutor, config.warm_start.rollouts)
        save_state(model, run / CHECKPOINT)


def resume(model: ClassroomPPO, config: TrainConfig, run: Path) -> None:
    """Load the state, and say what cannot go on as it was."""
    before, now = load_state(model, run / CHECKPOINT), distributed.size()
    if config.env is not None:
        print(f"{config.env} cannot be saved in the middle of an episode: all start anew")
    if before != now:
        print(f"processes were {before} and are {now}: the same classrooms, shared out anew")


def teacher(config: TrainConfig) -> Tutor | None:
    """The rule to imitate, which must read the belief that the policy will see; None for none."""
    if config.warm_start.tutor == "none":
        return None
    tutor = make_tutor(config.warm_start.tutor)
    needed = getattr(tutor, "tracer", None)
    if needed not in (None, config.course.tracer):
        raise ValueError(
            f"warm_start.tutor is {tutor.name!r} and course.tracer {config.course.tracer!r}; "
            f"expected tracer {needed!r}, or a tutor that reads no belief, or none"
        )
    return tutor


def imitate(model: ClassroomPPO, tutor: Tutor, rollouts: int) -> None:
    """Copy the rule, with a bar; Ctrl-C ends it, and starting again repeats it exactly."""
    each = model.n_steps * model.n_envs * distributed.size()
    print(f"imitating {tutor.name} for {rollouts * each} decisions", flush=True)
    losses = warm_start(model, tutor, rollouts)
    for number, loss in enumerate(track(losses, "imitation", rollouts), start=1):
        model.logger.record("train/imitation_loss", loss)
        model.logger.dump(number * each)


def begun(arguments: Arguments) -> tuple[Arguments, TrainConfig, Path]:
    """Find out which run to begin or to go on with; where it goes on, its settings and seed apply.

    Raises:
        ValueError: The run to resume cannot be read, the folder holds something else, or a
            restarted process would begin another run.
    """
    if not (arguments.run or arguments.resume) and distributed.restarts():
        raise ValueError(
            f"run is not given and --max-restarts {distributed.restarts()}; expected --run FOLDER, "
            "with which processes that start again go on"
        )
    run, config = arguments.resume or arguments.run or new_folder(), arguments.train
    if arguments.resume is not None:
        config, content = read_config(run)
        arguments = replace(arguments, seed=content["seed"], preset=content["preset"])
    elif has_state(run / CHECKPOINT):
        config = check_same(run, config, arguments.seed)
        arguments = replace(arguments, resume=run)
    else:
        check_free(run)
    return arguments, config, run


def train(arguments: Arguments) -> int:
    """Train, save, and say what to do next; returns the exit code.

    Raises:
        ValueError: The settings contradict each other, or the run to resume cannot be read.
        LostProcessError: Another process ended.
    """
    arguments, config, run = distributed.from_first(lambda: begun(arguments))
    if config.env is not None:
        require_conformance(config.env)
    begin = time.monotonic()
    config = with_threads(config)
    gc.collect()  # of a training before this one: its model refers to itself, and holds 100 MB
    model = make_model(config, arguments.seed)
    print(f"run {run}, preset {arguments.preset}, seed {arguments.seed}, {place(model)}")
    try:
        prepare(model, config, arguments, run)
        before, learning = model.num_timesteps, time.monotonic()
        if before >= config.decisions:
            print("it has learnt from all its decisions: the tutor is only tried again")
        finished = learn(model, config, run, [ProfileCallback(run)] if arguments.profile else [])
    except KeyboardInterrupt:
        finished = False
    except distributed.LostProcessError as lost:
        raise distributed.LostProcessError(f"{lost}; to go on: --resume {run}") from lost
    if not finished:
        where = "the last checkpoint" if has_state(run / CHECKPOINT) else "the start"
        print(f"stopped at {model.num_timesteps} decisions; to go on from {where}:")
        print(f"python -m scripts.train --resume {run}")
        return INTERRUPTED
    if distributed.is_first():
        now = time.monotonic()
        speed = (model.num_timesteps - before) / (now - learning)
        results = summary(model, config, now - begin, speed)
        report({"run": str(run), **results}, arguments.json)
    return 0


def place(model: ClassroomPPO) -> str:
    """Where the network runs, and with how many threads of the CPU in each process."""
    several = f", {distributed.size()} processes" if distributed.size() > 1 else ""
    threads = torch.get_num_threads()
    return f"on {model.device}{several}, {threads} thread{'s' if threads > 1 else ''}"


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        with distributed.together():
            return train(arguments)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
