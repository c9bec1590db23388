"""One decision for a batch of classes, and how it becomes a legal action."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Actions, Observation
from envs.activities import USES_CONCEPT, Activity, Task

Indices = NDArray[np.int64]


@dataclass(kw_only=True)
class Decision:
    """What a tutor wants: its own activity and everybody's task."""

    activity: Indices  # (B,)
    target: Indices  # (B,) 0 = the class, 1 + s = learner s
    concept: Indices  # (B,) ignored where the activity is about none
    tasks: Indices  # (B, S)
    task_concepts: Indices  # (B, S) ignored where the task is to keep the present one

    @classmethod
    def circulate(cls, tasks: Indices, task_concepts: Indices) -> "Decision":
        """Let everybody work on their task while the tutor watches."""
        nobody = np.zeros(len(tasks), np.int64)  # (B,)
        return cls(
            activity=np.full(len(tasks), Activity.CIRCULATE, np.int64),
            target=nobody,
            concept=nobody.copy(),
            tasks=tasks.astype(np.int64),
            task_concepts=task_concepts.astype(np.int64),
        )

    def replace(
        self,
        where: NDArray[np.bool_],
        activity: int,
        *,
        target: Indices | int = 0,
        concept: Indices | int = 0,
    ) -> None:
        """Put another activity of the tutor in the rows `where` (B,), leaving the plan."""
        self.activity = np.where(where, activity, self.activity)
        self.target = np.where(where, target, self.target)
        self.concept = np.where(where, concept, self.concept)

    def action(self, observation: Observation) -> Actions:
        """The nearest legal action: (B, 3 + 2 S).

        An activity that the masks forbid (as a whole, for its target, or for its concept) becomes
        the first allowed one, circulating where that is allowed; a forbidden task becomes the first
        allowed one, keeping the present task where that is allowed.
        """
        tutor = self._tutor(observation)  # (B, 3)
        plan = self._plan(observation)  # (B, S, 2)
        return np.concatenate([tutor, plan.reshape(len(plan), -1)], axis=1)

    def _tutor(self, observation: Observation) -> Indices:
        rows = np.arange(len(self.activity))
        activities = observation["activity_mask"] > 0
        targets, concepts = observation["target_mask"] > 0, observation["concept_mask"] > 0
        concept = np.where(USES_CONCEPT[self.activity], self.concept, 0)
        allowed = (
            activities[rows, self.activity]
            & targets[rows, self.activity, self.target]
            & concepts[rows, self.activity, concept]
        )  # (B,)
        activity = np.where(allowed, self.activity, activities.argmax(axis=1))
        target = np.where(allowed, self.target, targets[rows, activity].argmax(axis=1))
        concept = np.where(allowed, concept, concepts[rows, activity].argmax(axis=1))
        return np.stack([activity, target, concept], axis=1)

    def _plan(self, observation: Observation) -> Indices:
        rows = np.arange(len(self.tasks))[:, None]
        learners = np.arange(self.tasks.shape[1])[None, :]
        tasks, concepts = observation["task_mask"] > 0, observation["task_concept_mask"] > 0
        concept = np.where(self.tasks == Task.KEEP, 0, self.task_concepts)
        allowed = tasks[rows, learners, self.tasks] & concepts[rows, self.tasks, concept]  # (B, S)
        task = np.where(allowed, self.tasks, tasks.argmax(axis=2))
        concept = np.where(allowed, concept, concepts[rows, task].argmax(axis=2))
        return np.stack([task, concept], axis=2)
