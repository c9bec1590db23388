"""Refit the learner model's parameters from an answer log, beside the committed ones.

Examples: python -m scripts.calibrate --log data/assist2009_pid
          python -m scripts.calibrate --log data/algebra05.tsv --format timed --out fitted.json

Only aggregates are printed and written; no row of the log leaves the program.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Literal

import tyro
from rich.console import Console
from rich.table import Table

from envs.answer_statistics import answer_statistics
from envs.calibration import LAG_MINUTES, SESSION_MINUTES, fit_forgetting, fit_growth, latent_state
from envs.logs import AnswerLog, read_pid, read_timed
from envs.mixed_logistic import Estimate
from envs.scorecard import FITTED
from envs.stopping import fit_stopping
from envs.whole_file import write_json
from envs.window_calibration import fit_windows
from scripts.output_path import OutputFile, write_results

GROWTH_NAMES = {
    "intercept": "mu",
    "slope": "mg",
    "ability sd": "sa",
    "learner slope sd": "sb",
    "skill sd": "sk",
    "skill slope sd": "sg",
    "item sd": "si",
    "learner by skill sd": "sx",
}
"""Parameter to its name in pairRE_assist2009.json."""
FORGETTING_NAMES = {
    "ln(1 + successes)": ("M1_powerlaw", "lnS"),
    "ln(1 + failures)": ("M1_powerlaw", "lnF"),
    "ln(1 + hours)": ("M1_powerlaw", "ln1p_hours"),
    "ln(1 + past gap days)": ("M2_spacing", "ln1p_meanPastGapDays"),
    "ln(1 + hours) x ln(1 + past gap days)": ("M2_spacing", "ln1p_hours*ln1p_meanPastGapDays"),
}
"""Parameter to its model and name in forgetting.json."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Refit from a log that you have downloaded."""

    log: Path
    """File or folder: ASSISTments pid format, or a tab-separated file with times."""
    format: Literal["pid", "timed"] = "pid"
    """pid: growth, items, stopping; timed: forgetting, spacing, latent state, DAS3H's windows."""
    draws: int = 200
    """Posterior draws; more is slower and steadier."""
    seed: int = 0
    """Of the sampler."""
    json: OutputFile = None
    """Also write what is printed to this file."""
    out: Path | None = None
    """Write the fitted constants, with the aggregates that the scorecard needs, to this file."""

    def __post_init__(self) -> None:
        if self.draws < 10:
            raise ValueError(f"draws is {self.draws}; expected at least 10")


def committed(kind: str) -> dict[str, str]:
    """Committed values as text, by parameter."""
    if kind == "pid":
        fit = json.loads((FITTED / "pairRE_assist2009.json").read_text())["iAFM+item+pairRE"]
        return {name: f"{fit[short]:.3f}" for name, short in GROWTH_NAMES.items()}
    logs = json.loads((FITTED / "forgetting.json").read_text())
    both = [logs["assist2017"], logs["algebra05"]]
    values = {
        name: " / ".join(f"{log[model]['coef'][short][0]:.3f}" for log in both)
        for name, (model, short) in FORGETTING_NAMES.items()
    }
    states = json.loads((FITTED / "latent_state_timescale.json").read_text())
    short_names = ("v1", "tau1_min", "v2", "tau2_min", "floor")
    names = ("lapse variance", "lapse minutes", "drift variance", "drift minutes")
    for name, short in zip((*names, "session variance"), short_names, strict=True):
        fits = (states[log]["double_exp"][short] for log in ("assist2017", "algebra05"))
        values[name] = " / ".join(f"{value:.3f}" for value in fits)
    windows = json.loads((FITTED / "das3h_windows.json").read_text())
    for name in windows["algebra05"]:
        fits = (windows[log][name][0] for log in ("assist2017", "algebra05"))
        values[name] = " / ".join(f"{value:.3f}" for value in fits)
    return values


def growth(log: AnswerLog, options: Options) -> tuple[dict[str, Estimate], dict[str, object]]:
    """Parameters and aggregates of a log without times."""
    estimates = fit_growth(log, draws=options.draws, seed=options.seed)
    return estimates, {
        "statistics": answer_statistics(log),
        "stopping": fit_stopping(log).as_table(),
    }


def memory(log: AnswerLog, options: Options) -> tuple[dict[str, Estimate], dict[str, object]]:
    """Parameters and aggregates of a log with times."""
    estimates = fit_forgetting(log, draws=options.draws, seed=options.seed)
    state = latent_state(log, draws=options.draws, seed=options.seed)
    fitted = {name: Estimate(value, float("nan")) for name, value in state.parameters.items()}
    windows = fit_windows(log, draws=options.draws, seed=options.seed)
    return estimates | fitted | windows, {
        "lag_minutes": list(LAG_MINUTES),
        "covariance": state.covariance.tolist(),
        "covariance, other session": state.other_session,
        "session_minutes": list(SESSION_MINUTES),
        "session curve": state.session_curve.tolist(),
    }


def table(estimates: Mapping[str, Estimate], known: Mapping[str, str], kind: str) -> Table:
    """The fit beside the committed values."""
    shown = Table(title="Fitted parameters")
    heading = "committed" if kind == "pid" else "committed (ASSISTments 2017 / Algebra)"
    for column in ("parameter", "value", "standard error", heading):
        shown.add_column(column, justify="left" if column == "parameter" else "right")
    for name, estimate in estimates.items():
        error = f"{estimate.error:.3f}" if isfinite(estimate.error) else ""
        shown.add_row(name, f"{estimate.value:.3f}", error, known.get(name, ""))
    return shown


def main(options: Options) -> None:
    """Read, fit, print, write."""
    read, refit = (read_pid, growth) if options.format == "pid" else (read_timed, memory)
    log = read(options.log)
    sizes = {
        "answers": log.learner.size,
        "learners": int(log.learner.max()) + 1,
        "skills": int(log.skill.max()) + 1,
        "items": int(log.item.max()) + 1,
    }
    console = Console()
    console.print(", ".join(f"{count:,} {name}" for name, count in sizes.items()))
    estimates, aggregates = refit(log, options)
    console.print(table(estimates, committed(options.format), options.format))
    parameters = {
        name: {"value": e.value, "error": e.error if isfinite(e.error) else None}
        for name, e in estimates.items()
    }
    shown = {"log": options.log.name, **sizes, "parameters": parameters}
    if options.json is not None:
        write_results(options.json, shown)
    if options.out is not None:
        write_json(options.out, shown | aggregates)


if __name__ == "__main__":
    try:
        main(tyro.cli(Options, description=__doc__))
    except (OSError, ValueError) as refused:
        sys.exit(f"error: {refused}")
