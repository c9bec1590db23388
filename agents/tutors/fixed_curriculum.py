"""A fixed curriculum: one timetable for the whole class, whatever its learners answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings
from agents.tutors.protocol import Observation
from agents.tutors.reading import feature, topological_order
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord
from envs.activities import Activity, Task

_CLASS_PHASES = (Activity.PRESENT, Activity.DEMONSTRATE, Activity.PEER, Activity.QUIZ)
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class TimetableSettings(StudySettings):
    """Shares of each concept's time, in this order; what is left over is practice."""

    present: float = 0.0
    """Share of exposition to the class."""
    demonstrate: float = 0.0
    """Share of immersive demonstration."""
    example: float = 0.5
    """Share of worked examples."""
    peer: float = 0.0
    """Share of peer work."""
    quiz: float = 0.0
    """Share of quiz."""
    taught: float = 1.0
    """Share of the syllabus that is taught, first concepts first: less means more time for each."""
    review: float = 0.0
    """Share of the course at its end that practises all taught concepts again, in turn."""
    by_weight: bool = False
    """Whether a concept's time follows its syllabus weight, or is the same for all."""

    def __post_init__(self) -> None:
        """Refuse more than there is time for."""
        total = self.present + self.demonstrate + self.example + self.peer + self.quiz
        if total > 1.0 + _ROUNDING:
            raise ValueError(f"shares of the timetable add up to {total}; expected at most 1")

    @property
    def ends(self) -> NDArray[np.float64]:
        """Cumulative shares at which present, demonstrate, example, practice, peer, quiz end."""
        instruction = self.present + self.demonstrate + self.example
        practice = max(0.0, 1.0 - instruction - self.peer - self.quiz)
        shares = [self.present, self.demonstrate, self.example, practice, self.peer, self.quiz]
        return np.cumsum(shares)


class FixedCurriculum(RuleTutor):
    """Concepts in order, each with the same tuned mix of activities; the effect size's reference.

    It goes round explaining and cares for attention as the other rules do, but its timetable and
    tasks never depend on what learners know.
    """

    name = "fixed curriculum"

    def __init__(self, settings: TimetableSettings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._settings = settings
        self._ends = settings.ends

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """What the timetable says for this moment of the course."""
        concept, share = self._place(observation, record)
        phase = np.searchsorted(self._ends, share, side="right").clip(max=5)  # (B,)
        shape = observation["learner_present"].shape
        concepts = np.broadcast_to(concept[:, None], shape)
        example = np.broadcast_to((phase == 2)[:, None], shape)
        tasks = np.where(example, Task.WORKED_EXAMPLE, Task.PRACTISE_MATCHED)
        decision = Decision.circulate(tasks, concepts)
        for number, activity in zip((0, 1, 4, 5), _CLASS_PHASES, strict=True):
            decision.replace(phase == number, activity, concept=concept)
        return decision

    def _place(
        self, observation: Observation, record: StudyRecord
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The concept whose time it is (B,), and the share of its time that has gone (B,)."""
        gone = np.clip(1.0 - record.course_left, 0.0, 1.0 - 1e-9)
        order = topological_order(observation)
        there = (observation["concept_present"] > 0).sum(axis=1)
        taught = np.maximum(1, np.rint(self._settings.taught * there)).astype(np.int64)
        ends = np.cumsum(self._lengths(observation, order, taught), axis=1)  # (B, C)
        main = 1.0 - self._settings.review
        at_main = np.minimum(gone / main, 1.0 - 1e-9) * ends[:, -1]
        place = (ends <= at_main[:, None]).sum(axis=1).clip(max=order.shape[1] - 1)
        rows = np.arange(len(place))
        start = np.where(place > 0, ends[rows, place - 1], 0.0)
        share = (at_main - start) / np.maximum(ends[rows, place] - start, 1e-9)
        reviewing = gone >= main
        place = np.where(reviewing, record.decisions % taught, place)
        share = np.where(reviewing, self._ends[2], share)
        return order[rows, place], share

    def _lengths(
        self, observation: Observation, order: NDArray[np.int64], taught: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        weight = feature(observation, "concepts", "syllabus_weight").astype(np.float64)
        ordered = np.take_along_axis(weight, order, axis=1)
        length = ordered if self._settings.by_weight else np.ones_like(ordered)
        return np.where(np.arange(order.shape[1]) < taught[:, None], length, 0.0)
