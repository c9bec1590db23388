"""An answer log as a tutor would have observed it: what was known before each answer was given.

Every learner of the log is replayed as a class of one whose concepts are the log's skills. The
observations are made by the simulation's own code: belief and prospects traced from the answers,
the tutor's books kept of them. A log has no sensors, which are missing then; nobody teaches; no
prerequisites are known; and there is no clock: answers are taken to come one a minute.

The concept that is asked stands there with the item that is asked, in place of all its items: its
difficulty is the item's, without spread, and the belief is about that item. Beside it are the
concepts practised last, as many as a class usually has; those to come are not, for what a learner
will get to practise tells of the learner.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.activities import STEPS_PER_MINUTE, Task
from envs.belief import Belief
from envs.concept import FEWEST_ITEMS, Concept
from envs.constants import Constants
from envs.course import LARGEST_CLASS, Course
from envs.curriculum import Curriculum
from envs.logs import AnswerLog, Floats, Ints
from envs.new_world import new_world
from envs.observing import empty_views, observe
from envs.population import UNCUED_MINUTES
from envs.spaces import CONCEPT_FEATURES, observation_space
from envs.teaching import clock_hours

Single = NDArray[np.float32]
CONCEPTS: Final = 16
"""Most concepts of an observation: as many as the default curriculum has."""
COURSE: Final = Course(learners=LARGEST_CLASS, lessons=60, gap_days=0.0)
"""How many learners are replayed at a time, and when answers come: one a minute, as in sessions of
timed logs (27 in 33 minutes, medians). No night is known, so none is made up; two days' pause after
every 40 answers, as the classroom has it, made no difference (AUC .0005 lower)."""
NEVER: Final = -1.0
"""Course clock of what has not happened yet."""
PAIRS: Final = ("evidence", "belief", "understanding", "prospects")
_DIFFICULTY, _SPREAD = (CONCEPT_FEATURES.index(f"difficulty_{x}") for x in ("mean", "spread"))


class Replay(NamedTuple):
    """N answers, each with what was observed before it; the concept asked is the first."""

    observations: dict[str, Single]  # (N, ...) of what differs between answers
    predicted: Floats  # (N,) probability of a right answer, by the tracer
    correct: Ints  # (N,) 0 or 1


class StudyRoom:
    """Some learners of a log at work in one room, each for itself.

    Args:
        curriculum: The log's skills.
        course: When answers come.
    """

    def __init__(self, curriculum: Curriculum, course: Course) -> None:
        world = new_world(1, course, curriculum, Constants())
        # One column of seats: nobody has a neighbour.
        self.world = world = world._replace(timetable=world.timetable._replace(columns=1))
        self._views = empty_views(1, course.learners, world.curriculum, world.seats)
        self._belief = Belief(course.tracer, world, self._views, lambda work: work(0, 1))
        self._course = course

    def begin(self) -> None:
        """Seat new learners, of whom nothing is known."""
        state, events = self.world.state, self.world.events
        for group in (state.evidence, state.work, state.clock):
            group[...] = np.zeros((), group.dtype)
        state.evidence.last_hours[:] = NEVER
        state.mind.present[:] = 1
        state.sensing.since_cue_minutes[:] = UNCUED_MINUTES
        events.answers[:] = 0
        events.clock[:] = 0.0
        events.attended[:] = self.world.constants.attention.usual_share
        events.seconds[:] = np.exp(self.world.constants.time.seconds_log_mean)
        self._belief.begin(np.ones(1, np.int64))

    def ask(self, concept: Ints) -> None:
        """Set each of the first n learners an item of a concept (n,); the others have left."""
        state, here = self.world.state, slice(concept.size)
        state.mind.present[0, concept.size :] = 0
        stays = state.work.concept[0, here] == concept
        state.work.minutes[0, here] *= stays
        state.work.task[0, here], state.work.concept[0, here] = Task.PRACTISE_MATCHED, concept
        observe(0, self._views, self.world)

    def seen(self, slots: Ints) -> dict[str, Single]:
        """What is known of the first n learners and of concepts (n, K) of each."""
        learner = np.arange(len(slots))
        pairs = {n: getattr(self._views, n)[0, learner[:, None], slots][:, None] for n in PAIRS}
        return {
            "course": np.repeat(self._views.course, len(slots), axis=0),
            "behaviour": self._views.behaviour[0, learner, None],
            "concepts": self._views.concepts[0, slots],
            **pairs,
        }

    def take(self, turn: int, concept: Ints, item: Ints, correct: Ints) -> Single:
        """Book and trace the answers (n,) of a turn; returns what the tracer expected of them."""
        events, learner = self.world.events, np.arange(concept.size)
        hours = self._pass_minute(turn)
        events.answers[0] = np.arange(events.answers.shape[1]) < concept.size
        for name, values in (("concept", concept), ("item", item), ("correct", correct)):
            getattr(events, name)[0, learner, 0] = values
        events.hours[0, :, 0] = hours
        books, place = self.world.state.evidence, (0, learner, concept)
        books.attempts[place] += 1
        books.successes[place] += correct
        books.last_result[place] = 2 * correct - 1
        books.last_hours[place] = hours
        self.world.state.work.minutes[0, learner] += 1
        self._belief.update()
        tracer = self._belief.tracer
        assert tracer is not None  # noqa: S101  # the course has one
        expected: Single = tracer.predicted[0, learner, 0]
        return expected

    def _pass_minute(self, turn: int) -> float:
        """Move the clock to the end of a turn's minute, and to the next lesson; returns hours."""
        clock = self.world.state.clock
        lesson, minute = divmod(min(turn, self._course.total_minutes - 1), self._course.minutes)
        clock.lesson[0], clock.step[0] = lesson, (minute + 1) * STEPS_PER_MINUTE
        clock.last_steps[0] = STEPS_PER_MINUTE
        hours = clock_hours(0, self.world)
        if minute + 1 == self._course.minutes:
            clock.lesson[0], clock.step[0] = lesson + 1, 0
        end = self.world.timetable.end_hours
        self.world.events.clock[0] = min(clock_hours(0, self.world), end)
        return hours


