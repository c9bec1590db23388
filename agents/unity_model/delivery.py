"""A policy's model: written, timed, and held against the policy in classes that it teaches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from agents.unity_model.agreement import Agreement, Tally
from agents.unity_model.exported_policy import ExportedPolicy
from agents.unity_model.latency import decision_latency
from agents.unity_model.model_file import write_model
from agents.unity_model.wire_policy import layout_of
from envs.constants import Constants
from envs.course import TUNING_SEED, Course
from envs.curriculum import Curriculum
from envs.curriculum_generate import generate
from envs.simulation import Simulation
from policies.policy import AttentionPolicy
from unity_bridge.inference_engine import operators, unsupported
from unity_bridge.layout import Layout

CLASSES: Final = 16
"""Taught at the same time."""


@dataclass(frozen=True)
class Delivery:
    """From a policy to a model that is known to be it."""

    policy: AttentionPolicy
    """Made for the largest class."""
    course: Course
    """That it was trained for; the number of learners is varied."""
    curriculum: Curriculum
    """Taught where it has as many concepts as the class; else a generated one."""
    path: Path
    """Of the model's file."""

    def write(self) -> dict[str, Any]:
        """Write the file; returns facts about it.

        Raises:
            ValueError: The policy is not one of the contract.
        """
        model, layout = write_model(self.policy, self.path), layout_of(self.policy)
        kinds = operators(model.graph.node)
        return {
            "learners": layout.learners,
            "concepts": layout.concepts,
            "bytes": self.path.stat().st_size,
            "operators": kinds,
            "unsupported": unsupported(kinds),
        }

    @cached_property
    def exported(self) -> ExportedPolicy:
        """The written model at work."""
        return ExportedPolicy(self.path)

    def latency(self, decisions: int) -> dict[str, float]:
        """Milliseconds of one decision of one largest class on one thread: median and p99."""
        classes = self._classes(self.exported.layout)
        classes.step(self.exported.act(classes.observation).sampled)
        return decision_latency(self.exported, classes.observation, decisions)

    def rehearse(self, states: int) -> Iterator[Agreement]:
        """Compare in about so many moments, as many of each size; yields what was found so far.

        Sampled actions are played: one that a class forbids raises a ValueError.
        """
        tally, layouts = Tally(exported=self.exported), self._sizes()
        for number, layout in enumerate(layouts, start=1):
            policy, classes = self._at(layout), self._classes(layout)
            while tally.states < states * number / len(layouts):
                chosen = tally.add(policy, classes.observation)
                yield tally.found()
                classes.step(chosen.sampled)
                if classes.done.any():
                    classes.start(classes.done)

    def _sizes(self) -> tuple[Layout, ...]:
        """The largest class, half of its learners, half of its concepts, and the smallest.

        A flat network fits one size only.
        """
        largest = self.exported.layout
        if self.policy.config.mixing == "flat":
            return (largest,)
        learners, concepts = largest.learners, largest.concepts
        half = Layout(-(-learners // 2), concepts), Layout(learners, max(2, -(-concepts // 2)))
        return tuple(dict.fromkeys((largest, *half, Layout(1, 2))))

    def _at(self, layout: Layout) -> AttentionPolicy:
        if layout == self.exported.layout:
            return self.policy
        return self.policy.at_size(layout.observation_space, layout.action_space)

    def _classes(self, layout: Layout) -> Simulation:
        own = self.curriculum.size == layout.concepts
        curriculum = self.curriculum if own else generate(layout.concepts, seed=0)
        course = replace(self.course, learners=layout.learners)
        classes = Simulation(CLASSES, course, curriculum, Constants())
        classes.seed(np.arange(TUNING_SEED, TUNING_SEED + CLASSES))
        classes.start()
        return classes
