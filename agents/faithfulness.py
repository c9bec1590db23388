"""Are reasons true? How fast a choice loses its probability when its reasons are taken away.

Petsiuk, Das and Saenko (2018): tokens are left out in the order of their weight (deletion), or put
back into an average class in that order (insertion), and the probability of the tutor's choice is
averaged on the way. Reasons are faithful where deletion ends it sooner, and insertion restores it
sooner, than in random order.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.statistics import Estimate, estimate
from agents.tutors.trained_policy import TrainedPolicy
from envs.simulation import Simulation
from policies.attribution import METHODS, keep, log_prob, present_tokens, repeated
from policies.policy import AttentionPolicy

Floats = NDArray[np.float64]
RANDOM: Final = "random order"
RANDOM_ORDERS: Final = 5
"""Random orders averaged for every state."""
TOP: Final = 3
"""Tokens deleted for the plain figure beside the areas: as many as a sentence can name."""
ROWS: Final = 512
"""Rows of a batch through the network."""


@dataclass(frozen=True, kw_only=True)
class States:
    """N x K moments of N classes, and what the tutor chose there."""

    observation: dict[str, Tensor]  # (N K, ...), a class's states in a row
    actions: Tensor  # (N K, 3 + 2 S)
    classes: int


@dataclass(frozen=True, kw_only=True)
class Faithfulness:
    """How faithful one way of giving reasons is; probabilities of the tutor's own choice."""

    deletion: Estimate
    """Area under the curve of deletion, the lower the better."""
    insertion: Estimate
    """Area under the curve of insertion, the higher the better."""
    deletion_gain: Estimate
    """Area of random deletion minus this, state by state: above 0 is better than chance."""
    insertion_gain: Estimate
    """This area of insertion minus that of random insertion."""
    top_gain: Estimate
    """How much further the probability falls by deleting the TOP tokens than by random ones."""

    @property
    def score(self) -> float:
        """By which tables are ordered: the gains of what is taken away and put back, together."""
        return self.deletion_gain.mean + self.insertion_gain.mean

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Plain numbers for JSON."""
        return {name: getattr(self, name).as_dict() for name in self.__dataclass_fields__}


def collect(tutor: TrainedPolicy, simulation: Simulation, every: int) -> States:
    """Teach all classes of a simulation that has started; keep every n-th moment of each.

    It ends with the first class that ends, so that all have equally many.
    """
    kept: list[tuple[dict[str, NDArray[np.float32]], NDArray[np.int64]]] = []
    tutor.reset(simulation.batch)
    count = 0
    while not simulation.done.any():
        actions = tutor.act(simulation.observation)
        if count % every == 0:
            seen = {key: array.copy() for key, array in simulation.observation.items()}
            kept.append((seen, actions))
        simulation.step(actions)
        count += 1
    observation = {
        key: torch.from_numpy(np.stack([seen[key] for seen, _ in kept], 1)).flatten(0, 1)
        for key in kept[0][0]
    }
    actions = np.stack([action for _, action in kept], 1)
    return States(
        observation=observation,
        actions=torch.from_numpy(actions).flatten(0, 1),
        classes=simulation.batch,
    )


def measure(policy: AttentionPolicy, states: States, seed: int = 0) -> dict[str, Faithfulness]:
    """Compare all ways of giving reasons on the same states.

    Args:
        policy: Whose choices they are.
        states: Of unseen classes.
        seed: Of the random orders.

    Returns:
        Figures by the method's name, with intervals over classes; RANDOM is among them.
    """
    generator = torch.Generator().manual_seed(seed)
    curves: dict[str, Floats] = {RANDOM: _random_curves(policy, states, generator)}
    for name in METHODS:
        curves[name] = _curves(policy, states, weights_of(policy, states, name))
    return {name: _figures(found, curves[RANDOM], states) for name, found in curves.items()}


def weights_of(policy: AttentionPolicy, states: States, method: str) -> Tensor:
    """Weights (N K, T) by one method, in batches."""
    tokens = present_tokens(states.observation)
    size = max(1, ROWS // tokens.shape[1])
    parts = [
        METHODS[method](policy, {k: v[rows] for k, v in states.observation.items()}, actions)
        for rows, actions in _batches(states, size)
    ]
    return torch.cat(parts)


def _batches(states: States, size: int) -> list[tuple[slice, Tensor]]:
    starts = range(0, len(states.actions), size)
    return [(slice(n, n + size), states.actions[n : n + size]) for n in starts]


def _random_curves(policy: AttentionPolicy, states: States, generator: torch.Generator) -> Floats:
    tokens = present_tokens(states.observation)
    drawn = [torch.rand(tokens.shape, generator=generator) for _ in range(RANDOM_ORDERS)]
    curves: Floats = np.mean([_curves(policy, states, weights) for weights in drawn], axis=0)
    return curves


def _curves(policy: AttentionPolicy, states: States, weights: Tensor) -> Floats:
    """Probabilities (2, N K, 1 + T) while tokens are deleted, and while they are put back."""
    present = present_tokens(states.observation)
    order = weights.masked_fill(present == 0, -torch.inf).argsort(dim=1, descending=True)
    rank = order.argsort(dim=1)  # (N K, T) place of each token
    steps = present.shape[1] + 1
    gone = (rank.unsqueeze(1) < torch.arange(steps).view(1, -1, 1)).float()  # (N K, 1 + T, T)
    found = [_probabilities(policy, states, kept) for kept in (1 - gone, gone)]
    return np.stack(found)


def _probabilities(policy: AttentionPolicy, states: States, kept: Tensor) -> Floats:
    """Probability (N K, 1 + T) of what was chosen, given what is kept (N K, 1 + T, T)."""
    steps, parts = kept.shape[1], []
    for rows, actions in _batches(states, max(1, ROWS // steps)):
        obs = repeated({key: value[rows] for key, value in states.observation.items()}, steps)
        with torch.no_grad():
            seen = keep(policy, obs, kept[rows].flatten(0, 1))
            found = log_prob(policy, seen, actions.repeat_interleave(steps, 0))
        parts.append(found.view(-1, steps).exp())
    return torch.cat(parts).double().numpy()


def _figures(curves: Floats, chance: Floats, states: States) -> Faithfulness:
    deletion, insertion = np.trapezoid(curves, axis=2) / (curves.shape[2] - 1)
    by_chance = np.trapezoid(chance, axis=2) / (chance.shape[2] - 1)
    return Faithfulness(
        deletion=_over_classes(deletion, states),
        insertion=_over_classes(insertion, states),
        deletion_gain=_over_classes(by_chance[0] - deletion, states),
        insertion_gain=_over_classes(insertion - by_chance[1], states),
        top_gain=_over_classes(chance[0, :, TOP] - curves[0, :, TOP], states),
    )


def _over_classes(values: Floats, states: States) -> Estimate:
    """Mean over all states, its interval over classes."""
    return estimate(values.reshape(states.classes, -1).mean(axis=1)[None])
