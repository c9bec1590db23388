"""Bounds of the optimum for drills too long to enumerate: all but the first decisions relaxed.

The first `depth` decisions are chosen exactly, over all beliefs that answers can lead to. What a
belief is worth from there on is bounded:

- above by information that no tutor has: before every later decision but the first it is told what
  mastery was before the last practice (the fast informed bound of Hauskrecht 2000; tighter than
  full information, where it is told what mastery is now);
- below by a plan that looks at no answer from there on, found by beam search. Any such plan is a
  tutor, so its value is a lower bound however well the search does.
"""

from typing import NamedTuple

import numpy as np

from agents.optimum.joint_beliefs import DIGITS, JointBeliefs
from agents.optimum.situations import Situations, check_size
from envs.drill.instance import Instance
from envs.drill.mastery import Floats, Indices, Mastery, mastery


class Bounds(NamedTuple):
    """The optimum's expected gain lies between them."""

    lower: float
    upper: float


def bounds(instance: Instance, *, depth: int = 4, width: int = 8) -> Bounds:
    """Bound the optimum of a drill with hidden mastery; where mastery is observed, solve it.

    Args:
        instance: Of any size.
        depth: Decisions chosen exactly, at least 0; one more tightens both bounds, and costs up to
            2 C times as much. With all decisions but the last both are the optimum.
        width: Plans kept by the beam search; more raises the lower bound.

    Raises:
        ValueError: Mastery is observed, `width` is too small, or `depth` is negative or leads to
            too many beliefs.
    """
    if not instance.hidden:
        raise ValueError("hidden is False; expected hidden mastery: else solve is exact and fast")
    if depth < 0 or width < 1:
        raise ValueError(f"depth is {depth} and width {width}; expected at least 0 and 1")
    depth = min(depth, instance.decisions - 1)
    m = mastery(instance)
    reached = JointBeliefs(instance, depth + 1)
    left = instance.decisions - depth
    lower = best_plans(m, reached.beliefs, full_information(m, left), width)
    upper = (reached.beliefs @ late_information(m, left)).max(1)
    return Bounds(_best_first(reached, lower), _best_first(reached, upper))


def check_depth(instance: Instance, depth: int) -> None:
    """Refuse at once a depth that `bounds` would refuse.

    Raises:
        ValueError: It leads to too many beliefs; the message says how many are feasible.
    """
    levels = min(depth + 1, instance.decisions)
    check_size(instance, levels, JointBeliefs.most(instance))


def full_information(m: Mastery, decisions: int) -> Floats:
    """Optimal gain by state of mastery, where that is seen, with 0 to `decisions` left: (K, X)."""
    values = [np.zeros(len(m.states))]
    for _ in range(decisions):
        values.append((m.gains.T + m.moves @ values[-1]).max(0))
    return np.stack(values)


def late_information(m: Mastery, decisions: int) -> Floats:
    """Optimal gain by state of mastery and concept practised in it, told only after that: (X, C).

    What was answered then tells nothing more: answer and learning are independent given the state.
    """
    values = m.gains
    for _ in range(decisions - 1):
        values = m.gains + (m.moves @ values).max(2).T
    return values


def best_plans(m: Mastery, beliefs: Floats, full: Floats, width: int) -> Floats:
    """Gain of the best plan that a beam search finds from every belief.

    Args:
        m: The instance's probabilities.
        beliefs: (N, X).
        full: (K, X) of `full_information`; plans have K - 1 decisions. It ranks partial plans: what
            they have gained, and at most can yet gain.
        width: Partial plans kept.

    Returns:
        (N,).
    """
    plans, gained = beliefs[:, None], np.zeros((len(beliefs), 1))  # (N, W, X), (N, W)
    row = np.arange(len(beliefs))[:, None]
    for ahead in full[-2::-1]:
        gained = (gained[..., None] + plans @ m.gains).reshape(len(beliefs), -1)  # (N, W C)
        moved = np.einsum("nwx,cxy->nwcy", plans, m.moves, optimize=True)
        plans = moved.reshape(len(beliefs), -1, moved.shape[-1])  # (N, W C, X)
        kept = _distinct_best(gained + plans @ ahead, width)
        gained, plans = gained[row, kept], plans[row, kept]
    best: Floats = gained.max(1)
    return best


def _distinct_best(rank: Floats, width: int) -> Indices:
    """Indices (N, W) of the highest of every row (N, M), one of equals (mostly reordered plans)."""
    order = np.argsort(-rank, axis=1, kind="stable")
    ranked = np.round(np.take_along_axis(rank, order, axis=1), DIGITS)
    repeated = np.zeros(rank.shape, np.bool_)
    repeated[:, 1:] = ranked[:, 1:] == ranked[:, :-1]
    first = np.argsort(repeated, axis=1, kind="stable")[:, :width]
    kept: Indices = np.take_along_axis(order, first, axis=1)
    return kept


def _best_first(situations: Situations, values: Floats) -> float:
    """Value of choosing best in all levels but the last, whose situations are worth `values`."""
    for t in reversed(range(situations.levels - 1)):
        values = (situations.gains(t) + situations.ahead(t, values)).max(1)
    return float(situations.start @ values)
