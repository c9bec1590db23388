"""Events of a class as messages, and back: what a scene tells of it beside its observation."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from envs.observed_class import ObservedAnswer
from envs.sensors import FIRST_CHANNEL
from envs.simulation import Simulation
from envs.spaces import MODALITIES
from unity_bridge.channel_messages import Answer, Message, WindowCounts, Windows

SECONDS_PER_HOUR = 3600.0


def told(simulation: Simulation, classroom: int) -> Iterator[Message]:
    """What a scene would tell of the decision that a simulated classroom has just played.

    The simulation counts hints for a decision, not for an answer; they are told with its first.
    """
    events, state = simulation.world.events, simulation.world.state
    for learner in range(simulation.course.learners):
        for n in range(events.answers[classroom, learner]):
            place = (classroom, learner, n)
            yield Answer(
                classroom=classroom,
                learner=learner + 1,
                concept=int(events.concept[place]),
                item=int(events.item[place]),
                correct=bool(events.correct[place]),
                quiz=bool(events.quiz[place]),
                seconds=float(events.seconds[place]),
                hints=int(state.sensing.hints[classroom, learner]) if n == 0 else 0,
                time=float(events.hours[place]) * SECONDS_PER_HOUR,
                simulated=False,
            )
    read = state.channels.windows[classroom]  # (S, H)
    yield Windows(
        classroom=classroom,
        learners=tuple(
            WindowCounts(
                learner=learner + 1, **{name: int(own[FIRST_CHANNEL[name]]) for name in MODALITIES}
            )
            for learner, own in enumerate(read)
        ),
    )


def answers(messages: Iterable[Message]) -> list[ObservedAnswer]:
    """The answers among the messages of one class, in order."""
    return [
        ObservedAnswer(
            learner=message.learner - 1,
            concept=message.concept,
            item=message.item,
            correct=message.correct,
            quiz=message.quiz,
            seconds=message.seconds,
            hours=message.time / SECONDS_PER_HOUR,
        )
        for message in messages
        if isinstance(message, Answer)
    ]


def windows(messages: Iterable[Message], learners: int) -> NDArray[np.int64] | None:
    """Windows (S, modalities) in which the sensors were read, by the last message that says so.

    None where none does, or one that does not count every learner.
    """
    last = [message for message in messages if isinstance(message, Windows)][-1:]
    counts = {own.learner: own for message in last for own in message.learners}
    if counts.keys() != set(range(1, learners + 1)):
        return None
    rows = [[getattr(counts[i + 1], name) for name in MODALITIES] for i in range(learners)]
    return np.array(rows, np.int64)
