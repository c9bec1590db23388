"""Paired evaluation: every tutor teaches the same unseen classes, and what became of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.class_record import ClassRecord
from agents.cores import one_thread_each
from agents.tutors.protocol import Kind, Privileged, Tutor
from envs.constants import Constants
from envs.course import EVALUATION_SEED, TUNING_SEED, Course
from envs.curriculum import Curriculum
from envs.seeds import check_seeds
from envs.vector import ClassroomVectorEnv

Floats = NDArray[np.float64]
CLASS_FIGURES: Final = (
    "nlg_delayed",
    "nlg_immediate",
    "nlg_measured",
    "lowest_quarter_gain",
    "dropouts",
    "decisions",
)
"""Figures of the final report that are one number a class."""
LEARNER_FIGURES: Final = ("minutes_lapsed", "minutes_frustrated", "ssq_peak", "gain")
"""Figures of the final report that are one number a learner; a class has their mean."""
CURVE_POINTS: Final = 25
"""Points of the learning curve, evenly spaced over the course, its start included."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one tutor did for N classes of S learners."""

    name: str
    kind: Kind
    figures: dict[str, Floats]
    """Every figure by name, (N,) each; learners' figures are class means; of wheel-spinning, the
    learner-concept pairs: see `class_record.ClassRecord.wheel_spinning`."""
    gain: Floats
    """(N, S) expected delayed gain of every learner."""
    pre_test: Floats
    """(N, S) measured share correct before teaching."""
    delayed_test: Floats
    """(N, S) measured share correct on the delayed post-test."""
    curve: Floats
    """(N, CURVE_POINTS) normalised learning gain over the course."""
    activity_minutes: Floats
    """(N, A) minutes of each activity."""
    minutes_by_belief: Floats
    """(N, OCCUPATIONS, BELIEF_BINS) learners' minutes by occupation and by the mastery that the
    tutor's own belief gave them beforehand."""
    decisions_per_second: float
    """Decisions of one tutor and simulation together, per second of wall time."""


def gains(runs: Sequence[Outcome]) -> Floats:
    """NLG (delayed) of R runs on the same N classes, (R, N)."""
    return np.stack([run.figures["nlg_delayed"] for run in runs])


def evaluate(
    tutors: Sequence[Tutor],
    course: Course,
    curriculum: Curriculum,
    classes: int,
    *,
    seed: int = EVALUATION_SEED,
    constants: Constants | None = None,
    workers: int = 1,
) -> list[Outcome]:
    """Let every tutor teach the same classes until the end of their course.

    Args:
        tutors: With unique instances; several may share a name (runs of one policy).
        course: What all teach; a tutor's own `tracer` fills its belief.
        curriculum: What is taught.
        classes: N, at least 1.
        seed: Class i is drawn from seed + i, within the range for evaluation (`envs.seeds`).
        constants: The population; default: the calibrated one. The tutors' belief assumes the
            calibrated one whatever it is.
        workers: Tutors that teach at the same time, each in a thread.

    Returns:
        One outcome per tutor, in their order.

    Raises:
        ValueError: No class, or classes that training or tuning uses, or that a tutor learnt from.
    """
    check_seeds(seed, classes, "evaluation")
    seeds = range(seed, seed + classes)
    for tutor in tutors:
        _refuse_acquaintances(tutor, seeds)
    return _teach_all(tutors, course, curriculum, seeds, constants, workers)


def try_out(
    tutors: Sequence[Tutor],
    course: Course,
    curriculum: Curriculum,
    classes: int,
    *,
    constants: Constants | None = None,
    workers: int = 1,
) -> list[Outcome]:
    """As `evaluate`, on classes kept for choosing settings: what is chosen is biased on them only.

    Raises:
        ValueError: No class.
    """
    check_seeds(TUNING_SEED, classes, "tuning")
    seeds = range(TUNING_SEED, TUNING_SEED + classes)
    return _teach_all(tutors, course, curriculum, seeds, constants, workers)


