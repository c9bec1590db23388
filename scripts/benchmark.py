"""Measure speed: classrooms, training, decisions, beside stock PPO, sbx and C, in one run.

Examples:
    python -m scripts.benchmark
    python -m scripts.benchmark --quick
    python -m scripts.benchmark --seconds 5 --json speed.json
    python -m scripts.benchmark --device cuda --preset large --json gpu.json
    python -m scripts.benchmark --growth --json growth.json     and the picture growth.png
"""

import sys
from dataclasses import dataclass
from typing import Any, Final, Literal

import torch
import tyro
from rich.console import Console
from rich.table import Table

from agents.presets import PRESETS, TrainConfig
from agents.speed.c_reference import ratio_to_c
from agents.speed.exchanges import EMPTY, classroom_steps_per_second, exchanges_per_second
from agents.speed.growth import QUICK, Scope, growth
from agents.speed.growth_plot import save_plot
from agents.speed.growth_tables import axis_table, processes_table
from agents.speed.inference import CLASSES, CORES, decision_ms, exported_ms, many_classes_ms
from agents.speed.perceptrons import OURS
from agents.speed.simulation import (
    bytes_per_classroom,
    environment_speed,
    inner_steps,
    make_simulation,
    parts_of_a_decision,
    start_up_seconds,
)
from agents.speed.training import training_speed
from envs.activities import STEPS, Activity
from scripts.output_path import OutputFile, write_results
from scripts.train import INTERRUPTED
from unity_bridge.build import BuildSettings

