"""What parts of a training are worth, as tables for a terminal."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from agents.ablation import Ablation
from agents.failures import Failure


def target_in_words(whose: str, share: float) -> str:
    """What is to be reached."""
    return ("" if share == 1.0 else f"{share:.0%} of ") + f"the NLG of {whose}"


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
        until = each.steps_to_target
        shown.add_row(
            each.variant,
            f"{each.nlg:.3f}",
            f"{each.behind:+.4f}",
            f"{each.decisions:,}",
            "never" if until is None else f"{until:,.0f}",
            f"{each.weights:,}",
            f"{each.milliseconds:.1f}",
        )
    shown.caption = (
        f"target: {target}, against the training courses' NLG, after imitation not of the first "
        "few (where sensors fail in training, theirs too), pre-training not counted; "
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