def _teach_all(
    tutors: Sequence[Tutor],
    course: Course,
    curriculum: Curriculum,
    seeds: range,
    constants: Constants | None,
    workers: int,
) -> list[Outcome]:
    def teach_classes(tutor: Tutor) -> Outcome:
        own = replace(course, tracer=getattr(tutor, "tracer", None) or course.tracer)
        env = ClassroomVectorEnv(
            len(seeds),
            course=own,
            curriculum=curriculum,
            constants=constants,
            believed=Constants(),
            on_illegal=getattr(tutor, "on_illegal", "error"),
        )
        return teach(tutor, env, seeds.start)

    with one_thread_each(workers) as pool:
        return list(pool.map(teach_classes, tutors))


def _refuse_acquaintances(tutor: Tutor, seeds: range) -> None:
    met: range = getattr(tutor, "trained_on", range(0))
    if max(met.start, seeds.start) < min(met.stop, seeds.stop):
        raise ValueError(
            f"seed is {seeds.start}, {len(seeds)} classes; expected none of {met.start} to "
            f"{met.stop - 1}, on which {tutor.name} was trained"
        )


def teach(tutor: Tutor, env: ClassroomVectorEnv, seed: int) -> Outcome:
    """Teach every classroom of the environment for one course; classroom i has seed + i."""
    begin = time.perf_counter()
    observation, _ = env.reset(seed=seed)
    if isinstance(tutor, Privileged):
        tutor.attach(env.simulation)
    tutor.reset(env.num_envs)
    ended = np.zeros(env.num_envs, np.bool_)
    record = ClassRecord(*observation["belief"].shape[:3])
    final: dict[str, NDArray[Any]] = {}
    gone, gained = [np.zeros(env.num_envs)], [np.zeros(env.num_envs)]
    minutes, gain = np.zeros(env.num_envs), np.zeros(env.num_envs)
    decisions = 0
    while not ended.all():
        belief = observation["belief"][..., 0].copy()  # (B, S, C) that the tutor acts on
        observation, _, terminated, _, infos = env.step(tutor.act(observation))
        record.note(infos.get("final_events", env.simulation.world.events), belief, ~ended)
        decisions += env.num_envs
        minutes = minutes + np.where(ended, 0.0, infos["minutes"])
        gain = gain + np.where(ended, 0.0, infos["learning_gain"])
        gone.append(minutes)
        gained.append(gain)
        if terminated.any():
            _keep(final, infos["final_info"], terminated & ~ended)
            ended |= terminated
    speed = decisions / (time.perf_counter() - begin)
    curve = _curve(np.stack(gone, 1), np.stack(gained, 1))
    return _outcome(tutor, final, record, curve, speed)


def _keep(
    final: dict[str, NDArray[Any]], report: dict[str, NDArray[Any]], rows: NDArray[np.bool_]
) -> None:
    """Copy the rows (B,) of classes that have just ended their first course."""
    for name, values in report.items():
        kept = final.setdefault(name, np.zeros_like(values, np.float64))
        kept[rows] = values[rows]


def _curve(minutes: Floats, gain: Floats) -> Floats:
    """Gain at even points of the course: (B, T) times and gains to (B, CURVE_POINTS)."""
    share = np.linspace(0.0, 1.0, CURVE_POINTS)
    rows = zip(minutes, gain, strict=True)
    return np.stack([np.interp(share * m[-1], m, g) for m, g in rows])


def _outcome(
    tutor: Tutor, final: dict[str, NDArray[Any]], record: ClassRecord, curve: Floats, speed: float
) -> Outcome:
    figures = {name: final[name] for name in CLASS_FIGURES}
    figures |= {name: final[name].mean(axis=1) for name in LEARNER_FIGURES}
    figures["worse_off"] = (final["gain"] < 0.0).mean(axis=1)
    figures["practised_pairs"], figures["spinning_pairs"] = record.wheel_spinning()
    return Outcome(
        name=tutor.name,
        kind=tutor.kind,
        figures=figures,
        gain=final["gain"],
        pre_test=final["pre_test"],
        delayed_test=final["delayed_test"],
        curve=curve,
        activity_minutes=final["activity_minutes"],
        minutes_by_belief=record.minutes,
        decisions_per_second=speed,
    )
