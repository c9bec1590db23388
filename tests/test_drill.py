"""The drill keeps its promises: exact beliefs, rewards that sum to the gain, honest instances."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_sb3

from envs.drill import DrillConcept, DrillEnv, Instance, InstanceDraw
from envs.drill.drawing import fitted_concepts
from envs.drill.instance import chain
from envs.drill.suite import drawn, four, observed, ordered, pair, separate

CONCEPTS = (
    DrillConcept(prior=0.4, learn=0.3, guess=0.2, slip=0.1, forget=0.05),
    DrillConcept(prior=0.2, learn=0.25, guess=0.3, slip=0.15, forget=0.1),
)
ORDERED = chain(CONCEPTS, unready=0.2, decisions=4)
OBSERVED = chain(CONCEPTS, unready=0.2, decisions=4, hidden=False)
NO_SPEC = "ignore:.*Not able to test alternative render modes"
SHAPES = "ignore:Your observation .* has an unconventional shape"
IMAGES = "ignore:It seems that your observation .* is an image"
SMALL = "ignore:The minimal resolution for an image"


def practise(env: DrillEnv, seed: int, concepts: list[int]) -> list[dict[str, Any]]:
    """Every step of an episode with fixed choices: observation, reward, info."""
    observation, info = env.reset(seed=seed)
    steps = [{"observation": observation, "reward": 0.0, "info": info}]
    for concept in concepts:
        observation, reward, *_, info = env.step(np.int64(concept))
        steps.append({"observation": observation, "reward": reward, "info": info})
    return steps


@pytest.mark.filterwarnings(NO_SPEC, SHAPES, IMAGES, SMALL)
@pytest.mark.parametrize("make", [separate, ordered, observed, pair, four, drawn])
def test_drills_pass_both_checkers(make: Any) -> None:
    check_env(make())
    check_env_sb3(make())


def probability(instance: Instance, states: list[tuple[int, int]], practised: list[int]) -> float:
    """Probability of a whole path of mastery, written from the definition for two concepts."""
    p = 1.0
    for known, concept in zip(states[0], instance.concepts, strict=True):
        p *= concept.prior if known else 1.0 - concept.prior
    for before, after, c in zip(states[:-1], states[1:], practised, strict=True):
        for d, concept in enumerate(instance.concepts):
            if d == c:
                learn = concept.learn * (1.0 if d == 0 or before[0] else instance.unready)
                mastered = 1.0 if before[d] else learn
            else:
                mastered = before[d] * (1.0 - concept.forget)
            p *= mastered if after[d] else 1.0 - mastered
    return p


def test_belief_is_the_share_of_all_learners_with_these_answers() -> None:
    practised = [0, 1, 1, 0]
    steps = practise(DrillEnv(instance=ORDERED), 3, practised)
    answers = [step["info"]["correct"] for step in steps[1:]]
    weight, mastered = 0.0, np.zeros(2)
    for states in product(product((0, 1), repeat=2), repeat=5):
        p = probability(ORDERED, list(states), practised)
        for state, c, correct in zip(states[:-1], practised, answers, strict=True):
            concept = ORDERED.concepts[c]
            right = 1.0 - concept.slip if state[c] else concept.guess
            p *= right if correct else 1.0 - right
        weight += p
        mastered += p * np.array(states[-1])
    belief = steps[-1]["observation"]["belief"][0]  # (C, 2)
    np.testing.assert_allclose(belief[:, 0], mastered / weight, atol=1e-6)
    np.testing.assert_allclose(belief[:, 1], np.sqrt(belief[:, 0] * (1 - belief[:, 0])), atol=1e-6)


@pytest.mark.parametrize("instance", [ORDERED, OBSERVED])
def test_rewards_sum_to_the_gain_of_the_expected_score(instance: Instance) -> None:
    steps = practise(DrillEnv(instance=instance), 1, [0, 1, 0, 1])
    first, last = steps[0]["info"], steps[-1]["info"]
    total = sum(step["reward"] for step in steps)
    assert total == pytest.approx(last["expected_score"] - first["expected_score"], abs=1e-12)
    assert (last["expected_score"] == pytest.approx(last["score"])) is not instance.hidden


def test_hidden_rewards_average_the_true_gain_with_less_noise() -> None:
    env, returns, gains = DrillEnv(instance=ORDERED), [], []
    for seed in range(1000):
        steps = practise(env, seed, [0, 1, 0])
        returns.append(sum(step["reward"] for step in steps))
        gains.append(steps[-1]["info"]["score"] - steps[0]["info"]["score"])
    error = np.std(np.subtract(returns, gains)) / np.sqrt(len(gains))
    assert abs(np.mean(returns) - np.mean(gains)) < 4 * error
    assert np.std(returns) < 0.7 * np.std(gains)


def test_prospects_are_what_one_opportunity_adds_on_average() -> None:
    promised = practise(DrillEnv(instance=OBSERVED), 0, [])[0]
    mastery, prospects = promised["info"]["mastery"], promised["observation"]["prospects"][0, :, 0]
    gains = []
    for c, concept in enumerate(CONCEPTS):
        other = CONCEPTS[1 - c]
        ready = 1.0 if c == 0 or mastery[0] else OBSERVED.unready
        learnt = (1 - mastery[c]) * concept.learn * ready * (1 - concept.guess - concept.slip)
        lost = mastery[1 - c] * other.forget * (1 - other.guess - other.slip)
        gains.append(100 * (learnt - lost) / 2)
    np.testing.assert_allclose(prospects, gains, atol=1e-4)


def test_observed_mastery_is_shown_and_answers_are_not_counted() -> None:
    steps = practise(DrillEnv(instance=OBSERVED), 2, [0, 0, 1])
    for step in steps:
        np.testing.assert_array_equal(
            step["observation"]["belief"][0, :, 0], step["info"]["mastery"]
        )
        assert not step["observation"]["evidence"].any()


def test_evidence_counts_answers_and_decisions_since() -> None:
    steps = practise(DrillEnv(instance=ORDERED), 5, [0, 0, 1])
    first = [step["info"]["correct"] for step in steps[1:3]]
    expected = [np.log(3), np.log1p(sum(first)), 1.0 if first[1] else -1.0, np.log(2)]
    np.testing.assert_allclose(steps[-1]["observation"]["evidence"][0, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(steps[-1]["observation"]["course"], [0.25, np.log(2)], rtol=1e-6)


def test_a_seed_fixes_instance_learner_and_luck() -> None:
    once, again = (practise(drawn(), 7, [0, 1, 2, 1]) for _ in range(2))
    other = practise(drawn(), 8, [0, 1, 2, 1])
    for a, b in zip(once, again, strict=True):
        assert a["reward"] == b["reward"]
        for key, array in a["observation"].items():
            np.testing.assert_array_equal(array, b["observation"][key])
    assert (once[0]["observation"]["concepts"] != other[0]["observation"]["concepts"]).any()


def test_attributes_describe_the_present_instance() -> None:
    env = DrillEnv(instance=ORDERED)
    assert env.steps == 4
    np.testing.assert_array_equal(env.prerequisites, [[0, 1], [0, 0]])
    right = 0.4 * 0.9 + 0.6 * 0.2
    assert env.difficulties[0] == pytest.approx(-np.log(right / (1 - right)))
    env = drawn()
    env.reset(seed=1)
    before = env.difficulties
    env.reset()
    assert (env.difficulties != before).all()


def test_an_episode_ends_terminated_and_then_needs_a_reset() -> None:
    env = DrillEnv(instance=ORDERED)
    env.reset(seed=0)
    assert [env.step(np.int64(0))[2:4] for _ in range(4)] == [(False, False)] * 3 + [(True, False)]
    with pytest.raises(RuntimeError, match="reset"):
        env.step(np.int64(0))
    env.reset()
    with pytest.raises(ValueError, match=r"action is 2; expected a concept, 0 to 1"):
        env.step(2)
    with pytest.raises(ValueError, match="expected none"):
        env.reset(options={"spread": True})


def test_drawn_concepts_are_whole_fitted_skills() -> None:
    plain, forgetting = (fitted_concepts(forgetting=forgets) for forgets in (False, True))
    assert len(plain) == len(forgetting) == 69
    median = {
        name: round(float(np.median([getattr(concept, name) for concept in plain])), 3)
        for name in ("prior", "learn", "guess", "slip")
    }
    default = DrillConcept()
    assert {name: getattr(default, name) for name in median} == median
    draw = InstanceDraw(concepts=4, forgetting=True, prerequisites=1.0)
    instance = draw.instance(np.random.default_rng(0))
    assert set(instance.concepts) <= set(forgetting)
    assert instance.forgetting
    assert len(instance.prerequisites) == 6


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DrillConcept(prior=1.2), "prior is 1.2; expected a probability"),
        (lambda: DrillConcept(slip=0.0), "slip is 0.0; expected a probability above 0"),
        (lambda: DrillConcept(guess=0.6, slip=0.4), "guess and slip are 0.6 and 0.4"),
        (lambda: Instance(concepts=()), "concepts are 0; expected 1 to 8"),
        (lambda: Instance(decisions=0), "decisions is 0; expected 1 to 100"),
        (lambda: Instance(unready=-0.1), "unready is -0.1; expected a share"),
        (lambda: Instance(prerequisites=((0, 2),)), r"hold \(0, 2\); expected pairs of indices"),
        (lambda: Instance(prerequisites=((0, 1), (1, 0))), "expected no cycle"),
        (lambda: InstanceDraw(concepts=9), "concepts is 9; expected 1 to 8"),
        (lambda: InstanceDraw(decisions=101), "decisions is 101; expected 1 to 100"),
        (lambda: InstanceDraw(prerequisites=2.0), "prerequisites is 2.0; expected a probability"),
    ],
)
def test_impossible_drills_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
