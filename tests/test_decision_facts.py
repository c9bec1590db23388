"""Reasons are made of facts: of what the tutor saw and of the policy's own numbers."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.decision.decision import Decision, Estimate, Ground, Share, Veto
from agents.decision.facts import Account, describe, token_attention
from agents.decision.json_form import from_json, to_json
from agents.decision.wording import sentence
from envs.activities import Activity, Task
from envs.spaces import EVIDENCE, MODALITIES, PROSPECTS, action_space, observation_space
from policies.explanation import Explanation

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


def account() -> Account:
    """Explain .6, quiz .3; without learner 3 the choice's chance falls from .5 to .1."""
    tokens = 1 + LEARNERS + CONCEPTS
    attention = np.full((1, 2, tokens, tokens), 1 / tokens, np.float32)
    attention[0, 0, 0] = np.eye(tokens)[3]
    attention[0, 1, 0] = np.eye(tokens)[1 + LEARNERS + 1]
    activity = np.full((1, len(Activity)), 0.1 / 6, np.float32)
    activity[0, [Activity.EXPLAIN, Activity.QUIZ]] = 0.6, 0.3
    options = np.zeros((1, len(Activity), 3), np.int64)
    options[0, :, 0] = range(len(Activity))
    options[0, Activity.QUIZ, 2] = 2
    modalities = np.zeros((1, LEARNERS, len(MODALITIES)), np.float32)
    modalities[0, 2] = [0.5, 0.2, 0.1, 0.1, 0.1]
    left_out = np.log(np.full(1 + tokens, 0.5))
    left_out[1 + 3], left_out[1 + 1 + LEARNERS + 1] = np.log(0.1), np.log(0.25)
    told = Explanation(
        actions=act(Activity.EXPLAIN, 3, 1)[None],
        activity_probs=activity,
        target_probs=np.zeros((1, LEARNERS + 1), np.float32),
        concept_probs=np.zeros((1, CONCEPTS), np.float32),
        plan_probs=np.zeros((1, LEARNERS, len(Task), CONCEPTS), np.float32),
        options=options,
        values=np.full((1, LEARNERS), 0.25, np.float32),
        attention=[np.tile(np.eye(tokens, dtype=np.float32), (1, 2, 1, 1)), attention],
        modalities=modalities,
        left_out=left_out[None],
    )
    return Account(explanation=told, left_out=left_out)


def test_reason_holds_the_belief_about_the_target() -> None:
    decision = describe(seen(), act(Activity.EXPLAIN, 3, 1), NAMES)
    assert (decision.activity, decision.target, decision.concept) == (Activity.EXPLAIN, 3, "ratios")
    assert decision.mastery is not None
    assert decision.mastery.mean == pytest.approx(1 / (1 + np.e))
    low, high = 1 / (1 + np.exp(1.5)), 1 / (1 + np.exp(0.5))
    assert decision.mastery.spread == pytest.approx((high - low) / 2)
    assert decision.understanding == Estimate(pytest.approx(0.3), pytest.approx(0.1))
    assert (decision.rank, decision.class_size) == (1, 4)
    assert decision.plan == ((Task.PRACTISE_MATCHED, 3), (Task.KEEP, 1))


def test_sentence_says_the_facts() -> None:
    attended = np.array([1.0, 1.0, 0.4, 1.0])
    decision = describe(seen(), act(Activity.EXPLAIN, 3, 1), NAMES, attended=attended)
    assert sentence(decision) == (
        "Explains ratios to learner 3 for 2 min: learner 3 seemed 40% attentive, mastery is "
        "believed to be 27% (+-10), the lowest of 4, understanding 30% (+-10). "
        "Plan for whoever is free: 3 practise matched items, 1 go on as before, mostly on ratios."
    )


def test_sentence_changes_with_the_belief() -> None:
    other = seen()
    other["belief"][2, 1, 0] = 3.0
    told = sentence(describe(other, act(Activity.EXPLAIN, 3, 1), NAMES))
    assert "believed to be 95%" in told
    assert "the highest of 4" in told


def test_class_activity_reports_the_mean_of_those_present() -> None:
    obs = seen()
    obs["learner_present"][3] = 0
    attended = np.array([0.2, 0.4, 0.6, 1.0])
    decision = describe(obs, act(Activity.QUIZ, 0, 1), NAMES, attended=attended)
    assert decision.attended == pytest.approx(0.4)
    assert decision.understanding == Estimate(pytest.approx(1.6 / 3), pytest.approx(0.1))
    assert decision.rank == 0
    assert sentence(decision).startswith(
        "Quizzes the class on ratios for 3 min: the class seemed 40%"
    )


