"""KSS, the knowledge-structure simulator of EduSim (Liu et al., KDD 2019), with fresh learners."""

from collections.abc import Sequence
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from envs.peers.item_choice import ItemChoiceEnv
from envs.peers.kss_learning import (
    ALLOWED_AFTER,
    DIFFICULTY,
    ITEMS,
    PREREQUISITES,
    answer_probability,
    graph,
    initial_ability,
    learn,
    masters,
)
from envs.peers.learners import Learners

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

WARM_UP: Final = 20
FEWEST_TARGETS: Final = 3
REPEAT_WRONG: Final = 0.7
IN_ORDER: Final = 0.9
"""Else the warm-up takes any item."""
WELL_KNOWN: Final = 0.6
"""Answer probability from which the warm-up passes on to the next item in order."""
ORDER: Final = np.array(list(nx.topological_sort(graph())))  # (C,)


class KssLearners(Learners):
    """N learners of KSS; hidden: `ability` (N, C).

    Args:
        steps: Decisions in an episode; published: 5, 10, 20, 30.
        on_illegal: "ignore" (original: the learner learns nothing, answers the item nevertheless,
            and nobody is told) or "error".
    """

    prerequisites = PREREQUISITES
    difficulties = DIFFICULTY

    def __init__(self, steps: int = 20, on_illegal: str = "ignore") -> None:
        if on_illegal not in {"ignore", "error"}:
            raise ValueError(f"on_illegal is {on_illegal!r}; expected 'ignore' or 'error'")
        super().__init__(ITEMS, WARM_UP, steps)
        self.on_illegal = on_illegal
        self.ability: Floats = np.zeros((0, ITEMS))  # (N, C)
        self.last: Integers = np.zeros(0, np.int64)  # (N,) item accepted last
        self.to_gain: Floats = np.zeros(0)  # (N,) targets not mastered at the start

    def draw(self, generators: Sequence[np.random.Generator]) -> None:
        """Draw abilities and targets, again wherever the warm-up leaves nothing to be gained."""
        learners = len(generators)
        self.ability = np.zeros((learners, ITEMS))
        self.last = np.full(learners, -1)
        self.to_gain = np.zeros(learners)
        rows = np.arange(learners)
        while len(rows):
            self._meet(rows, [generators[int(row)] for row in rows])
            self.to_gain[rows] = (self.history.weights[rows] * ~masters(self.ability[rows])).sum(1)
            rows = rows[self.to_gain[rows] == 0]
        self._say_what_is_allowed()

    def teach(self, items: Integers) -> Floats:
        """Learn, then answer; the rewards add up to (end - start) / (full - start)."""
        allowed = self.history.allowed[np.arange(len(items)), items]
        if self.on_illegal == "error" and not allowed.all():
            row = int(np.argmin(allowed))
            raise ValueError(
                f"item {items[row]} is not allowed after item {self.last[row]}; expected one of "
                f"{np.flatnonzero(self.history.allowed[row]).tolist()}"
            )
        before = self.score()
        self._give(np.arange(len(items)), items)
        self._say_what_is_allowed()
        return (self.score() - before) / self.to_gain

    def score(self) -> Floats:
        """Target items mastered, (N,)."""
        mastered: Floats = (self.history.weights * masters(self.ability)).sum(axis=1)
        return mastered

    def prospects(self) -> Floats:
        """Gain of E_p by each item, (N, C)."""
        before, columns = self.score(), []
        for item in range(ITEMS):
            ability, _ = learn(self.ability, self.last, np.full(len(before), item))
            columns.append((self.history.weights * masters(ability)).sum(axis=1) - before)
        return np.stack(columns, axis=1) / self.to_gain[:, None]

    def _say_what_is_allowed(self) -> None:
        self.history.allowed = ALLOWED_AFTER[self.last]

    def _meet(self, rows: Integers, generators: Sequence[np.random.Generator]) -> None:
        """Draw the learners of these rows and let them warm up."""
        self.history.forget(rows)
        self.last[rows] = -1
        luck = np.zeros((len(rows), WARM_UP, 3))
        for k, (row, generator) in enumerate(zip(rows, generators, strict=True)):
            self.ability[row] = initial_ability(generator, 1)
            targets = generator.integers(FEWEST_TARGETS, ITEMS + 1)
            self.history.weights[row] = 0.0
            self.history.weights[row, generator.permutation(ITEMS)[:targets]] = 1.0
            luck[k] = generator.random((WARM_UP, 3))
        busy = np.ones(len(rows), np.bool_)
        for turn in range(WARM_UP):
            items = self._warm_up_item(rows, busy, luck[:, turn])
            busy &= self.history.answers[rows] < WARM_UP
            busy &= items >= 0
            if not busy.any():
                break
            self._give(rows[busy], items[busy])

    def _warm_up_item(self, rows: Integers, busy: Booleans, luck: Floats) -> Integers:
        """The next warm-up item of each row (M,), -1 where all items are well known.

        A right answer after varied items is reviewed at once, and the item accepted last follows;
        a wrong one is mostly repeated; else the first item in order that is not well known.
        """
        history = self.history
        item, right = history.latest()
        item, right = item[rows], right[rows]
        answers = history.answers[rows]
        recent = history.item[rows[:, None], np.maximum(answers[:, None] - [1, 2, 3], 0)]
        review = right & (recent != recent[:, :1]).any(axis=1)
        first = busy & review & (answers < WARM_UP - 1)
        if first.any():
            self._give(rows[first], item[first])
        unknown = (answer_probability(self.ability[rows]) < WELL_KNOWN)[:, ORDER]
        in_order = np.where(unknown.any(axis=1), ORDER[unknown.argmax(axis=1)], -1)
        other = np.where(luck[:, 1] < IN_ORDER, in_order, (luck[:, 2] * ITEMS).astype(np.int64))
        repeat = (answers > 0) & ~right & (luck[:, 0] < REPEAT_WRONG)
        return np.where(review, self.last[rows], np.where(repeat, item, other))

    def _give(self, rows: Integers, items: Integers) -> None:
        """Let these learners learn and answer an item each."""
        self.ability[rows], self.last[rows] = learn(self.ability[rows], self.last[rows], items)
        self.history.add(rows, items, masters(self.ability[rows])[np.arange(len(rows)), items])


