"""What a picture of the class shows: one moment of one classroom, hidden state included."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.activities import STEPS_PER_MINUTE, USES_CONCEPT, Activity, Occupation
from envs.observing import reveal
from envs.simulation import Simulation

AFFECTS: Final = ("engaged", "confused", "frustrated", "bored")
"""In the order of `envs.affect.Affect`."""


@dataclass(frozen=True, kw_only=True)
class LearnerView:
    """One learner as drawn: where it sits, what it does, how it fares."""

    number: int
    """1 for the first learner, as in the action's target, where 0 is the class."""
    seat: tuple[int, int]
    """Row (0 is nearest to the board) and column."""
    mastery: NDArray[np.float64]  # (C,)
    """Probability of a correct answer on a matched item now, per concept."""
    understanding: float
    """Mean over concepts, in [0, 1]."""
    attending: bool = True
    """False while the mind wanders, at the end of the decision."""
    attention: float = 1.0
    """Share of the last minutes attended (5-minute moving average), in [0, 1]."""
    affect: str = "engaged"
    """One of `AFFECTS`."""
    sickness: float = 0.0
    """SSQ total."""
    worked_minutes: float = 0.0
    """Work in this lesson, less what rest restored: the longer, the more tired."""
    present: bool = True
    """False for a learner who left the lesson."""
    occupation: Occupation = Occupation.NONE
    """What the learner did in the decision."""
    concept: str = ""
    """What the occupation was about; empty for nothing."""

    def __post_init__(self) -> None:
        """Check what the drawing relies on."""
        if self.affect not in AFFECTS:
            raise ValueError(f"affect is {self.affect!r}; expected one of {', '.join(AFFECTS)}")
        for name in ("understanding", "attention"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}; expected a share in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class ClassView:
    """One classroom after one decision of the tutor."""

    learners: tuple[LearnerView, ...]
    rows: int
    columns: int
    lesson: int
    """1 for the first lesson."""
    lessons: int
    minute: float
    """Minutes of this lesson that have passed."""
    minutes: float
    """Length of a lesson."""
    activity: Activity | None = None
    """The tutor's activity in the last decision; None before the first."""
    target: int = 0
    """0 for the class, else the learner's number."""
    concept: str = ""
    decision_minutes: float = 0.0
    score: float = 0.0
    """Expected score on the delayed post-test if teaching stopped now, mean of the class."""
    gain: float = 0.0
    """Normalised learning gain so far."""
    reason: str = ""
    """Why the tutor acted so, in plain words."""

    def __post_init__(self) -> None:
        """Check that every learner has a seat and that the target exists."""
        for learner in self.learners:
            row, column = learner.seat
            if not (0 <= row < self.rows and 0 <= column < self.columns):
                raise ValueError(
                    f"seat of learner {learner.number} is {learner.seat}; "
                    f"expected within {self.rows} rows and {self.columns} columns"
                )
        if self.target and self.target not in {learner.number for learner in self.learners}:
            raise ValueError(f"target is {self.target}; expected 0 or a learner's number")

    @property
    def addressee(self) -> str:
        """Whom the tutor's activity is directed at, in words."""
        if self.activity is None:
            return "the lesson begins"
        if self.activity == Activity.CIRCULATE:
            return "among the learners"
        return f"to learner {self.target}" if self.target else "to the whole class"


def readable(name: str) -> str:
    """Write a concept's kebab-case name as words."""
    return name.replace("-", " ")


def snapshot(simulation: Simulation, index: int = 0, reason: str = "") -> ClassView:
    """Look into one classroom of a simulation, hidden state included.

    After the last decision of a lesson the time shown is that lesson's end, while the learners
    already sit as they come into the next one.

    Args:
        simulation: At any moment after its start.
        index: Classroom, 0 to B - 1.
        reason: Why the tutor acted so, if known.

    Returns:
        What `draw` and `as_text` show.

    Raises:
        ValueError: There is no such classroom.
    """
    if not 0 <= index < simulation.batch:
        raise ValueError(f"index is {index}; expected 0 to {simulation.batch - 1}")
    world, course = simulation.world, simulation.course
    clock, tally = world.state.clock, world.state.tally
    lesson, minute = int(clock.lesson[index]), float(clock.step[index]) / STEPS_PER_MINUTE
    begun = clock.decisions[index] > 0
    if begun and minute == 0:
        lesson, minute = lesson - 1, float(course.minutes)
    activity, target, concept = (int(part) for part in simulation.actions[index, :3])
    start = float(tally.expected_start[index].mean())
    score = float(tally.expected[index].mean())
    columns = min(world.timetable.columns, course.learners)
    return ClassView(
        learners=_learners(simulation, index, columns),
        rows=-(-course.learners // columns),
        columns=columns,
        lesson=lesson + 1,
        lessons=course.lessons,
        minute=minute,
        minutes=course.minutes,
        activity=Activity(activity) if begun else None,
        target=target if begun else 0,
        concept=_name(simulation, concept) if begun and USES_CONCEPT[activity] else "",
        decision_minutes=float(clock.last_steps[index]) / STEPS_PER_MINUTE,
        score=score,
        gain=(score - start) / (1.0 - start),
        reason=reason,
    )


def _name(simulation: Simulation, concept: int) -> str:
    return readable(simulation.curriculum.concepts[concept].name) if concept >= 0 else ""


def _learners(simulation: Simulation, index: int, columns: int) -> tuple[LearnerView, ...]:
    world = simulation.world
    mind, events = world.state.mind, world.events
    pairs = (simulation.course.learners, simulation.curriculum.size)
    logits, understood = np.zeros(pairs, np.float32), np.zeros(pairs, np.float32)
    reveal(index, logits, understood, world)
    mastery = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))  # (S, C)
    understanding = understood.mean(axis=1)  # (S,)
    return tuple(
        LearnerView(
            number=i + 1,
            seat=(i // columns, i % columns),
            mastery=mastery[i],
            understanding=float(understanding[i]),
            attending=not mind.lapsed[index, i],
            attention=float(mind.recent_share[index, i]),
            affect=AFFECTS[mind.affect[index, i]],
            sickness=float(mind.ssq[index, i]),
            worked_minutes=float(mind.worked_minutes[index, i]),
            present=bool(mind.present[index, i]),
            occupation=Occupation(int(events.occupation[index, i])),
            concept=_name(simulation, int(events.on_concept[index, i])),
        )
        for i in range(simulation.course.learners)
    )
