"""What a finished training came to, as figures and in words."""

from pathlib import Path
from typing import Any

from agents.evaluation import try_out
from agents.held_out import compare_with_random
from agents.ppo import ClassroomPPO
from agents.presets import TrainConfig
from agents.run_folder import RESULTS
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.curricula import find
from envs.entry_point import find_classroom
from envs.whole_file import write_json


def summary(
    model: ClassroomPPO, config: TrainConfig, seconds: float, speed: float
) -> dict[str, Any]:
    """Figures of a finished training, imitation included, and of its policy on tuning classes."""
    figures: dict[str, Any] = {
        "decisions": model.num_timesteps,
        "seconds": seconds,
        "train_decisions_per_s": speed,
    }
    if config.evaluation_classes and config.env is not None:
        episodes, make = config.evaluation_classes, find_classroom(config.env)
        compared = compare_with_random(model.policy, make, episodes)
        figures["returns"] = {name: estimate.as_dict() for name, estimate in compared.items()}
        figures["episodes"] = episodes
    elif config.evaluation_classes:
        tutor = TrainedPolicy(model.policy, seed=SAMPLING_SEED)
        [unseen] = try_out(
            [tutor],
            config.course,
            find(config.curriculum),
            config.evaluation_classes,
            constants=config.population.constants,
        )
        figures["nlg_delayed"] = float(unseen.figures["nlg_delayed"].mean())
        figures["classes"] = config.evaluation_classes
    return figures


def report(results: dict[str, Any], path: Path | None) -> None:
    """Print the results and what to do next; write them to the run's folder, and to a given path.

    A finished run that is trained no further keeps what it came to at first.
    """
    own = Path(results["run"]) / RESULTS
    if results["train_decisions_per_s"] or not own.exists():
        write_json(own, results)
    if path is not None:
        write_json(path, results)
    minutes, speed = results["seconds"] / 60, results["train_decisions_per_s"]
    print(f"{results['decisions']} decisions learnt from, {speed:.0f} per second")
    print(f"{minutes:.1f} min in all")
    if "nlg_delayed" in results:
        print(f"NLG {results['nlg_delayed']:.3f}, mean of {results['classes']} tuning classes")
        print(f"compare with the rules: python -m scripts.evaluate {results['run']}")
    for name, each in results.get("returns", {}).items():
        interval = f"{each['mean_low']:.3f} to {each['mean_high']:.3f}"
        print(f"return, {name}: {each['mean']:.3f} ({interval}), {results['episodes']} episodes")
    print(f"look inside: tensorboard --logdir {results['run']}")
