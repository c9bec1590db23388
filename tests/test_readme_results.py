"""The README's figures are those of the committed evaluation, and its Python runs."""

import json
import re
from pathlib import Path

import pytest

from agents.run_folder import REFERENCE

README = Path(__file__).parents[1] / "README.md"
ROW = re.compile(r"^\| (?:\*\*)?(.+?)(?:\*\*.*| \(sees .*)? \| (\S+) \((\S+) to (\S+)\) \|", re.M)


def test_the_result_table_is_the_committed_evaluation() -> None:
    """A reader of the table can repeat it: no row is stale, and the best rules are not left out."""
    tutors = json.loads((REFERENCE / "evaluation.json").read_text(encoding="utf-8"))["tutors"]
    [table] = re.findall(r"^\| tutor \|.*?\n\n", README.read_text(encoding="utf-8"), re.M | re.S)
    rows = {name: figures for name, *figures in ROW.findall(table)}
    assert set(rows) >= set(tutors)
    for name, figures in rows.items():
        gain = tutors[name]["nlg_delayed"]
        assert figures == [f"{gain[key]:.3f}" for key in ("iqm", "low", "high")], name


def test_the_python_of_the_readme_teaches_a_course(capsys: pytest.CaptureFixture[str]) -> None:
    """Who copies it gets a reason for every decision, and a class that learns."""
    [code] = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  # our own
    *reasons, last = capsys.readouterr().out.splitlines()
    assert len(reasons) > 100
    assert all(" for " in reason for reason in reasons)
    assert 0.1 < float(last.removeprefix("normalised learning gain ")) < 0.9
