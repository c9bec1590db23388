"""The share of the optimal gain that any way of choosing reaches, a trained policy for instance."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.optimum.joint_beliefs import merged
from agents.optimum.programme import Optimum, solve
from agents.statistics import estimate
from envs.drill.instance import Instance
from envs.drill.mastery import Floats, Mastery, mastery, practise
from envs.drill.notes import Notes, first_notes, noted, observation, seen

Observations = dict[str, NDArray[np.float32]]
Chooser = Callable[[Observations], NDArray[Any]]
"""Observations of N learners, as the drill gives them with a leading axis N -> the concept to
practise (N,), or its probabilities (N, C)."""
BATCH: Final = 4096
"""Observations that a chooser is asked about at a time."""
TOLERANCE: Final = 1e-3
"""Probabilities may sum to 1 within it, as float32's do, and are normalised."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Expected change of the score from start to end; `low` to `high` is its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether it was computed rather than estimated from simulated learners."""
        return self.low == self.high


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a chooser gains, beside the optimum of the same instance."""

    gain: Gain
    optimum: Optimum

    @property
    def of_optimum(self) -> Gain:
        """Share of the optimal gain, 1 at best."""
        gain, best = self.gain, self.optimum.gain
        return Gain(mean=gain.mean / best, low=gain.low / best, high=gain.high / best)


def share_of_optimum(
    instance: Instance, chooser: Chooser, *, most: int = 20_000, learners: int = 8192, seed: int = 0
) -> Share:
    """Compare a chooser with the optimum; see `gain_of`.

    Raises:
        ValueError: The instance is too large to solve, or nothing can be gained in it.
    """
    optimum = solve(instance)
    if optimum.gain <= 0.0:
        raise ValueError(f"the optimal gain is {optimum.gain}; expected above 0 to take a share of")
    gain = gain_of(instance, chooser, most=most, learners=learners, seed=seed)
    return Share(gain=gain, optimum=optimum)


def gain_of(
    instance: Instance, chooser: Chooser, *, most: int = 20_000, learners: int = 8192, seed: int = 0
) -> Gain:
    """Expected gain under a chooser: exact where few situations are reached, else simulated.

    Exact: all situations that its choices and chance can lead to, with their probabilities; those
    that look the same to it are one. Where mastery is observed that is always feasible. Where it
    is hidden, a chooser that decides for certain meets few: at most 2^11 in 12 decisions.

    Args:
        instance: The drill.
        chooser: Deterministic or stochastic; it may depend on nothing but the observation.
        most: Situations at one decision up to which the gain is computed exactly.
        learners: Simulated otherwise.
        seed: Of these learners.

    Raises:
        ValueError: The chooser returned something that is neither concepts nor probabilities.
    """
    m = mastery(instance)
    exact = _exact_gain(instance, m, chooser, most)
    if exact is not None:
        return Gain(mean=exact, low=exact, high=exact)
    drawn = estimate(_simulated_gains(instance, m, chooser, learners, seed)[None])
    return Gain(mean=drawn.mean, low=drawn.mean_low, high=drawn.mean_high)


def _exact_gain(instance: Instance, m: Mastery, chooser: Chooser, most: int) -> float | None:
    """Sum of expected immediate gains over all situations reached, or None if they are too many."""
    notes, weight = first_notes(m, m.start[None]), np.ones(1)
    if not instance.hidden:
        notes, weight = seen(m, np.arange(len(m.start))), m.start
    gain = 0.0
    for t in range(instance.decisions):
        if len(weight) > most:
            return None
        probabilities = _ask(chooser, observation(instance, m, notes, t))
        gain += float(weight @ (probabilities * (notes.belief @ m.gains)).sum(1))
        chosen = weight[:, None] * probabilities  # (N, C)
        if not instance.hidden:
            weight = np.einsum("xc,cxy->y", chosen, m.moves)
        elif t + 1 < instance.decisions:
            notes, weight = _next(m, notes, chosen)
    return gain


def _next(m: Mastery, notes: Notes, weight: Floats) -> tuple[Notes, Floats]:
    """All situations one answer later and their probabilities; weight (N, C) is of choices."""
    parts: list[Notes] = []
    weights: list[Floats] = []
    for concept in range(len(m.correct)):
        taken = weight[:, concept] > 0.0
        before = notes.rows(taken)
        right = before.belief @ m.correct[concept]
        for answer, chance in ((True, right), (False, 1.0 - right)):
            parts.append(noted(m, before, concept, np.full(len(right), answer)))
            weights.append(weight[taken, concept] * chance)
    whole = Notes(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    first, which = merged(np.hstack(whole))
    return whole.rows(first), np.bincount(which, np.concatenate(weights)).astype(np.float64)


def _simulated_gains(
    instance: Instance, m: Mastery, chooser: Chooser, learners: int, seed: int
) -> Floats:
    """Gains (N,) of simulated learners with hidden mastery: what was expected at each decision."""
    rng = np.random.default_rng(seed)
    state = rng.choice(len(m.start), learners, p=m.start)
    notes = first_notes(m, np.repeat(m.start[None], learners, axis=0))
    gained = np.zeros(learners)
    for t in range(instance.decisions):
        probabilities = _ask(chooser, observation(instance, m, notes, t))
        gained += (probabilities * (notes.belief @ m.gains)).sum(1)
        reached = probabilities.cumsum(1)[:, :-1]
        choice = (rng.random(learners)[:, None] >= reached).sum(1)
        correct, state = practise(m, state, choice, rng)
        for concept in range(len(m.correct)):
            chosen = np.flatnonzero(choice == concept)
            after = noted(m, notes.rows(chosen), concept, correct[chosen])
            for whole, part in zip(notes, after, strict=True):
                whole[chosen] = part
    return gained


def _ask(chooser: Chooser, observations: Observations) -> Floats:
    """Probabilities (N, C) of the chooser's choices."""
    size, concepts = observations["concepts"].shape[:2]
    answers = [
        np.asarray(chooser({key: array[i : i + BATCH] for key, array in observations.items()}))
        for i in range(0, size, BATCH)
    ]
    choice = np.concatenate(answers)
    if choice.shape == (size,) and choice.dtype.kind in "iu":
        if not ((choice >= 0) & (choice < concepts)).all():
            raise ValueError(f"chooser chose {choice}; expected concepts, 0 to {concepts - 1}")
        certain: Floats = np.eye(concepts)[choice]
        return certain
    if choice.shape != (size, concepts) or choice.dtype.kind != "f":
        raise ValueError(
            f"chooser returned {choice.dtype} of shape {choice.shape}; expected concepts "
            f"({size},) or probabilities {size, concepts}"
        )
    total = choice.sum(1, keepdims=True, dtype=np.float64)
    if not ((choice >= 0).all() and (np.abs(total - 1.0) <= TOLERANCE).all()):
        raise ValueError(f"chooser returned {choice}; expected probabilities that sum to 1")
    normalised: Floats = choice / total
    return normalised
