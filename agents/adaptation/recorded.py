"""Recorded courses as a live stream: what `watch --record` and `unity play` wrote, once more.

A record tells all that a `LiveTransition` holds. Belief and prospects are traced again from the
answers, as they were when the course was taught, within float32. Log-probabilities are those that
were written when the policy chose: recomputed ones would need its adapters, and would differ in the
last bits. Guard-rails count as a part of the class (see `agents.decision.own_choice`).

Tests: a watched class tells what it gained, and the guard compares. Of a scene's class, people's
above all, no delayed test is written, and none enters: then promises alone decide
(`agents.adaptation.promise`), in both directions, and no seeming loss is tolerated.

Figures that Python simulates in a scene count as the learners that the tutor took them for. Of a
learner who gave more answers in one decision than `envs.events` has room for, the estimate of the
learners reads the last; the belief takes in all.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from agents.adaptation.class_estimate import kept
from agents.adaptation.experience import Arrays, LiveTransition
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from envs.events import Events
from envs.implied_fields import implied
from envs.observed_class import ObservedClass
from envs.spaces import COURSE
from unity_bridge.session_record import SEEN, Played
from unity_bridge.told_events import answers, windows

_MINUTES: Final = COURSE.index("decision_minutes")
Moment = tuple[LiveTransition, Events]
"""A decision of B classes, and what happened in it."""


@dataclass(frozen=True)
class RecordedCourse:
    """A whole course of one class."""

    played: tuple[Played, ...]
    adapters: str | None
    """Digest of the policy that taught, if it taught with adapters; None: as deployed."""
    believed: Constants
    """What its belief took the learners for."""

    @property
    def key(self) -> str:
        """Names what happened, wherever its record lies."""
        found = hashlib.sha256()
        for own in self.played:
            found.update(own.action.tobytes())
            for name in SEEN:
                found.update(own.before[name].tobytes())
        return found.hexdigest()[:16]


def replay(taught: RecordedCourse, course: Course, curriculum: Curriculum) -> Iterator[Moment]:
    """Go through a whole course of one class (B = 1) as its tutor did.

    Args:
        taught: What was recorded of it.
        course: With its number of learners.
        curriculum: What was taught.

    Raises:
        ValueError: A decision does not tell what the policy itself chose.
    """
    observed = ObservedClass(course, curriculum, taught.believed)
    obs = observed.begin(_whole(taught.played[0].before, curriculum))
    for own in taught.played:
        given, read = answers(own.told), windows(own.told, course.learners)
        following = observed.follow(own.action, given, _whole(own.after, curriculum), read)
        events = Events._make(array.copy() for array in observed.events)
        yield _transition(own, obs, following), events
        obs = following


def side_by_side(courses: Sequence[Iterator[Moment]]) -> Iterator[Moment]:
    """Courses of one class each as one stream of as many; who is ready first waits for the rest."""
    last: Sequence[Moment] = ()
    for row in zip_longest(*courses):
        pairs = zip(row, last or row, strict=True)
        last = [_over(before) if now is None else now for now, before in pairs]
        yield _beside(last)


def _whole(seen: Arrays, curriculum: Curriculum) -> Arrays:
    """What a scene sends: the record's fields, and those that follow from the course."""
    return implied(seen["learner_present"], curriculum) | seen


def _transition(own: Played, obs: Arrays, following: Arrays) -> LiveTransition:
    if own.choice is None:
        raise ValueError(
            "a decision does not tell what the policy itself chose; expected a record of a policy, "
            "by a scripts.watch or scripts.unity play that writes it"
        )
    choice = own.choice
    return LiveTransition(
        {name: array[None] for name, array in obs.items()},
        np.array([choice["action"]], np.int64),
        np.array([choice["log_prob"]], np.float32),
        np.array([choice["plan_log_prob"]], np.float32),
        following["course"][None, _MINUTES].astype(np.float64),
        {name: array[None] for name, array in following.items()},
        np.array([own.last]),
        np.ones(1, np.bool_),
        np.array([own.tested]),
        own.action[None],
    )


def _over(before: Moment) -> Moment:
    """A class whose course is over, as long as others go on."""
    move, events = before
    nobody = np.zeros(1, np.bool_)
    return move._replace(ended=nobody, live=nobody), kept(events, nobody, events.clock)


def _beside(moments: Sequence[Moment]) -> Moment:
    moves, events = zip(*moments, strict=True)
    joined = LiveTransition(
        *(_joined([getattr(m, f) for m in moves]) for f in LiveTransition._fields)
    )
    return joined, Events(*(np.concatenate(arrays) for arrays in zip(*events, strict=True)))


def _joined(values: Sequence[Any]) -> Any:
    """Arrays, or dictionaries of them, as one."""
    if isinstance(values[0], dict):
        return {name: np.concatenate([each[name] for each in values]) for name in values[0]}
    return np.concatenate(values)