def test_activity_without_concept_claims_no_belief() -> None:
    decision = describe(seen(), act(Activity.REST, 0, 0), NAMES)
    assert (decision.concept, decision.mastery) == ("", None)
    assert sentence(decision).startswith("Lets the class rest for 4 min. Plan")


def test_without_tracing_nothing_is_said_of_mastery() -> None:
    obs = seen()
    obs["belief"][:] = 0
    assert "mastery" not in sentence(describe(obs, act(Activity.EXPLAIN, 3, 1), NAMES))


def test_reason_promises_what_the_prospects_of_the_addressed_say() -> None:
    obs = seen()
    obs["prospects"][2, 1, PROSPECTS.index("explain")] = 14.5  # per ten minutes
    obs["prospects"][:, 1, PROSPECTS.index("peer")] = [1.0, 2.0, 3.0, 4.0]
    told = describe(obs, act(Activity.EXPLAIN, 3, 1), NAMES)
    assert told.promise == pytest.approx(7.25)
    assert "five minutes of it should add 7.2 points" in sentence(told)
    assert describe(obs, act(Activity.PEER, 0, 1), NAMES).promise == pytest.approx(1.25)
    assert describe(obs, act(Activity.QUIZ, 0, 1), NAMES).promise is None


def test_shared_rank_is_not_claimed() -> None:
    obs = seen()
    obs["belief"][0, 1] = obs["belief"][2, 1]
    assert describe(obs, act(Activity.EXPLAIN, 3, 1), NAMES).rank == 0


def test_policy_adds_probability_alternatives_attention_and_value() -> None:
    obs = seen()
    obs["prospects"][2, 1, PROSPECTS.index("explain")] = 14.5
    decision = describe(obs, act(Activity.EXPLAIN, 3, 1), NAMES, account=account())
    assert decision.probability == pytest.approx(0.6)
    assert len(decision.alternatives) == 3
    second = decision.alternatives[0]
    assert (second.activity, second.concept, second.gain) == (Activity.QUIZ, "equations", None)
    assert second.probability == pytest.approx(0.3)
    here, others = obs["learner_present"].sum(), 2 / 3 / 8  # learners and concepts look evenly
    third = 0.5 * (1 / 3 / here + 0.5 / 3 + others)  # what is read of it, and by the course
    second_topic = 0.5 * (1 / 3 / 3 + 0.5 / 3 + others)
    assert decision.learner_attention[2] == Share(name="learner 3", share=pytest.approx(third))
    assert decision.concept_attention[1].share == pytest.approx(second_topic)
    moment = 0.5 * (1 / 3 + others)
    looks = (*decision.learner_attention, *decision.concept_attention)
    assert sum(look.share for look in looks) == pytest.approx(1 - moment)
    assert decision.modality_attention[0] == Share(name="gaze", share=pytest.approx(0.5))
    assert decision.value == pytest.approx(0.25)
    assert "Chosen with 60%, likeliest otherwise quiz (30%)." in sentence(decision)


def test_reason_names_what_the_choice_would_lose_by_not_knowing_it() -> None:
    decision = describe(seen(), act(Activity.EXPLAIN, 3, 1), NAMES, account=account())
    assert decision.choice_probability == pytest.approx(0.5)
    first, second = decision.grounds[:2]
    assert first == Ground(about="learner 3", without=pytest.approx(0.1))
    assert second == Ground(about="ratios", without=pytest.approx(0.25))
    said = sentence(decision)
    assert "What is known of learner 3 and ratios speaks for it most: were each alone" in said
    assert said.endswith("would be 10% and 25%, not 50%.")


def test_veto_is_said_with_what_was_seen_and_the_limit() -> None:
    veto = Veto(rule="neglect", vetoed="quiz", learner=2, value=41.0, limit=40.0)
    told = describe(
        seen(),
        act(Activity.EXPLAIN, 2, 1),
        NAMES,
        account=replace(account(), vetoes=(veto,)),
    )
    seen_and_limit = "learner 2 had not been addressed for 41 minutes (limit 40)."
    assert f"Guard-rail neglect vetoes quiz: {seen_and_limit}" in sentence(told)
    assert "Chosen with" not in sentence(told)  # it was not: the likeliest otherwise was vetoed


