"""Training in several processes at the same time: what more cores bring, gradients shared."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from agents.run_folder import RESULTS

LAUNCHED: Final = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node")
ALONE: Final = (
    *("--warm-start.tutor", "none", "--inspection-rollouts", "0"),
    *("--evaluation-classes", "0", "--device", "cpu"),
)
"""Nothing but learning."""


def trained_together(
    preset: str, decisions: int, counts: Sequence[int], repeats: int
) -> dict[str, float]:
    """Decisions per second of one training by the number of its processes: medians of turns.

    Every process is started by torchrun with one thread and a share of the preset's classrooms;
    nobody is imitated. Starting is not counted, the first rollout is.

    Args:
        preset: What is trained.
        decisions: Learnt from, of all classrooms.
        counts: Numbers of processes, which divide the classrooms and the minibatches.
        repeats: Turns.

    Raises:
        ValueError: A training failed, with the end of what it said.
    """
    words = [*ALONE, "--preset", preset, "--decisions", str(decisions)]
    turns = [[_train(count, words) for count in counts] for _ in range(repeats)]
    columns = zip(*turns, strict=True)
    return {str(n): statistics.median(rates) for n, rates in zip(counts, columns, strict=True)}


def _train(processes: int, words: Sequence[str]) -> float:
    with TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        launch = [sys.executable, *LAUNCHED, str(processes), "-m", "--", "scripts.train"]
        command = [*launch, *words, "--run", str(run)]
        done = subprocess.run(  # noqa: S603  # this Python
            command, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise ValueError(f"training in {processes} processes failed:\n{done.stderr[-2000:]}")
        results = json.loads((run / RESULTS).read_text(encoding="utf-8"))
    return float(results["train_decisions_per_s"])
