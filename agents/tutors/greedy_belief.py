"""Greedy one-step on the belief: what should add most to the delayed score per minute."""

from dataclasses import dataclass, replace

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.greedy_choice import best_tasks, cue_strength, greedy_decision
from agents.tutors.instruction import StudySettings
from agents.tutors.prospects import believed_gains, levels_at
from agents.tutors.protocol import Observation
from agents.tutors.reading import feature, minutes_since_cue
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord


@dataclass(frozen=True, kw_only=True)
class GreedySettings:
    """How far the greedy step looks."""

    successors: float = 2.0
    """Factor on what a task opens on the concepts that build on its own, at the start of the
    course; it falls to 0 with the time left. 0 is the plain one-step gain."""
    together: float = 1.24
    """Factor on a task's gain for learners who share the class's concept of the moment, as a cue
    to the class helps them all."""
    margin: float = 1.1
    """Factor by which a class activity must beat everybody's own task."""
    cue_gap_minutes: float = 4.0
    """Minutes between two cues to a learner at least: a cue that comes soon is a weak one."""


class GreedyBelief(RuleTutor):
    """Chooses for every learner the task, and for itself the activity, of the largest gain.

    Its gains are the observation's prospects: the calibrated family's mean learner applied to
    knowledge tracing's belief. The strongest rule that needs no training.

    Args:
        settings: How far it looks.
        care: When to rest; it decides about cues by their gain.
    """

    name = "greedy on belief"
    tracer = "gaussian"

    def __init__(self, settings: GreedySettings, care: CareSettings | None = None) -> None:
        resting = None if care is None else replace(care, cue_below=-1e9)
        super().__init__(StudySettings(explain=False), resting)
        self._settings = settings

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """The largest expected gain per minute."""
        del record  # the observation tells as much
        gains = believed_gains(observation, self._settings.successors)
        mastery = feature(observation, "belief", "mean").astype(float)
        tasks = best_tasks(gains, levels_at(mastery), self._settings.together)
        strength = cue_strength(minutes_since_cue(observation), self._settings.cue_gap_minutes)
        return greedy_decision(gains, tasks, observation, self._settings.margin, strength)
