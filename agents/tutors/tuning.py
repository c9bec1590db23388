"""A small grid per rule on tuning classes, so that none is a straw man."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

from agents.evaluation import try_out
from agents.tutors.attention_care import CareSettings
from agents.tutors.registry import CARE, SETTINGS, make_tutor
from envs.course import Course
from envs.curriculum import Curriculum
from envs.whole_file import write_json

Stage = Mapping[str, tuple[Any, ...]]
_STUDY: Final[Stage] = {
    "introduction_minutes": (0.0, 4.0, 8.0, 12.0),
    "remedy_minutes": (0.0, 2.0, 4.0),
}
_ROUND: Final[Stage] = {"explain": (True,), "turn_minutes": (10.0, 40.0)}
_GREEDY: Final[tuple[Stage, ...]] = (
    {"successors": (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0)},
    {"together": (1.0, 1.24, 2.0, 3.0), "cue_gap_minutes": (2.0, 4.0, 8.0)},
)
_MASTERY: Final[tuple[Stage, ...]] = (
    {"threshold": (0.5, 0.65, 0.8, 0.95), "understood": (0.5, 0.7, 0.85)},
    {"patience_minutes": (10.0, 16.0, 1000.0), "turn_minutes": (10.0, 40.0)},
)
GRIDS: Final[Mapping[str, tuple[Stage, ...]]] = {
    CARE: (
        {
            "cue_below": (-0.4, -0.15, 10.0),
            "class_share": (0.0, 0.5, 2.0),
            "cue_gap_minutes": (2.0, 4.0, 8.0),
        },
        {"rest_sway": (1.2, 1.8, 2.4), "rest_minutes": (20.0, 1000.0)},
    ),
    "round robin": (_STUDY, {"turn_decisions": (2, 4, 8), **_ROUND}),
    "target repeat": (_STUDY, {"weighted": (False, True), **_ROUND}),
    "fixed curriculum": (
        {
            "present": (0.0, 0.2),
            "demonstrate": (0.0, 0.2),
            "example": (0.4, 0.6, 0.8),
            "peer": (0.0, 0.2),
        },
        {"taught": (0.6, 0.8, 1.0), "review": (0.0, 0.2), "by_weight": (False, True)},
        {"example": (0.4, 0.5, 0.6, 0.7)},
        {"quiz": (0.0, 0.1), **_ROUND},
    ),
    "mastery": _MASTERY,
    "mastery (BKT)": _MASTERY,
    "Leitner": (
        {"first_minutes": (5.0, 30.0, 1440.0, 2880.0), "ratio": (2.0, 4.0, 10.0)},
        _STUDY,
        {"learning_answers": (1, 3, 6), **_ROUND},
    ),
    "SM-2": (
        {"interval_scale": (0.1, 0.3, 1.0, 3.0)},
        _STUDY,
        {"learning_answers": (1, 3, 6), **_ROUND},
    ),
    "FSRS": (
        {"retention": (0.7, 0.8, 0.9, 0.95), "easy_share": (1.0, 2.0)},
        _STUDY,
        {"learning_answers": (1, 3, 6), **_ROUND},
    ),
    "ZPDES": (
        {"open_at": (0.2, 0.35, 0.5), "close_at": (0.7, 0.9)},
        _STUDY,
        {"exploration": (0.1, 0.3), "dwell_decisions": (2, 4, 8), **_ROUND},
    ),
    "greedy on belief": _GREEDY,
    "greedy on truth": _GREEDY,
}
"""Stages of each tutor's grid: the best of one is carried into the next. Care is tuned first."""
CARE_TUNED_ON: Final = "mastery"


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """What tuning found for one tutor."""

    settings: dict[str, Any]
    nlg_delayed: float
    """Mean over the tuning classes."""
    before: float
    """The same with the settings that tuning started from."""
    tried: int


def tune(
    name: str,
    care: CareSettings,
    course: Course,
    curriculum: Curriculum,
    classes: int,
    workers: int = 1,
) -> Tuned:
    """Try the grid of one tutor on tuning classes and keep the best.

    Args:
        name: One of GRIDS.
        care: When to cue and to rest; while care itself is tuned, what to start from.
        course: What is taught.
        curriculum: What is taught.
        classes: Classes to try on, of those kept for tuning.
        workers: Settings tried at the same time.

    Returns:
        The best settings with their score.
    """
    best: Any = care if name == CARE else SETTINGS[name]()
    score, before, tried = -float("inf"), -float("inf"), 0
    for stage in GRIDS[name]:
        options = list(_options(best, stage))
        tutors = [
            make_tutor(CARE_TUNED_ON, SETTINGS[CARE_TUNED_ON](), option)
            if name == CARE
            else make_tutor(name, option, care)
            for option in options
        ]
        outcomes = try_out(tutors, course, curriculum, classes, workers=workers)
        scores = [float(outcome.figures["nlg_delayed"].mean()) for outcome in outcomes]
        tried += len(options)
        before = scores[0] if before == -float("inf") else before
        top = max(range(len(options)), key=lambda n: scores[n])
        if scores[top] > score:
            best, score = options[top], scores[top]
    return Tuned(settings=asdict(best), nlg_delayed=score, before=before, tried=tried)


def _options(start: Any, stage: Stage) -> Iterator[Any]:
    """The settings to start from, then every combination of the stage's values that is valid."""
    yield start
    for values in product(*stage.values()):
        with suppress(ValueError):  # a combination that does not fit, as shares of more than 1
            option = replace(start, **dict(zip(stage, values, strict=True)))
            if option != start:
                yield option


def write_tuned(path: Path, results: Mapping[str, Tuned], about: Mapping[str, Any]) -> None:
    """Write the settings found, with their grids and scores."""
    tutors = {
        name: {**asdict(result), "grid": [dict(stage) for stage in GRIDS[name]]}
        for name, result in results.items()
    }
    write_json(path, {**about, "tutors": tutors})
