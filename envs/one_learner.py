"""One learner, one choice, which concept or item next: observed by the answers so far alone."""

from collections.abc import Mapping
from typing import Any, Final, SupportsFloat, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from envs.spaces import LIMIT

Observation = dict[str, NDArray[np.float32]]
Floats = NDArray[np.float64]

EVIDENCE: Final = (
    "log1p_attempts",
    "log1p_successes",
    "last_result",
    "log1p_steps_since_seen",
    "recent_success",
    "working_on",
)
"""Of every concept: results are 1 right, -1 wrong, 0 none yet; steps since are -1 before the first
answer; working on is 1 for the concept answered last."""
CONCEPT_FEATURES: Final = ("weight", "depth", "in_degree", "out_degree", "difficulty")
MEMORY: Final = 0.6
"""Share of `recent_success` kept at each further answer on the concept: about the last three
answers count. Chosen."""


class OneLearnerConceptsWrapper(gym.Wrapper[Observation, int, Any, int]):
    """Makes the contract's observation of one learner from its answers, nothing else.

    For an environment with a `Discrete(C)` action that says what is asked next. Its own observation
    is ignored. Put `envs.contract.ContractWrapper` around it for the rest of the contract; the
    commands do that themselves.

    | where | name | is |
    |---|---|---|
    | info of `step` | `correct` | whether the answer to the item chosen was right; needed |
    | | `action_mask`, `minutes` | as in the contract |
    | info of `reset` | `history` | (concept, correct) of answers before the first choice |
    | | `weights` | (C,) how much each concept counts in this episode; else all 1 |
    | | `action_mask` | (C,) 1 = may be chosen |
    | unwrapped environment | `steps` | choices in an episode, for the share left |
    | | `prerequisites` | (C, C) 1 where the row is a prerequisite of the column |
    | | `difficulties` | (C,) |

    Observation
        | key | shape | holds |
        |---|---|---|
        | course | (1,) | share of the steps left; 1 where `steps` is not told |
        | evidence | (1, C, 6) | see `EVIDENCE` |
        | concepts | (C, 5) | see `CONCEPT_FEATURES` |
        | prerequisites | (C, C) | as told, else zeros |

    Args:
        env: One learner.

    Raises:
        ValueError: The action is not Discrete; later: `correct` is missing, a shape is wrong, or
            the prerequisites go in a circle.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        if not isinstance(env.action_space, spaces.Discrete):
            raise ValueError(f"action_space is {env.action_space}; expected Discrete(C)")
        self.first, self.concepts = int(env.action_space.start), int(env.action_space.n)
        size = self.concepts
        self.observation_space = cast(
            "Any",
            spaces.Dict(
                {
                    "course": spaces.Box(0, 1, (1,), np.float32),
                    "evidence": spaces.Box(-LIMIT, LIMIT, (1, size, len(EVIDENCE)), np.float32),
                    "concepts": spaces.Box(
                        -np.inf, np.inf, (size, len(CONCEPT_FEATURES)), np.float32
                    ),
                    "prerequisites": spaces.Box(0, 1, (size, size), np.float32),
                }
            ),
        )
        self._forget()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start with the learner's history, if the environment tells one."""
        _, info = self.env.reset(seed=seed, options=options)
        self._forget()
        for concept, correct in info.get("history", ()):
            self._record(int(concept) - self.first, bool(correct))
        self.graph = self._told("prerequisites", self.concepts, self.concepts)  # (C, C)
        self.features = concept_features(
            self._told("weights", self.concepts, told=info, default=1.0),
            self.graph,
            self._told("difficulties", self.concepts),
        )
        return self._observation(), info

    def step(self, action: int) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Ask an item of the concept, and remember the answer."""
        _, reward, terminated, truncated, info = self.env.step(action)
        if "correct" not in info:
            raise ValueError(f"the info of step holds {sorted(info)}; expected correct in it")
        self._record(int(action) - self.first, bool(info["correct"]))
        self.done += 1
        return self._observation(), reward, terminated, truncated, info

    def _forget(self) -> None:
        self.attempts, self.successes = np.zeros((2, self.concepts))  # (C,) each
        self.last, self.recent = np.zeros((2, self.concepts))  # (C,) each, -1 to 1
        self.seen = np.full(self.concepts, -1)  # (C,) clock of the last answer
        self.answers, self.done, self.now = 0, 0, -1

    def _record(self, concept: int, correct: bool) -> None:
        result = 1.0 if correct else -1.0
        first = self.attempts[concept] == 0
        kept = 0.0 if first else MEMORY
        self.attempts[concept] += 1
        self.successes[concept] += correct
        self.last[concept] = result
        self.recent[concept] = kept * self.recent[concept] + (1 - kept) * result
        self.answers += 1
        self.seen[concept], self.now = self.answers, concept

    def _told(
        self,
        name: str,
        *shape: int,
        told: Mapping[str, Any] | None = None,
        default: float = 0.0,
    ) -> Floats:
        """What the info or the environment tells under a name, or the default everywhere."""
        found = getattr(self.env.unwrapped, name, None) if told is None else told.get(name)
        values = np.full(shape, default) if found is None else np.array(found, np.float64)
        if values.shape != shape or not np.isfinite(values).all():
            raise ValueError(f"{name} has shape {values.shape}; expected finite numbers {shape}")
        return values

    def _observation(self) -> Observation:
        steps = getattr(self.env.unwrapped, "steps", None)
        left = 1.0 if steps is None else max(0.0, 1 - self.done / steps)
        since = np.where(self.seen < 0, -1.0, np.log1p(self.answers - self.seen))
        evidence = np.stack(
            [
                np.log1p(self.attempts),
                np.log1p(self.successes),
                self.last,
                since,
                self.recent,
                np.arange(self.concepts) == self.now,
            ],
            axis=-1,
        )
        arrays = {
            "course": np.array([left]),
            "evidence": evidence[None],
            "concepts": self.features,
            "prerequisites": self.graph,
        }
        return {key: array.astype(np.float32) for key, array in arrays.items()}


def concept_features(weights: Floats, graph: Floats, difficulties: Floats) -> Floats:
    """`CONCEPT_FEATURES` of every concept, (C, 5).

    Args:
        weights: (C,).
        graph: (C, C) 1 where the row is a prerequisite of the column.
        difficulties: (C,).

    Raises:
        ValueError: The prerequisites go in a circle.
    """
    edges = graph > 0
    levels = np.zeros(len(weights))  # (C,) edges on the longest path to the concept
    for _ in weights:
        levels = (edges * (levels[:, None] + 1)).max(axis=0)
    if levels.max() >= len(weights):
        raise ValueError("prerequisites go in a circle; expected a graph without one")
    depth = levels / max(1.0, levels.max())
    return np.stack([weights, depth, edges.sum(0), edges.sum(1), difficulties], axis=1)
