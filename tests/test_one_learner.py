"""One learner seen by its answers alone: what the tutor is told, and what it is not."""

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from envs.contract import ContractWrapper
from envs.one_learner import (
    CONCEPT_FEATURES,
    EVIDENCE,
    MEMORY,
    OneLearnerConceptsWrapper,
    concept_features,
)
from tests.own_environments import STEPS, Quiz


def evidence(obs: dict[str, Any], name: str) -> list[float]:
    values: list[float] = obs["evidence"][0, :, EVIDENCE.index(name)].tolist()
    return values


def test_answers_are_counted_as_they_are_given() -> None:
    env = OneLearnerConceptsWrapper(Quiz())
    obs, _ = env.reset(seed=0)  # one wrong answer on each concept before, the second one last
    assert evidence(obs, "last_result") == [-1, -1]
    for action in (0, 0, 1):  # answered wrong, right, wrong
        obs = env.step(action)[0]
    np.testing.assert_allclose(evidence(obs, "log1p_attempts"), np.log1p([3, 2]), rtol=1e-6)
    np.testing.assert_allclose(evidence(obs, "log1p_successes"), np.log1p([1, 0]), rtol=1e-6)
    assert evidence(obs, "last_result") == [1, -1]
    seen = evidence(obs, "log1p_steps_since_seen")
    np.testing.assert_allclose(seen, np.log1p([1, 0]), rtol=1e-6)
    recent = MEMORY * -1 + (1 - MEMORY)  # wrong, wrong, right
    np.testing.assert_allclose(evidence(obs, "recent_success"), [recent, -1], rtol=1e-6)
    assert evidence(obs, "working_on") == [0, 1]
    np.testing.assert_allclose(obs["course"], 1 - 3 / STEPS, rtol=1e-6)


def test_a_new_episode_remembers_nothing_of_the_last() -> None:
    env = OneLearnerConceptsWrapper(Quiz())
    first, _ = env.reset(seed=0)
    env.step(0)
    second, _ = env.reset(seed=0)
    for key, array in first.items():
        np.testing.assert_array_equal(second[key], array, err_msg=key)


def test_a_concept_never_asked_differs_from_one_asked_just_now() -> None:
    class Fresh(Quiz):
        def reset(self, **settings: Any) -> tuple[Any, dict[str, Any]]:
            return super().reset(**settings)[0], {}

    obs, _ = OneLearnerConceptsWrapper(Fresh()).reset(seed=0)
    assert evidence(obs, "log1p_steps_since_seen") == [-1, -1]
    assert evidence(obs, "last_result") == [0, 0]
    assert obs["concepts"][:, CONCEPT_FEATURES.index("weight")].tolist() == [1, 1]


def test_goal_graph_and_difficulty_are_told() -> None:
    obs, _ = OneLearnerConceptsWrapper(Quiz()).reset(seed=0)
    told = dict(zip(CONCEPT_FEATURES, obs["concepts"].T.tolist(), strict=True))
    assert told == {
        "weight": [0, 1],
        "depth": [0, 1],
        "in_degree": [0, 1],
        "out_degree": [1, 0],
        "difficulty": [0, 1],
    }
    np.testing.assert_array_equal(obs["prerequisites"], Quiz.prerequisites)


def test_depth_is_the_longest_way() -> None:
    graph = np.zeros((4, 4))
    graph[0, 1] = graph[1, 2] = graph[0, 2] = graph[0, 3] = 1
    depth = concept_features(np.ones(4), graph, np.zeros(4))[:, CONCEPT_FEATURES.index("depth")]
    np.testing.assert_allclose(depth, [0, 0.5, 1, 0.5])
    graph[2, 0] = 1
    with pytest.raises(ValueError, match="circle"):
        concept_features(np.ones(4), graph, np.zeros(4))


def test_it_offers_the_whole_contract_together_with_the_other_wrapper() -> None:
    env = ContractWrapper(OneLearnerConceptsWrapper(Quiz()))
    obs, _ = env.reset(seed=0)
    assert env.observation_space.contains(obs)
    assert obs["evidence"].shape == (1, 2, len(EVIDENCE))
    assert (env.sizes.learners, env.sizes.concepts) == (1, 2)


def test_what_is_missing_or_misshapen_is_named() -> None:
    class Silent(Quiz):
        def step(self, action: int) -> Any:
            return (*super().step(action)[:4], {"result": True})

    env = OneLearnerConceptsWrapper(Silent())
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"holds \['result'\]; expected correct in it"):
        env.step(0)

    class Short(Quiz):
        difficulties = np.zeros(3)

    with pytest.raises(ValueError, match=r"difficulties has shape \(3,\); expected .* \(2,\)"):
        OneLearnerConceptsWrapper(Short()).reset(seed=0)

    class Class(Quiz):
        def __init__(self) -> None:
            super().__init__()
            self.action_space = spaces.MultiDiscrete([2, 2])  # type: ignore[assignment]

    with pytest.raises(ValueError, match=r"action_space is MultiDiscrete.*expected Discrete"):
        OneLearnerConceptsWrapper(Class())
