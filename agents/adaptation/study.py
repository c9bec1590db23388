"""Does adaptation help? Live courses on shifted classes, then unseen classes of the same kind."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.adaptation.adaptation import Adaptation
from agents.adaptation.class_estimate import other_learners
from agents.adaptation.experience import Experience, Recorder
from agents.adaptation.learner import AdaptationConfig
from agents.adaptation.shelf import SHELF, digest
from agents.adaptation.shifts import NO_SHIFT, SHIFTS, Shift
from agents.adaptation.stream import watched_course
from agents.evaluation import teach
from agents.trained_run import TrainedRun
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.constants import Constants
from envs.seeds import SEEDS, Choosable, check_seeds
from envs.vector import ClassroomVectorEnv
from envs.whole_file import write_json
from policies.policy import AttentionPolicy

Floats = NDArray[np.float64]
LIVE_SEED: Final = 2**36
"""Live courses are drawn from here: classes to learn from, none of which a run's training met."""
SEEDS_OF_ONE: Final = 2**20
OLD_SEED: Final = 2**37
OLD_CLASSES: Final = 8
REMEMBERED: Final = 512
"""States of the old population that are kept."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """How much is taught and measured."""

    courses: tuple[int, ...] = (10, 25, 50)
    """Live courses after which adaptation is looked at; a round of classes ends at each."""
    classes: int = 64
    """Unseen classes of each look."""
    purpose: Choosable = "evaluation"
    """Of these classes: settings of adaptation may be chosen on tuning classes alone."""

    def __post_init__(self) -> None:
        """Refuse what would fail after minutes."""
        looks = (0, *self.courses)
        if not self.courses or any(b - a < 2 for a, b in pairwise(looks)):
            raise ValueError(
                f"design.courses are {self.courses}; expected rising numbers, each at least 2 more "
                "than the last: a round needs a live course and one held back"
            )
        if self.classes < 1:
            raise ValueError(f"design.classes is {self.classes}; expected at least 1")

    def rounds(self, held_back: float) -> Iterator[tuple[int, int]]:
        """Live and held-back classes of each round."""
        for before, after in pairwise((0, *self.courses)):
            held = min(max(1, round(held_back * (after - before))), after - before - 1)
            yield after - before - held, held


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One seed of adaptation to one shift."""

    shift: str
    """Its name."""
    run: TrainedRun
    """Of the deployed policy."""
    config: AdaptationConfig
    design: Design
    old: Experience
    """States and choices of the population that it was trained for."""
    seed: int
    folder: Path
    """Where what is learnt is kept."""


@dataclass(frozen=True, kw_only=True)
class Adapted:
    """What one seed of adaptation came to; NLG of each unseen class."""

    nlg: tuple[list[float], ...]
    """After each number of courses, the first (none) left out."""
    candidate: list[float]
    """Of the newest adapters at the end, in force or not: adaptation without its guard."""
    informed: list[float]
    """Of the frozen policy whose belief was told the estimated learner parameters."""
    old: list[float]
    """On the old population, of what was in force at the end."""
    known: dict[str, Any]
    """Estimates of the class."""
    promotions: list[dict[str, Any]]
    """The ledger."""
    steps: int
    """Gradient steps."""


def classes_of(
    shift: Shift, run: TrainedRun, count: int, believed: Constants | None = None
) -> ClassroomVectorEnv:
    """Classrooms of a shift; the belief takes learners to be calibrated unless told otherwise."""
    return ClassroomVectorEnv(
        count,
        course=shift.course(run.config),
        curriculum=shift.subject(run.config),
        constants=shift.constants(run.config),
        believed=believed or Constants(),
    )


def nlg(
    policy: AttentionPolicy,
    shift: Shift,
    run: TrainedRun,
    design: Design,
    believed: Constants | None = None,
) -> Floats:
    """NLG on the delayed test of every unseen class, (N,)."""
    first = SEEDS[design.purpose].start
    check_seeds(first, design.classes, design.purpose)
    tutor = TrainedPolicy(policy, seed=SAMPLING_SEED)
    outcome = teach(tutor, classes_of(shift, run, design.classes, believed), first)
    return outcome.figures["nlg_delayed"]


def old_population(run: TrainedRun) -> Experience:
    """States and choices of the deployed policy on the population that it was trained for."""
    recorder = Recorder(run.tutor.policy, run.config.ppo)
    recorder.start(OLD_CLASSES)
    env = classes_of(SHIFTS[NO_SHIFT], run, OLD_CLASSES)
    for move, _ in watched_course(env, run.tutor.policy, OLD_SEED):
        recorder.add(move)
    whole = recorder.close()
    assert whole is not None  # noqa: S101  # a course has decisions
    order = torch.randperm(whole.size, generator=torch.Generator().manual_seed(0))
    return whole.rows(order[:REMEMBERED])


def adapt(trial: Trial) -> Adapted:
    """Adapt on live courses, and look at what is in force after some of them."""
    shift, run, config, design = SHIFTS[trial.shift], trial.run, trial.config, trial.design
    deployed, subject = run.tutor.policy, shift.subject(run.config)
    made = Adaptation(
        deployed, run.config.ppo, subject, trial.folder, config, trial.old, trial.seed
    )
    looked: dict[str, Floats] = {}

    def look(policy: AttentionPolicy, on: Shift = shift) -> Floats:
        key = f"{digest(policy)} {id(on)}"
        if key not in looked:
            looked[key] = nlg(policy, on, run, design)
        return looked[key]

    curve = []
    for number, (live, held) in enumerate(design.rounds(config.held_back)):
        first = LIVE_SEED + trial.seed * SEEDS_OF_ONE + 1000 * number
        _teach_round(made, classes_of(shift, run, live), classes_of(shift, run, held), first)
        curve.append(look(made.policy).tolist())
    told = other_learners(Constants(), made.estimate.values(Constants()))
    return Adapted(
        nlg=tuple(curve),
        candidate=look(made.learner.policy).tolist(),
        informed=nlg(deployed, shift, run, design, told).tolist(),
        old=look(made.policy, SHIFTS[NO_SHIFT]).tolist(),
        known=made.what_is_known(),
        promotions=made.ledger.entries(),
        steps=made.learner.steps,
    )


def _teach_round(
    made: Adaptation, live: ClassroomVectorEnv, held: ClassroomVectorEnv, first: int
) -> None:
    """One course of all classes of a round; held-back classes are seeded behind the live ones."""
    taught = watched_course(live, made.policy, first)
    kept = watched_course(held, made.deployed, first + live.num_envs)
    learners = live.simulation.course.learners
    made.start(live.num_envs, held.num_envs, learners)
    for move, events in taught:
        made.see_live(move, events)
    for move, _ in kept:
        made.see_held_back(move)
    made.finish()


def kept_or_adapted(trial: Trial) -> Adapted:
    """As `adapt`; what an earlier call with the same settings wrote into the folder is read.

    Raises:
        ValueError: The folder holds an adaptation with other settings.
    """
    folder, path = trial.folder, trial.folder / "adapted.json"
    settings = {
        "shift": trial.shift,
        "seed": trial.seed,
        "config": asdict(trial.config),
        "design": json.loads(json.dumps(asdict(trial.design))),
        "deployed": digest(trial.run.tutor.policy),
    }
    if path.exists():
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["settings"] == settings:
            return Adapted(**content["adapted"])
        raise ValueError(f"{folder} holds another adaptation; expected its settings, or no folder")
    shutil.rmtree(folder / SHELF, ignore_errors=True)  # what an interrupted adaptation left
    found = adapt(trial)
    write_json(path, {"settings": settings, "adapted": asdict(found)})
    return found
