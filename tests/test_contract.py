"""Any environment as a classroom: nothing offered is lost, what is absent is neutral."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from envs.classroom import ClassroomEnv
from envs.contract import ContractWrapper
from envs.contract_sizes import AXES
from envs.course import Course
from envs.spaces import MODALITIES
from tests.own_environments import ClassDrill, Drill, MaskedDrill, Quiz, TaskDrill, TutorDrill
from tests.random_teaching import legal_action

KINDS = [Drill, MaskedDrill, ClassDrill, TaskDrill, TutorDrill, Quiz]


Offered = spaces.Space[Any] | tuple[int, ...]


class Offer(gym.Env[Any, Any]):
    """Spaces alone, and whatever reward and info a test asks for."""

    def __init__(
        self, action: spaces.Space[Any], **keys: spaces.Space[Any] | tuple[int, ...]
    ) -> None:
        boxes = {k: s if isinstance(s, spaces.Space) else box(*s) for k, s in keys.items()}
        self.observation_space = spaces.Dict(boxes)
        self.action_space = action
        self.reward, self.info = 1.0, dict[str, Any]()

    def reset(self, **_: Any) -> tuple[Any, dict[str, Any]]:
        """Observe anything."""
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Reward the same as ever."""
        del action
        return self.observation_space.sample(), self.reward, False, False, self.info


def box(*shape: int) -> spaces.Box:
    return spaces.Box(0, 1, shape, np.float32)


def test_the_built_in_classroom_comes_out_as_it_is() -> None:
    course = Course(learners=2, lessons=1, minutes=10)
    plain, wrapped = ClassroomEnv(course=course), ContractWrapper(ClassroomEnv(course=course))
    assert wrapped.observation_space == plain.observation_space
    assert wrapped.action_space == plain.action_space
    observations = [env.reset(seed=4)[0] for env in (plain, wrapped)]
    rng = np.random.default_rng(0)
    for _ in range(3):
        for key, array in observations[0].items():
            np.testing.assert_array_equal(observations[1][key], array, err_msg=key)
        action = legal_action({k: v[None] for k, v in observations[0].items()}, rng)[0]
        outcomes = [env.step(action) for env in (plain, wrapped)]
        assert outcomes[0][1] == outcomes[1][1]
        assert outcomes[0][4]["minutes"] == outcomes[1][4]["minutes"]
        observations = [outcome[0] for outcome in outcomes]


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_the_contract_is_there_and_within_its_space(kind: Any) -> None:
    env = ContractWrapper(kind())
    obs, _ = env.reset(seed=1)
    assert set(obs) >= set(AXES)
    assert env.observation_space.contains(obs)
    batch = {key: array[None] for key, array in obs.items()}
    after = env.step(legal_action(batch, np.random.default_rng(0))[0])
    assert env.observation_space.contains(after[0])


@pytest.mark.parametrize("kind", KINDS)
def test_no_action_of_the_environment_is_out_of_reach(kind: Any) -> None:
    env = ContractWrapper(kind())
    own = env.env.action_space
    own.seed(0)
    for _ in range(20):
        action = own.sample()
        whole = env.contract_action(action)
        assert env.action_space.contains(whole)
        assert own.contains(env.own_action(whole))
        np.testing.assert_array_equal(env.own_action(whole), action)


def test_choices_that_do_not_count_from_zero_are_shifted() -> None:
    env = ContractWrapper(Offer(spaces.Discrete(3, start=5), mood=(2,)))
    assert env.own_action(np.array([0, 0, 0, 0, 2])) == 7
    assert env.contract_action(7).tolist() == [0, 0, 0, 0, 2]


def test_other_keys_become_features_of_what_their_shape_says() -> None:
    env = ContractWrapper(ClassDrill())
    obs, _ = env.reset(seed=0)
    assert obs["behaviour"].shape == (3, 4)  # mood
    assert obs["course"].tolist() == [1, 0, 0, 0, 0, 0]  # clock, one-hot
    np.testing.assert_array_equal(obs["need"][..., 0].argmax(axis=1), env.unwrapped.need)  # type: ignore[attr-defined]
    assert not obs["concepts"].any()  # the pairs tell concepts apart


def test_keys_of_one_group_stand_side_by_side_the_contracts_own_first() -> None:
    offer = Offer(
        spaces.MultiDiscrete([5, 5]),
        age=(2, 3),
        behaviour=(2, 2),
        learner_height=(2,),
        concept_length=(5,),
        learner_present=(2,),
        time=(),
        map=(4,),
    )
    obs, _ = ContractWrapper(offer).reset()
    assert obs["behaviour"].shape == (2, 2 + 3 + 1)
    assert obs["concepts"].shape == (5, 1)
    assert obs["course"].shape == (4 + 1,)


