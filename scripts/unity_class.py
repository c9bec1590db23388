"""One classroom of a scene under a trained tutor, as `scripts.unity play` teaches it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.decision.decision import Decision
from agents.decision.decision import Share as Attention
from agents.decision.facts import describe
from agents.decision.json_form import to_json
from agents.decision.own_choice import own_choice
from agents.decision.service import DecisionService
from agents.decision.wording import sentence
from envs.constants import Constants
from envs.course import Course
from envs.observed_class import ObservedClass
from envs.spaces import EVIDENCE
from unity_bridge.channel_messages import Caption, Message, Reasons, Share
from unity_bridge.faults import Garbled
from unity_bridge.session_record import SEEN, SessionRecord
from unity_bridge.told_events import answers, windows
from unity_bridge.twin import Twin

CAPTION_SECONDS: Final = 8.0
"""To read some twenty words (about 240 a minute, Brysbaert 2019) and look up."""
Seen = Mapping[str, NDArray[np.float32]]
_ATTEMPTS: Final = EVIDENCE.index("log1p_attempts")


class TaughtClass:
    """Fills in what the scene leaves to Python, decides, says why, and keeps the record.

    Args:
        number: Of the classroom in the scene, from 0.
        service: Its own: guard-rails remember the class.
        course: That the scene plays.
        record: Of the session.
        seed: Of the class that is simulated for the scene's figures.
        believed: What the belief takes the learners for.
    """

    def __init__(
        self,
        number: int,
        service: DecisionService,
        course: Course,
        record: SessionRecord,
        seed: int,
        believed: Constants,
    ) -> None:
        self.number, self._service, self._record = number, service, record
        self._twin = Twin(number, course, service.curriculum, seed)
        self._observed = ObservedClass(course, service.curriculum, believed)
        self._course, self._decisions = -1, 0
        self._attempts = 0
        self._seen: Seen = {}
        self._figures: Message
        self.decision: Decision

    @property
    def action(self) -> NDArray[np.int64]:
        """Of the last decision, (3 + 2 S,)."""
        return np.array(self.decision.action, np.int64)

    def begin(self, seen: Seen) -> None:
        """Decide at the start of a course.

        Args:
            seen: The scene's observation, without a batch axis.
        """
        self._course, self._decisions, self._attempts = self._course + 1, 0, _attempts(seen)
        self._service.reset()
        self._twin.begin()
        filled = self._observed.begin(seen)
        self._decide(filled, None)

    def go_on(self, told: Sequence[Message], seen: Seen) -> None:
        """Take in the last decision, and decide again.

        Args:
            told: By the scene since then.
            seen: As in `begin`.

        Raises:
            Garbled: An answer is of no such learner, concept or item, or was not told, or booked.
        """
        filled = self._follow(told, seen)
        self._decide(filled, self._observed.events.attended[0])

    def end(self, told: Sequence[Message], seen: Seen, *, interrupted: bool) -> None:
        """Take in the last decision of a course; arguments as in `go_on`."""
        self._follow(told, seen)
        self._record.write(
            "over",
            classroom=self.number,
            course=self._course,
            interrupted=interrupted,
            seen=_recorded(seen),
        )

    def _follow(self, told: Sequence[Message], seen: Seen) -> dict[str, Any]:
        for message in told:
            self._record.pass_on(message)
        given, read = answers(told), windows(told, len(seen["learner_present"]))
        try:
            filled = self._observed.follow(self.action, given, seen, read)
        except ValueError as wrong:
            raise Garbled("An answer", str(wrong)) from wrong
        counted = _attempts(seen) - self._attempts
        if counted != len(given):
            reason = f"{len(given)} were told and {counted} are in the books"
            raise Garbled(f"What classroom {self.number} says of its answers", reason)
        self._attempts += counted
        return filled

    def _decide(self, seen: Seen, attended: NDArray[np.float32] | None) -> None:
        batch = {key: array[None] for key, array in seen.items()}
        actions, (account,) = self._service.choose(batch)
        decision = describe(
            seen, actions[0], self._service.names, account=account, attended=attended
        )
        self._seen, self.decision = seen, decision
        self._figures = self._twin.play(seen, self.action)
        self._record.write(
            "decision",
            classroom=self.number,
            course=self._course,
            number=self._decisions,
            lesson=self._observed.lesson,
            hours=self._observed.hours,
            activity=decision.activity.name.lower(),
            action=list(decision.action),
            seen=_recorded(seen),
            decision=to_json(decision),
            choice=own_choice(account),
        )
        self._decisions += 1

    def words(self) -> Iterator[Message]:
        """What the scene should show: simulated learners, why the tutor acts so, a caption.

        The caption says what an error may be due to; only the last error's, since a scene shows one
        at a time.
        """
        yield self._figures
        learners = _looked_at(self.decision.learner_attention, first=1)
        concepts = _looked_at(self.decision.concept_attention, first=0)
        yield Reasons(
            classroom=self.number,
            sentence=sentence(self.decision),
            learners=learners,
            concepts=concepts,
        )
        if self._decisions == 1:
            return
        batch = {key: array[None] for key, array in self._seen.items()}
        feedback = self._service.feedback(self._observed.events, batch)
        for said in [own for own in feedback if not own.correct][-1:]:
            yield Caption(
                classroom=self.number,
                learner=said.learner,
                text=f"Learner {said.learner}, {said.concept}: {said.sentence}",
                seconds=CAPTION_SECONDS,
            )


def _attempts(seen: Seen) -> int:
    """Answers of the whole class that the scene's books hold."""
    return int(np.rint(np.expm1(seen["evidence"][..., _ATTEMPTS])).sum())


def _recorded(seen: Seen) -> dict[str, Any]:
    return {name: seen[name] for name in SEEN}


def _looked_at(attention: Sequence[Attention], first: int) -> tuple[Share, ...]:
    """Shares by index, most first."""
    shares = [Share(index=n, share=own.share) for n, own in enumerate(attention, first)]
    return tuple(sorted(shares, key=lambda own: -own.share))
