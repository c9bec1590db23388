"""`scripts.unity check`: what is wrong with a connection, in plain words."""

import importlib.metadata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from envs.activities import MINUTES, Activity
from scripts.output_path import OutputFile, write_results
from unity_bridge.agreement import LayoutMismatchError
from unity_bridge.classroom_link import ClassroomLink
from unity_bridge.connection import EDITOR_PORT, Player
from unity_bridge.faults import Fault
from unity_bridge.layout import fingerprint
from unity_bridge.transport import Listening

NO_HELLO: Final = "did not introduce itself"
WARNING: Final = (
    "But no Classroom Link introduced the scene: what it answers will not be told, nor captions "
    "shown, and whether both sides have the same layout is known by names and sizes alone. In "
    "Unity: add a Classroom Link, and list the classrooms in it."
)
PACKAGES: Final = ("mlagents-envs", "protobuf", "grpcio")


@dataclass(frozen=True, kw_only=True)
class Check:
    """Connect to Unity once, and say step by step what is right and what is wrong."""

    build: Path | None = None
    """A build to start; default: the editor is awaited, press Play."""
    port: int = 0
    """Where to listen; 0: 5004 for the editor, any free one for a build."""
    seconds: float = 180.0
    """How long to wait for a player, and for each of its answers: longer than the two minutes for
    which it lets the tutor walk about; above 0."""
    json: OutputFile = None
    """Where to write the findings as JSON."""

    def run(self) -> int:
        """Check; 0 where all is right."""
        if self.seconds <= 0:
            raise ValueError(f"seconds is {self.seconds}; expected above 0")
        found = {name: importlib.metadata.version(name) for name in PACKAGES}
        found["layout"] = fingerprint()
        if self.build is None:
            print(f"listening on port {self.port or EDITOR_PORT}: press Play in the editor")
        problem = ""
        try:
            found |= self._connect()
        except (Fault, LayoutMismatchError) as fault:
            problem = str(fault)
        self._show(found, problem)
        if self.json is not None:
            write_results(self.json, {"ok": not problem, "found": found, "problem": problem})
        return 1 if problem else 0

    def _connect(self) -> dict[str, str]:
        """Connect, reset, act once; what was found."""
        listening = Listening(
            port=self.port, connect_seconds=self.seconds, answer_seconds=self.seconds
        )
        link = ClassroomLink(Player(build=str(self.build or "")), listening, training=False)
        try:
            connection, layout = link.connection, link.layout
            minutes = MINUTES[Activity.CIRCULATE]
            print(f"connected; the tutor walks about for {minutes:g} minutes of the scene's time")
            idle = np.zeros((link.classrooms, len(layout.branches)), np.int64)
            moved = link.step(idle).moved
            return {
                "port": str(connection.port),
                "ML-Agents package": connection.package_version,
                "protocol": connection.protocol_version,
                "Unity package": self._package(link),
                "behaviour": link.behaviour,
                "classrooms": str(link.classrooms),
                "learners": str(layout.learners),
                "concepts": str(layout.concepts),
                "classrooms that asked again": str(int(moved.sum())),
            }
        finally:
            link.close()

    @staticmethod
    def _package(link: ClassroomLink) -> str:
        hello = link.hello
        return NO_HELLO if hello is None else f"{hello.package}, engine {hello.unity}"

    def _show(self, found: dict[str, Any], problem: str) -> None:
        table = Table("what", "found")
        for name, value in found.items():
            table.add_row(name, value)
        console = Console(highlight=False)
        console.print(table)
        verdict = problem or "All is right: Python and the scene understand each other."
        if not problem and found["Unity package"] == NO_HELLO:
            verdict = f"{verdict} {WARNING}"
        console.print(verdict, soft_wrap=True, markup=False)
