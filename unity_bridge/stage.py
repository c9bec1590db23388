"""What the player's scene is set to, by its build and by what Python says on the side channel."""

import logging
from dataclasses import replace
from typing import Final

import numpy as np

from envs.concept import Concept
from envs.curricula import GENERATED, find
from envs.curriculum import BUILTIN, Curriculum
from unity_bridge.build import BuildSettings
from unity_bridge.channel_messages import Classes, Message, Scene, TaughtCurriculum
from unity_bridge.simulated_areas import Moment, SimulatedAreas

LOG: Final = logging.getLogger("classroom")
AS_BEFORE: Final = Classes(seeds=(), episode=0, spread=False)
"""The next classes of the last seeds."""


class Stage:
    """The classrooms, set up at the first reset; from then on their number and size are fixed.

    Args:
        settings: Of the build.
    """

    def __init__(self, settings: BuildSettings) -> None:
        self.settings = settings
        self._areas: SimulatedAreas | None = None
        self._first_seed: int | None = 0
        self._classes = AS_BEFORE

    def rehearse(self) -> None:
        """Load, and compile where nobody did before, what playing needs; it may take minutes."""
        short = replace(self.settings, most_decisions=1)  # the end of a course is rehearsed too
        for count in {self.settings.classrooms} if self.settings.classrooms else {1, 2}:
            areas = SimulatedAreas(count, short)  # kernels for one classroom are others
            areas.seed(np.arange(count))
            areas.reset()
            areas.step(areas.nothing())

    def expect(self, *, areas: int, seed: int) -> None:
        """Take the number of areas and the seed from Python's greeting; the build's number wins."""
        self.settings = replace(self.settings, classrooms=self.settings.classrooms or max(1, areas))
        self._first_seed = seed

    def set(self, message: Message) -> None:
        """Take a message of our channel; what it sets holds from the next reset on.

        Raises:
            ValueError: It asks for what is out of range, or for another number or size of
                classrooms than are already there.
        """
        if isinstance(message, Classes):
            self._classes = message
        elif isinstance(message, Scene):
            self._set_scene(message)
        elif isinstance(message, TaughtCurriculum):
            self._change(replace(self.settings, curriculum=self._curriculum(message)))
        else:
            LOG.info("%s: shown to nobody", type(message).__name__)

    def reset(self) -> Moment:
        """Start new courses everywhere."""
        count = self.settings.classrooms
        if self._areas is None:
            self._areas = SimulatedAreas(count, self.settings)
        if self._classes.seeds:
            if len(self._classes.seeds) != count:
                raise ValueError(f"{len(self._classes.seeds)} seeds; expected {count}")
            self._areas.seed(np.array(self._classes.seeds, np.int64), self._classes.episode)
        elif self._first_seed is not None:
            self._areas.seed(self._first_seed + np.arange(count))
        spread, self._first_seed = self._classes.spread, None
        self._classes = AS_BEFORE
        return self._areas.reset(spread=spread)

    @property
    def areas(self) -> SimulatedAreas:
        """The classrooms.

        Raises:
            ValueError: There was no reset yet.
        """
        if self._areas is None:
            raise ValueError("a step came before the first reset; expected a reset")
        return self._areas

    def _set_scene(self, scene: Scene) -> None:
        course = replace(
            self.settings.course,
            scene=scene.scene,
            learners=scene.learners,
            lessons=scene.lessons,
            minutes=scene.minutes,
            gap_days=scene.gap_days,
            retention_days=scene.retention_days,
        )
        self._change(replace(self.settings, course=course, classrooms=scene.classrooms))
        self._first_seed = scene.seed

    def _change(self, settings: BuildSettings) -> None:
        if self._areas is not None and settings != self.settings:
            sizes = (settings.classrooms, settings.course.learners, settings.curriculum.size)
            own = self._areas.simulation
            if sizes != (own.batch, own.course.learners, own.curriculum.size):
                raise ValueError(
                    f"Python asks for {sizes[0]} classrooms, {sizes[1]} learners, {sizes[2]} "
                    "concepts in a running scene of other sizes; expected the same: start it anew"
                )
            self._areas = SimulatedAreas(settings.classrooms, settings)
        self.settings = settings

    def _curriculum(self, taught: TaughtCurriculum) -> Curriculum:
        """The curriculum of that name, or one of what was sent, with weights by default."""
        if taught.name == self.settings.curriculum.name:
            return self.settings.curriculum
        if taught.name in BUILTIN or GENERATED.fullmatch(taught.name):
            return find(taught.name)
        concepts = tuple(
            Concept(name=concept.name, text=concept.text, items=concept.difficulties)
            for concept in taught.concepts
        )
        edges = [
            (concepts[first].name, concept.name)
            for concept in taught.concepts
            for first in concept.prerequisites
        ]
        return Curriculum(taught.name, concepts, tuple(edges))
