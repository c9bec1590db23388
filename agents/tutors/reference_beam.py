"""Privileged reference: beam search on the true state, over the tutor's activities.

Everybody's task is the greedy one on the true state (individual plans have no smaller search
space); what is searched is the tutor's own activity, several decisions ahead, with the simulation
itself. It sees the hidden state but not the dice: its copies draw other random numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.greedy_belief import GreedySettings
from agents.tutors.protocol import Actions, Observation
from agents.tutors.reference_greedy import (
    GreedyTruth,
    Outlook,
    greedy_step,
    look,
    value_ahead,
)
from agents.tutors.study_record import StudyRecord
from agents.tutors.true_gain import empty_gains
from envs.activities import Activity
from envs.simulation import Simulation

CANDIDATES = 6
"""Greedy decision; explain to the best, to the second best; cue the class on the best concept;
the same with the whole class set to that concept; peer work on the concept best for it."""
_OTHER_DICE = 0x2545F491
"""Flips bits of the copies' random key, so that the search does not foresee chance."""


@dataclass(frozen=True, kw_only=True)
class BeamSettings(GreedySettings):
    """How far and how wide the search looks."""

    width: int = 2
    """Partial plans kept at every depth."""
    depth: int = 3
    """Decisions looked ahead."""
    window_minutes: float = 10.0
    """Plans end at different times; what is left until this time is valued at the root's rate."""


class BeamTruth(GreedyTruth):
    """Beam search over the tutor's activity on top of greedy individual plans, on the true state.

    Args:
        settings: Of the search.
        care: When to rest.
    """

    name = "beam on truth"

    def __init__(self, settings: BeamSettings, care: CareSettings | None = None) -> None:
        super().__init__(settings, care)
        self._beam = settings
        self._search: _Search | None = None

    def attach(self, simulation: Simulation) -> None:
        """Take the simulation to search in, and make room for its copies."""
        super().attach(simulation)
        self._search = _Search(simulation, self._beam)

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """The first decision of the best plan found."""
        if self._search is None:
            raise RuntimeError(f"{self.name} needs attach(simulation) before it acts")
        del observation, record  # the search reads its own copies
        return self._search.best_first()


