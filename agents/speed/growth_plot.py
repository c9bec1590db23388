"""How cost grows with size, as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.picture_file import save_picture

COLOURS: Final = {"simulation": "#1d4ed8", "action": "#16a34a", "update": "#c2410c"}
MILLI: Final = 1e3


def save_plot(found: Mapping[str, Any], path: Path) -> None:
    """Draw into a PNG file."""
    save_picture(draw(found), path)


def draw(found: Mapping[str, Any]) -> Figure:
    """Cost of a decision by classrooms, learners and concepts, and throughput by processes."""
    figure = Figure(figsize=(11.0, 7.0), layout="constrained")
    panels = figure.subplots(2, 2).ravel()
    for panel, (axis, each) in zip(panels, found["axes"].items(), strict=False):
        _draw_axis(panel, axis, each)
    _draw_processes(panels[-1], found)
    for panel in panels:
        panel.grid(visible=True, alpha=0.3)
        panel.legend(fontsize=8)
    return figure


def _draw_axis(panel: Axes, axis: str, found: Mapping[str, Any]) -> None:
    for part, costs in found["seconds_per_decision"].items():
        law = found["laws"][part]
        label = f"{part}, all classrooms: n^({law['exponent']:.2f} ± {law['error']:.2f})"
        sizes = found["sizes"][: len(costs)]
        milliseconds = [MILLI * cost for cost in costs]
        panel.loglog(sizes, milliseconds, "o-", color=COLOURS[part], label=label)
    panel.margins(y=0.45)  # room for the legend
    panel.set_xticks(found["sizes"], [f"{size:,}" for size in found["sizes"]], fontsize=7)
    panel.set_xticks([], minor=True)
    panel.set_xlabel(axis)
    panel.set_ylabel("ms of processor time a decision")


def _draw_processes(panel: Axes, found: Mapping[str, Any]) -> None:
    for kind, part, label in (
        ("processes", "simulation", f"each simulates {found['together']} classrooms"),
        ("trainers", "update", "all train one policy"),
    ):
        rates = {int(count): rate for count, rate in found[kind].items()}
        times = [rate / rates[1] for rate in rates.values()]
        panel.plot(list(rates), times, "o-", color=COLOURS[part], label=label)
    counts = [int(count) for count in found["processes"]]
    panel.plot(counts, counts, ":", color="#6b7280", label="as many times one")
    panel.set_xlabel("processes")
    panel.set_xticks(counts)
    panel.set_ylabel("decisions/s of all, times those of one")
    panel.set_ylim(bottom=0.0)
