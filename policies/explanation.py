"""Everything behind a batch of decisions, for people and pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The policy's own account of B decisions, as numpy arrays."""

    actions: NDArray[np.int64]  # (B, 3 + 2 S)
    activity_probs: NDArray[np.float32]  # (B, A)
    target_probs: NDArray[np.float32]  # (B, S + 1) given the chosen activity
    concept_probs: NDArray[np.float32]  # (B, C) given the chosen activity and target
    plan_probs: NDArray[np.float32]  # (B, S, K, C)
    left_out: NDArray[np.float64]  # (B, N) log-probability of activity, target and concept: with
    # everything known, then with each token left out where the encoding says (else N = 1)
    options: NDArray[np.int64]  # (B, A, 3) every activity with its likeliest target and concept
    values: NDArray[np.float32]  # (B, S)
    attention: list[NDArray[np.float32]]  # per layer (B, H, T, T): course, learners, concepts
    modalities: NDArray[np.float32]  # (B, S, M) shares of the fusion; no M without tokens
