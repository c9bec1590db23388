"""Search for better settings of training with Ray Tune (`pip install -e '.[sweep]'`).

Every training is a run folder in FOLDER/METHOD/TRIAL/run; Ctrl-C stops, and the same command goes
on.

Examples:
    python -m scripts.sweep                                asha: bad trainings are ended early
    python -m scripts.sweep --method pbt --trials 8        population-based: bad ones copy good ones
    python -m scripts.sweep --quick --json sweep.json      two short trainings: a smoke run
    tensorboard --logdir runs/sweep                        every trial with its settings (hparams;
                                                           of pbt those that it began with)
"""

import importlib.util
import json
import os
import sys
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import tyro
from rich.console import Console
from rich.table import Table

from agents.cores import cores
from agents.presets import PRESETS, TrainConfig
from agents.run_folder import RUNS
from agents.search_space import SPACE, Interval, Options, as_flags, present, within
from envs.whole_file import write_json
from scripts.output_path import OutputFile, write_results
from scripts.train import INTERRUPTED

INSTALL: Final = "pip install -e '.[sweep]'"
SETTINGS: Final = "sweep.json"
REPORTS: Final = 16
KEPT: Final = 3
"""Checkpoints of a training: another one may be about to copy any of the last few."""
TUNING_CLASSES: Final = 256
"""At least, for the ranking: thirty do not tell good settings from lucky ones."""
GRACE: Final = 4
"""Reports before which no training is ended or changed: a quarter of it."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Search for better settings of training with Ray Tune."""

    method: Literal["asha", "pbt"] = "asha"
    """asha: of the trainings at each stage the worse half ends (Li et al. 2020). pbt: a training in
    the worst quarter goes on from one in the best, with settings near its (Jaderberg et al. 2017).
    """
    trials: int = 16
    """Trainings; the first has the preset's own settings."""
    preset: str = "default"
    """Settings that the sweep does not change."""
    decisions: int | None = None
    """Decisions of a whole training; default: those of the preset."""
    seed: int = 0
    """Of every training, so that all meet the same classes, and of the settings drawn."""
    workers: int = cores()
    """Trainings at the same time, a core each."""
    folder: Path = RUNS / "sweep"
    """Where the trainings are kept, each method's and the small form's apart; a sweep of the same
    settings goes on."""
    quick: bool = False
    """The small form: two trainings of the quick preset."""
    json: OutputFile = None
    """Where to write the results as JSON."""

    def __post_init__(self) -> None:
        """Refuse what would fail later."""
        for name in ("trials", "workers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 1")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")
        if self.quick:
            object.__setattr__(self, "preset", "quick")
            object.__setattr__(self, "trials", 2)

    @property
    def place(self) -> Path:
        """Where this method's trainings are kept."""
        return self.folder / (f"quick-{self.method}" if self.quick else self.method)

    @property
    def config(self) -> TrainConfig:
        """Settings of every training before the sweep changes some."""
        config = replace(PRESETS[self.preset], inspection_rollouts=0, simulation_threads=1)
        decisions = config.decisions if self.decisions is None else self.decisions
        least = config.evaluation_classes if self.quick else TUNING_CLASSES
        classes = max(config.evaluation_classes, least)
        return replace(config, decisions=decisions, evaluation_classes=classes)

    @property
    def identity(self) -> dict[str, Any]:
        """What must be the same for a sweep to go on."""
        names = ("method", "trials", "preset", "seed")
        shared = {name: getattr(self, name) for name in names}
        return shared | {"train": json.loads(json.dumps(asdict(self.config)))}


def check_folder(arguments: Arguments) -> None:
    """Write down what the sweep is, or compare with what is there.

    Raises:
        ValueError: Ray Tune is not installed, or the folder holds another sweep.
    """
    if importlib.util.find_spec("ray") is None:
        raise ValueError(f"ray is not installed; expected by {INSTALL}")
    path = arguments.place / SETTINGS
    if not path.exists():
        write_json(path, arguments.identity)
    elif json.loads(path.read_text(encoding="utf-8")) != arguments.identity:
        raise ValueError(
            f"{arguments.place} holds a sweep of other settings; expected another folder"
        )