class _Search:
    """Copies of the classrooms, and the search over them.

    N classes, W plans kept for each, K candidates for each plan.
    """

    def __init__(self, simulation: Simulation, settings: BeamSettings) -> None:
        if settings.depth < 1 or settings.width < 1:
            raise ValueError(
                f"beam is {settings.width} wide and {settings.depth} deep; expected at least 1"
            )
        self._classes, self._settings = simulation, settings
        rows = simulation.batch * settings.width
        self._states = _copy_of(simulation, rows)
        self._trials = _copy_of(simulation, rows * CANDIDATES)
        size = simulation.course.learners, simulation.curriculum.size
        self._room = empty_gains(rows, *size)

    def best_first(self) -> Decision:
        """The first decision of the best plan of every class."""
        batch, width = self._classes.batch, self._settings.width
        self._states.take(self._classes, np.repeat(np.arange(batch), width))
        self._states.world.state.clock.low ^= _OTHER_DICE
        elapsed = np.zeros(batch * width)
        alive = np.tile(np.arange(width) == 0, batch)  # (N W,) one root a class at first
        outlook = self._look()
        root = outlook
        first = np.zeros((0, 0), np.int64)
        for depth in range(self._settings.depth):
            actions = self._candidates(outlook)  # (N W, K, 3 + 2 S)
            value, minutes = self._try(actions, elapsed, root)
            value[~alive] = -np.inf
            plan, choice = _best(value, batch, width)  # (N W,)
            taken = actions[plan, choice]
            first = taken if depth == 0 else first[plan]
            elapsed = elapsed[plan] + minutes[plan, choice]
            alive = np.isfinite(value[plan, choice])
            self._states.take(self._trials, plan * CANDIDATES + choice)
            if depth + 1 < self._settings.depth:
                outlook = self._look()
        return _decision(first[::width])  # the best plan comes first

    def _candidates(self, outlook: Outlook) -> Actions:
        """The candidate actions of every state: (N W, K, 3 + 2 S)."""
        observation = self._states.observation
        greedy = greedy_step(outlook, self._states.world, observation, self._settings)
        decisions = [greedy, *_explanations(outlook), *_class_work(outlook)]
        return np.stack([decision.action(observation) for decision in decisions], axis=1)

    def _try(
        self, actions: Actions, elapsed: NDArray[np.float64], root: Outlook
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Play every candidate.

        Args:
            actions: (N W, K, 3 + 2 S) candidates of every state.
            elapsed: (N W,) minutes since the search's root.
            root: What could be done at the root.

        Returns:
            Value of where each leads, and its minutes: (N W, K) each. The value is the expected
            score, what mastery opens on later concepts, and the root's rate for the time left.
        """
        rows, kinds, _ = actions.shape
        over = np.repeat(self._states.done, kinds)  # (N W K,)
        self._trials.take(self._states, np.repeat(np.arange(rows), kinds))
        self._trials.step(actions.reshape(rows * kinds, -1))
        ended = self._trials.done | over
        self._trials.outcome.done[:] = ended
        minutes = np.where(over, 0.0, self._trials.outcome.minutes).reshape(rows, kinds)
        score = self._trials.world.state.tally.expected.mean(axis=1).reshape(rows, kinds)
        mastery = self._trials.observation["belief"][..., 0].reshape(rows, kinds, -1)
        opened = (mastery * root.ahead.reshape(rows, 1, -1)).sum(axis=2)
        left = np.maximum(0.0, self._settings.window_minutes - elapsed[:, None] - minutes)
        value = score + np.where(ended.reshape(rows, kinds), 0.0, opened)
        rate = value_ahead(root)
        return value + left * rate[:, None], minutes

    def _look(self) -> Outlook:
        return look(self._states.world, self._room, self._states.observation, self._settings)


def _copy_of(simulation: Simulation, rows: int) -> Simulation:
    return Simulation(rows, simulation.course, simulation.curriculum, simulation.constants)


def _best(
    value: NDArray[np.float64], batch: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The best plans of every class, best first: state (N W,) and candidate (N W,)."""
    kinds = value.shape[1]
    flat = value.reshape(batch, width * kinds)
    order = np.argsort(-flat, axis=1, kind="stable")[:, :width]  # (N, W)
    state = order // kinds + width * np.arange(batch)[:, None]
    return state.ravel(), (order % kinds).ravel()


def _decision(actions: Actions) -> Decision:
    plan = actions[:, 3:].reshape(len(actions), -1, 2)
    return Decision(
        activity=actions[:, 0],
        target=actions[:, 1],
        concept=actions[:, 2],
        tasks=plan[:, :, 0],
        task_concepts=plan[:, :, 1],
    )


def _explanations(outlook: Outlook) -> list[Decision]:
    """Explain to the learner whom it helps most, and to the next."""
    gains, tasks = outlook.gains, outlook.tasks
    added = gains.explain.max(axis=2) - tasks.gain  # (N, S)
    about = gains.explain.argmax(axis=2)
    rows = np.arange(len(added))
    ranked = np.argsort(-added, axis=1)
    decisions = []
    for rank in range(2):
        learner = ranked[:, min(rank, added.shape[1] - 1)]
        decision = Decision.circulate(tasks.task, tasks.concept)
        everywhere = np.ones(len(added), np.bool_)
        decision.replace(
            everywhere, Activity.EXPLAIN, target=learner + 1, concept=about[rows, learner]
        )
        decisions.append(decision)
    return decisions


def _class_work(outlook: Outlook) -> list[Decision]:
    """Cue the class on the concept it gains most by, alone or with all set to it; peer work."""
    gains, tasks = outlook.gains, outlook.tasks
    everywhere = np.ones(len(tasks.gain), np.bool_)
    together = np.maximum(gains.example, gains.practice)
    shared = together.sum(axis=1).argmax(axis=1)  # (N,)
    cue = Decision.circulate(tasks.task, tasks.concept)
    cue.replace(everywhere, Activity.CUE, concept=shared)
    same = np.broadcast_to(shared[:, None], tasks.task.shape)
    at = (*np.indices(same.shape), same)
    example = gains.example[at] > gains.practice[at]
    aligned = Decision.circulate(np.where(example, 1, 3), same)
    aligned.replace(everywhere, Activity.CUE, concept=shared)
    peer = Decision.circulate(tasks.task, tasks.concept)
    peer.replace(everywhere, Activity.PEER, concept=gains.peer.sum(axis=1).argmax(axis=1))
    return [cue, aligned, peer]
