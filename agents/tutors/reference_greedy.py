"""Privileged reference: the greedy step on the true state instead of the belief."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.tutors.attention_care import CareSettings
from agents.tutors.decision import Decision
from agents.tutors.greedy_belief import GreedySettings
from agents.tutors.greedy_choice import Gains, Tasks, best_tasks, cue_strength, greedy_decision
from agents.tutors.instruction import StudySettings
from agents.tutors.prospects import levels_at, patience
from agents.tutors.protocol import Kind, Observation
from agents.tutors.rule import RuleTutor
from agents.tutors.study_record import StudyRecord
from agents.tutors.true_gain import TrueGains, empty_gains, measure_gains
from envs.learners.family import Family
from envs.prospects import HORIZON_MINUTES
from envs.simulation import Simulation
from envs.world import World


class Outlook(NamedTuple):
    """The true gains, and the tasks that are best by them."""

    gains: Gains
    tasks: Tasks
    ahead: NDArray[np.float64]  # (B, S, C) worth of a logit of mastery for what builds on it


def look(
    world: World, out: TrueGains, observation: Observation, settings: GreedySettings
) -> Outlook:
    """Gains of all occupations from the hidden state, and everybody's best task."""
    measure_gains(HORIZON_MINUTES, world, out)
    z = np.clip(out.mastery * world.constants.acquisition.readiness_slope, -30.0, 30.0)
    opening = np.exp(-np.abs(z)) / (1.0 + np.exp(-np.abs(z))) ** 2  # sigmoid's derivative
    worth = patience(observation, settings.successors)[:, None, None]
    slope = world.constants.acquisition.readiness_slope * opening
    ahead = worth * slope * out.ahead / out.ahead.shape[1]
    total = out.gain + ahead[..., None] * out.growth  # (B, S, C, K)
    lapsed = world.state.mind.lapsed.astype(np.float64)  # (B, S)
    example, practice, explain, peer, demonstrate = np.moveaxis(total, 3, 0)  # (B, S, C) each
    gains = Gains(example, practice, explain, peer, demonstrate, lapsed)
    tasks = best_tasks(gains, levels_at(out.mastery), settings.together)
    return Outlook(gains, tasks, ahead)


class GreedyTruth(RuleTutor):
    """Greedy one-step on the true state: sees knowledge, traits and attention.

    Args:
        settings: How far it looks.
        care: When to rest.
    """

    kind: Kind = "reference"
    name = "greedy on truth"
    tracer = "truth"

    def __init__(self, settings: GreedySettings, care: CareSettings | None = None) -> None:
        resting = None if care is None else replace(care, cue_below=-1e9)
        super().__init__(StudySettings(explain=False), resting)
        self._settings = settings
        self._simulation: Simulation | None = None
        self._out: TrueGains | None = None

    def attach(self, simulation: Simulation) -> None:
        """Take the simulation whose hidden state it reads.

        Raises:
            ValueError: The learners may be of a family whose equations it does not have.
        """
        if set(simulation.course.families) != {Family.CALIBRATED}:
            raise ValueError(
                f"course.family is {simulation.course.family!r}; expected 'calibrated': "
                f"{self.name} computes its gains by that family's equations"
            )
        self._simulation = simulation
        course = simulation.course
        self._out = empty_gains(simulation.batch, course.learners, simulation.curriculum.size)

    def decide(self, observation: Observation, record: StudyRecord) -> Decision:
        """The largest true gain per minute."""
        del record  # the hidden state tells more
        world, out = self.world, self._out
        if out is None:
            raise RuntimeError("greedy on truth needs attach(simulation) before it acts")
        outlook = look(world, out, observation, self._settings)
        return greedy_step(outlook, world, observation, self._settings)

    @property
    def world(self) -> World:
        """The hidden state it reads."""
        if self._simulation is None:
            raise RuntimeError(f"{self.name} needs attach(simulation) before it acts")
        return self._simulation.world


def greedy_step(
    outlook: Outlook, world: World, observation: Observation, settings: GreedySettings
) -> Decision:
    """The decision of the largest gain per minute."""
    since = world.state.sensing.since_cue_minutes  # (B, S)
    strength = cue_strength(since, settings.cue_gap_minutes)
    return greedy_decision(outlook.gains, outlook.tasks, observation, settings.margin, strength)


def value_ahead(outlook: Outlook) -> NDArray[np.float64]:
    """Gain per minute if everybody went on with their best task: (B,)."""
    rate: NDArray[np.float64] = outlook.tasks.gain.sum(axis=1)
    return rate