class KssEnv(ItemChoiceEnv[KssLearners]):
    """One KSS learner and its target items; registered as `ALS/KSS-v0`.

    Observation, Actions
        As `envs.peers.item_choice.ItemChoiceEnv`, with 10 items.

    Reward
        Change of the target items mastered / target items not mastered at the start, so that the
        undiscounted return is E_p = (end - start) / (full - start).

    Starting state
        Ability of item i: randint(-3, 0) - 0.1 i; 3 to 10 random target items; then 20 steps of
        learning and answering, mostly in topological order, in `info["history"]` (fewer where all
        is well known before). Learners with nothing left to gain are drawn again. Unlike in the
        original, every episode has a fresh learner: there learners of a fixed pool are taught
        again and again, so that the population drifts.

    Episode end
        Terminated after `steps` decisions.

    Arguments:
        | name | default | effect |
        |---|---|---|
        | steps | 20 | decisions in an episode; published: 5, 10, 20, 30 |
        | on_illegal | "ignore" | what happens to an item that is not allowed after the last: |
        | | | nothing is learnt and nobody told (original), or "error" |

        `info["action_mask"]` holds what is allowed, in both cases.

    Version history
        v0: first.
    """

    def __init__(self, *, steps: int = 20, on_illegal: str = "ignore") -> None:
        super().__init__(KssLearners(steps, on_illegal))
        self.prerequisites = self.learners.prerequisites.copy()
        self.difficulties = self.learners.difficulties.copy()
