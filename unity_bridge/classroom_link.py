"""One player and its classrooms: agents become rows, messages become transitions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unity_bridge.agreement import agreed_layout
from unity_bridge.channel_messages import Answer, Classes, Hello, Message, Windows
from unity_bridge.connection import Connection, Player
from unity_bridge.conversation import Conversation
from unity_bridge.faults import AgentsDiffer, Garbled, WrongVersion
from unity_bridge.layout import BEHAVIOUR, Floats, fingerprint
from unity_bridge.masks import Bools
from unity_bridge.mlagents import ActionTuple
from unity_bridge.seats import Seated, Seats
from unity_bridge.transport import Listening, QueueCommunicator

Arrays = dict[str, Floats]


@dataclass(frozen=True)
class Transition:
    """What became of one action in each of B classrooms."""

    moved: Bools  # (B,) False where the classroom was busy: its row stands still, nothing counts
    rewards: NDArray[np.float64]  # (B,)
    terminated: Bools  # (B,)
    truncated: Bools  # (B,)
    outcome: Floats  # (B, n) as the layout packs it
    report: Floats  # (B, n) rows valid where terminated
    final: Arrays  # (B, ...) last observations, rows valid where a course is over
    told: tuple[tuple[Message, ...], ...] = ()  # (B,) answers and windows of the decision


class ClassroomLink:
    """A connected player; its classrooms are rows, in the order of their agents' numbers.

    Unity's agents ask when they are ready, and one that asks must be answered at once. A classroom
    that is busy while others ask stands still in its row: no time passes there and nothing is
    gained, which to a learner that counts time is a step of no weight. Exchanges in which nobody
    asks are passed over.

    Args:
        player: The build, or the editor.
        listening: Where and how long to wait.
        waiting: Called ten times a second while the player is awaited; may raise to give up.
        training: Whether the scene must send the fields of training, which hold zeros otherwise.
        door: See `unity_bridge.connection.Connection`.

    Raises:
        Fault: It cannot be connected, or the scene has no classroom.
        LayoutMismatchError: Its classrooms do not keep the layout.

    Attributes:
        observation: Of every classroom when it last asked, (B, ...); overwritten by the next step.
        hello: How the package introduced itself; None where it did not.
    """

    def __init__(
        self,
        player: Player,
        listening: Listening | None = None,
        waiting: Callable[[], None] | None = None,
        *,
        training: bool = True,
        door: QueueCommunicator | None = None,
    ) -> None:
        connection = Connection(player, listening=listening, waiting=waiting, door=door)
        self._messages = connection.channels.classroom
        self._told: list[list[Message]] = []  # by row; none yet
        self.hello: Hello | None = None
        self.connection = connection
        try:
            self._conversation = Conversation(connection, BEHAVIOUR)
            self.behaviour, spec = (
                self._conversation.behavior.name,
                self._conversation.behavior.spec,
            )
            self._listen()
            self.layout = agreed_layout(self.behaviour, spec, training=training)
            self._places = {sensor.name: n for n, sensor in enumerate(spec.observation_specs)}
            decisions = self._conversation.restart({})
            self.classrooms = len(decisions)
            self._now, self._last = self._empty(), self._empty()
            self.observation: Arrays = self.layout.restore(self._now)
            self._begin(decisions)
        except BaseException:
            connection.close()
            raise

    @property
    def outcome(self) -> Floats:
        """What led to the observation, (B, n) as the layout packs it."""
        return self._now["outcome"]

    def tell(self, message: Message) -> None:
        """Have a message sent to the scene, with the next exchange."""
        self._messages.send(message)

    def reset(self, seeds: Sequence[int] = (), *, spread: bool = False, episode: int = 0) -> None:
        """Start new courses everywhere.

        Args:
            seeds: One for each classroom; none: the next classes of the last seeds.
            spread: See `channel_messages.Classes`.
            episode: The same.
        """
        self.tell(Classes(seeds=tuple(seeds), episode=episode, spread=spread))
        self._begin(self._conversation.restart({}))

    def step(self, actions: NDArray[np.integer]) -> Transition:
        """Act (B, 3 + 2 S) in the classrooms that ask, and go on until some classroom asks."""
        chosen: ActionTuple | None = ActionTuple(discrete=actions[self._asking].astype(np.int32))
        decisions: Any = ()
        while not decisions:
            decisions, ends = self._conversation.say(chosen)
            chosen = None
            self._listen()
            self._note(ends)
        return self._transition(decisions)

    def close(self) -> None:
        """Stop the player."""
        self.connection.close()

    def _begin(self, decisions: Any) -> None:
        """All courses are new: who asks is who there is, in the order of their numbers."""
        self._seats = Seats(self.classrooms)
        self._seats.take(sorted(decisions.agent_id.tolist()))
        self._over = np.zeros(self.classrooms, np.bool_)
        self._over_reward = np.zeros(self.classrooms)
        self._interrupted = np.zeros(self.classrooms, np.bool_)
        self._told = []
        self._listen()  # what came so far is of courses before
        self._told = [[] for _ in range(self.classrooms)]
        self._hear(decisions)

    def _hear(self, decisions: Any) -> None:
        """Seat the agents that ask, and take in what they see."""
        seated = self._seats.take(decisions.agent_id.tolist())
        if len(seated.rows) < len(decisions):
            raise AgentsDiffer(self.behaviour, len(decisions), f"at most {self.classrooms}")
        self._asking = seated.rows
        self._read(decisions, seated, self._now)

    def _note(self, ends: Any) -> None:
        """Keep what agents whose course is over said last; their rows move when they ask anew."""
        left = self._seats.leave(ends.agent_id.tolist())
        self._read(ends, left, self._last)
        self._over[left.rows] = True
        self._over_reward[left.rows] = ends.reward[left.places]
        self._interrupted[left.rows] = ends.interrupted[left.places]

    def _transition(self, decisions: Any) -> Transition:
        self._hear(decisions)
        rows = self._asking
        moved = np.zeros(self.classrooms, np.bool_)
        moved[rows] = True
        rewards = np.zeros(self.classrooms)
        rewards[rows] = decisions.reward
        done = moved & self._over
        rewards[done] = self._over_reward[done]
        outcome = np.where(done[:, None], self._last["outcome"], self._now["outcome"])
        outcome[~moved, : -self.layout.learners] = 0  # nothing passes; phi, the last, stays
        self._over &= ~moved
        told = tuple(tuple(self._told[row]) if there else () for row, there in enumerate(moved))
        for row in rows:
            self._told[row] = []
        return Transition(
            moved=moved,
            rewards=rewards,
            terminated=done & ~self._interrupted,
            truncated=done & self._interrupted,
            outcome=outcome,
            report=self._last["report"],
            final=self.layout.restore(self._last),
            told=told,
        )

    def _read(self, steps: Any, seated: Seated, into: Arrays) -> None:
        """Write what agents observe into their rows."""
        for name in into.keys() & self._places.keys():
            into[name][seated.rows] = steps.obs[self._places[name]][seated.places]

    def _empty(self) -> Arrays:
        rows = self.classrooms
        return {own.name: np.zeros((rows, own.size), np.float32) for own in self.layout.fields}

    def _listen(self) -> None:
        """Keep what the scene tells of each classroom's decision until that has been played."""
        for message in self._messages.take():
            if isinstance(message, Hello):
                self.hello = message
                if message.layout != fingerprint():
                    kind = "the layout (ClassroomLayout.cs)"
                    raise WrongVersion(kind, message.layout, fingerprint())
            elif self._told and isinstance(message, Answer | Windows):
                if not 0 <= message.classroom < len(self._told):
                    reason = f"classroom is {message.classroom}; there are {len(self._told)}"
                    raise Garbled("A message of the classroom channel", reason)
                self._told[message.classroom].append(message)
