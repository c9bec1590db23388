"""Curricula by name: built in, generated, or read from a file."""

import re
from pathlib import Path

from envs.course import LARGEST_CURRICULUM, SMALLEST_CURRICULUM
from envs.curriculum import BUILTIN, Curriculum, builtin, load
from envs.curriculum_generate import generate
from envs.curriculum_import import from_alcpl, from_junyi

GENERATED = re.compile(r"generated-(\d+)-(\d+)")
"""The name that `generate` gives: size and seed."""


def find(name: str) -> Curriculum:
    """Return the curriculum of that name, or read the one saved at that path.

    Args:
        name: A built-in's; `generated-SIZE-SEED`, which is drawn again; a path of JSON; or, with
            the ending it was downloaded with, a path of Junyi Academy's exercise table (.csv,
            whose topics are the concepts) or of AL-CPL prerequisites (.preqs).

    Raises:
        OSError: The file cannot be read.
        ValueError: It is none of these names and no file; it is no curriculum, see `load` and
            `envs.curriculum_import`; or a classroom cannot teach as few or as many concepts.
    """
    if name in BUILTIN:
        return builtin(name)
    if drawn := GENERATED.fullmatch(name):
        _check_size(name, int(drawn[1]))
        return generate(size=int(drawn[1]), seed=int(drawn[2]))
    found = _read(name)
    _check_size(name, found.size)
    return found


def _check_size(name: str, size: int) -> None:
    """Raise ValueError where a classroom cannot teach as few or as many concepts."""
    if not SMALLEST_CURRICULUM <= size <= LARGEST_CURRICULUM:
        expected = f"{SMALLEST_CURRICULUM} to {LARGEST_CURRICULUM}"
        raise ValueError(f"curriculum {name!r} has {size} concepts; expected {expected}")


def _read(name: str) -> Curriculum:
    if not Path(name).exists():
        known = f"{', '.join(BUILTIN)}, generated-SIZE-SEED, or a file that is there"
        raise ValueError(f"curriculum is {name!r}; expected {known}")
    match Path(name).suffix:
        case ".csv":
            return from_junyi(name, topics=True).curriculum
        case ".preqs":
            return from_alcpl(name).curriculum
    return load(name)
