"""A planner for KSS with no more than a tutor's own information: the answers, and the model."""

import numpy as np

from agents.peers.chooser import Booleans, Chooser, Floats, Integers
from agents.peers.kss_beam import worth
from envs.peers.answer_history import AnswerHistory
from envs.peers.kss import KssLearners
from envs.peers.kss_learning import ALLOWED_AFTER, ITEMS, initial_ability, learn, masters
from envs.peers.learners import Learners


class KssBeliefPlanner(Chooser):
    """Plans one path for all the learners that a learner may be, by its answers; replans each step.

    It reads no hidden state, but knows the population and the equations, as no rule does: what it
    reaches says how much of the optimum a history of answers can be worth.

    Args:
        drawn: Possible learners drawn from the population, those who contradict an answer drop out.
        planned: Of those who remain, as many are planned for.
        width: Paths kept at every step of the search.
        seed: Of the possible learners.
    """

    knows_model = True

    def __init__(
        self, drawn: int = 2000, planned: int = 48, width: int = 24, seed: int = 0
    ) -> None:
        super().__init__("plans on its belief, knows the model")
        self._drawn = drawn
        self._planned = planned
        self._width = width
        self._seed = seed
        self._beliefs: list[Belief] = []

    def begin(self, learners: Learners) -> None:
        """Anybody of the population may be every learner.

        Raises:
            ValueError: The learners are not of KSS.
        """
        if not isinstance(learners, KssLearners):
            raise ValueError(f"learners are {type(learners).__name__}; expected KssLearners")
        ability = initial_ability(np.random.default_rng(self._seed), self._drawn)
        self._beliefs = [Belief(ability) for _ in learners.history.answers]

    def choose(self, history: AnswerHistory) -> Integers:
        """Take in what was answered since; the first item of the path that is best on the mean."""
        left = history.steps - history.taken
        chosen = np.zeros(len(self._beliefs), np.int64)
        for n, belief in enumerate(self._beliefs):
            belief.read(history.item[n], history.correct[n], int(history.answers[n]))
            possible = belief.ability[: self._planned]
            chosen[n] = _plan(possible, belief.last, history.weights[n], left, self._width)
        return chosen


class Belief:
    """Who one learner may be.

    Args:
        ability: (S, C) of possible learners before their first answer.
    """

    def __init__(self, ability: Floats) -> None:
        self.ability = ability
        self.last = -1
        self._read = 0

    def read(self, items: Integers, correct: Booleans, answers: int) -> None:
        """Let all learn what was learnt since; keep those who answer as the learner did."""
        for k in range(self._read, answers):
            given = np.full(len(self.ability), items[k])
            self.ability, last = learn(self.ability, np.full(len(given), self.last), given)
            self.last = int(last[0])
            agrees = masters(self.ability)[:, items[k]] == correct[k]
            if agrees.any():
                self.ability = self.ability[agrees]
        self._read = answers


def _plan(ability: Floats, last: int, weights: Floats, steps: int, width: int) -> int:
    """First item of the path of the highest mean worth over possible learners (S, C)."""
    beam, ends, first = ability[None], np.array([last]), np.zeros(1, np.int64)
    for step in range(steps):
        parents, items = np.nonzero(ALLOWED_AFTER[ends] | (ends < 0)[:, None])
        states = beam[parents].reshape(-1, ITEMS)
        before = np.repeat(ends[parents], len(ability))
        grown, _ = learn(states, before, np.repeat(items, len(ability)))
        grown = grown.reshape(len(items), len(ability), ITEMS)
        value = worth(grown, weights).mean(axis=1)
        _, distinct = np.unique(np.stack([value, items]), axis=1, return_index=True)
        kept = distinct[np.argsort(-value[distinct], kind="stable")][:width]
        beam, ends = grown[kept], items[kept]
        first = ends if step == 0 else first[parents[kept]]
    return int(first[0])
