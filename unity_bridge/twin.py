"""The digital twin: a class that is simulated here, for the seats of a scene where nobody sits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.simulation import Simulation
from unity_bridge.channel_messages import Answer, Puppet, Puppets
from unity_bridge.told_events import told

Seen = Mapping[str, NDArray[np.float32]]


class Twin:
    """Plays the tutor's decisions with simulated learners, and says how they look and answer.

    The whole class is simulated, since learners influence their neighbours; the scene shows those
    learners for whom it has a figure and passes over the rest, whose seats people take. Who is
    there follows the scene. One pose stands for a decision: how the learner is at its end.

    Args:
        number: Of the classroom in the scene, from 0.
        course: That the scene plays.
        curriculum: What is taught.
        seed: Of the class.
    """

    def __init__(self, number: int, course: Course, curriculum: Curriculum, seed: int) -> None:
        self._number, self._course = number, course
        self._simulation = Simulation(1, course, curriculum, Constants())
        self._simulation.seed(np.array([seed]))

    def begin(self) -> None:
        """Start the next course, with new learners."""
        self._simulation.start()

    def play(self, seen: Seen, action: NDArray[np.int64]) -> Puppets:
        """Play a decision ahead of the scene; the message is to be sent with the action.

        Args:
            seen: The scene's observation, without a batch axis, on which was decided.
            action: (3 + 2 S,) what was decided.
        """
        simulation = self._simulation
        simulation.world.state.mind.present[0] = seen["learner_present"] > 0
        for name, mask in simulation.masks._asdict().items():
            mask[0] = seen[name]
        simulation.step(action[None])
        happened = (own for own in told(simulation, 0) if isinstance(own, Answer))
        given = [replace(own, simulated=True) for own in happened]
        return Puppets(
            classroom=self._number,
            puppets=tuple(self._puppets()),
            answers=tuple(sorted(given, key=lambda own: own.time)),
        )

    def _puppets(self) -> Iterator[Puppet]:
        """Everybody who has not left."""
        events, mind = self._simulation.world.events, self._simulation.world.state.mind
        for i in np.flatnonzero(mind.present[0]).tolist():
            yield Puppet(
                learner=i + 1,
                occupation=int(events.occupation[0, i]),
                concept=int(events.on_concept[0, i]),
                attending=not mind.lapsed[0, i],
                affect=int(mind.affect[0, i]),
                fatigue=min(1.0, float(mind.worked_minutes[0, i]) / self._course.minutes),
                sickness=float(mind.ssq[0, i]),
            )
