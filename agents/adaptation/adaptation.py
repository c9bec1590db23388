"""A deployed policy adapts while it teaches: learn, judge, put in force, take back.

live courses ----> experience ----> adapters, updated between decisions, near the deployed policy
held-back courses, taught by the deployed policy ----> guard ----> ledger: what teaches next
answers of live courses ----> what kind of learners these are ----> the belief is told, where
                              answers of held-back courses are foretold better so
"""

from pathlib import Path
from typing import Any, Final

import numpy as np

from agents.adaptation import shelf
from agents.adaptation.attention_estimate import AttentionEstimate
from agents.adaptation.experience import Experience, LiveTransition, Recorder, joined
from agents.adaptation.guard import FEWEST_COURSES, Ruling, gain_over_deployed, rule
from agents.adaptation.in_force import in_force
from agents.adaptation.learner import AdaptationConfig, AdapterLearner
from agents.adaptation.ledger import Ledger
from agents.adaptation.told_belief import ToldBelief
from agents.ppo_config import PPOConfig
from envs.constants import Constants
from envs.events import Events
from envs.spaces import COURSE
from policies.adapters import weights_of
from policies.policy import AttentionPolicy

COURSE_LEFT: Final = COURSE.index("course_left")


class Adaptation:
    """Adapts one deployed policy to the classes of one stream.

    Classes come in rounds: all of a round begin together. For every round, call `start`, then
    `see_live` and `see_held_back` for every decision, then `finish`.

    Args:
        deployed: Never changed.
        training: Of the deployed policy: discounts and the reward's scale.
        folder: For adapters and ledger, beside the run's model.
        config: Knobs.
        old: States of the population that the policy was trained on.
        belief: That has seen nothing yet.
        seed: Of adapters and minibatches.
    """

    def __init__(
        self,
        deployed: AttentionPolicy,
        training: PPOConfig,
        folder: Path,
        config: AdaptationConfig,
        old: Experience,
        belief: ToldBelief,
        seed: int,
    ) -> None:
        self.deployed, self.training = deployed, training
        self.folder, self.config = folder, config
        self.ledger = Ledger(folder)
        self.learner = AdapterLearner(deployed, config, old, seed)
        self.live, self.held = Recorder(deployed, training), Recorder(deployed, training)
        self.belief, self.attention = belief, AttentionEstimate(Constants())
        self.owed = 0.0  # live courses for which no gradient step was made yet
        self.looks = 0
        """That the guard has taken at this stream; one that goes on brings its own."""
        self._begin_anew()

    def in_force(self) -> AttentionPolicy:
        """The policy that should teach, as the ledger says."""
        return in_force(self.folder, self.deployed)

    @property
    def courses(self) -> int:
        """Live courses so far, the held-back ones among them."""
        return self.live.courses + self.held.courses

    def start(self, live: int, held: int, learners: int) -> None:
        """A round begins, taught by what is in force now: somebody may have undone a promotion.

        Args:
            live: Classes that are learnt from.
            held: Classes that are held back.
            learners: In each class.
        """
        if self.ledger.now != self.name:
            self._begin_anew()
        first = self.live.courses
        self.live.start(live)
        self.held.start(held)
        if self.policy is not self.deployed:
            self.since += range(first, self.live.courses)
        self.attention.start(live, learners)
        self.seen: tuple[list[Events], list[Events]] = [], []  # live and held back

    def see_live(self, move: LiveTransition, events: Events) -> None:
        """Take in a decision of the classes that are learnt from; update when it is time."""
        self.live.add(move)
        self.seen[0].append(events)
        self.attention.add(move.following, move.minutes, move.live)
        gone = move.obs["course"][:, COURSE_LEFT] - move.following["course"][:, COURSE_LEFT]
        self.owed += float((gone * move.live).sum())  # courses
        if len(self.live.rows) >= self.config.steps:
            self.update()

    def update(self) -> None:
        """Learn between two decisions from what was seen since the last update."""
        piece = self.live.close()
        if piece is not None:
            self.learner.remember(piece)
        self.owed = self.learner.improve(self.owed)

    def see_held_back(self, move: LiveTransition, events: Events) -> None:
        """Take in a decision of the classes that are kept to judge by."""
        self.held.add(move)
        self.seen[1].append(events)

    def finish(self) -> Ruling:
        """The round is over: estimate the learners, judge the adapters, write what changes."""
        if self.live.rows:
            self.update()
        piece = self.held.close()
        if piece is not None:
            self.held_back.append(piece)
        self.attention.finish()
        ruling = self._judge()
        self.belief.finish(*self.seen, max(self.looks, 1))
        if ruling.event is not None:
            self._put_in_force(ruling)
        return ruling

    def _begin_anew(self) -> None:
        """Let teach what the ledger has in force, and learn on from it, by new courses alone.

        What was taken back was judged good by what its own courses then contradicted; so neither it
        nor the courses that spoke for it count any more.
        """
        self.policy, self.name = self.in_force(), self.ledger.now
        self.since: list[int] = []  # live courses that the adapters in force taught
        self.held_back: list[Experience] = []
        self.first_held = self.held.courses  # number of the first course held back from now on
        self.owed = 0.0
        if self.policy is self.deployed:
            self.learner.begin_from(weights_of(self.learner.policy), strength=0.0)
        else:
            self.learner.begin_from(weights_of(self.policy))

    def _judge(self) -> Ruling:
        held, scale = joined(self.held_back), self.training.reward_scale
        candidate = gain_over_deployed(self.learner.policy, held, scale)
        self.looks += len(candidate) >= FEWEST_COURSES
        look = max(self.looks, 1)
        tests = self.held.tested.items()
        frozen = np.array([gain for course, gain in tests if course >= self.first_held])
        if self.policy is self.deployed:
            return rule(candidate, None, (frozen, frozen), 0.0, look)
        incumbent = gain_over_deployed(self.policy, held, scale)
        known = self.live.tested
        ours = np.array([known[course] for course in self.since if course in known])
        tolerated = self.config.tolerance * frozen.mean() if len(frozen) else 0.0
        return rule(candidate, incumbent, (ours, frozen), tolerated, look)

    def _put_in_force(self, ruling: Ruling) -> None:
        name = None
        if ruling.event == "promoted":
            name = f"promotion-{len(self.ledger.entries()) + 1}"
            weights = weights_of(self.learner.policy)
            shelf.keep(self.folder, name, weights, self.deployed, {"courses": self.courses})
        event = str(ruling.event)
        self.ledger.write(event, name, ruling.reason, self.courses, ruling.figures)
        if event == "promoted":
            self.since, self.policy, self.name = [], self.in_force(), name
        else:
            self._begin_anew()

    def what_is_known(self) -> dict[str, Any]:
        """The learners in figures, for JSON."""
        return {
            "learners": self.belief.as_dict(),
            "lapsed": self.attention.as_dict(),
        }