def replay(log: AnswerLog, easiness: Floats, concepts: int = CONCEPTS) -> Replay:
    """Replay every learner of a log.

    Args:
        log: The answers.
        easiness: (N,) of every answer's item, from `envs.item_easiness`.
        concepts: K, most concepts of an observation.

    Returns:
        What was observed before every answer, in the log's order.
    """
    curriculum, item = as_curriculum(log, easiness)
    found = Replay(_empty(log.learner.size, concepts), np.zeros(log.learner.size), log.correct)
    room = StudyRoom(curriculum, COURSE)
    everybody = np.split(np.arange(log.learner.size), np.flatnonzero(np.diff(log.learner)) + 1)
    everybody.sort(key=len, reverse=True)
    for first in range(0, len(everybody), COURSE.learners):
        _replay_some(log, item, everybody[first : first + COURSE.learners], room, found)
    return found


def _replay_some(
    log: AnswerLog, item: Ints, sequences: list[Ints], room: StudyRoom, found: Replay
) -> None:
    """Replay learners, those with the most answers first."""
    room.begin()
    lengths = np.array([len(rows) for rows in sequences])
    met = np.zeros((len(sequences), int(log.skill.max()) + 1), np.int64)  # turn of the last answer
    for turn in range(lengths[0]):
        rows = np.array([sequences[n][turn] for n in range(int((lengths > turn).sum()))])
        skill, learner = log.skill[rows], np.arange(rows.size)
        room.ask(skill)
        slots, there = _last_met(met[: rows.size], skill, found.observations["concepts"].shape[1])
        for name, values in room.seen(slots).items():
            found.observations[name][rows] = values
        found.observations["concept_present"][rows] = there
        difficulty = room.world.curriculum.difficulties[skill, item[rows]]
        found.observations["belief"][rows, 0, 0, 0] -= difficulty
        found.observations["concepts"][rows, 0, _DIFFICULTY] += difficulty
        found.observations["concepts"][rows, 0, _SPREAD] = 0.0
        found.predicted[rows] = room.take(turn, skill, item[rows], log.correct[rows])
        met[learner, skill] = turn + 1


def _last_met(met: Ints, asked: Ints, count: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The concept asked and those met last, (n, count), and which of them there are."""
    order = met.copy()
    order[np.arange(asked.size), asked] = np.iinfo(np.int64).max
    slots = np.argsort(-order, axis=1, kind="stable")[:, :count]
    there = np.take_along_axis(order, slots, axis=1) > 0
    if slots.shape[1] < count:
        short = ((0, 0), (0, count - slots.shape[1]))
        slots, there = np.pad(slots, short), np.pad(there, short)
    return slots, there


def _empty(answers: int, concepts: int) -> dict[str, Single]:
    space = observation_space(1, concepts)
    names = ("course", "behaviour", "concepts", "concept_present", *PAIRS)
    return {name: np.zeros((answers, *(space[name].shape or ())), np.float32) for name in names}


def as_curriculum(log: AnswerLog, easiness: Floats) -> tuple[Curriculum, Ints]:
    """The skills of a log as concepts, and the item (N,) of each answer among its concept's.

    Args:
        log: The answers.
        easiness: (N,) of every answer's item; an item may be judged differently for some learners,
            and is then several.
    """
    skills = int(log.skill.max()) + 1
    mean = np.bincount(log.skill, easiness) / np.bincount(log.skill)
    difficulty = mean[log.skill] - easiness
    own = [np.unique(difficulty[log.skill == skill]) for skill in range(skills)]
    size = max(FEWEST_ITEMS, *(len(items) for items in own))
    items = [np.sort(np.resize(each, size)) for each in own]  # repeated: all have as many
    item = np.zeros(log.skill.size, np.int64)
    for skill in range(skills):
        rows = log.skill == skill
        item[rows] = np.searchsorted(items[skill], difficulty[rows])
    concepts = tuple(
        Concept(name=f"skill-{n}", easiness=float(mean[n]), items=tuple(items[n].tolist()))
        for n in range(skills)
    )
    return Curriculum("answer log", concepts, ()), item
