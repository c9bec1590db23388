"""All that a tutor can come to know in a drill, level by level: what optimal choices range over."""

from typing import Protocol

import numpy as np

from envs.drill.instance import Instance
from envs.drill.mastery import Floats, mastery


class Situations(Protocol):
    """The situations after 0 to levels - 1 decisions; N_t of them after t."""

    levels: int

    @property
    def start(self) -> Floats:
        """Probability of each situation before the first decision, (N_0,)."""

    def gains(self, t: int) -> Floats:
        """Expected change of the score by each concept, (N_t, C)."""

    def ahead(self, t: int, values: Floats) -> Floats:
        """Expectation of values (N_t+1,) of the next level's situations by each concept, (N_t, C).

        For t below levels - 1.
        """


class ObservedMastery:
    """Situations of a tutor who sees mastery: the 2^C states, at every level."""

    def __init__(self, instance: Instance) -> None:
        self.levels, self._mastery = instance.decisions, mastery(instance)

    @property
    def start(self) -> Floats:
        """Probability of each state."""
        return self._mastery.start

    def gains(self, t: int) -> Floats:
        """Expected change of the score; the same at every level."""
        del t
        return self._mastery.gains

    def ahead(self, t: int, values: Floats) -> Floats:
        """Expected value of the next state."""
        del t
        return (self._mastery.moves @ values).T


def situation_counts(instance: Instance) -> list[int]:
    """How many beliefs answers can lead to after 0, 1, ... decisions - 1, for hidden mastery.

    Practising one concept and then another leads to the same belief as the other order, unless one
    is a prerequisite of the other, or mastery can be forgotten. Sequences of (concept, answer) up
    to such exchanges are counted by Cartier and Foata's (1969) formula: their generating function
    is 1 / sum over sets F of exchangeable concepts of (-2 z)^|F|. Chance coincidences, such as of
    equal concepts, can make the true count smaller.
    """
    size = len(instance.concepts)
    related = {frozenset(edge) for edge in instance.prerequisites}
    sets = np.zeros(size + 1, np.int64)  # (C + 1,) exchangeable sets by their size
    for members in range(2**size):
        chosen = [c for c in range(size) if members >> c & 1]
        free = not any({a, b} <= edge for edge in related for a in chosen for b in chosen if a < b)
        if len(chosen) <= 1 or (free and not instance.forgetting):
            sets[len(chosen)] += 1
    counts = [1]
    for t in range(1, instance.decisions):
        terms = (-int(sets[k]) * (-2) ** k * counts[t - k] for k in range(1, min(t, size) + 1))
        counts.append(sum(terms))
    return counts


def check_size(instance: Instance, levels: int, most: int) -> None:
    """Refuse levels that memory could not hold.

    Raises:
        ValueError: One has more than `most` beliefs; the message says how many levels are feasible.
    """
    counts = situation_counts(instance)
    if counts[levels - 1] > most:
        feasible = sum(count <= most for count in counts)
        raise ValueError(
            f"decisions to look ahead are {levels} with {len(instance.concepts)} concepts, which "
            f"lead to {counts[levels - 1]:,} beliefs; expected at most {feasible} decisions "
            f"({most:,} beliefs); agents.optimum.bounds takes longer drills, with less depth"
        )