SIZES: Final = (1, 256, 4096)
PART_DECISIONS: Final = 15
"""Decisions of 256 classrooms after which a part's share is steady; a lesson has twenty."""
C_REPEATS: Final = 9
ONE_CLASSROOM: Final = 100_000 // int(STEPS[Activity.CIRCULATE])
"""Decisions that the aim of 100,000 steps of 30 s makes."""
AIMS: Final = {"64": "10,000 /s"}
"""For the exchanges with a build of so many classrooms."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Measure the speed of the environment and of training, on this machine, now."""

    seconds: float = 2.0
    """Time for each of the repeats of a measurement, at least 0.1; longer is steadier."""
    preset: str = "default"
    """Training preset whose network, batch and threads are timed."""
    rollouts: int = 3
    """Rollouts and updates timed, ours and others' in turns, after one that is not; >= 1."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where the trained networks run; with cuda training is timed beside this CPU's, and no
    perceptrons."""
    decisions: int = 500
    """Decisions of the service timed, at least 100 for the slowest hundredth."""
    growth: bool = False
    """Measure, in place of all else, how cost grows with classrooms, learners, concepts and
    processes: a quarter of an hour, and 13 GB of memory for 65,536 classrooms."""
    quick: bool = False
    """The short form: a tenth of a second a repeat, one rollout, 100 decisions; of growth: few
    sizes, and small ones."""
    json: OutputFile = None
    """Where to write the figures as JSON."""

    def __post_init__(self) -> None:
        """Check the ranges, and shorten what is to be quick."""
        for name, least in (("seconds", 0.1), ("rollouts", 1), ("decisions", 100)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {least}")
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; expected one of {', '.join(PRESETS)}")
        if self.device == "cuda" and not torch.cuda.is_available():
            raise ValueError("device is 'cuda'; expected 'cpu': torch finds no CUDA device here")
        if self.growth and self.device != "cpu":
            raise ValueError(f"device is {self.device!r} with growth; expected 'cpu'")
        if self.quick:
            for name, value in (("seconds", 0.1), ("rollouts", 1), ("decisions", 100)):
                object.__setattr__(self, name, value)


def measure(arguments: Arguments) -> dict[str, Any]:
    """Everything, as plain numbers by name."""
    config: TrainConfig = PRESETS[arguments.preset]
    speeds = {str(batch): environment_speed(batch, arguments.seconds) for batch in SIZES}
    latency = decision_ms(config, arguments.decisions)
    exchanges = exchanges_per_second(BuildSettings(), arguments.seconds)
    return {
        "env_steps_per_s": speeds,
        **inner_steps(speeds[str(SIZES[-1])]),
        "decision_parts_us": parts_of_a_decision(SIZES[1], PART_DECISIONS),
        "ratio_to_c": ratio_to_c(make_simulation(SIZES[1]), C_REPEATS),
        "bytes_per_classroom": bytes_per_classroom(make_simulation(1)),
        "start_up_s": start_up_seconds(),
        **training_speed(config, arguments.rollouts, arguments.device),
        "action_ms": latency["policy"],
        "exported_action_ms": exported_ms(config, arguments.decisions),
        "decision_ms": latency["service"],
        "exchanges_per_s": exchanges,
        "exchanged_classroom_steps_per_s": classroom_steps_per_second(exchanges),
        "many_classes_ms": many_classes_ms(config, arguments.rollouts),
    }


def show(results: dict[str, Any]) -> None:
    """Print the figures as a table."""
    table = Table("figure", "value", "aim", title="speed (medians; this machine, now)")
    for rows in (of_classrooms, of_training, of_decisions, of_exchanges):
        for row in rows(results):
            table.add_row(*row)
    Console().print(table)


def of_classrooms(results: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of the simulation."""
    rows = [
        (
            f"classrooms, {batch} at once, one thread",
            f"{rate:,.0f} decisions/s",
            f"{ONE_CLASSROOM:,} /s" if batch == "1" else "",
        )
        for batch, rate in results["env_steps_per_s"].items()
    ]
    steps, learners = results["classroom_steps_per_s"], results["learner_steps_per_s"]
    ratio = results["ratio_to_c"]
    return [
        *rows,
        ("  in steps of 30 s, of classrooms", f"{steps:,.0f} /s", "1,000,000 /s"),
        ("  in steps of 30 s, of learners", f"{learners:,.0f} /s", ""),
        *(
            (f"  processor time of a decision: {part}", f"{spent:.0f} us", "")
            for part, spent in results["decision_parts_us"].items()
        ),
        (
            "  prospects to the same in C -O3 (the lesson is not compared)",
            "no C compiler that works" if ratio is None else f"{ratio:.2f} of its speed",
            "0.5",
        ),
        ("memory of a classroom", f"{results['bytes_per_classroom']:,.0f} bytes", "30,517 bytes"),
        ("start of Python to first decision", f"{results['start_up_s']:.1f} s", "5 s"),
    ]


def of_training(results: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of training."""
    beside, compiled = results["ratio_to_cpu"], results["ratio_of_compiled"]
    mega, giga = results["flop_per_decision"] / 1e6, results["flop_per_s"] / 1e9
    return [
        (
            f"training on {results['device']}",
            f"{results['train_decisions_per_s']:,.0f} decisions/s",
            "",
        ),
        *(
            (f"  of its time: {part}", f"{share:.0%}", "")
            for part, share in results["shares"].items()
        ),
        ("  its matrix products", f"{mega:.1f} MFLOP a decision, {giga:.0f} GFLOP/s", ""),
        ("  stock PPO, same network", f"{results['stock_decisions_per_s']:,.0f} decisions/s", ""),
        ("  ours to stock PPO, in turns", f"{results['ratio_to_sb3']:.2f}", "1.5"),
        (
            "  ours with bfloat16 products to stock PPO",
            f"{results['ratio_of_bfloat16'] * results['ratio_to_sb3']:.2f}",
            "2",
        ),
        *([] if compiled is None else [("  compiled to ours as it is", f"{compiled:.2f}", "")]),
        *(
            []
            if beside is None
            else [("  to one thread of this CPU", f"{beside:.1f}", "100, of two")]
        ),
        *of_perceptrons(results["perceptron"]),
    ]


def of_perceptrons(results: dict[str, dict[str, float] | None]) -> list[tuple[str, str, str]]:
    """Rows of the trainings of a perceptron of equal size: measures of speed, not of learning."""
    rows = []
    for name, each in results.items():
        if each is None:
            rows.append((f"a perceptron by {name}", "not installed (extra sbx)", ""))
            continue
        rows.append((f"a perceptron by {name}", f"{each['decisions_per_s']:,.0f} decisions/s", ""))
        rows.append(("  its weights", f"{each['weights']:,}", ""))
        rows.append(("  ours to it, in turns", f"{each['ratio_of_ours']:.2f}", ""))
        if name != OURS:
            ratio = each["ratio_of_our_perceptron"]
            rows.append(("  our training of a perceptron to it", f"{ratio:.2f}", ""))
    return rows


def of_decisions(results: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of a policy's decisions."""
    return [
        *of_latency("an action of the policy", results["action_ms"], "5 ms"),
        *of_latency("the same by its ONNX model", results["exported_action_ms"], "2 ms"),
        *of_latency("a decision with its reasons", results["decision_ms"], "10 ms"),
        (
            f"actions for {CLASSES:,} classes, {CORES} threads",
            f"{results['many_classes_ms']:,.0f} ms",
            "1,000 ms",
        ),
    ]


def of_latency(what: str, found: dict[str, float] | None, aim: str) -> list[tuple[str, str, str]]:
    """Rows of how long something takes."""
    if found is None:
        return [(what, "not installed (extra onnx)", aim)]
    return [
        (f"{what}, median", f"{found['median']:.1f} ms", ""),
        ("  99 of 100 take at most", f"{found['p99']:.1f} ms", aim),
    ]


def of_exchanges(results: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of the link to Unity: one stand-in build, two cores."""
    rates = results["exchanges_per_s"]
    rows = [("exchanges with a player that says nothing", f"{rates[EMPTY]:,.0f} /s", "")]
    for number, steps in results["exchanged_classroom_steps_per_s"].items():
        rows += [
            (f"exchanges with a build of {number}", f"{rates[number]:,.0f} /s", ""),
            ("  its decisions", f"{rates[number] * int(number):,.0f} /s", ""),
            ("  in steps of 30 s, of classrooms", f"{steps:,.0f} /s", AIMS.get(number, "")),
        ]
    return rows


def measure_all(arguments: Arguments) -> None:
    """Measure and print what is fast; write what was printed."""
    results = measure(arguments)
    show(results)
    if arguments.json is not None:
        write_results(arguments.json, results)


def measure_growth(arguments: Arguments) -> None:
    """Measure and print how cost grows; write it, and draw it beside."""
    scope = QUICK if arguments.quick else Scope(seconds=arguments.seconds)
    found = growth(arguments.preset, scope)
    console = Console()
    for axis, each in found["axes"].items():
        console.print(axis_table(axis, each))
    console.print(processes_table(found))
    if arguments.json is not None:
        write_results(arguments.json, {"growth": found})
        save_plot(found, picture := arguments.json.with_suffix(".png"))
        console.print(f"wrote {picture}")


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    try:
        (measure_growth if arguments.growth else measure_all)(arguments)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; of what was measured nothing is kept", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
