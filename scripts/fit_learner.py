"""Train the network of the neural learners on an answer log, and say how well it predicts.

Examples: python -m scripts.fit_learner --log data/assist2009_pid
          python -m scripts.fit_learner --log data/assist2009_pid --out network.safetensors

The last fifth of the learners is held out (in ASSISTments 2009 the fifth fold). Beside the area
under the curve on them stand those of other models on the same learners; and what the network
answers in their place, its own answers fed back, stands beside what they answered. Only weights
and figures leave the program, no row of the log.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table
from safetensors import safe_open
from safetensors.numpy import save_file

from agents.answer_fit import FitConfig, fit_network, play, predict
from agents.answer_network import AnswerNetwork
from agents.held_out_learners import known_answers, part, quality
from envs.answer_statistics import answer_statistics
from envs.item_easiness import easiness_from_others
from envs.logs import read_pid
from envs.scorecard import FITTED
from envs.whole_file import write_whole
from scripts.output_path import OutputFile, write_results

BKT = (0.717, 0.569)
"""Standard BKT by skill on the same learners: 69 skills with 500 answers or more, own EM."""
OTHERS = {
    "PFA": ("PFA", "AUC", "LL"),
    "Gaussian filter": ("IRT-AFM items+learner slope", "AUC_online", "LL_online"),
    "Best-LR": ("BestLR", "AUC", "LL"),
}
"""Names in afm_pfa_assist2009.json; the filter is the tutor's belief's kind, with items known."""
AKT = 0.785
"""Published for this log with one row an answer (Liu et al. 2022, pyKT), on held-out learners of
another split; Ghosh, Heffernan and Lan (2020) have .835 with repeated rows, which leak."""
COMMITTED = FITTED / "neural_assist2009.safetensors"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Train on a log that you have downloaded."""

    log: Path
    """File or folder in the ASSISTments pid format."""
    fit: FitConfig = field(default_factory=FitConfig)
    """The network and its training."""
    draws: int = 40
    """Posterior draws of each model of the items' easiness, at least 10."""
    seed: int = 0
    """Of everything drawn."""
    quick: bool = False
    """One epoch, 10 draws: to see that it runs."""
    json: OutputFile = None
    """Also write the figures to this file."""
    out: Path | None = None
    """Write the network to this file, as envs/data/fitted/neural_assist2009.safetensors has it."""

    def __post_init__(self) -> None:
        if self.draws < 10:
            raise ValueError(f"draws is {self.draws}; expected at least 10")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; expected at least 0")


def others() -> dict[str, tuple[float, float | None]]:
    """Area under the curve and log loss of other models on ASSISTments 2009, most on its fold 5."""
    content = json.loads((FITTED / "afm_pfa_assist2009.json").read_text())
    rows: dict[str, tuple[float, float | None]] = {"BKT": BKT}
    for name, (model, auc, loss) in OTHERS.items():
        rows[name] = (content[model][auc], content[model][loss])
    with safe_open(COMMITTED, "numpy") as network:
        own = json.loads(network.metadata()["held_out"])
    return rows | {"committed network": (own["auc"], own["log_loss"]), "AKT": (AKT, None)}


def show(console: Console, results: dict[str, Any]) -> None:
    """Print both tables."""
    found = results["held_out"]
    title = f"held out: {found['answers']:,} answers of {found['learners']:,} learners"
    table = Table(title=title)
    for column in ("model", "area under the curve", "log loss"):
        table.add_column(column, justify="left" if column == "model" else "right")
    auc = f"{found['auc']:.4f} +- {found['auc_error']:.4f}"
    loss = f"{found['log_loss']:.4f} +- {found['log_loss_error']:.4f}"
    table.add_row("this network", auc, loss)
    for name, row in others().items():
        shown = "" if row[1] is None else f"{row[1]:.3f}"
        table.add_row(f"{name} (ASSISTments 2009)", f"{row[0]:.3f}", shown)
    console.print(table)
    table = Table(title="answers of those learners, and of the network in their place")
    for column in ("statistic", "learners", "network"):
        table.add_column(column, justify="left" if column == "statistic" else "right")
    for name, (real, played) in results["played"].items():
        table.add_row(name, f"{real:.3f}", f"{played:.3f}")
    console.print(table)


def save(network: AnswerNetwork, file: Path, results: dict[str, Any]) -> None:
    """Write the weights, with the figures of the fit as metadata."""
    tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    about = {"log": results["log"], "held_out": json.dumps(results["held_out"])}
    write_whole(file, lambda aside: save_file(tensors, aside, metadata=about))


def run(options: Options, console: Console) -> tuple[AnswerNetwork, dict[str, Any]]:
    """Read, train, predict, play."""
    log = read_pid(options.log)
    known, learners = known_answers(log), int(log.learner.max()) + 1
    console.print(f"{log.learner.size:,} answers of {learners:,} learners; easiness of items ...")
    draws = 10 if options.quick else options.draws
    easiness = easiness_from_others(log, known, draws=draws, seed=options.seed)
    config = FitConfig(epochs=1) if options.quick else options.fit
    network = fit_network(
        log,
        easiness,
        known,
        config,
        options.seed,
        lambda epoch, loss: console.print(f"epoch {epoch} of {config.epochs}: log loss {loss:.4f}"),
    )
    there = part(log, ~known)
    chance = predict(network, log, easiness, ~known)
    played = part(log, ~known, play(network, there, easiness[~known], options.seed))
    real, own = answer_statistics(there), answer_statistics(played)
    return network, {
        "log": options.log.name,
        "held_out": quality(chance, there, options.seed),
        "played": {name: [real[name], own[name]] for name in real if name in own},
    }


def main(argv: list[str] | None = None) -> int:
    """Train, print, write; returns the exit code."""
    options = tyro.cli(Options, args=argv, description=__doc__)
    console = Console()
    try:
        network, results = run(options, console)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    show(console, results)
    if options.json is not None:
        write_results(options.json, results)
    if options.out is not None:
        save(network, options.out, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
