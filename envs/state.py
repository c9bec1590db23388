"""The hidden and the observable state of B classrooms, as arrays for the kernels.

S learners, C concepts, H sensor channels. Everything a learner is lives here; what a tutor may see
of it is in `envs.events` and `envs.spaces`. Each group is one record array: a kernel takes one
pointer for it, not one for each field, and `mind[b, i].lapsed` costs a load; `mind.lapsed` is the
whole field as an array.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.spaces import CHANNELS

SENSOR_CHANNELS = sum(len(channels) for channels in CHANNELS.values())

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Records = np.recarray[Any, Any]
Record = np.record


class Traits(NamedTuple):
    """What a learner brings and keeps."""

    ability: Floats  # (B, S) logit
    learning_rate: Floats  # (B, S) factor, median 1
    forgetting: Floats  # (B, S) logit per ln(1 + h)
    attention: Floats  # (B, S) logit
    susceptibility: Floats  # (B, S) SSQ reached after long exposure


class Knowledge(NamedTuple):
    """What a learner has understood and practised."""

    concept_effect: Floats  # (B, S, C) logit, learner by concept
    concept_slope: Floats  # (B, S, C) logit per ln(1 + n), the same for the whole class
    understanding: Floats  # (B, S, C) in [0, 1]
    opportunities: Floats  # (B, S, C) effective opportunities n
    retrievals: Floats  # (B, S, C) those of them that were retrieval
    gap_days: Floats  # (B, S, C) sum of the gaps between practice
    last_hours: Floats  # (B, S, C) course clock at the last practice, -1 before it


class Traces(NamedTuple):
    """What families other than the calibrated one keep of a learner and concept."""

    skill: Ints  # (B, S, C) BKT: fitted skill that the concept is like, the same for the class
    known_until: Floats  # (B, S, C) BKT: course clock at which it is forgotten, < 0 not known
    stability: Floats  # (B, S, C) FSRS and flashcards: days after which recall is .9
    difficulty: Floats  # (B, S, C) FSRS and flashcards: 1 to 10
    reviewed_hours: Floats  # (B, S, C) FSRS and flashcards: course clock of the last review
    counted_hours: Floats  # (B, S, C) DAS3H: course clock at which the windows were right
    hour_wins: Floats  # (B, S, C) DAS3H: right answers in a window with soft edges
    hour_attempts: Floats  # (B, S, C) and all answers
    day_wins: Floats
    day_attempts: Floats
    week_wins: Floats
    week_attempts: Floats
    month_wins: Floats
    month_attempts: Floats
    ever_wins: Floats
    ever_attempts: Floats
    learned: Floats  # (B, S, C) neural: logit that practice has added to the concept's strength


class Mind(NamedTuple):
    """Attention and affect now."""

    engagement: Floats  # (B, S) slow engagement, logit
    session: Floats  # (B, S) session effect, logit
    lapsed: Ints  # (B, S) 1 = mind wandering
    context: Floats  # (B, S) item context that no sensor sees, logit
    recent_share: Floats  # (B, S) attending share, 5-minute exponential average
    affect: Ints  # (B, S) 0 engaged, 1 confused, 2 frustrated, 3 bored
    confused_minutes: Floats  # (B, S) since confusion began
    resolved_minutes: Floats  # (B, S) left of the benefit of resolved confusion
    passive_minutes: Floats  # (B, S) of exposition in a row
    unattended_minutes: Floats  # (B, S) since the tutor last addressed the learner
    worked_minutes: Floats  # (B, S) of this lesson, less what rest restored
    cue_minutes: Floats  # (B, S) left of the last cue
    cue_strength: Floats  # (B, S) of the last cue, in [0, 1]
    cue_concept: Ints  # (B, S)
    relief_minutes: Floats  # (B, S) left of the last rest's benefit
    outcome: Ints  # (B, S) of the last step: 0 none, 1 success, 2 error
    error_streak: Ints  # (B, S) errors in a row
    ease: Floats  # (B, S) probability of success on the last item
    ssq: Floats  # (B, S) simulator sickness, SSQ total
    present: Ints  # (B, S) 0 = left this lesson


class Work(NamedTuple):
    """The learner's task, and the item in hand."""

    task: Ints  # (B, S) 0 none, else envs.activities.Task
    concept: Ints  # (B, S) of the task
    minutes: Floats  # (B, S) on this task and concept
    item_in_hand: Ints  # (B, S) -1 none
    item_seconds: Floats  # (B, S) the item takes
    seconds_left: Floats  # (B, S) until it is answered


class Sensing(NamedTuple):
    """What can be observed of a learner's body since the last decision."""

    muted: Ints  # (B, S) microphone off in this lesson
    hints: Ints  # (B, S) asked since the last decision
    hands: Ints  # (B, S) steps with the hand raised since the last decision
    since_cue_minutes: Floats  # (B, S) since the last cue; many before the first of a lesson
    headset: Ints  # (B, S) 1 = headset on


