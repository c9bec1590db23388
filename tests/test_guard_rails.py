"""Guard-rails hold: what they forbid is not done, the rest is the policy's, and all is counted."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
import torch

from agents.decision.class_watch import ClassWatch, expected_success
from agents.decision.guard import Guard
from agents.decision.guard_rails import RULES, GuardRails
from agents.decision.guarded_policy import GuardedPolicy
from agents.tutors.trained_policy import TrainedPolicy
from envs.activities import Activity, Task
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from envs.spaces import BEHAVIOUR, CHANNELS, EVIDENCE, action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from tests.toy_classroom import Arrays

LEARNERS, CONCEPTS = 3, 4
OFF = GuardRails(
    sway=inf,
    minutes_without_rest=inf,
    minutes_unaddressed=inf,
    error_streak=inf,
    least_success=0.0,
)


def a_policy(learners: int = LEARNERS, concepts: int = CONCEPTS) -> AttentionPolicy:
    torch.manual_seed(0)
    spaces = observation_space(learners, concepts), action_space(learners, concepts)
    policy = AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(layers=1))
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return policy


POLICY = a_policy()


def seen() -> Arrays:
    """The first decision of one class; nothing stands out and everything is allowed."""
    spaces = observation_space(LEARNERS, CONCEPTS).spaces
    obs = {key: np.zeros((1, *(box.shape or ())), np.float32) for key, box in spaces.items()}
    for key in ("learner_present", "concept_present", "activity_mask", "task_mask"):
        obs[key][:] = 1
    obs["target_mask"][:, :, 0] = 1
    obs["target_mask"][:, [Activity.EXPLAIN, Activity.CUE], 1:] = 1
    obs["target_mask"][:, Activity.EXPLAIN, 0] = 0
    obs["concept_mask"][:] = obs["task_concept_mask"][:] = 1
    for key, single in (("concept_mask", Activity.REST), ("task_concept_mask", Task.KEEP)):
        obs[key][:, single, 1:] = 0
    obs["concept_mask"][:, Activity.CIRCULATE, 1:] = 0
    obs["course"][:, :2] = 1
    obs["behaviour"][:, :, 0] = 1
    obs["head"][..., -1] = 1
    obs["belief"][..., 1] = 0.5
    return obs


def act(activity: Activity, target: int = 0, concept: int = 0, *plan: int) -> np.ndarray:
    return np.array([[activity, target, concept, *(plan or [0] * 2 * LEARNERS)]])


def sway(obs: Arrays, learner: int, reading: float) -> None:
    obs["head"][:, learner - 1, CHANNELS["head"].index("sway") * 3] = reading


def errors(obs: Arrays, learner: int, concept: int, count: float) -> None:
    pair = obs["evidence"][:, learner - 1, concept]
    pair[:, EVIDENCE.index("log1p_attempts")] = np.log1p(count)
    pair[:, EVIDENCE.index("last_result")] = -1


def test_what_keeps_the_rules_passes_unchanged() -> None:
    guard = Guard(GuardRails())
    action = act(Activity.QUIZ, 0, 1, Task.WORKED_EXAMPLE, 2, Task.PRACTISE_MATCHED, 1, 0, 0)
    ruling = guard.apply(POLICY, seen(), action)
    assert np.array_equal(ruling.actions, action)
    assert ruling.vetoes == ((),)
    assert not guard.counts


def test_a_swaying_head_makes_the_class_rest_and_bars_demonstrations_after() -> None:
    guard = Guard(replace(OFF, sway=0.2, rest_gap_minutes=0.0))
    obs = seen()
    sway(obs, 2, 1.0)  # smoothed: 0.3
    ruling = guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1))
    assert ruling.actions[0, :3].tolist() == [Activity.REST, 0, 0]
    (veto,) = ruling.vetoes[0]
    assert (veto.rule, veto.vetoed, veto.learner, veto.limit) == ("sickness", "quiz", 2, 0.2)
    assert veto.value == pytest.approx(0.3)
    guard.limits = replace(guard.limits, rest_gap_minutes=5.0)  # it has just rested
    again = guard.apply(POLICY, obs, act(Activity.DEMONSTRATE, 0, 1)).actions
    assert again[0, 0] != Activity.DEMONSTRATE
    passed = guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1)).actions
    assert passed[0, 0] == Activity.QUIZ
    assert guard.counts == {"sickness": 2}


def test_a_missing_or_absent_head_is_no_sign() -> None:
    guard = Guard(replace(OFF, sway=0.2, rest_gap_minutes=0.0))
    obs = seen()
    sway(obs, 1, 9.0)
    obs["head"][:, 0, -1] = 0
    sway(obs, 2, 9.0)
    obs["learner_present"][:, 1] = 0
    assert guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1)).vetoes == ((),)


def test_too_long_without_a_rest_ends_in_one() -> None:
    guard = Guard(replace(OFF, minutes_without_rest=6.0))
    done = [guard.apply(POLICY, seen(), act(Activity.QUIZ, 0, 1)).actions[0, 0] for _ in range(6)]
    quiz, rest = Activity.QUIZ, Activity.REST  # a quiz takes 3 minutes
    assert done == [quiz, quiz, rest, quiz, quiz, rest]
    assert guard.counts == {"rest": 2}


def test_whom_the_tutor_did_not_turn_to_is_addressed_by_the_policys_likeliest_choice() -> None:
    guard = Guard(replace(OFF, minutes_unaddressed=4.0))
    obs = seen()
    for learner in (1, 3):
        guard.apply(POLICY, obs, act(Activity.EXPLAIN, learner, 1))  # 2 minutes each
    ruling = guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1))
    assert ruling.actions[0, 1] == 2
    assert ruling.vetoes[0][0].value == pytest.approx(4.0)
    narrowed = {**obs, "target_mask": obs["target_mask"].copy()}
    narrowed["target_mask"][..., [0, 1, 3]] = 0
    allowed = np.isin(np.arange(len(Activity)), [Activity.EXPLAIN, Activity.CUE])
    narrowed["activity_mask"] = obs["activity_mask"] * allowed
    assert ruling.actions[0, :3].tolist() == POLICY.explain(narrowed).actions[0, :3].tolist()


def test_the_absent_are_not_neglected_and_contact_within_the_limit_is_enough() -> None:
    guard = Guard(replace(OFF, minutes_unaddressed=4.0))
    obs = seen()
    obs["learner_present"][:, 1] = 0
    for learner in (1, 3, 1, 3, 1, 3):
        assert guard.apply(POLICY, obs, act(Activity.EXPLAIN, learner, 1)).vetoes == ((),)


def test_too_many_errors_in_a_row_stop_practice_of_that_concept_by_that_learner_alone() -> None:
    guard = Guard(replace(OFF, error_streak=3.0))
    plan = (Task.PRACTISE_EASIER, 2, Task.PRACTISE_EASIER, 2, Task.PRACTISE_EASIER, 1)
    action = act(Activity.QUIZ, 0, 1, *plan)
    obs = seen()
    guard.apply(POLICY, obs, action)
    errors(obs, 1, 2, 3)
    ruling = guard.apply(POLICY, obs, action)
    task, concept = ruling.actions[0, 3:5]
    assert task < Task.PRACTISE_EASIER or concept != 2
    assert ruling.actions[0, 5:].tolist() == list(plan[2:])
    assert ruling.actions[0, :3].tolist() == action[0, :3].tolist()
    (veto,) = ruling.vetoes[0]
    assert (veto.rule, veto.learner, veto.value) == ("wheel-spinning", 1, 3.0)
    obs["behaviour"][0, 0, :5] = np.eye(5)[Task.PRACTISE_HARDER]
    obs["evidence"][0, 0, 2, EVIDENCE.index("working_on")] = 1
    kept = guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1))  # to keep it is to go on with it
    assert kept.actions[0, 3:5].tolist() != [Task.KEEP, 0]


def test_a_right_answer_or_instruction_ends_the_streak() -> None:
    for name in ("log1p_successes", "log1p_minutes_taught"):
        watch, obs = ClassWatch(), seen()
        watch.observe(obs)
        errors(obs, 1, 2, 3)
        assert watch.observe(obs).streak[0, 0, 2] == 3
        if name == "log1p_successes":  # a right answer, after it no error
            errors(obs, 1, 2, 4)
            obs["evidence"][0, 0, 2, EVIDENCE.index("last_result")] = 1
        obs["evidence"][0, 0, 2, EVIDENCE.index(name)] = np.log1p(1)
        assert watch.observe(obs).streak[0, 0, 2] == 0


def test_practice_that_would_mostly_fail_is_made_easier() -> None:
    """Belief -1, items of spread 1: 43 %, 27 % and 15 % right, without doubt about it."""
    obs = seen()
    obs["belief"][0, :, :, 0], obs["belief"][..., 1] = -1.0, 0.0
    obs["concepts"][..., 3] = 1.0
    shares = expected_success(obs)[0, 0, :, 0]
    np.testing.assert_allclose(shares, 1 / (1 + np.exp(1 + 1.091 * np.array([-1, 0, 1]))))
    guard = Guard(replace(OFF, least_success=0.3))
    plan = (Task.PRACTISE_HARDER, 2, Task.PRACTISE_MATCHED, 1, Task.PRACTISE_EASIER, 1)
    ruling = guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1, *plan))
    assert (ruling.actions[0, [3, 5]] < Task.PRACTISE_MATCHED).all()
    assert ruling.actions[0, 7:].tolist() == list(plan[4:])
    (veto,) = ruling.vetoes[0]
    assert (veto.vetoed, veto.learner) == ("practise_harder", 1)  # the hardest of the two
    assert guard.counts == {"too hard": 1}


def test_a_rule_that_leaves_nothing_legal_is_passed_over() -> None:
    guard = Guard(replace(OFF, minutes_without_rest=0.0))
    obs = seen()
    obs["activity_mask"][:, Activity.REST] = 0
    assert guard.apply(POLICY, obs, act(Activity.QUIZ, 0, 1)).vetoes == ((),)


def test_of_contradicting_rules_the_earlier_counts() -> None:
    guard = Guard(replace(OFF, minutes_without_rest=0.0, minutes_unaddressed=0.0))
    ruling = guard.apply(POLICY, seen(), act(Activity.QUIZ, 0, 1))
    assert ruling.actions[0, 0] == Activity.REST
    assert [veto.rule for veto in ruling.vetoes[0]] == ["rest"]


def test_classes_of_a_batch_are_watched_apart() -> None:
    guard = Guard(replace(OFF, sway=0.2, rest_gap_minutes=0.0))
    obs = {key: np.concatenate([array, array]) for key, array in seen().items()}
    obs["head"][1, 0, CHANNELS["head"].index("sway") * 3] = 1.0
    quiz = act(Activity.QUIZ, 0, 1)
    ruling = guard.apply(POLICY, obs, np.concatenate([quiz, quiz]))
    assert ruling.actions[:, 0].tolist() == [Activity.QUIZ, Activity.REST]
    assert [len(found) for found in ruling.vetoes] == [0, 1]


def test_limits_are_checked_and_every_rule_has_one() -> None:
    for field in ("sway", "error_streak"):
        with pytest.raises(ValueError, match=rf"guard_rails\.{field} is -1; expected at least 0"):
            replace(OFF, **{field: -1})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sway is nan"):
        GuardRails(sway=float("nan"))
    assert all(hasattr(OFF, rule.limit) for rule in RULES)
    assert BEHAVIOUR[: len(Task)][Task.PRACTISE_HARDER] == "task_practise_harder"


def test_a_guarded_course_is_legal_and_without_limits_the_policys_own() -> None:
    """On the real classroom, which refuses illegal actions."""
    course = Course(learners=LEARNERS, lessons=2, minutes=20)
    policy = a_policy(LEARNERS, 16)
    taught = []
    for limits in (None, OFF, replace(GuardRails(), minutes_unaddressed=10.0, sway=0.5)):
        tutor = TrainedPolicy(policy, seed=0)
        guarded = tutor if limits is None else GuardedPolicy(tutor, limits)
        simulation = Simulation(2, course, builtin("algebra-16"), Constants())
        simulation.seed(np.arange(2))
        simulation.start()
        guarded.reset(2)
        actions = []
        while not simulation.done.any():
            actions.append(guarded.act(simulation.observation))
            simulation.step(actions[-1])
        taught.append(np.stack(actions))
        if isinstance(guarded, GuardedPolicy):
            assert bool(guarded.guard.counts) == (limits != OFF)
    assert np.array_equal(taught[0], taught[1])
