"""How a drilled learner's mastery moves and shows: the equations, for all 2^C states at once.

State x of mastery has number sum of x_c 2^c. One opportunity to practise concept c:

    P(correct | x) = 1 - slip_c where x_c = 1, guess_c where x_c = 0
    then x_c: 0 -> 1 with learn_c, or unready learn_c where a prerequisite is not mastered
    and every other x_d: 1 -> 0 with forget_d

The answer and what is learnt are independent given x, as in Corbett & Anderson (1995).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.drill.instance import Instance

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class Mastery(NamedTuple):
    """An instance's probabilities over its X = 2^C states of mastery."""

    states: Floats  # (X, C) 1 where the concept is mastered
    start: Floats  # (X,) distribution at the start
    score: Floats  # (X,) mean over concepts of P(correct), what teaching is to raise
    correct: Floats  # (C, X) P(correct answer | state) when the concept is practised
    moves: Floats  # (C, X, X) P(next state | state) when the concept is practised
    gains: Floats  # (X, C) expected change of the score when the concept is practised


def mastery(instance: Instance) -> Mastery:
    """Tabulate an instance."""
    size = len(instance.concepts)
    prior, learn, guess, slip, forget = np.array(
        [(k.prior, k.learn, k.guess, k.slip, k.forget) for k in instance.concepts]
    ).T  # (C,) each
    states = (np.arange(2**size)[:, None] >> np.arange(size) & 1).astype(np.float64)
    ready = np.stack([states[:, instance.parents(c)].all(1) for c in range(size)], 1) * 1.0
    learnt = learn * (instance.unready + (1.0 - instance.unready) * ready)  # (X, C)
    moves = np.empty((size, len(states), len(states)))
    for c in range(size):
        after = states * (1.0 - forget)  # (X, C) P(mastered after | state)
        after[:, c] = states[:, c] + (1.0 - states[:, c]) * learnt[:, c]
        moves[c] = np.where(states > 0, after[:, None], 1.0 - after[:, None]).prod(2)
    answers = np.where(states > 0, 1.0 - slip, guess)  # (X, C)
    score = answers.mean(1)
    return Mastery(
        states=states,
        start=np.where(states > 0, prior, 1.0 - prior).prod(1),
        score=score,
        correct=np.ascontiguousarray(answers.T),
        moves=moves,
        gains=(moves @ score - score).T,
    )


def after_answer(m: Mastery, belief: Floats, concept: int, correct: NDArray[np.bool_]) -> Floats:
    """Beliefs after a concept was practised: Bayes' rule, then what practising moves.

    Args:
        m: The instance's probabilities.
        belief: (N, X) distributions over states of mastery.
        concept: What all of them practised.
        correct: (N,) their answers.

    Returns:
        (N, X) distributions.
    """
    right = m.correct[concept]
    seen = belief * np.where(correct[:, None], right, 1.0 - right)
    moved: Floats = (seen / seen.sum(1, keepdims=True)) @ m.moves[concept]
    return moved


def practise(
    m: Mastery, state: Indices, concept: Indices, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], Indices]:
    """Let simulated learners practise.

    Args:
        m: The instance's probabilities.
        state: (N,) numbers of their states of mastery.
        concept: (N,) what each practises.
        rng: Source of chance; two draws a learner.

    Returns:
        Whether each answered correctly (N,), and the states afterwards (N,).
    """
    answer, move = rng.random((2, len(state)))
    correct = answer < m.correct[concept, state]
    reached = m.moves[concept, state].cumsum(1)  # (N, X)
    after = (move[:, None] >= reached).sum(1)
    return correct, np.minimum(after, len(m.states) - 1)
