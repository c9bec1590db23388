"""What parts of a training are worth, as tables for a terminal."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from agents.ablation import Ablation
from agents.failures import Failure


def target_in_words(whose: str, share: float) -> str:
    """What is to be reached."""
    return ("" if share == 1.0 else f"{share:.0%} of ") + f"the NLG of {whose}"


def steps_in_words(median: float | None, runs: Sequence[int | None]) -> str:
    """Decisions to a target: the median of the runs, and the least and most of them.

    Of five runs, least and most hold the median of all in 94 of 100 cases (of R: 1 - 2 / 2**R).
    """
    if len(runs) == 1:
        return _steps(median)
    least = min((each for each in runs if each is not None), default=None)
    most = None if None in runs else max(each for each in runs if each is not None)
    return _steps(median) + ("" if least is None else f" ({_steps(least)} to {_steps(most)})")


def _steps(until: float | None) -> str:
    return "never" if until is None else f"{until:,.0f}"


def ablation_table(results: Sequence[Ablation], classes: int, target: str, timed: int) -> Table:
    """One row a variant.

    Args:
        results: Of every variant, first what the others are compared with.
        classes: That every policy taught.
        target: What was to be reached, in words.
        timed: Classes at once of the timed decisions.
    """
    whole = results[0]
    seeds = f"{whole.runs} seeds" if whole.runs > 1 else "one seed"
    taught = f"mean of {classes} unseen classes and {seeds} (95 % interval)"
    shown = Table(title=f"NLG on the delayed test, {taught}")
    for title in (
        "variant",
        "NLG",
        f"minus {whole.variant}",
        "learnt from",
        "steps to target",
        "weights",
        "ms",
    ):
        shown.add_column(title, justify="left" if title == "variant" else "right")
    for each in results:
        shown.add_row(
            each.variant,
            f"{each.nlg:.3f}",
            f"{each.behind:+.4f}",
            f"{each.decisions:,}",
            steps_in_words(each.steps_to_target, each.steps),
            f"{each.weights:,}",
            f"{each.milliseconds:.1f}",
        )
    shown.caption = (
        f"steps: median of the seeds (least to most); target: {target}, against the training "
        "courses' NLG, after imitation not of the first "
        "few (where sensors are hidden in training, so here), pre-training not counted; "
        f"ms: {timed} classes"
    ) + (
        ""
        if whole.runs > 1
        else "\none seed: another training may differ by more than these intervals"
    )
    return shown


def failures_table(failed: Mapping[str, Mapping[str, Failure]]) -> Table:
    """One row a failure, one column a variant."""
    shown = Table(title="NLG lost when sensors fail, mean (95 % interval)")
    shown.add_column("sensors")
    for name in failed:
        shown.add_column(name, justify="right")
    for failure in next(iter(failed.values())):
        lost = (each[failure].lost for each in failed.values())
        shown.add_row(failure, *(f"{each:+.4f}" for each in lost))
    return shown
