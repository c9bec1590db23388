"""Which classes are for what: ranges of class seeds that never meet, fixed in data/seeds.json.

| range | classes on which |
|---|---|
| training | policies learn |
| tuning | settings are chosen, of rules and of training; a run's own closing figure is from here |
| evaluation | tutors are compared, and no choice about a tutor is made |

A training run with seed s and B classrooms teaches the classes s B to s B + B - 1, course after
course in new episodes (`envs.draws.key` hashes seed and episode together). numpy's legacy
generator, which stable-baselines3 seeds with s, takes no s above 2**32 - 1, and an environment that
is reset without a seed draws one below 2**31: training stays far below the other ranges. The
simulator, not a tutor, met the first classes for evaluation before: `envs.anchors`, which set the
learners' common scale of acquisition, draws from there.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

Purpose = Literal["training", "evaluation", "tuning"]
_FILE: Final = Path(__file__).parent / "data" / "seeds.json"


def _read() -> dict[Purpose, range]:
    bounds = json.loads(_FILE.read_text(encoding="utf-8"))
    purposes: tuple[Purpose, ...] = ("training", "evaluation", "tuning")
    return {purpose: range(bounds[purpose][0], bounds[purpose][1] + 1) for purpose in purposes}


SEEDS: Final[Mapping[Purpose, range]] = _read()
"""Seeds of classes by what they are for."""


def check_seeds(seed: int, classes: int, purpose: Purpose) -> None:
    """Refuse classes, drawn from seed, seed + 1, ..., that are for another purpose.

    Raises:
        ValueError: No class, or a seed outside the purpose's range.
    """
    if classes < 1:
        raise ValueError(f"classes is {classes}; expected at least 1")
    own = SEEDS[purpose]
    if not own.start <= seed <= own.stop - classes:
        raise ValueError(
            f"seed is {seed}; expected {own.start} to {own.stop - classes} for {classes} classes: "
            f"{purpose} uses these alone (envs/data/seeds.json)"
        )
