"""Curricula by name: built in, generated, or read from a file."""

import re

from envs.curriculum import BUILTIN, Curriculum, builtin, load
from envs.curriculum_generate import generate

GENERATED = re.compile(r"generated-(\d+)-(\d+)")
"""The name that `generate` gives: size and seed."""


def find(name: str) -> Curriculum:
    """Return the curriculum of that name, or read the one saved at that path.

    Args:
        name: A built-in's; `generated-SIZE-SEED`, which is drawn again; or a path of JSON.

    Raises:
        OSError: It is none of these names and no file that can be read.
        ValueError: The size cannot be generated, or the file is no curriculum, see `load`.
    """
    if name in BUILTIN:
        return builtin(name)
    if drawn := GENERATED.fullmatch(name):
        return generate(size=int(drawn[1]), seed=int(drawn[2]))
    return load(name)
