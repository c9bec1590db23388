"""`scripts.unity codegen` and `compile`: the C# package made and checked without an editor."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from unity_bridge.codegen import stale, write
from unity_bridge.compilation import compile_for_player


@dataclass(frozen=True, kw_only=True)
class Codegen:
    """Write what of the C# package follows from Python: the layout, and the ids of its files."""

    check: bool = False
    """Write nothing; fail where a file is not as it would be written."""

    def run(self) -> int:
        """Write or check, and say which files; 1 where a check finds some."""
        for path in (found := stale() if self.check else write()):
            print(f"stale: {path}" if self.check else path)
        return int(self.check and bool(found))


@dataclass(frozen=True, kw_only=True)
class Compile:
    """Compile the package's runtime against the assemblies of a real player, with Mono's mcs."""

    managed: Path
    """NAME_Data/Managed of a player that was built with ML-Agents and the Input System."""
    out: Path | None = None
    """Folder for the assemblies; default: they are thrown away."""

    def run(self) -> int:
        """Compile, and say what was made."""
        with tempfile.TemporaryDirectory() as thrown_away:
            out = self.out or Path(thrown_away)
            out.mkdir(parents=True, exist_ok=True)
            for assembly in compile_for_player(out, self.managed):
                print(f"compiled {assembly.name if self.out is None else assembly}")
        return 0
