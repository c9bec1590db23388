"""What Python and the Unity scene tell each other beside observations and actions.

Format. One message is one payload of ML-Agents' side channel `CHANNEL_ID` (the frame around it, 16
bytes of id and a little-endian int32 length, is ML-Agents' own). The whole payload is one JSON
object in UTF-8, without a byte-order mark, length or terminator of ours. In C#:
`message.GetRawBytes()` and `SetRawBytes(...)`. ML-Agents' own strings are ASCII only, so they are
not used.

The object holds "type" (the names in `TYPES`), "version" (`VERSION`), then the fields of that type
in the order below, flat: numbers, booleans, strings, lists of numbers, lists of flat objects. There
is no null and no map, so that Unity's JsonUtility reads it. Numbers are finite. Example:

    {"type":"answer","version":1,"classroom":0,"learner":3,"concept":5,"item":2,"correct":true,
     "quiz":false,"seconds":12.5,"hints":1,"time":310.0,"simulated":false}

(in one line). `classroom` counts the classrooms (areas) of a scene from 0. `learner` counts from 1;
0 is the class. `concept` and `item` count from 0 in the curriculum; -1 is none. A reader ignores
fields and types that it does not know; a field that it needs and does not find, or of another kind,
is an error. `VERSION` goes up when an existing field changes its meaning, and a message of another
version is refused. `unity_bridge.message_encoding` writes and reads them.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from envs.curriculum import Curriculum

CHANNEL_ID: Final = UUID("0015895d-eac5-55c6-965a-7964226a6546")
"""uuid5(NAMESPACE_URL, "attention-learning-system/classroom-channel")."""
VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Hello:
    """From Unity, once at its start and after each reset: who is there."""

    package: str
    """Version of the Unity package, as 1.2.3."""
    unity: str
    """Version of the engine."""
    layout: str
    """Fingerprint of the observation layout that the package was generated for."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """From Unity: a learner answered an item (an event, as in `envs.events`).

    To Unity only within `Puppets`.
    """

    classroom: int
    learner: int
    concept: int
    item: int
    correct: bool
    """At the first attempt."""
    quiz: bool
    """Without feedback."""
    seconds: float
    """Time on the item."""
    hints: int
    """Hints asked for before the answer."""
    time: float
    """Seconds since the course began, nights and gaps included."""
    simulated: bool
    """Whether a figure gave it whom Python simulates beside the scene (`unity_bridge.twin`): such
    answers teach nothing about people."""


@dataclass(frozen=True, kw_only=True)
class WindowCounts:
    """In how many windows of 30 s each sensor of a learner was read in a decision."""

    learner: int
    gaze: int
    head: int
    face: int
    voice: int
    touch: int


@dataclass(frozen=True, kw_only=True)
class Windows:
    """From Unity, when a decision ends: how much its sensor readings rest on."""

    classroom: int
    learners: tuple[WindowCounts, ...]


@dataclass(frozen=True, kw_only=True)
class TaughtConcept:
    """A concept of the curriculum as the scene shows it."""

    name: str
    text: str
    """What a learner can do who has mastered it."""
    depth: float
    """0 for what needs nothing before it, 1 for what comes last."""
    prerequisites: tuple[int, ...]
    """Indices of the concepts that are needed first."""
    difficulties: tuple[float, ...]
    """Of its items, logit relative to the concept, ascending."""


@dataclass(frozen=True, kw_only=True)
class TaughtCurriculum:
    """To Unity, before the course: what is taught."""

    name: str
    concepts: tuple[TaughtConcept, ...]

    @classmethod
    def of(cls, curriculum: Curriculum) -> "TaughtCurriculum":
        """The message for a curriculum."""
        index = {concept.name: c for c, concept in enumerate(curriculum.concepts)}
        needs: dict[str, list[int]] = {name: [] for name in index}
        for first, then in curriculum.prerequisites:
            needs[then].append(index[first])
        depth = curriculum.depth  # (C,)
        return cls(
            name=curriculum.name,
            concepts=tuple(
                TaughtConcept(
                    name=concept.name,
                    text=concept.text,
                    depth=float(depth[c]),
                    prerequisites=tuple(sorted(needs[concept.name])),
                    difficulties=concept.items,
                )
                for c, concept in enumerate(curriculum.concepts)
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Scene:
    """To Unity, before the course: how the scene is set."""

    scene: str
    """Kind of lesson, one of envs.spaces.SCENES."""
    classrooms: int
    learners: int
    """In each classroom."""
    seats_in_row: int
    lessons: int
    minutes: int
    """Of one lesson."""
    gap_days: float
    """Between one lesson and the next."""
    retention_days: float
    """From the last lesson to the delayed test."""
    seed: int


@dataclass(frozen=True, kw_only=True)
class Classes:
    """To Unity, with a reset: which classes to draw; without it come the next of the last seeds."""

    seeds: tuple[int, ...]
    """One for each classroom, in the order of the agents' numbers; none: as before."""
    episode: int
    """Courses of these seeds to pass over: 0 begins with the first. Where learners were met before,
    as in a training that goes on, a later course has new ones."""
    spread: bool
    """Whether classroom i of B starts i / B of the way into an untaught course, which a simulated
    classroom can: then what is learnt from a batch is of all times."""


@dataclass(frozen=True, kw_only=True)
class Caption:
    """To Unity: words that the tutor says, to a learner or the class."""

    classroom: int
    learner: int
    text: str
    seconds: float
    """How long they stay."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the policy's attention, in [0, 1]."""

    index: int
    """A learner from 1, or a concept from 0."""
    share: float


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """To Unity: why the tutor acted so."""

    classroom: int
    sentence: str
    learners: tuple[Share, ...]
    """Whom the policy looks at, most first."""
    concepts: tuple[Share, ...]


@dataclass(frozen=True, kw_only=True)
class Puppet:
    """A simulated learner, for the figure that stands for it."""

    learner: int
    occupation: int
    """envs.activities.Occupation."""
    concept: int
    attending: bool
    affect: int
    """envs.affect.Affect."""
    fatigue: float
    """Minutes worked without rest, as a share of the lesson, 0 to 1."""
    sickness: float
    """SSQ total score, 0 to about 236."""


@dataclass(frozen=True, kw_only=True)
class Puppets:
    """To Unity, with a decision: the simulated learners of a classroom (the digital twin).

    Figures of learners who are not named have left; seats of people are passed over.
    """

    classroom: int
    puppets: tuple[Puppet, ...]
    """How they are while the decision is played."""
    answers: tuple[Answer, ...]
    """What they answer meanwhile, each at its `time`, in that order."""


Message = (
    Hello | Answer | Windows | TaughtCurriculum | Scene | Classes | Caption | Reasons | Puppets
)
TYPES: Final[dict[str, type[Any]]] = {
    "hello": Hello,
    "answer": Answer,
    "windows": Windows,
    "curriculum": TaughtCurriculum,
    "scene": Scene,
    "classes": Classes,
    "caption": Caption,
    "reasons": Reasons,
    "puppets": Puppets,
}
