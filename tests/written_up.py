"""What a command wrote, as the report shows it."""

import json
from pathlib import Path

from agents.report.page import write_report
from scripts.report import MEASUREMENTS


def written_up(name: str, results: Path) -> str:
    """The section of a measurement, from the JSON of its own command; pictures are drawn, too."""
    section = MEASUREMENTS[name].section(json.loads(results.read_text(encoding="utf-8")))
    text, _ = write_report("T", [section], results.parent / f"report of {name}")
    return text.read_text(encoding="utf-8")
