"""The link to Unity: try it without, teach in the editor, train in builds, check a connection.

Examples:
    python -m scripts.unity demo                     the reference tutor teaches in a stand-in build
    python -m scripts.unity demo runs/first --quick --json demo.json
    python -m scripts.unity check                    waits for the editor's Play button
    python -m scripts.unity check --build Builds/classroom.x86_64
    python -m scripts.unity play                     the reference tutor teaches in the editor
    python -m scripts.unity play --run runs/first --lessons 1 --minutes 20
    python -m scripts.unity train runs/unity --workers 2 --classrooms 16
    python -m scripts.unity build builds/stand-in    writes the stand-in build
    python -m scripts.unity build builds/stand-in --blind
    python -m scripts.unity codegen                  after a change of envs/spaces.py
    python -m scripts.unity compile --managed Builds/classroom_Data/Managed
"""

import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from envs.course import Course
from envs.curricula import find
from scripts.train import INTERRUPTED
from scripts.unity_check import Check
from scripts.unity_demo import Demo
from scripts.unity_package import Codegen, Compile
from scripts.unity_play import Play
from scripts.unity_train import Train
from unity_bridge.agreement import LayoutMismatchError
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.compilation import CompilationError
from unity_bridge.faults import Fault


@dataclass(frozen=True, kw_only=True)
class Build:
    """Write the stand-in build: simulated classrooms, launched and spoken to as a Unity build."""

    folder: Annotated[Path, tyro.conf.Positional]
    """Made if missing."""
    course: Course = Course()  # noqa: RUF009  # frozen
    """What is taught to whom."""
    curriculum: str = "algebra-16"
    """A built-in one, generated-SIZE-SEED, or a path of JSON."""
    classrooms: int = 0
    """In the scene; 0: as many areas as Python asks for."""
    blind: bool = False
    """Leave knowledge tracing to Python, as a scene with people does."""

    def run(self) -> int:
        """Write it, and say where."""
        settings = BuildSettings(
            course=self.course,
            curriculum=find(self.curriculum),
            classrooms=self.classrooms,
            blind=self.blind,
        )
        print(write_build(self.folder, settings))
        return 0


Command = Demo | Check | Play | Train | Build | Codegen | Compile


def main(argv: list[str] | None = None) -> int:
    """Do what was asked for; returns the exit code."""
    command: Command = tyro.cli(Command, args=argv, description=__doc__)
    earlier = signal.signal(signal.SIGTERM, _terminate)
    try:
        return int(command.run())
    except (CompilationError, Fault, LayoutMismatchError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _terminate(*_: object) -> None:
    """Leave through every `finally`, so that no build is left running."""
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
