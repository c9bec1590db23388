"""Does adaptation help? Live courses on shifted classes, then unseen classes of the same kind."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.adaptation.adaptation import Adaptation
from agents.adaptation.class_estimate import ClassEvents, Estimate, estimate
from agents.adaptation.experience import Experience, Recorder
from agents.adaptation.learner import AdaptationConfig
from agents.adaptation.shelf import SHELF, digest
from agents.adaptation.shifts import NO_SHIFT, SHIFTS, Shift
from agents.adaptation.stream import watched_course
from agents.adaptation.told_belief import ToldBelief
from agents.evaluation import teach
from agents.trained_run import TrainedRun
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.seeds import SEEDS, Choosable, check_seeds
from envs.spaces import action_space, observation_space
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
USUAL_SEED: Final = OLD_SEED + 1000
USUAL_CLASSES: Final = 48
"""Simulated to see what usual classes give; chosen: what they leave unknown is then smaller than
what the live classes do."""


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
    of_usual: Estimate
    """What usual classes of the shift's curriculum give."""
    seed: int
    folder: Path
    """Where what is learnt is kept."""


@dataclass(frozen=True, kw_only=True)
class Adapted:
    """What one seed of adaptation came to; NLG of each unseen class."""

    nlg: tuple[list[float], ...]
    """After each number of courses, the first (none) left out: the policy and belief in force."""
    candidate: list[float]
    """Of the newest adapters at the end, in force or not: adaptation without its guard."""
    informed: list[float]
    """Of the frozen policy whose belief was told at the end, sure to foretell better or not."""
    old: list[float]
    """On the old population, of the policy in force at the end; a belief is told of its own class.
    """
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


def usual_classes(run: TrainedRun, course: Course, subject: Curriculum) -> Estimate:
    """What simulated usual classes under the deployed policy give for the learners' estimate.

    Args:
        run: Of the deployed policy.
        course: As the live classes'.
        subject: What they are taught.
    """
    env = ClassroomVectorEnv(USUAL_CLASSES, course=course, curriculum=subject)
    size = course.learners, subject.size
    policy = run.tutor.policy.at_size(observation_space(*size), action_space(*size))
    seen = tuple(events for _, events in watched_course(env, policy, USUAL_SEED))
    return estimate([ClassEvents(seen)], subject, Constants())


def adapt(trial: Trial) -> Adapted:
    """Adapt on live courses, and look at what is in force after some of them.

    The live courses themselves are taught with the usual belief: adapters and their guard compare
    like with like.
    """
    shift, run, config, design = SHIFTS[trial.shift], trial.run, trial.config, trial.design
    deployed = run.tutor.policy
    belief = ToldBelief(shift.subject(run.config), trial.of_usual)
    made = Adaptation(deployed, run.config.ppo, trial.folder, config, trial.old, belief, trial.seed)
    looked: dict[tuple[str, int, Constants], Floats] = {}

    def look(policy: AttentionPolicy, believed: Constants, on: Shift = shift) -> Floats:
        key = digest(policy), id(on), believed
        if key not in looked:
            looked[key] = nlg(policy, on, run, design, believed)
        return looked[key]

    curve = []
    for number, (live, held) in enumerate(design.rounds(config.held_back)):
        first = LIVE_SEED + trial.seed * SEEDS_OF_ONE + 1000 * number
        _teach_round(made, classes_of(shift, run, live), classes_of(shift, run, held), first)
        curve.append(look(made.policy, made.belief.believed).tolist())
    usual = Constants()
    return Adapted(
        nlg=tuple(curve),
        candidate=look(made.learner.policy, usual).tolist(),
        informed=look(deployed, made.belief.estimated).tolist(),
        old=look(made.policy, usual, SHIFTS[NO_SHIFT]).tolist(),
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
    for move, events in kept:
        made.see_held_back(move, events)
    made.finish()


def _flat(settings: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by dotted name."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


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
        theirs, ours = (dict(_flat(each)) for each in (content["settings"], settings))
        name = next(name for name in ours | theirs if ours.get(name) != theirs.get(name))
        raise ValueError(
            f"{folder} holds an adaptation with {name} {theirs.get(name)}; expected "
            f"{ours.get(name)}, as asked, or another folder"
        )
    shutil.rmtree(folder / SHELF, ignore_errors=True)  # what an interrupted adaptation left
    found = adapt(trial)
    write_json(path, {"settings": settings, "adapted": asdict(found)})
    return found
