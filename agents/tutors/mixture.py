"""Several tutors, each for its share of the classrooms: data of more than one way to teach."""

from collections.abc import Sequence

import numpy as np

from agents.tutors.protocol import Actions, Kind, Observation, Tutor


class Mixture:
    """Classroom i of B is taught by tutor i modulo their number.

    Args:
        tutors: At least one, none that needs a belief of its own or sees the hidden state.

    Raises:
        ValueError: No tutor, or one that needs what a mixture cannot give it.
    """

    kind: Kind = "rule"
    name = "mixture"

    def __init__(self, tutors: Sequence[Tutor]) -> None:
        if not tutors:
            raise ValueError("tutors is empty; expected at least one")
        for tutor in tutors:
            if tutor.kind == "reference" or getattr(tutor, "on_illegal", "error") != "error":
                raise ValueError(f"tutors has {tutor.name!r}; expected rules or policies, legal")
        self.tutors = tuple(tutors)

    def reset(self, batch: int) -> None:
        """Share the classrooms out.

        Raises:
            ValueError: There are fewer classrooms than tutors.
        """
        if batch < len(self.tutors):
            raise ValueError(f"batch is {batch}; expected a classroom for each of {self.names}")
        for place, tutor in enumerate(self.tutors):
            tutor.reset(len(range(batch)[place :: len(self.tutors)]))

    def act(self, observation: Observation) -> Actions:
        """Let every tutor choose for its classrooms: (B, 3 + 2 S)."""
        count = len(self.tutors)
        own = [
            tutor.act({key: array[place::count] for key, array in observation.items()})
            for place, tutor in enumerate(self.tutors)
        ]
        actions = np.empty((len(observation["course"]), own[0].shape[1]), np.int64)
        for place, chosen in enumerate(own):
            actions[place::count] = chosen
        return actions

    @property
    def names(self) -> str:
        """All of them."""
        return ", ".join(tutor.name for tutor in self.tutors)
