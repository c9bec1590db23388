"""Starts at the same moment share one cache of compiled kernels, and none of them spoils it."""

import os
import subprocess
import sys
from pathlib import Path

MIX = "from envs.draws import mix; print(mix(1), sum(mix.stats.cache_hits.values()))"


def start(cache: Path) -> "subprocess.Popen[str]":
    """A Python that compiles one kernel, or finds it compiled."""
    own = {"XDG_CACHE_HOME": str(cache), "NUMBA_CACHE_DIR": "", "PATH": os.environ["PATH"]}
    program = [sys.executable, "-c", MIX]
    return subprocess.Popen(program, env=own, stdout=subprocess.PIPE, text=True)  # noqa: S603  # this Python


def test_programs_that_start_together_compile_into_one_sound_cache(tmp_path: Path) -> None:
    """Numba writes a file aside and renames it: whoever is second overwrites the same bytes."""
    together = [start(tmp_path) for _ in range(3)]
    answers = [program.communicate()[0].split() for program in together]
    assert [program.returncode for program in together] == [0, 0, 0]
    later = start(tmp_path)
    number, found = later.communicate()[0].split()
    assert {answer[0] for answer in answers} == {number}
    assert found == "1"
