"""One class taught decision by decision, each with a look into the class and its reason."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.decision.decision import Decision
from agents.decision.facts import Account, describe
from agents.decision.service import DecisionService
from agents.decision.wording import sentence
from agents.tutors.protocol import Actions, Observation, Tutor
from envs.classroom import TERMS
from envs.simulation import Simulation
from envs.view import ClassView, readable, snapshot

Chooser = Callable[[Observation], tuple[Actions, Account | None]]
"""Maps one classroom's observation (1, ...) to its action (1, 3 + 2 S), and to an account if there
is one."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One decision and what became of it."""

    decision: Decision
    account: Account | None
    """The policy's own; None for a rule."""
    view: ClassView
    """The class after the decision."""
    terms: dict[str, float]
    """Reward terms before weights, by name."""
    minutes: float
    """That the decision really took; shorter than planned at a lesson's end."""
    course_share: float
    """Of the course's teaching minutes, before the decision."""

    @property
    def sentence(self) -> str:
        """The decision in words."""
        return sentence(self.decision)


def service_chooser(service: DecisionService) -> Chooser:
    """Choose as the service does, and account for it."""

    def choose(observation: Observation) -> tuple[Actions, Account | None]:
        actions, accounts = service.choose(observation)
        return actions, accounts[0]

    return choose


def tutor_chooser(tutor: Tutor) -> Chooser:
    """Choose as a rule does, which has no account to give."""
    return lambda observation: (tutor.act(observation), None)


def narrate(simulation: Simulation, choose: Chooser) -> Iterator[Turn]:
    """Teach classroom 0 from now to the end of its course, one turn at a time.

    Args:
        simulation: One classroom, started.
        choose: Who teaches.

    Yields:
        One turn per decision.

    Raises:
        ValueError: There is more than one classroom.
    """
    if simulation.batch != 1:
        raise ValueError(f"batch is {simulation.batch}; expected 1 classroom to narrate")
    names = [readable(concept.name) for concept in simulation.curriculum.concepts]
    course = simulation.course
    passed = 0.0
    while not simulation.done[0]:
        seen = _copy(simulation)
        actions, account = choose(seen)
        attended = simulation.world.events.attended[0].copy() if passed else None  # (S,)
        simulation.step(actions)
        decision = describe(
            {key: array[0] for key, array in seen.items()},
            simulation.actions[0],  # what was done, should the choice have been illegal
            names,
            account=account,
            attended=attended,
        )
        terms, minutes = simulation.outcome.terms[0], float(simulation.outcome.minutes[0])
        yield Turn(
            decision=decision,
            account=account,
            view=snapshot(simulation, 0, sentence(decision)),
            terms={name: float(terms[n]) for n, name in enumerate(TERMS)},
            minutes=minutes,
            course_share=passed / course.total_minutes,
        )
        passed += minutes


def _copy(simulation: Simulation) -> dict[str, NDArray[np.float32]]:
    return {key: array.copy() for key, array in simulation.observation.items()}
