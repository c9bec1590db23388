"""Every tutor by name, made with its tuned settings."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from agents.tutors.attention_care import CareSettings
from agents.tutors.fixed_curriculum import FixedCurriculum, TimetableSettings
from agents.tutors.fsrs_review import FsrsReview, FsrsSettings
from agents.tutors.greedy_belief import GreedyBelief, GreedySettings
from agents.tutors.leitner import Leitner, LeitnerSettings
from agents.tutors.mastery_threshold import MasterySettings, MasteryThreshold
from agents.tutors.protocol import Kind, Tutor
from agents.tutors.random_choice import RandomAny, RandomLegal
from agents.tutors.reference_beam import BeamSettings, BeamTruth
from agents.tutors.reference_greedy import GreedyTruth
from agents.tutors.round_robin import RoundRobin, RoundRobinSettings
from agents.tutors.sm2 import Sm2, Sm2Settings
from agents.tutors.target_repeat import TargetRepeat, TargetRepeatSettings
from agents.tutors.zpdes import Zpdes, ZpdesSettings

TUNED: Final = Path(__file__).with_name("tuned.json")
"""Written by `python -m scripts.evaluate --tune`: best settings, their grid and score."""
CARE: Final = "attention care"
FIXED: Final = "fixed curriculum"
"""The rule against which effect sizes are measured."""
SETTINGS: Final[Mapping[str, type]] = {
    CARE: CareSettings,
    "round robin": RoundRobinSettings,
    "target repeat": TargetRepeatSettings,
    FIXED: TimetableSettings,
    "mastery": MasterySettings,
    "mastery (BKT)": MasterySettings,
    "Leitner": LeitnerSettings,
    "SM-2": Sm2Settings,
    "FSRS": FsrsSettings,
    "ZPDES": ZpdesSettings,
    "greedy on belief": GreedySettings,
    "greedy on truth": GreedySettings,
    "beam on truth": BeamSettings,
}
"""What can be set of every tutor that has settings."""
SHARED: Final[Mapping[str, str]] = {"beam on truth": "greedy on truth"}
"""Tutors that are too slow to be tuned, and whose tuned settings they take over."""


@dataclass(frozen=True)
class Entry:
    """A tutor that can be made: its kind, and how it is made from settings and care."""

    kind: Kind
    make: Callable[[Any, CareSettings], Tutor]


TUTORS: Final[Mapping[str, Entry]] = {
    "random": Entry("rule", lambda _, __: RandomLegal()),
    "random over all": Entry("rule", lambda _, __: RandomAny()),
    "round robin": Entry("rule", RoundRobin),
    "target repeat": Entry("rule", TargetRepeat),
    FIXED: Entry("rule", FixedCurriculum),
    "mastery": Entry("rule", MasteryThreshold),
    "mastery (BKT)": Entry("rule", lambda own, care: MasteryThreshold(own, care, "bkt")),
    "Leitner": Entry("rule", Leitner),
    "SM-2": Entry("rule", Sm2),
    "FSRS": Entry("rule", FsrsReview),
    "ZPDES": Entry("rule", Zpdes),
    "greedy on belief": Entry("rule", GreedyBelief),
    "greedy on truth": Entry("reference", GreedyTruth),
    "beam on truth": Entry("reference", BeamTruth),
}


def names(kind: Kind) -> list[str]:
    """Names of all tutors of a kind."""
    return [name for name, entry in TUTORS.items() if entry.kind == kind]


def make_tutor(name: str, settings: Any = None, care: CareSettings | None = None) -> Tutor:
    """Make a tutor.

    Args:
        name: One of TUTORS.
        settings: Of its class in SETTINGS; None: the tuned ones.
        care: When to cue and to rest; None: the tuned settings.

    Raises:
        ValueError: The name is unknown.
    """
    if name not in TUTORS:
        raise ValueError(f"tutor is {name!r}; expected one of {', '.join(TUTORS)}")
    own = tuned(name) if settings is None else settings
    return TUTORS[name].make(own, tuned(CARE) if care is None else care)


def tuned(name: str) -> Any:
    """The tuned settings of a tutor (defaults where nothing was tuned), None if it has none.

    Raises:
        ValueError: tuned.json names a setting that does not exist.
    """
    if name not in SETTINGS:
        return None
    kind = SETTINGS[name]
    values = recorded().get(SHARED.get(name, name), {}).get("settings", {})
    known = {field.name for field in fields(kind)}
    for field in values:
        if field not in known:
            raise ValueError(f"{TUNED.name} sets {field!r} of {name}; expected one of {known}")
    return kind(**values)


@cache
def recorded() -> dict[str, Any]:
    """Tuning results by tutor, as tuned.json has them; empty where there is none yet."""
    if not TUNED.exists():
        return {}
    tutors: dict[str, Any] = json.loads(TUNED.read_text(encoding="utf-8"))["tutors"]
    return tutors
