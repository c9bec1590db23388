"""From a chosen concept to a learner's task, and whom the tutor explains it to meanwhile."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.decision import Decision
from agents.tutors.protocol import Observation
from agents.tutors.study_record import StudyRecord, at
from envs.activities import Activity, Task


@dataclass(frozen=True, kw_only=True)
class StudySettings:
    """How a rule without a model of the learner alternates examples and practice."""

    introduction_minutes: float = 6.0
    """Minutes of instruction on a new concept before practice; 0 practises at once, as a probe."""
    remedy_minutes: float = 2.0
    """Further minutes of instruction for every wrong answer that no right one makes up for."""
    explain: bool = True
    """Whether the tutor explains to the neediest learner while the class works, or circulates."""
    turn_minutes: float = 40.0
    """Minutes without the tutor that weigh as much as not knowing anything; lower values mean
    strict turns."""


def study_tasks(
    record: StudyRecord, concepts: NDArray[np.int64], settings: StudySettings
) -> NDArray[np.int64]:
    """Worked example while the introduction or a remedy is owed, else practice: (B, S).

    Practice is matched, easier below 40 % and harder above 80 % right answers on the concept.
    """
    return np.where(
        owes_instruction(record, concepts, settings),
        Task.WORKED_EXAMPLE,
        practice_level(record, concepts),
    ).astype(np.int64)


def owes_instruction(
    record: StudyRecord, concepts: NDArray[np.int64], settings: StudySettings
) -> NDArray[np.bool_]:
    """Where a learner's instruction on the concept is shorter than owed so far: (B, S)."""
    right = at(record.successes, concepts)
    wrong = at(record.attempts, concepts) - right
    owed = settings.remedy_minutes * np.maximum(0.0, wrong - right)
    new = np.where(right > 0, 0.0, settings.introduction_minutes)
    return at(record.instructed, concepts) < np.maximum(new, owed)


def practice_level(record: StudyRecord, concepts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The level of practice by the success so far: (B, S) tasks."""
    rate = at(record.success_rate(), concepts)
    easier, harder = rate < 0.4, rate > 0.8  # chosen: keeps success between too hard and boring
    level = np.where(harder, Task.PRACTISE_HARDER, Task.PRACTISE_MATCHED)
    return np.where(easier, Task.PRACTISE_EASIER, level).astype(np.int64)


def go_round(
    decision: Decision, observation: Observation, record: StudyRecord, settings: StudySettings
) -> None:
    """Let the tutor explain to the neediest learner instead of circulating, in place.

    Need: share of wrong answers on the learner's concept, a half more while studying examples,
    and the minutes since the tutor last turned to the learner.
    """
    if not settings.explain:
        return
    concept = np.where(decision.tasks == Task.KEEP, record.concept, decision.task_concepts)
    need = 1.0 - at(record.success_rate(), concept)
    need += 0.5 * (decision.tasks == Task.WORKED_EXAMPLE)
    need += record.since_addressed / settings.turn_minutes
    allowed = observation["target_mask"][:, Activity.EXPLAIN, 1:] > 0  # (B, S)
    need = np.where(allowed, need, -np.inf)
    learner = need.argmax(axis=1)
    rows = np.arange(len(learner))
    free = (decision.activity == Activity.CIRCULATE) & allowed.any(axis=1)
    decision.replace(free, Activity.EXPLAIN, target=learner + 1, concept=concept[rows, learner])
