"""The C# of the Unity package as a program that answers questions, built by mcs and run by mono."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from unity_bridge.compilation import CONTRACT, MCS_MISSING, TESTS, compile_sources

HERE = Path(__file__).parent
NUNIT_STUB = HERE / "unity_stubs" / "NUnit.cs"
MONO_MISSING = "mono is not installed; it is in the package mono-runtime of Debian and Ubuntu"
needs_mcs = pytest.mark.skipif(shutil.which("mcs") is None, reason=MCS_MISSING)
needs_mono = pytest.mark.skipif(shutil.which("mono") is None, reason=MONO_MISSING)


class WireProgram:
    """A running program; one question at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, what: str, **question: Any) -> dict[str, Any]:
        """Send one question, return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"ask": what, **question}, ensure_ascii=False)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def running(folder: Path) -> Iterator[WireProgram]:
    """Build the program in a folder and run it."""
    own = sorted((HERE / "unity_wire").glob("*.cs"))
    sources = [*CONTRACT.sources(), *TESTS.sources(), NUNIT_STUB, *own]
    flags = ("-target:exe", "-langversion:7.2", "-warn:4", "-warnaserror")
    program = compile_sources(sources, folder / "wire.exe", flags=flags)
    mono = shutil.which("mono")
    assert mono is not None
    with subprocess.Popen(  # noqa: S603  (our own program)
        [mono, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        yield WireProgram(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=10) == 0
