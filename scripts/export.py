"""Export a trained tutor as a model that Unity runs by itself, and prove that it is the same tutor.

Examples:
    python -m scripts.export                              the reference tutor, as reference.onnx
    python -m scripts.export runs/first --out Assets/tutor.onnx --json export.json
    python -m scripts.export runs/first --learners 30 --concepts 48     for classes of at most that
    python -m scripts.export --quick
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from agents.checkpoint import load_policy
from agents.run_folder import REFERENCE, read_classroom
from agents.unity_model.packages import INSTALL, missing
from agents.unity_model.wire_policy import layout_of
from envs.course import LARGEST_CLASS, LARGEST_CURRICULUM, SMALLEST_CURRICULUM
from envs.curricula import find
from policies.policy import AttentionPolicy
from scripts.output_path import OutputFile, write_results
from scripts.train import INTERRUPTED
from unity_bridge.layout import Layout

QUICK_STATES, QUICK_DECISIONS = 400, 200


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Export a trained tutor as a model that Unity runs by itself."""

    run: Annotated[Path, tyro.conf.Positional] = REFERENCE
    """Run folder of the tutor; default the reference in agents/reference."""
    to: Literal["onnx"] = "onnx"
    """Format: ONNX by ML-Agents' contract, for Unity's Inference Engine."""
    out: Path | None = None
    """File to write; default the run's name with .onnx, in the present folder."""
    learners: int = 0
    """Most learners of a class, up to 40; 0: as many as the tutor was trained with."""
    concepts: int = 0
    """Most concepts of a curriculum, 2 to 256; 0: as many as the tutor was trained with."""
    check: bool = True
    """Compare the model's choices with the policy's, in classes of several sizes."""
    states: int = 10_000
    """Moments compared, at least 100."""
    decisions: int = 1000
    """Decisions timed, at least 100 for the slowest hundredth."""
    quick: bool = False
    """Fewer moments and decisions."""
    json: OutputFile = None
    """Where to write the figures as JSON."""

    def check_ranges(self) -> None:
        """Raise ValueError where a number is out of range or a package is missing."""
        if lacking := missing():
            raise ValueError(f"{' and '.join(lacking)} not installed; expected by {INSTALL}")
        limits = {
            "learners": (1, LARGEST_CLASS),
            "concepts": (SMALLEST_CURRICULUM, LARGEST_CURRICULUM),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if value and not low <= value <= high:
                raise ValueError(f"{name} is {value}; expected {low} to {high}, or 0")
        for name in ("states", "decisions"):
            if getattr(self, name) < 100:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 100")

    @property
    def target(self) -> Path:
        """The file to write."""
        return self.out or Path(f"{self.run.resolve().name}.onnx")


def export(arguments: Arguments, console: Console) -> dict[str, Any]:
    """Write the model, and measure it.

    Raises:
        ValueError: There is no such run, or its policy cannot be exported.
    """
    from agents.unity_model.delivery import Delivery  # noqa: PLC0415  # needs optional packages

    config, _ = read_classroom(arguments.run)
    policy = at_size(load_policy(arguments.run, "cpu"), arguments)
    delivery = Delivery(policy, config.course, find(config.curriculum), arguments.target)
    results = {"file": str(arguments.target), **delivery.write()}
    decisions = QUICK_DECISIONS if arguments.quick else arguments.decisions
    results["decision_ms"] = delivery.latency(decisions)
    if arguments.check:
        states = QUICK_STATES if arguments.quick else arguments.states
        with Progress(disable=not console.is_terminal, console=console, transient=True) as progress:
            task = progress.add_task("comparing", total=states)
            for found in delivery.rehearse(states):
                progress.update(task, completed=found.states)
        results["agreement"] = found.as_dict()
    return results


def at_size(policy: AttentionPolicy, arguments: Arguments) -> AttentionPolicy:
    """The policy for the largest class asked for.

    Raises:
        ValueError: Another size was asked for, and the network is flat.
    """
    own = layout_of(policy)
    asked = Layout(arguments.learners or own.learners, arguments.concepts or own.concepts)
    if asked == own:
        return policy
    return policy.at_size(asked.observation_space, asked.action_space)


def show(results: dict[str, Any], console: Console) -> None:
    """Print the figures as a table."""
    table = Table("figure", "value", title=results["file"])
    largest = f"{results['learners']} learners x {results['concepts']} concepts"
    table.add_row("for classes of at most", largest)
    table.add_row("size of the file", f"{results['bytes'] / 1e3:,.0f} kB")
    kinds = results["operators"]
    table.add_row("operators", f"{sum(kinds.values())} of {len(kinds)} kinds")
    table.add_row("  the Inference Engine lacks", ", ".join(results["unsupported"]) or "none")
    table.add_row("one decision, median", f"{results['decision_ms']['median']:.2f} ms")
    table.add_row("  99 of 100 take at most", f"{results['decision_ms']['p99']:.2f} ms")
    if (found := results.get("agreement")) is not None:
        table.add_row("moments compared with the policy", f"{found['states']:,}")
        table.add_row("  the same likeliest action", f"{found['identical']:,}")
        table.add_row("  another, equally likely", f"{found['ties']:,}")
        table.add_row("  another, less likely", f"{found['different']:,}")
        table.add_row("  forbidden, sampled ones included", f"{found['forbidden']:,}")
        values = ", ".join(f"{part} {p:.3f}" for part, p in found["p_values"].items())
        table.add_row("  sampled as the policy, p-values", values)
    console.print(table)


def main(argv: list[str] | None = None) -> int:
    """Export; returns the exit code, 1 where the model is not the policy or would not import."""
    arguments = tyro.cli(Arguments, args=argv, description=__doc__)
    console = Console(width=None if sys.stdout.isatty() else 120)
    try:
        arguments.check_ranges()
        results = export(arguments, console)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    show(results, console)
    if arguments.json is not None:
        write_results(arguments.json, results)
    same = results.get("agreement", {}).get("whole", True)
    return int(not same or bool(results["unsupported"]))


if __name__ == "__main__":
    sys.exit(main())