def test_what_nobody_offers_is_neutral() -> None:
    obs, _ = ContractWrapper(TaskDrill()).reset(seed=0)
    for name in MODALITIES:
        assert obs[name].shape == (2, 1)  # the flag that says: missing
        assert not obs[name].any()
    assert not obs["prerequisites"].any()
    assert not obs["seats"].any()
    assert obs["learner_present"].all()
    assert obs["concept_present"].all()
    assert obs["task_concept_mask"].all()
    assert obs["task_mask"].tolist() == [[0, 1], [1, 1]]
    assert obs["target_mask"].tolist() == [[1, 0, 0]]  # the tutor has nothing of its own to choose
    assert obs["concept_mask"].tolist() == [[1, 0, 0]]


def test_concepts_that_nothing_tells_apart_are_numbered() -> None:
    obs, _ = ContractWrapper(Drill()).reset(seed=0)
    assert obs["concepts"].tolist() == [[1, 0], [0, 1]]


def test_the_mask_of_a_single_choice_becomes_the_plans() -> None:
    env = ContractWrapper(MaskedDrill())
    obs, info = env.reset(seed=0)
    np.testing.assert_array_equal(obs["task_concept_mask"][0], info["action_mask"])
    offer = ContractWrapper(Offer(spaces.Discrete(4), action_mask=spaces.MultiBinary(4)))
    assert offer.reset()[0]["course"].shape == (1,)  # it is no feature


def test_a_reward_goes_to_present_learners_in_equal_parts() -> None:
    offer = Offer(spaces.MultiDiscrete([4] * 3), learner_present=(3,))
    offer.observation_space = spaces.Dict({"learner_present": Fixed([1, 0, 1])})
    env = ContractWrapper(offer)
    env.reset()
    info = env.step(np.zeros(9, np.int64))[4]
    assert info["learner_reward"].tolist() == [0.5, 0, 0.5]
    assert info["minutes"] == 1.0
    offer.info = {"minutes": 3, "learner_reward": [0.2, 0.3, 0.5]}
    info = env.step(np.zeros(9, np.int64))[4]
    assert info["learner_reward"].tolist() == [0.2, 0.3, 0.5]
    assert info["minutes"] == 3.0


class Fixed(spaces.Box):
    """A space of one value."""

    def __init__(self, value: list[float]) -> None:
        super().__init__(0, 1, np.shape(value), np.float32)
        self.value = np.array(value, np.float32)

    def sample(self, *_: Any, **__: Any) -> Any:
        """Give it."""
        return self.value


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        (
            Offer(spaces.MultiDiscrete([4, 4, 4]), behaviour=(2, 5)),
            r"action_space is MultiDiscrete\(\[4 4 4\]\); .* for 2 learners by behaviour \(2, 5\)",
        ),
        (
            Offer(spaces.Discrete(4), behaviour=(1, 5), evidence=(2, 4, 3)),
            r"evidence \(2, 4, 3\) says 2 learners and behaviour \(1, 5\) says 1",
        ),
        (Offer(spaces.Discrete(4), concepts=(4,)), r"concepts has shape \(4,\); expected \(C, F\)"),
        (Offer(spaces.Discrete(4), target_mask=(1, 3)), "2 learners by target_mask"),
        (Offer(box(3)), r"action_space is Box.*; expected Discrete\(C\)"),
        (Offer(spaces.MultiDiscrete([3, 3])), "2 learners with 1 tasks or 1 learners with 3 tasks"),
        (
            Offer(spaces.MultiDiscrete([2, 2]), learner_present=(2,), mood=(2, 7)),
            r"mood has shape \(2, 7\); expected .* prefix learner_ or concept_",
        ),
        (Offer(spaces.Discrete(4), mood=(3, 7)), r"mood has shape \(3, 7\); expected \(1, F\)"),
        (Offer(spaces.Discrete(4), words=spaces.Sequence(box(2))), "words is Sequence"),
        (
            Offer(spaces.MultiDiscrete([2, 4]), action_mask=(4,)),
            r"action_mask has shape \(4,\) .* task_mask and task_concept_mask",
        ),
    ],
)
def test_contradictions_name_keys_and_shapes(offer: Offer, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ContractWrapper(offer)


def test_a_prefix_settles_what_the_shape_leaves_open() -> None:
    action = spaces.MultiDiscrete([2, 2])
    offer = Offer(action, learner_present=(2,), learner_mood=(2, 7), concept_words=(2, 6))
    obs, _ = ContractWrapper(offer).reset()
    assert (obs["behaviour"].shape, obs["concepts"].shape) == ((2, 7), (2, 6))