def test_gain_is_the_mean_prospect_of_what_everybody_would_be_doing() -> None:
    """Learner 3 is explained ratios at 20 per ten minutes, the others practise or do nothing."""
    obs = seen()
    obs["prospects"][:, 1, PROSPECTS.index("practice")] = 4.0
    obs["prospects"][2, 1, PROSPECTS.index("explain")] = 20.0
    obs["prospects"][:, 2, PROSPECTS.index("peer")] = [1.0, 2.0, 3.0, 6.0]

    def gain(activity: Activity, target: int, concept: int) -> float | None:
        return describe(obs, act(activity, target, concept), NAMES).gain

    assert gain(Activity.EXPLAIN, 3, 1) == pytest.approx((4 + 4 + 20 + 0) / 4 / 10)
    assert gain(Activity.CIRCULATE, 0, 0) == pytest.approx(12 / 4 / 10)
    assert gain(Activity.PEER, 0, 2) == pytest.approx(12 / 4 / 10)
    assert gain(Activity.REST, 0, 0) == 0.0
    assert gain(Activity.QUIZ, 0, 1) is None
    obs["behaviour"][3, :5] = np.eye(5)[Task.WORKED_EXAMPLE]  # learner 4 keeps that task
    obs["evidence"][3, 2, EVIDENCE.index("working_on")] = 1
    obs["prospects"][3, 2, PROSPECTS.index("worked_example")] = 8.0
    assert gain(Activity.CIRCULATE, 0, 0) == pytest.approx((12 + 8) / 4 / 10)


def test_decision_comes_back_from_json_as_it_was() -> None:
    told = replace(
        describe(seen(), act(Activity.EXPLAIN, 3, 1), NAMES, account=account()),
        vetoes=(Veto(rule="rest", vetoed="quiz", learner=0, value=46.0, limit=45.0),),
    )
    content = json.loads(json.dumps(to_json(told), allow_nan=False))
    assert content["version"] == 2
    assert content["activity"] == "explain"
    assert content["sentence"] == sentence(told)
    assert from_json(Decision, content) == told
    rule = describe(seen(), act(Activity.REST, 0, 0), NAMES)
    assert from_json(Decision, json.loads(json.dumps(to_json(rule)))) == rule


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 1}, "version is 1; expected 2"),
        ({"kind": "feedback"}, "kind is 'feedback'; expected 'decision'"),
        ({"sentence": None}, "sentence is None; expected a string"),
        ({"mood": "good"}, "decision has mood; expected only"),
        ({"target": "3"}, "decision.target is '3'; expected int"),
        ({"rank": True}, "decision.rank is True; expected int"),
        ({"minutes": float("nan")}, "decision.minutes is nan; expected a finite number"),
        ({"activity": "sing"}, "decision.activity is 'sing'; expected one of circulate"),
        ({"plan": [["keep"]]}, r"decision.plan\[0\] has 1 entries; expected 2"),
        ({"mastery": {"mean": 0.5}}, "decision.mastery lacks spread"),
        ({"grounds": 3}, "decision.grounds is 3; expected a list"),
    ],
)
def test_json_of_another_form_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    content = to_json(describe(seen(), act(Activity.EXPLAIN, 3, 1), NAMES, account=account()))
    with pytest.raises(ValueError, match=message):
        from_json(Decision, content | change)
    del content["plan"]
    with pytest.raises(ValueError, match="decision lacks plan"):
        from_json(Decision, content)


def test_token_attention_is_the_last_layer_averaged_over_heads() -> None:
    weights = token_attention(account().explanation)
    assert weights.shape == (8, 8)
    assert weights[0, 3] == pytest.approx(0.5)
    assert weights.sum(axis=1) == pytest.approx(1.0)


def test_misfits_are_refused() -> None:
    with pytest.raises(ValueError, match=r"action has shape \(3,\); expected \(11,\)"):
        describe(seen(), np.zeros(3, np.int64), NAMES)
    with pytest.raises(ValueError, match="concepts has 1 names; expected 3"):
        describe(seen(), act(Activity.REST, 0, 0), NAMES[:1])


def test_every_activity_has_a_sentence() -> None:
    assert action_space(LEARNERS, CONCEPTS).nvec[0] == len(Activity)
    sentences = {sentence(describe(seen(), act(a, 0, 1), NAMES)) for a in Activity}
    assert len(sentences) == len(Activity)