class Channels(NamedTuple):
    """Sensor offsets, noise, and the sums of the windows since the last decision."""

    bias: Floats  # (B, S, H) offset in noise sds; nan where the device has no such sensor
    noise: Floats  # (B, S, H) AR(1), unit sd
    windows: Floats  # (B, S, H) readings taken
    total: Floats  # (B, S, H) sum of readings x
    squares: Floats  # (B, S, H) sum of x^2
    moment: Floats  # (B, S, H) sum of time times x
    times: Floats  # (B, S, H) sum of time, in windows
    times_squared: Floats  # (B, S, H) sum of time squared


class Evidence(NamedTuple):
    """What the tutor's books say of each learner and concept: from events only."""

    attempts: Floats  # (B, S, C)
    successes: Floats  # (B, S, C)
    last_result: Floats  # (B, S, C) +1 right, -1 wrong, 0 none
    last_hours: Floats  # (B, S, C) course clock of the last event, -1 before it
    quizzed: Floats  # (B, S, C) attempts that were quiz items
    taught: Floats  # (B, S, C) minutes of exposition, demonstration, explanation, examples


class Clock(NamedTuple):
    """Where each classroom stands in its course, and its random key."""

    seed: Ints  # (B,)
    episode: Ints  # (B,)
    low: Ints  # (B,) key, lower half
    high: Ints  # (B,) key, upper half
    lesson: Ints  # (B,)
    step: Ints  # (B,) inner step within the lesson
    last_steps: Ints  # (B,) inner steps of the last decision
    decisions: Ints  # (B,)
    dropouts: Ints  # (B,) learners who left a lesson, over all lessons


class Tally(NamedTuple):
    """Sums over the course, for the report."""

    expected: Floats  # (B, S) expected score on the delayed post-test if teaching stopped now
    expected_start: Floats  # (B, S) the same at the start
    pre_test: Floats  # (B, S) measured share correct before teaching
    lapsed_minutes: Floats  # (B, S)
    frustrated_minutes: Floats  # (B, S)
    sick_minutes: Floats  # (B, S) with SSQ above the threshold
    peak_ssq: Floats  # (B, S)


class State(NamedTuple):
    """Everything about B classrooms: one record array a group, with the group's fields."""

    traits: Records  # (B, S) Traits
    knowledge: Records  # (B, S, C) Knowledge
    traces: Records  # (B, S, C) Traces, (B, S, 0) where all learners are calibrated
    hidden: Floats  # (B, S, C + 3, D) of envs.learners.neural, (B, S, 0, 0) where none is neural
    mind: Records  # (B, S) Mind
    work: Records  # (B, S) Work
    sensing: Records  # (B, S) Sensing
    channels: Records  # (B, S, H) Channels
    evidence: Records  # (B, S, C) Evidence
    clock: Records  # (B,) Clock
    tally: Records  # (B, S) Tally
    activity_minutes: Floats  # (B, A)


def empty_state(
    batch: int,
    learners: int,
    concepts: int,
    activities: int,
    *,
    traced: bool = False,
    hidden: tuple[int, int] = (0, 0),
) -> State:
    """Allocate the state of B classrooms, all zeros; room for traces only where they are kept.

    Args:
        batch: B.
        learners: S.
        concepts: C.
        activities: A.
        traced: Whether some learners keep traces.
        hidden: Rows and width of each neural learner's hidden state.
    """
    pair = (batch, learners)
    return State(
        traits=_records(Traits, pair),
        knowledge=_records(Knowledge, (*pair, concepts)),
        traces=_records(Traces, (*pair, concepts if traced else 0)),
        hidden=np.zeros((*pair, *hidden)),
        mind=_records(Mind, pair),
        work=_records(Work, pair),
        sensing=_records(Sensing, pair),
        channels=_records(Channels, (*pair, SENSOR_CHANNELS)),
        evidence=_records(Evidence, (*pair, concepts)),
        clock=_records(Clock, (batch,)),
        tally=_records(Tally, pair),
        activity_minutes=np.zeros((batch, activities)),
    )


def _records(group: type, shape: tuple[int, ...]) -> Records:
    kinds = {Floats: np.float64, Ints: np.int64}
    fields = [(name, kinds[hint]) for name, hint in group.__annotations__.items()]
    return np.zeros(shape, fields).view(np.recarray)


def plain_arrays(groups: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Every plain array, record arrays taken apart as "group.field"; views into the same memory."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, group in groups.items():
        fields = group.dtype.names or ()
        arrays |= {f"{name}.{field}": group[field] for field in fields} or {name: group}
    return arrays
