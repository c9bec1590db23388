"""The README's figures are those of the committed evaluation."""

import json
import re
from pathlib import Path

from agents.run_folder import REFERENCE

README = Path(__file__).parents[1] / "README.md"
ROW = re.compile(r"^\| (?:\*\*)?(.+?)(?:\*\*.*| \(sees .*)? \| (\S+) \((\S+) to (\S+)\) \|", re.M)


def test_the_result_table_is_the_committed_evaluation() -> None:
    """A reader of the table can repeat it: no row is stale, and the best rules are not left out."""
    tutors = json.loads((REFERENCE / "evaluation.json").read_text(encoding="utf-8"))["tutors"]
    rows = {name: figures for name, *figures in ROW.findall(README.read_text(encoding="utf-8"))}
    assert set(rows) >= set(tutors) - {"random over all"}
    for name, figures in rows.items():
        gain = tutors[name]["nlg_delayed"]
        assert figures == [f"{gain[key]:.3f}" for key in ("iqm", "low", "high")], name