def search(arguments: Arguments) -> list[dict[str, Any]]:
    """Train, or go on; returns settings and figures of every trial, the best first.

    Raises:
        KeyboardInterrupt: Ctrl-C, which Ray Tune keeps to itself, left trainings unfinished.
        ValueError: Trainings failed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves this machine
    os.environ.setdefault("TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S", "0")
    import ray  # noqa: PLC0415  # an optional package that takes seconds to import
    from ray import tune  # noqa: PLC0415

    from scripts.sweep_trial import Study, train_one  # noqa: PLC0415

    study = Study(
        preset=arguments.preset, config=arguments.config, seed=arguments.seed, reports=REPORTS
    )
    trainable = tune.with_parameters(train_one, study=study)
    place = arguments.place.resolve()
    ray.init(
        address="local",
        num_cpus=arguments.workers,
        include_dashboard=False,
        log_to_driver=False,
        _node_ip_address="127.0.0.1",
    )
    try:
        if tune.Tuner.can_restore(str(place)):
            tuner = tune.Tuner.restore(str(place), trainable, resume_errored=True)
        else:
            tuner = new_tuner(arguments, trainable, place)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Consider boosting PBT")
            results: Any = tuner.fit()
    finally:
        ray.shutdown()
    if results.errors:
        raise ValueError(f"{len(results.errors)} trainings failed; the first: {results.errors[0]}")
    ended = [each for each in results if (each.metrics or {}).get("done")]
    if len(ended) < arguments.trials:
        raise KeyboardInterrupt
    return ranked(results, arguments.place)


def new_tuner(arguments: Arguments, trainable: Any, place: Path) -> Any:
    """A sweep that has not begun."""
    from ray import tune  # noqa: PLC0415
    from ray.tune.search import BasicVariantGenerator  # noqa: PLC0415

    return tune.Tuner(
        trainable,
        param_space=(space := domains()),
        tune_config=tune.TuneConfig(
            metric="nlg",
            mode="max",
            num_samples=arguments.trials,
            scheduler=scheduler(arguments, space),
            search_alg=BasicVariantGenerator(
                points_to_evaluate=[present(arguments.config)], random_state=arguments.seed
            ),
            trial_dirname_creator=lambda trial: trial.trial_id,
        ),
        run_config=tune.RunConfig(
            name=place.name,
            storage_path=str(place.parent),
            checkpoint_config=tune.CheckpointConfig(num_to_keep=KEPT),
            verbose=1,
        ),
    )


def domains() -> dict[str, Any]:
    """The search space in Ray Tune's words."""
    from ray import tune  # noqa: PLC0415

    found = {}
    for name, values in SPACE.items():
        if isinstance(values, Interval):
            draw = tune.loguniform if values.logarithmic else tune.uniform
            found[name] = draw(values.low, values.high)
        else:
            found[name] = tune.choice(list(values.values))
    return found


def scheduler(arguments: Arguments, space: dict[str, Any]) -> Any:
    """What ends or changes bad trainings."""
    from ray.tune import schedulers  # noqa: PLC0415

    if arguments.method == "asha":
        return schedulers.ASHAScheduler(max_t=REPORTS + 1, grace_period=GRACE, reduction_factor=2)
    neighbours = {
        name: list(each.values) for name, each in SPACE.items() if isinstance(each, Options)
    }
    return schedulers.PopulationBasedTraining(
        perturbation_interval=GRACE,
        hyperparam_mutations=space | neighbours,
        custom_explore_fn=within,
    )


def ranked(results: Any, place: Path) -> list[dict[str, Any]]:
    """Settings and figures of every trial: those that came to the end first, by tuning classes.

    Args:
        results: Of Ray Tune.
        place: Where the trials are, as it was asked for: Ray Tune's own paths are whole ones.
    """
    from scripts.sweep_trial import RUN  # noqa: PLC0415

    trials = [
        {
            "settings": each.config,
            "decisions": each.metrics["decisions"],
            "nlg": each.metrics["nlg"],
            "nlg_tuning": each.metrics.get("nlg_tuning"),
            "run": str(place / Path(each.path).name / RUN),
        }
        for each in results
    ]
    return sorted(trials, key=lambda each: (each["nlg_tuning"] or 0.0, each["nlg"]), reverse=True)


def table(trials: list[dict[str, Any]]) -> Table:
    """One row a training."""
    shown = Table(title="trainings, the best first")
    for title in ("NLG, tuning classes", "NLG, training", "decisions", *SPACE):
        shown.add_column(title.removeprefix("ppo."), justify="right")
    for each in trials:
        unseen = each["nlg_tuning"]
        shown.add_row(
            "ended early" if unseen is None else f"{unseen:.4f}",
            f"{each['nlg']:.3f}",
            f"{each['decisions']:,}",
            *(f"{each['settings'][name]:.3g}" for name in SPACE),
        )
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        arguments = tyro.cli(Arguments, args=argv, description=__doc__)
        check_folder(arguments)
        trials = search(arguments)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on", file=sys.stderr)
        return INTERRUPTED
    console.print(table(trials))
    best = f"--decisions {arguments.config.decisions} {as_flags(trials[0]['settings'])}"
    kept = "to train so" if arguments.method == "asha" else "to train as the best one ended"
    console.print(
        f"{kept}: python -m scripts.train --preset {arguments.preset} {best}", soft_wrap=True
    )
    if arguments.json is not None:
        write_results(arguments.json, {**arguments.identity, "results": trials})
    return 0


if __name__ == "__main__":
    sys.exit(main())
