"""Which classes are for what: ranges of class seeds that never meet, fixed in data/seeds.json.

| range | classes on which |
|---|---|
| training | policies learn |
| tuning | settings are chosen, of rules and of training; a run's own closing figure is from here |
| evaluation | tutors are compared, and no choice about a tutor is made |
| watching | tutors are watched and recorded; what learns from records met none of the others |

A training run with seed s and B classrooms teaches the classes s B to s B + B - 1, course after
course in new episodes (`envs.draws.key` hashes seed and episode together). numpy's legacy
generator, which stable-baselines3 seeds with s, takes no s above 2**32 - 1, and an environment that
is reset without a seed draws one below 2**31: training stays far below the other ranges. The
simulator, not a tutor, met the first classes for evaluation before: `envs.anchors`, which set the
learners' common scale of acquisition, draws from there.
"""

import json
from collections.abc import Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Purpose = Literal["training", "evaluation", "tuning", "watching"]
Choosable = Literal["evaluation", "tuning"]
"""Of classes on which a tutor is measured: those that decide nothing, or those to choose by."""
LARGEST_SEED: Final = 2**63 - 1
_FILE: Final = Path(__file__).parent / "data" / "seeds.json"


def _read() -> dict[Purpose, range]:
    bounds = json.loads(_FILE.read_text(encoding="utf-8"))
    purposes: tuple[Purpose, ...] = ("training", "evaluation", "tuning", "watching")
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


def class_seeds(seed: int | Sequence[int | None] | None, classes: int) -> NDArray[np.int64]:
    """Seeds (B,) of B classes: seed, seed + 1, ..., or those of a list.

    Raises:
        ValueError: Not an integer from 0 to LARGEST_SEED, or a list of another length.
    """
    if not isinstance(seed, Sequence | np.ndarray) or isinstance(seed, str):
        last = LARGEST_SEED - classes + 1
        if not isinstance(seed, Integral) or not 0 <= seed <= last:
            raise ValueError(f"seed is {seed!r}; expected an integer from 0 to {last}")
        return int(seed) + np.arange(classes)
    if len(seed) != classes:
        raise ValueError(f"seed has {len(seed)} entries; expected {classes}, one a class")
    return np.concatenate([class_seeds(each, 1) for each in seed])
