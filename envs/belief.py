"""What is believed of B classrooms, and what that belief promises: tracing and prospects together.

The one place that fills `belief`, `understanding` and `prospects`, for simulated classrooms and for
those that are only observed (`envs.observed_class`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.observing import Views
from envs.prospects import foresee
from envs.state import Ints
from envs.tracing import Tracer, make_tracer
from envs.world import World

Share = Callable[[Callable[[int, int], None]], None]
"""Does the work on ranges of classrooms."""


class Belief:
    """Keeps the three fields of `views` up to date with a world's events and books.

    Args:
        tracer: What fills the belief, one of envs.tracing.TRACERS; `truth` is filled by others.
        world: Its constants are what the belief takes the learners' to be.
        views: Written in place.
        share: Divides the classrooms among threads.
    """

    def __init__(self, tracer: str, world: World, views: Views, share: Share) -> None:
        self._world, self._views, self._share = world, views, share
        self._promises = tracer != "none"
        self.tracer: Tracer | None = None
        if tracer not in ("none", "truth"):
            self.tracer = make_tracer(
                tracer,
                world.curriculum,
                world.constants,
                *views.belief.shape[:2],
                belief=views.belief,
                understanding=views.understanding,
            )

    def begin(self, chosen: Ints) -> None:
        """Go back to the prior in the classrooms (B,) where `chosen` is 1."""
        if self.tracer is not None:
            self.tracer.reset(chosen == 1)
        self.foresee(chosen)

    def update(self) -> None:
        """Take in the last decision's events everywhere."""
        if self.tracer is not None:
            self.tracer.update(self._world.events)
        self.foresee(np.ones(len(self._views.belief), np.int64))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a later update depends on, by name: views, to be saved and written back."""
        return {} if self.tracer is None else self.tracer.arrays()

    def foresee(self, chosen: Ints) -> None:
        """Write what the belief promises where `chosen` (B,) is 1; without a belief, nothing."""
        if self._promises:
            views, world = self._views, self._world
            self._share(lambda start, stop: foresee(start, stop, chosen, views, world))
