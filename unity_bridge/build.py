"""The stand-in player as a build: a folder that ML-Agents launches as it launches Unity's.

| in the folder | is |
|---|---|
| classroom.x86_64 | the executable; takes Unity's arguments, `--mlagents-port N` among them |
| classroom_Data/settings.json, curriculum.json | what is taught to whom |
"""

import json
import shlex
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from envs.course import Course, RewardWeights
from envs.curriculum import Curriculum, builtin, load
from envs.whole_file import write_json, write_text

NAME: Final = "classroom"
SETTINGS: Final = "settings.json"
CURRICULUM: Final = "curriculum.json"
COMPILING_SECONDS: Final = 1800.0
"""The first player on a machine compiles the simulation before it connects."""


@dataclass(frozen=True, kw_only=True)
class BuildSettings:
    """What the classrooms of a build teach to whom.

    Raises:
        ValueError: A number is out of range; the message names it.
    """

    course: Course = field(default_factory=Course)
    """Size and length of the course, and what fills the belief."""
    curriculum: Curriculum = field(default_factory=lambda: builtin("algebra-16"))
    """What is taught."""
    classrooms: int = 0
    """Classrooms (areas) in the scene; 0: as many areas as Python asks for."""
    threads: int = 1
    """Threads that share the classrooms of a step."""
    most_decisions: int = 0
    """Decisions after which a course is interrupted, as by Unity's Max Step; 0: never."""

    blind: bool = False
    """Whether knowledge is traced in Python alone, as with people in a Unity scene: what belief and
    curriculum fill in (`envs.observed_class.FILLED_IN`) are zeros, answers are told, and nothing is
    said of the true gain."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, least in (("classrooms", 0), ("threads", 1), ("most_decisions", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least {least}")

    def save(self, folder: Path) -> None:
        """Write settings and curriculum."""
        plain = asdict(self)
        del plain["curriculum"]
        write_json(folder / SETTINGS, plain)
        self.curriculum.save(folder / CURRICULUM)

    @classmethod
    def load(cls, folder: Path) -> "BuildSettings":
        """Read what `save` wrote."""
        plain = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        course = plain.pop("course")
        weights = RewardWeights(**course.pop("reward"))
        return cls(
            course=Course(**course, reward=weights), curriculum=load(folder / CURRICULUM), **plain
        )


def write_build(folder: Path, settings: BuildSettings | None = None) -> Path:
    """Write a build, for Linux and macOS: the executable is a shell script.

    Args:
        folder: Made if missing; a build already there is replaced.
        settings: Default: the default course, as many classrooms as Python asks for.

    Returns:
        The executable: what `UnityEnvironment(file_name=...)` and `UnityClassroomEnv` launch.
    """
    data = folder.resolve() / f"{NAME}_Data"
    (settings or BuildSettings()).save(data)
    repository = Path(__file__).resolve().parent.parent
    python = shlex.join([sys.executable, "-m", "unity_bridge.player", "--data", str(data)])
    lines = [
        "#!/bin/sh",
        f"export PYTHONPATH={shlex.quote(str(repository))}${{PYTHONPATH:+:$PYTHONPATH}}",
        f'exec {python} "$@"',
    ]
    executable = folder.resolve() / f"{NAME}.x86_64"
    write_text(executable, "\n".join(lines) + "\n")
    executable.chmod(0o755)
    return executable
