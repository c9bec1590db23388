"""Curricula by name: built in, generated, or read from a file."""

import re
from pathlib import Path

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
        OSError: It is none of these names and no file that can be read.
        ValueError: The size cannot be generated, or the file is no curriculum, see `load` and
            `envs.curriculum_import`.
    """
    if name in BUILTIN:
        return builtin(name)
    if drawn := GENERATED.fullmatch(name):
        return generate(size=int(drawn[1]), seed=int(drawn[2]))
    match Path(name).suffix:
        case ".csv":
            return from_junyi(name, topics=True).curriculum
        case ".preqs":
            return from_alcpl(name).curriculum
    return load(name)
