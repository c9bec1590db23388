"""Log mode: the simulated learners work through an online tutor, and their answers are logged.

Nobody teaches and every concept has been taught (understanding 1). Learners take skill after skill
and leave each with the hazard that real learners showed, so that a simulated log can be compared
with a real one. Attention, affect, answers and learning are the classroom's own kernels, with no
neighbours, no headset and no novelty; the software's feedback addresses the learner every time.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from envs.activities import ACTIVITIES
from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.curriculum_generate import ITEM_SD
from envs.draws import key
from envs.events import empty_events
from envs.learners.bkt import fitted_skills
from envs.learners.family import Family
from envs.learners.network import load_network
from envs.log_writing import Pen, Plan, write_log
from envs.logs import AnswerLog, Floats, Ints
from envs.population import draw_knowledge, draw_traits, skewed, standardised
from envs.state import empty_state
from envs.stopping import OPPORTUNITY_EDGES, Stopping
from envs.world import Timetable, World, compact

LONG_PAST = 1_000
"""Lessons had before, so that nothing is new any more."""
LARGEST_SKILLS = 300
"""Skills for which the counter-based draws have room."""
FEWEST_ITEMS, MOST_ITEMS = 3, 600
"""Least and most items of a skill."""
SETTLING_ITEMS = 100
"""Items before the first, after which the run of difficulties has forgotten its start."""


@dataclass(frozen=True, kw_only=True)
class LogDesign:
    """How a log comes about: who practises what, and when. Defaults are ASSISTments 2009-10.

    Shares and quantiles are aggregates of that log (4,150 learners, 110 skills, 16,891 problems).
    """

    learners: int = 4150
    """Learners in the log."""
    skills: int = 110
    """Skills in the log, at most 300."""
    skills_per_learner: tuple[tuple[float, float], ...] = (
        (0.0, 1.0),
        (0.05, 1.0),
        (0.25, 2.0),
        (0.5, 4.0),
        (0.75, 9.0),
        (0.95, 41.0),
        (0.99, 66.0),
        (1.0, 83.0),
    )
    """Quantiles (share, skills) of how many skills a learner practises."""
    ability_skills_correlation: float = 0.28
    """Rank correlation of ability and number of skills practised (smm4_params.json)."""
    popularity: float = 0.79
    """Elasticity of a skill's learners to its answers; the rest is answers per learner."""
    items_log: tuple[float, float] = (4.6, 1.2)
    """Mean and sd of ln(items per skill)."""
    item_run: tuple[float, float] = (0.5, 0.85)
    """Items that follow each other are alike: the share of a difficulty's variance that runs on
    through a skill's items, and its correlation from one to the next; `ITEM_SD` says on what."""
    class_size: int = 25
    """Learners who get the same items in the same order: a class with its problem sets."""
    class_share: float = 0.22
    """Share of the variance of ability between classes (Hedges & Hedberg 2007, maths)."""
    interruption: float = 0.2
    """Chance that another skill comes next although this one is not finished."""
    returning: float = 0.57
    """Share of switches that go back to a skill begun before."""
    gap_days_log: tuple[float, float] = (1.8, 1.45)
    """Mean and sd of ln(days between sessions): between Algebra I 2005-06 and ASSISTments 2017."""
    session_minutes_log: tuple[float, float] = (3.6, 0.5)
    """Mean and sd of ln(minutes of a session); observed median 33, first to last answer."""

    def __post_init__(self) -> None:
        if not 1 <= self.skills <= LARGEST_SKILLS:
            raise ValueError(f"design.skills is {self.skills}; expected 1 to {LARGEST_SKILLS}")
        if self.learners < 1:
            raise ValueError(f"design.learners is {self.learners}; expected at least 1")


class Skills(NamedTuple):
    """Fitted skills of a log: aggregates over thousands of answers."""

    easiness: Floats  # (skills,) logit
    slope: Floats  # (skills,) logit per ln(1 + n), beyond the mean
    answers: Floats  # (skills,) answers in the log


