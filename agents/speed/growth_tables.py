"""How cost grows with size, as tables for a terminal."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

from rich.table import Table

PARTS: Final = ("simulation", "action", "update")
MICRO: Final = 1e6


def axis_table(axis: str, found: Mapping[str, Any]) -> Table:
    """One axis: a row a size, then how each column grows."""
    shown = Table(title=f"cost by {axis}: processor time of a classroom's decision, one thread")
    for title in (axis, "bytes a classroom", *(f"{part}, us" for part in PARTS)):
        shown.add_column(title, justify="right")
    seconds = [found["seconds_per_decision"][part] for part in PARTS]
    for size, memory, *each in zip_longest(found["sizes"], found["bytes_per_classroom"], *seconds):
        cells = ("-" if cost is None else f"{MICRO * cost:,.1f}" for cost in each)
        shown.add_row(f"{size:,}", f"{memory:,.0f}", *cells)
    shown.add_section()
    for row in _laws(found["laws"]):
        shown.add_row(*row)
    shown.caption = (
        "update: one pass over a rollout\nexponent: of all classrooms together, upper half of the "
        "sizes (at least three), with its standard error\n"
        "parts: constant + linear + square at the largest size"
    )
    return shown


def _laws(laws: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, ...]]:
    columns = [laws[part] for part in ("bytes", *PARTS)]
    yield "exponent", *(f"{law['exponent']:.2f} ± {law['error']:.2f}" for law in columns)
    yield (
        "parts, %",
        *(
            " + ".join(f"{100 * law[part]:.0f}" for part in ("constant", "linear", "square"))
            for law in columns
        ),
    )


def processes_table(found: Mapping[str, Any]) -> Table:
    """Decisions per second of several processes, and what each brings beside one alone."""
    shown = Table(title="processes: decisions/s of all, and of one alone that each brings")
    columns = (f"each simulates {found['together']} classrooms", "all train one policy")
    for title in ("processes", columns[0], "each", columns[1], "each"):
        shown.add_column(title, justify="right")
    rates = [
        {int(count): rate for count, rate in found[kind].items()}
        for kind in ("processes", "trainers")
    ]
    for count in sorted({*rates[0], *rates[1]}):
        cells = [cell for each in rates for cell in _of_processes(each, count)]
        shown.add_row(f"{count}", *cells)
    return shown


def _of_processes(rates: Mapping[int, float], count: int) -> tuple[str, str]:
    if count not in rates:
        return "-", "-"
    return f"{rates[count]:,.0f}", f"{rates[count] / (count * rates[1]):.0%}"
