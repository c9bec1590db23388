"""Commands as a reader would type them."""

import re
import shlex
from itertools import takewhile
from typing import Final

NUMBERED: Final = re.compile(r"([\w./-]+-)(0|[1-9]\d*)", re.ASCII)
"""What no shell reads as anything but itself."""


def shortened(command: str) -> str:
    """The same command with numbered neighbours in bash's braces: run-0 run-1 as run-{0..1}."""
    words, short = shlex.split(command), []
    while words:
        numbered = NUMBERED.fullmatch(words[0])
        count = _in_a_row(words, numbered[1], int(numbered[2])) if numbered else 1
        if numbered and count > 1:
            first = int(numbered[2])
            short.append(f"{numbered[1]}{{{first}..{first + count - 1}}}")
        else:
            short.append(shlex.quote(words[0]))
        words = words[count:]
    return " ".join(short)


def _in_a_row(words: list[str], stem: str, first: int) -> int:
    """How many words, from the first on, are numbered one after another."""
    expected = enumerate(words, start=first)
    return sum(1 for _ in takewhile(lambda each: each[1] == f"{stem}{each[0]}", expected))
