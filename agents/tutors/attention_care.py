"""Keeping a class able to learn: when to cue, whom, and when to rest. Shared by every rule."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.decision import Decision
from agents.tutors.protocol import Observation
from agents.tutors.reading import attention, minutes_since_cue, sensor
from agents.tutors.study_record import StudyRecord
from envs.activities import CLAIMS_CLASS, Activity


@dataclass(frozen=True, kw_only=True)
class CareSettings:
    """When a rule interrupts its teaching for attention or well-being; tuned once for all rules."""

    cue_below: float = -0.3
    """Attention score (see `reading.attention`) under which a learner counts as lapsed; lower
    values cue more rarely."""
    class_share: float = 0.4
    """Share of the class that must count as lapsed for one cue to everybody instead of to one."""
    cue_gap_minutes: float = 2.0
    """Minutes between two cues to a learner at least: a cue that comes soon is a weak one."""
    rest_minutes: float = 1000.0
    """Minutes of lesson after which the class rests in any case."""
    rest_sway: float = 1.2
    """Smoothed head sway (sensor units) above which the class rests: the sign of sickness."""
    smoothing: float = 0.7
    """Share of the earlier estimate kept at every decision; higher values react later."""
    rest_gap_minutes: float = 10.0
    """Minutes between rests at least."""


class AttentionCare:
    """Replaces the tutor's own activity by a cue or a rest where the sensors ask for it."""

    def __init__(self, settings: CareSettings) -> None:
        self.settings = settings
        self._attention: NDArray[np.float64] | None = None
        self._sway: NDArray[np.float64] | None = None

    def reset(self) -> None:
        """Forget the smoothed readings."""
        self._attention = self._sway = None

    def adjust(self, decision: Decision, observation: Observation, record: StudyRecord) -> None:
        """Put cues and rests into the decision, in place.

        A cue to one learner is about that learner's concept, a cue to the class about the concept
        that most learners work on. Activities that claim the class are not interrupted by cues.
        """
        focus, sway = self._smooth(observation)
        here = observation["learner_present"] > 0
        lapsed = here & (focus < self.settings.cue_below)  # (B, S)
        lapsed &= minutes_since_cue(observation) >= self.settings.cue_gap_minutes
        share = lapsed.sum(axis=1) / np.maximum(1, here.sum(axis=1))
        whole = share >= self.settings.class_share  # (B,)
        due = lapsed.any(axis=1)
        learner = np.where(lapsed, focus, np.inf).argmin(axis=1)  # (B,)
        own = decision.task_concepts[np.arange(len(learner)), learner]
        concept = np.where(whole, _most_common(decision, observation), own)
        target = np.where(whole, 0, learner + 1)
        due &= ~CLAIMS_CLASS[decision.activity]
        decision.replace(due, Activity.CUE, target=target, concept=concept)
        self._rest(decision, np.where(here, sway, -np.inf), record)

    def _rest(self, decision: Decision, sway: NDArray[np.float64], record: StudyRecord) -> None:
        sick = sway.max(axis=1) > self.settings.rest_sway
        sick &= record.since_rest >= self.settings.rest_gap_minutes
        tired = record.since_rest >= self.settings.rest_minutes
        decision.replace(sick | tired, Activity.REST)

    def _smooth(self, observation: Observation) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        focus = attention(observation)
        sway = sensor(observation, "head", "sway").astype(np.float64)
        if self._attention is None or self._sway is None:
            self._attention, self._sway = focus, sway
        keep = self.settings.smoothing
        self._sway = keep * self._sway + (1 - keep) * sway
        self._attention = keep * self._attention + (1 - keep) * focus
        return self._attention, self._sway


def _most_common(decision: Decision, observation: Observation) -> NDArray[np.int64]:
    """The concept that most of the learners work on: (B,)."""
    concepts = np.arange(observation["concept_present"].shape[1])
    working = (decision.task_concepts[:, :, None] == concepts).sum(axis=1)  # (B, C)
    most: NDArray[np.int64] = working.argmax(axis=1)
    return most
