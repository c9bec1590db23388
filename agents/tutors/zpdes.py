"""ZPDES (Clement et al. 2015): a bandit on learning progress in the zone of next steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.instruction import StudySettings, study_tasks
from agents.tutors.protocol import Observation
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord


@dataclass(frozen=True, kw_only=True)
class ZpdesSettings(StudySettings):
    """The bandit's and the zone's settings."""

    window: int = 6
    """Answers that are looked back on; progress is the mean of the newer half less the older."""
    keep: float = 0.7
    """Share of a concept's quality kept when new progress arrives (beta; 1 - beta is eta)."""
    exploration: float = 0.2
    """Share of choices that ignore quality (gamma)."""
    open_at: float = 0.5
    """Success in the window that every prerequisite needs before a concept enters the zone."""
    close_at: float = 0.9
    """Success in a full window at which a concept leaves the zone."""
    dwell_decisions: int = 3
    """Decisions on a concept before the bandit draws again."""


class Zpdes(RuleTutor):
    """Every learner has a bandit over the concepts of their zone.

    The zone holds concepts whose prerequisites are all open or left behind, and that are not closed
    themselves. Quality follows the progress of answers; a concept enters with the best quality in
    the zone, so that it is tried. With an empty zone the learner reviews all closed concepts.
    """

    name = "ZPDES"

    def __init__(
        self, settings: ZpdesSettings, care: CareSettings | None = None, seed: int = 0
    ) -> None:
        super().__init__(settings, care)
        self._settings = settings
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        self._answers = np.zeros((0, 0, 0, 0))  # (B, S, C, W) 1 right, 0 wrong, newest last
        self._quality = np.zeros((0, 0, 0))  # (B, S, C)

    def reset(self, batch: int) -> None:
        """Forget the course and start the random numbers anew."""
        super().reset(batch)
        self._rng = np.random.default_rng([self._seed, batch])

    def begin(self, record: StudyRecord) -> None:
        """No answer yet, and every concept is worth a try."""
        shape = record.attempts.shape
        self._answers = np.zeros((*shape, self._settings.window), np.float32)
        self._quality = np.ones(shape)

    def restart(self, fresh: NDArray[np.bool_]) -> None:
        """Forget these classrooms (B,)."""
        self._answers[fresh] = 0.0
        self._quality[fresh] = 1.0

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """Draw concepts for those whose stay on the last one is over."""
        self._learn(record)
        drawn = self._draw(self._zone(observation, record))
        stay = (record.decisions % self._settings.dwell_decisions != 0)[:, None] & (record.task > 0)
        concepts = np.where(stay, record.concept, drawn)
        return Decision.circulate(study_tasks(record, concepts, self.study), concepts)

    def _learn(self, record: StudyRecord) -> None:
        """Shift new answers into the windows (right ones first) and update the quality."""
        cards = np.nonzero(record.new_attempts)
        if not len(cards[0]):
            return
        count = np.minimum(record.new_attempts[cards], self._settings.window).astype(np.int64)
        right = np.rint(count * record.new_successes[cards] / record.new_attempts[cards])  # (R,)
        place = np.arange(self._settings.window)
        source = np.minimum(place + count[:, None], self._settings.window - 1)  # (R, W)
        shifted = np.take_along_axis(self._answers[cards], source, axis=1)
        into = place - (self._settings.window - count)[:, None]  # (R, W) number of the new answer
        answers = np.where(into >= 0, into < right[:, None], shifted)
        self._answers[cards] = answers
        half = self._settings.window // 2
        progress = answers[:, half:].mean(axis=1) - answers[:, :half].mean(axis=1)
        keep = self._settings.keep
        self._quality[cards] = keep * self._quality[cards] + (1 - keep) * np.maximum(0.0, progress)

    def _zone(self, observation: Observation, record: StudyRecord) -> NDArray[np.bool_]:
        """Concepts in each learner's zone: (B, S, C)."""
        success = self._answers.mean(axis=3)
        closed = (success >= self._settings.close_at) & (record.attempts >= self._settings.window)
        shut = (success < self._settings.open_at).astype(np.float32)
        blocking = shut @ observation["prerequisites"]  # (B, S, C) prerequisites not open
        there = observation["concept_present"][:, None, :] > 0
        zone = there & (blocking < 1) & ~closed
        review = there & closed
        empty = ~zone.any(axis=2, keepdims=True)
        zone = np.where(empty, review, zone)
        empty = ~zone.any(axis=2, keepdims=True)
        return np.where(empty, np.broadcast_to(there, zone.shape), zone)

    def _draw(self, zone: NDArray[np.bool_]) -> NDArray[np.int64]:
        """One concept per learner, by quality or at random: (B, S)."""
        quality = np.where(zone, self._quality + 1e-6, 0.0)
        even = zone / zone.sum(axis=2, keepdims=True)
        gamma = self._settings.exploration
        weights = (1 - gamma) * quality / quality.sum(axis=2, keepdims=True) + gamma * even
        edges = np.cumsum(weights, axis=2)
        draw = self._rng.random(zone.shape[:2])[:, :, None] * edges[:, :, -1:]
        choice: NDArray[np.int64] = (edges <= draw).sum(axis=2).clip(max=zone.shape[2] - 1)
        return choice
