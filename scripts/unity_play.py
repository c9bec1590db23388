"""`scripts.unity play`: a trained tutor teaches in the editor, or in a build."""

import math
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final

import tyro
from rich.console import Console
from rich.table import Table
from stable_baselines3.common.logger import configure

from agents.adaptation.in_force import teaching
from agents.believed_learners import BelievedLearners
from agents.checkpoint import load_policy
from agents.run_folder import REFERENCE, RUNS, commit, new_folder, read_classroom
from envs.curricula import find
from scripts.output_path import OutputFile, write_results
from scripts.unity_session import Session, Tutoring
from scripts.unity_status import PlayStatus
from unity_bridge.agreement import LayoutMismatchError
from unity_bridge.classroom_link import ClassroomLink
from unity_bridge.connection import EDITOR_PORT, Player
from unity_bridge.faults import BuildMissing, Fault, PlayerStopped
from unity_bridge.mlagents import validate_environment_path
from unity_bridge.session_record import SessionRecord
from unity_bridge.transport import Listening, QueueCommunicator
from unity_bridge.workers import Restarting

SESSIONS: Final = "sessions"
"""Folder beside the runs."""
RESTARTING: Final = Restarting()
"""How a build that died is started again."""


@dataclass(frozen=True, kw_only=True)
class Play:
    """A trained tutor teaches in the Unity editor; press Play, stop and Play again as you like.

    It fills in what the scene leaves to Python (knowledge tracing), says why it acts so, and writes
    down the session. Ctrl-C ends it.
    """

    tutor: Annotated[Path, tyro.conf.arg(name="run")] = REFERENCE
    """Run folder of the tutor; default the reference in agents/reference."""
    adapters: Path | None = None
    """Folder of `scripts.adapt`: the run's policy teaches with the adapters in force there when the
    session begins."""
    believed: BelievedLearners = field(default_factory=BelievedLearners)
    """What the tutor's belief takes the learners for, whoever they are: `scripts.adapt --from` says
    what records tell of them. `scripts.iterate` reads no session that was taught so."""
    build: Path | None = None
    """A build to start, and to start again when it dies; default: the editor is awaited."""
    port: int = 0
    """Where to listen; 0: 5004 for the editor, any free one for a build."""
    curriculum: str = ""
    """What is taught; default: what the tutor was trained on."""
    lessons: int = 0
    """Of the course; 0: as the tutor was trained."""
    minutes: int = 0
    """Of a lesson; 0: as the tutor was trained."""
    seed: int = 0
    """Number of the class among the unseen ones, where the scene simulates its learners."""
    courses: int = 0
    """Stop after so many courses; 0: go on until Ctrl-C."""
    patience: float = 3600.0
    """Seconds that a player may take for one activity, pauses included, before it counts as lost;
    above 0."""
    folder: Path | None = None
    """Where the session is written; default a new one under runs/sessions/."""
    json: OutputFile = None
    """Where to write what was taught, in figures, as JSON."""

    def run(self) -> int:
        """Teach until Ctrl-C, or until enough courses are over."""
        tutoring = self._tutoring()
        folder = self.folder or _new_session()
        console, faults = Console(highlight=False), list[str]()
        course = asdict(tutoring.course)
        who = tutoring.teaching
        about = {"tutor": str(self.tutor), **who.identity, "believed": self.believed.told}
        about["commit"] = commit()
        door = nullcontext(None) if self.build else closing(self._door())
        with (
            door as listening,
            SessionRecord(folder, course, tutoring.curriculum, **about) as record,
            PlayStatus(console) as status,
        ):
            logger = configure(str(folder), ["tensorboard"])
            session = Session(tutoring, record, logger, status, self.courses)
            if self.believed.told:
                status.say(f"the belief takes the learners for {self.believed}")
            if self.adapters is not None:
                status.say(f"{self.tutor} teaches {who}")
            begun = time.monotonic()
            try:
                for fault in self._players(session, status, listening):
                    faults.append(str(fault))
                    record.write("fault", fault=type(fault).__name__, text=str(fault))
                    status.say(str(fault))
            except KeyboardInterrupt:
                status.say("stopped")
            finally:
                logger.close()
        results = {
            "players": session.players,
            "courses": session.courses,
            "decisions": session.decisions,
            "seconds": time.monotonic() - begun,
            "faults": faults,
            "session": str(folder),
        }
        self._report(results, console)
        return 0

    def _tutoring(self) -> Tutoring:
        for name in ("lessons", "minutes", "seed", "courses"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 0")
        if self.patience <= 0:
            raise ValueError(f"patience is {self.patience}; expected above 0")
        if self.build is not None and validate_environment_path(str(self.build)) is None:
            raise BuildMissing(str(self.build), "there is no such executable")
        config, _ = read_classroom(self.tutor)
        course = replace(
            config.course,
            lessons=self.lessons or config.course.lessons,
            minutes=self.minutes or config.course.minutes,
        )
        if course.tracer == "truth":
            raise ValueError(
                f"run is {self.tutor}, whose tutor was told the hidden state; expected one that "
                "knows what can be observed (course.tracer)"
            )
        return Tutoring(
            teaching=teaching(load_policy(self.tutor, "cpu"), self.adapters),
            course=course,
            curriculum=find(self.curriculum or config.curriculum),
            seed=self.seed,
            believed=self.believed.constants,
        )

    def _door(self) -> QueueCommunicator:
        """Where the editor finds Python at any time, from one play to the next."""
        port = self.port or EDITOR_PORT
        return QueueCommunicator(
            Listening(port=port, connect_seconds=math.inf, answer_seconds=self.patience)
        )

    def _players(
        self, session: Session, status: PlayStatus, door: QueueCommunicator | None
    ) -> Iterator[Exception]:
        """Teach one player after the other; what went wrong with each.

        Raises:
            Fault, LayoutMismatchError: A build cannot be started, or fails again and again.
        """
        player, failures = Player(build=str(self.build or ""), graphics=True), 0
        listening = Listening(
            port=self.port, connect_seconds=self.patience, answer_seconds=self.patience
        )
        while not session.enough:
            status.become(f"starting {self.build}" if door is None else _awaiting(door.port))
            before = session.decisions
            try:
                link = ClassroomLink(player, listening, training=False, door=door)
                with closing(link):
                    session.teach(link)
            except (Fault, LayoutMismatchError) as lost:
                yield lost
                if door is not None:
                    continue
                if isinstance(lost, PlayerStopped):
                    return
                failures = 1 if session.decisions > before else failures + 1
                if failures > RESTARTING.attempts or not getattr(lost, "passing", False):
                    raise
                time.sleep(RESTARTING.wait_after(failures))

    def _report(self, results: dict[str, Any], console: Console) -> None:
        table = Table("what", "taught")
        for name in ("players", "courses", "decisions"):
            table.add_row(name, str(results[name]))
        table.add_row("minutes", f"{results['seconds'] / 60:.1f}")
        console.print(table)
        console.print(f"session: {results['session']}", soft_wrap=True, markup=False)
        if self.json is not None:
            write_results(self.json, results)


def _awaiting(port: int) -> str:
    return f"waiting on port {port}: press Play in the editor"


def _new_session() -> Path:
    return RUNS / SESSIONS / new_folder().name
