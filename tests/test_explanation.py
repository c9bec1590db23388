"""Reasons are made of facts: of what the tutor saw and of the policy's own numbers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.explanation import Estimate, reason_for, token_attention
from envs.activities import Activity, Task
from envs.spaces import PROSPECTS, action_space, observation_space
from policies.policy import Explanation

LEARNERS, CONCEPTS = 4, 3
NAMES = ("fractions", "ratios", "equations")


def seen() -> dict[str, NDArray[np.float32]]:
    """Learner 3 is believed the weakest in ratios: logit -1 +- 0.5, understanding .3 +- .1."""
    spaces = observation_space(LEARNERS, CONCEPTS).spaces
    obs = {key: np.zeros(box.shape or (), np.float32) for key, box in spaces.items()}
    obs["learner_present"][:] = obs["concept_present"][:] = 1
    obs["belief"][:, 1] = [[0.5, 0.5], [1.0, 0.5], [-1.0, 0.5], [2.0, 0.5]]
    obs["understanding"][:, 1] = [[0.6, 0.1], [0.7, 0.1], [0.3, 0.1], [0.8, 0.1]]
    return obs


def act(activity: Activity, target: int, concept: int) -> NDArray[np.int64]:
    """Learners 1 to 3 practise ratios, learner 4 goes on."""
    plan = [Task.PRACTISE_MATCHED, 1] * 3 + [Task.KEEP, 0]
    return np.array([activity, target, concept, *plan])


def account() -> Explanation:
    """Explain .6, quiz .3; the course looks mostly at learner 3 and at ratios, one head each."""
    tokens = 1 + LEARNERS + CONCEPTS
    attention = np.full((1, 2, tokens, tokens), 1 / tokens, np.float32)
    attention[0, 0, 0] = np.eye(tokens)[3]
    attention[0, 1, 0] = np.eye(tokens)[1 + LEARNERS + 1]
    activity = np.full((1, len(Activity)), 0.1 / 6, np.float32)
    activity[0, [Activity.EXPLAIN, Activity.QUIZ]] = 0.6, 0.3
    return Explanation(
        actions=act(Activity.EXPLAIN, 3, 1)[None],
        activity_probs=activity,
        target_probs=np.zeros((1, LEARNERS + 1), np.float32),
        concept_probs=np.zeros((1, CONCEPTS), np.float32),
        plan_probs=np.zeros((1, LEARNERS, len(Task), CONCEPTS), np.float32),
        values=np.full((1, LEARNERS), 0.25, np.float32),
        attention=[np.zeros_like(attention), attention],
    )


def test_reason_holds_the_belief_about_the_target() -> None:
    reason = reason_for(seen(), act(Activity.EXPLAIN, 3, 1), NAMES)
    assert (reason.activity, reason.target, reason.concept) == (Activity.EXPLAIN, 3, "ratios")
    assert reason.mastery is not None
    assert reason.mastery.mean == pytest.approx(1 / (1 + np.e))
    low, high = 1 / (1 + np.exp(1.5)), 1 / (1 + np.exp(0.5))
    assert reason.mastery.spread == pytest.approx((high - low) / 2)
    assert reason.understanding == Estimate(pytest.approx(0.3), pytest.approx(0.1))
    assert (reason.rank, reason.class_size) == (1, 4)
    assert reason.plan == ((Task.PRACTISE_MATCHED, 3), (Task.KEEP, 1))


def test_sentence_says_the_facts() -> None:
    attended = np.array([1.0, 1.0, 0.4, 1.0])
    reason = reason_for(seen(), act(Activity.EXPLAIN, 3, 1), NAMES, attended=attended)
    assert reason.sentence == (
        "Explains ratios to learner 3 for 2 min: learner 3 seemed 40% attentive, mastery is "
        "believed to be 27% (+-10), the lowest of 4, understanding 30% (+-10). "
        "Plan: 3 practise matched items, 1 go on as before, mostly on ratios."
    )


def test_sentence_changes_with_the_belief() -> None:
    other = seen()
    other["belief"][2, 1, 0] = 3.0
    sentence = reason_for(other, act(Activity.EXPLAIN, 3, 1), NAMES).sentence
    assert "believed to be 95%" in sentence
    assert "the highest of 4" in sentence


def test_class_activity_reports_the_mean_of_those_present() -> None:
    obs = seen()
    obs["learner_present"][3] = 0
    attended = np.array([0.2, 0.4, 0.6, 1.0])
    reason = reason_for(obs, act(Activity.QUIZ, 0, 1), NAMES, attended=attended)
    assert reason.attention == pytest.approx(0.4)
    assert reason.understanding == Estimate(pytest.approx(1.6 / 3), pytest.approx(0.1))
    assert reason.rank == 0
    assert reason.sentence.startswith("Quizzes the class on ratios for 3 min: the class seemed 40%")


def test_activity_without_concept_claims_no_belief() -> None:
    reason = reason_for(seen(), act(Activity.REST, 0, 0), NAMES)
    assert (reason.concept, reason.mastery) == ("", None)
    assert reason.sentence.startswith("Lets the class rest for 4 min. Plan")


def test_without_tracing_nothing_is_said_of_mastery() -> None:
    obs = seen()
    obs["belief"][:] = 0
    assert "mastery" not in reason_for(obs, act(Activity.EXPLAIN, 3, 1), NAMES).sentence


def test_reason_promises_what_the_prospects_of_the_addressed_say() -> None:
    obs = seen()
    obs["prospects"][2, 1, PROSPECTS.index("explain")] = 14.5  # per ten minutes
    obs["prospects"][:, 1, PROSPECTS.index("peer")] = [1.0, 2.0, 3.0, 4.0]
    told = reason_for(obs, act(Activity.EXPLAIN, 3, 1), NAMES)
    assert told.promise == pytest.approx(7.25)
    assert "five minutes of it should add 7.2 points" in told.sentence
    assert reason_for(obs, act(Activity.PEER, 0, 1), NAMES).promise == pytest.approx(1.25)
    assert reason_for(obs, act(Activity.QUIZ, 0, 1), NAMES).promise is None


def test_shared_rank_is_not_claimed() -> None:
    obs = seen()
    obs["belief"][0, 1] = obs["belief"][2, 1]
    assert reason_for(obs, act(Activity.EXPLAIN, 3, 1), NAMES).rank == 0


def test_policy_adds_probability_runner_up_attention_and_value() -> None:
    reason = reason_for(seen(), act(Activity.EXPLAIN, 3, 1), NAMES, explanation=account())
    assert reason.probability == pytest.approx(0.6)
    assert (reason.runner_up, reason.runner_up_probability) == (Activity.QUIZ, pytest.approx(0.3))
    assert reason.looks_at_learners[0] == (3, pytest.approx(0.5))
    assert reason.looks_at_concepts[0] == ("ratios", pytest.approx(0.5))
    assert reason.value == pytest.approx(0.25)
    assert "Chosen with 60%, next best quiz (30%)." in reason.sentence
    assert "Attention is on learners 3 (50%)" in reason.sentence
    assert "and on ratios (50%)" in reason.sentence


def test_token_attention_is_the_last_layer_averaged_over_heads() -> None:
    weights = token_attention(account())
    assert weights.shape == (8, 8)
    assert weights[0, 3] == pytest.approx(0.5)
    assert weights.sum(axis=1) == pytest.approx(1.0)


def test_misfits_are_refused() -> None:
    with pytest.raises(ValueError, match=r"action has shape \(3,\); expected \(11,\)"):
        reason_for(seen(), np.zeros(3, np.int64), NAMES)
    with pytest.raises(ValueError, match="concepts has 1 names; expected 3"):
        reason_for(seen(), act(Activity.REST, 0, 0), NAMES[:1])


def test_every_activity_has_a_sentence() -> None:
    assert action_space(LEARNERS, CONCEPTS).nvec[0] == len(Activity)
    sentences = {reason_for(seen(), act(a, 0, 1), NAMES).sentence for a in Activity}
    assert len(sentences) == len(Activity)
