"""A session of `scripts.unity play`: a trained tutor teaches whoever connects, player by player."""

import time
from dataclasses import dataclass, replace

import numpy as np
from stable_baselines3.common.logger import Logger

from agents.adaptation.in_force import Teaching
from agents.decision.service import DecisionService
from agents.decision.wording import sentence
from agents.tutors.trained_policy import SAMPLING_SEED
from envs.constants import Constants
from envs.course import WATCHING_SEED, Course
from envs.curriculum import Curriculum
from envs.world import seats_per_row
from scripts.unity_class import Seen, TaughtClass
from scripts.unity_status import PlayStatus
from unity_bridge.agreement import LayoutMismatchError
from unity_bridge.channel_messages import Message, Scene, TaughtCurriculum
from unity_bridge.classroom_link import Arrays, ClassroomLink, Transition
from unity_bridge.layout import Layout
from unity_bridge.session_record import SessionRecord


@dataclass(frozen=True, kw_only=True)
class Tutoring:
    """Who teaches what."""

    teaching: Teaching
    """Its policy is of any class size."""
    course: Course
    """Its number of learners is the scene's to say."""
    curriculum: Curriculum
    seed: int
    """Number of the class among the unseen ones, where the scene simulates its learners."""
    believed: Constants
    """What the belief takes the learners for."""


class Session:
    """Teaches one player after the other; counts and records go on.

    Args:
        tutoring: What is taught, by whom.
        record: Of the session.
        logger: For the scene's statistics.
        status: Shows what happens.
        most_courses: To stop after; 0: never.
    """

    def __init__(
        self,
        tutoring: Tutoring,
        record: SessionRecord,
        logger: Logger,
        status: PlayStatus,
        most_courses: int,
    ) -> None:
        self._tutoring, self._record, self._logger = tutoring, record, logger
        self._status, self._most = status, most_courses
        self.players = self.courses = self.decisions = 0

    @property
    def enough(self) -> bool:
        """Whether all courses asked for were taught."""
        return 0 < self._most <= self.courses

    def teach(self, link: ClassroomLink) -> None:
        """Teach in a scene until enough courses are over.

        Raises:
            Fault: The player is gone, or fails.
            LayoutMismatchError: The scene is not made for what is taught.
        """
        self.players += 1
        classes = self._open(link)
        begun, before = time.monotonic(), self.decisions
        try:
            while not self.enough:
                move = link.step(np.stack([own.action for own in classes]))
                for row in np.flatnonzero(move.moved).tolist():
                    self._go_on(link, classes[row], move)
                speed = (self.decisions - before) / (time.monotonic() - begun)
                self._status.count("decisions", f"{self.decisions}, {speed:.1f} a second")
        finally:
            self._log_statistics(link)

    def _open(self, link: ClassroomLink) -> list[TaughtClass]:
        """Set the scene, and decide for the first time everywhere."""
        tutoring, layout = self._tutoring, link.layout
        if layout.concepts != tutoring.curriculum.size:
            raise LayoutMismatchError(
                f"the scene has {layout.concepts} concepts and {tutoring.curriculum.name} has "
                f"{tutoring.curriculum.size}. In Unity: set Concepts of the Classroom Agent; or "
                "choose another --curriculum"
            )
        course = replace(tutoring.course, learners=layout.learners)
        self._introduce(link, layout)
        self._tell(link, TaughtCurriculum.of(tutoring.curriculum))
        self._tell(link, scene_of(course, link.classrooms, tutoring.seed))
        first = WATCHING_SEED + tutoring.seed
        link.reset(range(first, first + link.classrooms))
        classes = []
        for row in range(link.classrooms):
            policy, seed = tutoring.teaching.policy, SAMPLING_SEED + row
            service = DecisionService(policy, tutoring.curriculum, seed=seed)
            believed = tutoring.believed
            classes.append(TaughtClass(row, service, course, self._record, first + row, believed))
            classes[row].begin(_row(link.observation, row))
            self._explain(link, classes[row])
        return classes

    def _introduce(self, link: ClassroomLink, layout: Layout) -> None:
        """Show and record who is there."""
        connection, hello = link.connection, link.hello
        found = {
            "ML-Agents": f"package {connection.package_version}, "
            f"protocol {connection.protocol_version}",
            "behaviour": link.behaviour,
            "classrooms": str(link.classrooms),
            "learners": str(layout.learners),
            "concepts": str(layout.concepts),
        }
        if hello is not None:
            found["package"] = f"{hello.package}, engine {hello.unity}"
        self._status.become("connected", **found)
        self._record.write("connected", **found)
        if hello is not None:
            self._record.pass_on(hello)

    def _go_on(self, link: ClassroomLink, own: TaughtClass, move: Transition) -> None:
        """Take in what became of the last decision in one classroom, and decide again."""
        row, told = own.number, move.told[own.number]
        seen = _row(link.observation, row)
        if move.terminated[row] or move.truncated[row]:
            own.end(told, _row(move.final, row), interrupted=bool(move.truncated[row]))
            self.courses += 1
            self._status.show("courses over", str(self.courses))
            self._log_statistics(link)
            if self.enough:
                return
            own.begin(seen)
        else:
            own.go_on(told, seen)
        self._explain(link, own)

    def _explain(self, link: ClassroomLink, own: TaughtClass) -> None:
        self.decisions += 1
        self._status.show("last decision", sentence(own.decision))
        for message in own.words():
            self._tell(link, message)

    def _tell(self, link: ClassroomLink, message: Message) -> None:
        link.tell(message)
        self._record.pass_on(message)

    def _log_statistics(self, link: ClassroomLink) -> None:
        """Pass what C# adds to its StatsRecorder on to TensorBoard."""
        if values := link.connection.channels.stats.read():
            for name, value in values.items():
                self._logger.record(f"scene/{name}", value)
            self._logger.dump(self.decisions)


def scene_of(course: Course, classrooms: int, seed: int) -> Scene:
    """The message that sets a scene to a course."""
    return Scene(
        scene=course.scene,
        classrooms=classrooms,
        learners=course.learners,
        seats_in_row=seats_per_row(course.learners),
        lessons=course.lessons,
        minutes=course.minutes,
        gap_days=course.gap_days,
        retention_days=course.retention_days,
        seed=seed,
    )


def _row(observation: Arrays, row: int) -> Seen:
    return {key: array[row].copy() for key, array in observation.items()}
