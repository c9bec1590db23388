"""A player as a process: started with its port, its output kept, its death noticed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from unity_bridge.faults import BuildMissing, PlayerDied
from unity_bridge.mlagents import validate_environment_path

LAST_LINES: Final = 12
READ_BYTES: Final = 8192
END_SECONDS: Final = 5.0


class PlayerProcess:
    """A Unity build, or anything that is started in the same way.

    Everything it prints goes to `log`: `-logFile -` makes Unity print its log.

    Args:
        build: The executable, with or without its suffix.
        port: Where the bridge listens.
        arguments: More command-line arguments.
        log: File for its output; None: a temporary one, removed at the end.

    Raises:
        BuildMissing: There is no such executable, or it cannot be run.
    """

    def __init__(
        self, build: str, port: int, arguments: tuple[str, ...] = (), log: Path | None = None
    ) -> None:
        executable = validate_environment_path(build)
        if executable is None:
            raise BuildMissing(build, "there is no such executable")
        self._folder = tempfile.TemporaryDirectory(prefix="player-")
        self.log = log or Path(self._folder.name) / "player.log"
        command = [executable, "--mlagents-port", str(port), "-logFile", "-", *arguments]
        try:
            self._process = self._start(command)
        except OSError as refused:
            self._folder.cleanup()
            raise BuildMissing(build, str(refused.strerror)) from refused

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            return subprocess.Popen(  # noqa: S603  (the caller's own build)
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches Python alone, which then ends it
            )

    def check(self) -> None:
        """See that it lives.

        Raises:
            PlayerDied: It does not; with exit code and the end of its log.
        """
        code = self._process.poll()
        if code is not None:
            raise PlayerDied(_in_words(code), self.last_lines())

    def last_lines(self) -> str:
        """The end of its log, as a paragraph of its own; empty where it printed nothing."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as written:
            written.seek(max(0, self.log.stat().st_size - READ_BYTES))
            lines = written.read().decode("utf-8", "replace").splitlines()[-LAST_LINES:]
        return "\n  ".join([f"\nThe end of {self.log}:", *lines]) if lines else ""

    def end(self) -> None:
        """Wait for it to stop, or make it; may be called twice."""
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        self._folder.cleanup()

    def _kill(self) -> None:
        """End it with what it started: builds are often wrapped, as by xvfb-run."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            os.killpg(self._process.pid, signal.SIGKILL)


def _in_words(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