def load_skills(file: Path) -> Skills:
    """Read skill_effects_pairRE.csv (skill, easiness, slope_dev, n) and centre the effects."""
    with file.open() as lines:
        rows = [(row["easiness"], row["slope_dev"], row["n"]) for row in csv.DictReader(lines)]
    easiness, slope, answers = np.array(rows, dtype=np.float64).T
    return Skills(easiness - easiness.mean(), slope - slope.mean(), answers)


class SimulatedLog(NamedTuple):
    """A log, and the truth behind it that a real log lacks."""

    log: AnswerLog  # items numbered in the log's own way
    easiness: Floats  # (N,) logit of each answer's item: its skill's easiness less its difficulty
    ability: Floats  # (L,) logit


def simulate_log(
    design: LogDesign,
    constants: Constants,
    skills: Skills,
    stopping: Stopping,
    seed: int,
) -> SimulatedLog:
    """Let the learners of a design work, and log it.

    Args:
        design: Who practises what.
        constants: Of the learner family.
        skills: What is practised; drawn from with replacement where the design has another number.
        stopping: When they leave a skill.
        seed: The same seed gives the same log.

    Returns:
        The log with its truth.
    """
    rng = np.random.default_rng(seed)
    if skills.easiness.size != design.skills:
        skills = _resample(skills, design.skills, rng)
    curriculum = _curriculum(design, skills, rng)
    world = _world(design, constants, curriculum, seed)
    world.state.knowledge.concept_slope[:] = skills.slope
    _gather_classes(design, constants, world, rng)
    plan = _plan(design, world, skills, stopping, rng)
    pen = _pen(plan, design.skills)
    write_log(world, plan, pen)
    rows = slice(0, int(pen.size[0]))
    skill, item = pen.skill[rows], pen.item[rows]
    number = np.unique(item, return_inverse=True)[1].astype(np.int64)
    log = AnswerLog(pen.learner[rows], skill, number, pen.correct[rows], pen.seconds[rows])
    width = curriculum.difficulties.shape[1]
    easiness = curriculum.easiness[skill] - curriculum.difficulties[skill, item % width]
    return SimulatedLog(log, easiness, world.state.traits.ability[:, 0])


def _resample(table: Skills, size: int, rng: np.random.Generator) -> Skills:
    rows = rng.integers(0, table.easiness.size, size)
    return Skills(table.easiness[rows], table.slope[rows], table.answers[rows])


def _curriculum(design: LogDesign, table: Skills, rng: np.random.Generator) -> CurriculumArrays:
    skills = table.easiness.size
    share, correlation = design.item_run
    shocks = rng.normal(0.0, ITEM_SD, (skills, SETTLING_ITEMS + MOST_ITEMS))
    run = lfilter([np.sqrt(1.0 - correlation**2)], [1.0, -correlation], shocks)
    own = rng.normal(0.0, ITEM_SD, (skills, MOST_ITEMS))
    difficulties = np.sqrt(share) * run[:, SETTLING_ITEMS:] + np.sqrt(1.0 - share) * own
    return CurriculumArrays(
        weight=np.full(skills, 1.0 / skills),
        easiness=table.easiness,
        depth=np.zeros(skills),
        parents=np.full((skills, 1), -1, np.int64),
        difficulties=difficulties,
        spread=difficulties.std(axis=1),
        adjacency=np.zeros((skills, skills), np.float32),
    )


def _world(
    design: LogDesign, constants: Constants, curriculum: CurriculumArrays, seed: int
) -> World:
    """One learner a classroom: each sits alone."""
    state = empty_state(design.learners, 1, design.skills, ACTIVITIES)
    for b in range(design.learners):
        state.clock.seed[b] = seed + b
        state.clock.low[b] = key(seed + b, 0, 0)
        state.clock.high[b] = key(seed + b, 0, 1)
        state.clock.lesson[b] = LONG_PAST
        draw_traits(b, 0, state, constants)
        draw_knowledge(b, 0, state, curriculum, constants)
    state.knowledge.understanding[:] = 1.0
    table = Timetable(
        lessons=1,
        steps_per_lesson=1,
        lesson_hours=0.0,
        end_hours=0.0,
        test_hours=0.0,
        retention_days=0.0,
        scene=0,
        columns=1,
    )
    events = empty_events(design.learners, 1)
    return World(
        state=state,
        events=events,
        curriculum=curriculum,
        constants=compact(constants),
        timetable=table,
        seats=np.zeros((1, 1)),
        families=np.array([Family.CALIBRATED]),
        family=np.zeros(design.learners, np.int64),  # all calibrated
        skills=fitted_skills(),
        network=load_network(),
    )


