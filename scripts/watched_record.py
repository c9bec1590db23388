"""A watched class as a session record, the same as `scripts.unity play` writes."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

from agents.decision.json_form import to_json
from agents.decision.own_choice import own_choice
from agents.narration import Turn
from agents.run_folder import commit
from envs.simulation import Simulation
from envs.teaching import clock_hours
from unity_bridge.session_record import SEEN, SessionRecord
from unity_bridge.told_events import told


def recorded(
    turns: Iterator[Turn], simulation: Simulation, folder: Path, **who: Any
) -> Iterator[Turn]:
    """Pass a class's turns on, each written down before it is shown.

    Nothing hidden is written: what a scene would send, the tutor's action and its reasons, and at
    the end what the class gained on its tests.

    Args:
        turns: Of `agents.narration.narrate`, from the start of the course.
        simulation: That they teach, one classroom.
        folder: Of the record, new.
        who: Teaches: `tutor`, name of the rule, or run folder; of a policy, its identity too.

    Yields:
        The turns.

    Raises:
        FileExistsError: The folder holds a session.
    """
    about = {**who, "commit": commit()}
    course, curriculum = asdict(simulation.course), simulation.curriculum
    with SessionRecord(folder, course, curriculum, **about) as record:
        for number in count():
            before = _before(simulation)
            turn = next(turns)
            _write(record, turn, number=number, **before)
            for message in told(simulation, 0):
                record.pass_on(message)
            if simulation.done[0]:
                record.write(
                    "over",
                    classroom=0,
                    course=0,
                    interrupted=False,
                    seen=_seen(simulation),
                    tested=float(simulation.finish().nlg_measured[0]),
                )
            yield turn
            if simulation.done[0]:
                return


def _write(record: SessionRecord, turn: Turn, **before: Any) -> None:
    """Add a decision's line, with what was so before it."""
    choice = {} if turn.account is None else {"choice": own_choice(turn.account)}
    record.write(
        "decision",
        classroom=0,
        course=0,
        activity=turn.decision.activity.name.lower(),
        action=list(turn.decision.action),
        minutes=turn.minutes,
        decision=to_json(turn.decision),
        **choice,
        **before,
    )


def _before(simulation: Simulation) -> dict[str, Any]:
    return {
        "lesson": int(simulation.world.state.clock.lesson[0]),
        "hours": clock_hours(0, simulation.world),
        "seen": _seen(simulation),
    }


def _seen(simulation: Simulation) -> dict[str, Any]:
    return {name: simulation.observation[name][0].copy() for name in SEEN}
