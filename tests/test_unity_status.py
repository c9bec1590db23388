"""Whoever waits for the editor's Play button sees at every moment what is going on."""

import io
import re

import pytest
from rich.console import Console

from scripts import unity_status
from scripts.unity_status import PlayStatus


def _drawn(console: Console) -> str:
    """What the terminal was told, without its control sequences."""
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


@pytest.fixture
def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)


def test_a_table_stays_in_place_on_a_terminal(
    terminal: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(unity_status.time, "monotonic", lambda: now[0])
    with PlayStatus(terminal) as status:
        status.become("waiting on port 5004: press Play in the editor")
        now[0] += 65
        assert status._live is not None
        status._live.refresh()
        waiting = _drawn(terminal)
        status.become("connected", behaviour="Classroom", classrooms="1")
        status.show("last decision", "Explains [sums] to learner 2.")
        status.count("decisions", "7, 0.5 a second")
        status._live.refresh()
        teaching = _drawn(terminal).removeprefix(waiting)
        status.become("waiting on port 5004: press Play in the editor")
        status._live.refresh()
        again = _drawn(terminal).removeprefix(waiting + teaching)
    assert re.search(r"now +waiting on port 5004: press Play in the editor, for 1:05", waiting)
    for row in (
        r"now +connected, for 0:00",
        r"behaviour +Classroom",
        r"last decision +Explains \[sums\] to learner 2\.",
        r"decisions +7, 0\.5 a second",
    ):
        assert re.search(row, teaching), row
    last = again.rpartition("now ")[2]
    assert "press Play" in last
    assert "behaviour" not in last  # of the player before


def test_elsewhere_each_thing_that_happens_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with PlayStatus(Console()) as status:
        status.become("connected", behaviour="Classroom")
        status.count("decisions", "7")
        status.show("courses over", "1")
        status.say("Port 5004 is taken [by] somebody.")
    assert capsys.readouterr().out.splitlines() == [
        "connected",
        "  behaviour: Classroom",
        "courses over: 1",
        "Port 5004 is taken [by] somebody.",
    ]