def _gather_classes(
    design: LogDesign, constants: Constants, world: World, rng: np.random.Generator
) -> None:
    """Give learners of one class a common part of their ability; its distribution stays."""
    knowledge = constants.knowledge
    classes = np.arange(design.learners) // design.class_size
    common = rng.standard_normal(classes[-1] + 1)
    traits = world.state.traits
    own = standardised(traits.ability[:, 0] / knowledge.ability_sd, knowledge.ability_skew)
    mixed = np.sqrt(1.0 - design.class_share) * own + np.sqrt(design.class_share) * common[classes]
    for b in range(design.learners):
        traits.ability[b, 0] = knowledge.ability_sd * skewed(mixed[b], knowledge.ability_skew)


def _plan(
    design: LogDesign,
    world: World,
    skills: Skills,
    stopping: Stopping,
    rng: np.random.Generator,
) -> Plan:
    counts = _skill_counts(design, world.state.traits.ability[:, 0], rng)
    answers = np.log(skills.answers)
    popularity = design.popularity * answers
    order = np.argsort(-popularity - rng.gumbel(size=(design.learners, design.skills)), axis=1)
    queue = np.where(np.arange(design.skills) < counts[:, None], order, -1)  # (L, skills)
    mean, spread = design.items_log
    items = np.exp(rng.normal(mean, spread, design.skills))
    items = np.clip(items, FEWEST_ITEMS, MOST_ITEMS).astype(np.int64)
    classes = np.arange(design.learners) // design.class_size
    first = rng.integers(0, items, (classes[-1] + 1, design.skills))
    factor = rng.normal(0.0, stopping.skill_log_sd, design.skills)
    stop = np.exp(factor - stopping.answers_elasticity * answers)
    practised = np.bincount(queue[queue >= 0], minlength=design.skills)
    stop /= np.average(stop, weights=practised)
    return Plan(
        queue=queue,
        items=items,
        first_item=first[classes],
        hazard=stopping.hazard,
        share=stopping.share,
        column_start=np.array(OPPORTUNITY_EDGES),
        stop=stop,
        interruption=design.interruption,
        returning=design.returning,
        gap_log_mean=design.gap_days_log[0],
        gap_log_sd=design.gap_days_log[1],
        session_log_mean=design.session_minutes_log[0],
        session_log_sd=design.session_minutes_log[1],
    )


def _skill_counts(design: LogDesign, ability: Floats, rng: np.random.Generator) -> Ints:
    """Skills per learner, (L,): the design's quantiles, correlated with ability by a copula."""
    r = design.ability_skills_correlation
    standard = (ability - ability.mean()) / max(ability.std(), 1e-9)
    mixed = r * standard + np.sqrt(1.0 - r * r) * rng.standard_normal(ability.size)
    share = (np.argsort(np.argsort(mixed)) + 0.5) / ability.size
    shares, counts = np.array(design.skills_per_learner).T
    interpolated = np.exp(np.interp(share, shares, np.log(counts)))
    rounded: Ints = np.clip(np.round(interpolated), 1, design.skills).astype(np.int64)
    return rounded


def _pen(plan: Plan, skills: int) -> Pen:
    size = 30 * int((plan.queue >= 0).sum()) + 1000
    return Pen(
        learner=np.zeros(size, np.int64),
        skill=np.zeros(size, np.int64),
        item=np.zeros(size, np.int64),
        correct=np.zeros(size, np.int64),
        seconds=np.zeros(size),
        size=np.zeros(1, np.int64),
        streak=np.zeros(skills, np.int64),
        answers=np.zeros(skills, np.int64),
        right=np.zeros(skills, np.int64),
        begun=np.zeros(skills, np.int64),
        open=np.zeros(1, np.int64),
        next_new=np.zeros(1, np.int64),
    )
