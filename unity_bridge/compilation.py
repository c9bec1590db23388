"""Compile the C# of the Unity package with mcs, Mono's compiler, where no Unity is at hand.

The package has four assemblies, as its .asmdef files say; each needs the ones before it. What they
use of Unity and ML-Agents comes as assemblies: the Managed folder of any player that was built with
ML-Agents, or stubs that declare the same names. A player has no editor's assemblies, so the editor
part can be compiled against stubs only.
"""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unity_bridge.codegen import PACKAGE

MCS_MISSING: Final = (
    "mcs is not installed; it is in the packages mono-mcs and mono-runtime of Debian and Ubuntu"
)
FLAGS: Final = (
    "-target:library",
    "-langversion:7.2",  # mcs knows no later one; Unity 2022.3 compiles C# 9
    "-warn:4",
    "-warnaserror",
    "-nowarn:0649",  # Unity assigns serialised fields
    "-define:ATTENTION_LEARNING_MCS",  # mcs cannot match Agent.Heuristic(in ActionBuffers)
)
_OWN_RUNTIME: Final = "mscorlib.dll"
_SYSTEM: Final = ("Mono.", "Newtonsoft.", "nunit.")


class CompilationError(RuntimeError):
    """The compiler is missing or refused; the text is what it said."""


@dataclass(frozen=True)
class Assembly:
    """One assembly of the package."""

    name: str
    folder: str
    """Within the package; folders of other assemblies inside it are left out."""

    def sources(self, package: Path = PACKAGE) -> list[Path]:
        """Its C# files."""
        folder = package / self.folder
        inner = [package / other.folder for other in ASSEMBLIES if other is not self]
        inside = [path for path in inner if path.is_relative_to(folder)]
        return sorted(
            source
            for source in folder.rglob("*.cs")
            if not any(source.is_relative_to(path) for path in inside)
        )


CONTRACT: Final = Assembly("AttentionLearning.Contract", "Runtime/Contract")
RUNTIME: Final = Assembly("AttentionLearning", "Runtime")
EDITOR: Final = Assembly("AttentionLearning.Editor", "Editor")
TESTS: Final = Assembly("AttentionLearning.Tests", "Tests/Editor")
ASSEMBLIES: Final = (CONTRACT, RUNTIME, EDITOR, TESTS)


def compile_sources(
    sources: Iterable[Path],
    output: Path,
    references: Sequence[Path] = (),
    flags: Sequence[str] = FLAGS,
) -> Path:
    """Compile C# files into one assembly.

    Warnings are errors, and so is a public member without documentation.

    Args:
        sources: The files.
        output: Where the assembly goes; its documentation goes beside it.
        references: Assemblies that it uses.
        flags: Of mcs.

    Returns:
        `output`.

    Raises:
        CompilationError: mcs is missing, or refuses; the text is what it said.
    """
    mcs = shutil.which("mcs")
    if mcs is None:
        raise CompilationError(MCS_MISSING)
    command = [mcs, *flags, f"-out:{output}", f"-doc:{output.with_suffix('.xml')}"]
    command += [f"-r:{reference}" for reference in references]
    done = subprocess.run(  # noqa: S603  (our own files, no shell)
        [*command, *map(str, sources)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CompilationError((done.stdout + done.stderr).strip())
    return output


def compile_package(
    out: Path,
    engine: Sequence[Path],
    assemblies: Sequence[Assembly] = ASSEMBLIES,
    flags: Sequence[str] = FLAGS,
) -> list[Path]:
    """Compile the package, each assembly with those before it and the engine's.

    Args:
        out: Folder for the assemblies.
        engine: Assemblies of Unity, ML-Agents and the Input System, or stubs of them.
        assemblies: Which to compile, in order.
        flags: Of mcs.

    Returns:
        The assemblies made.

    Raises:
        CompilationError: mcs is missing, or refuses.
    """
    made: list[Path] = []
    for assembly in assemblies:
        output = out / f"{assembly.name}.dll"
        made.append(compile_sources(assembly.sources(), output, [*engine, *made], flags))
    return made


def compile_for_player(out: Path, managed: Path) -> list[Path]:
    """Compile what a player runs against the Managed folder of a real one.

    Args:
        out: Folder for the assemblies.
        managed: NAME_Data/Managed of a player built with ML-Agents and the Input System.

    Raises:
        ValueError: The folder holds no ML-Agents.
        CompilationError: mcs is missing, or refuses.
    """
    if not (managed / "Unity.ML-Agents.dll").exists():
        raise ValueError(f"managed is {managed}; expected a folder that holds Unity.ML-Agents.dll")
    present = {path.name for path in managed.glob("*.dll")}
    ours = {f"{assembly.name}.dll" for assembly in ASSEMBLIES}
    used = sorted(name for name in present - ours if not name.startswith(_SYSTEM))
    own_runtime = ("-nostdlib", "-noconfig") if _OWN_RUNTIME in present else ()
    engine = [managed / name for name in used]
    return compile_package(out, engine, (CONTRACT, RUNTIME), (*FLAGS, *own_runtime))
