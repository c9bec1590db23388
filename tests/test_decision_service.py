"""The decision service: legal decisions with reasons, for one class or many, repeatably."""

import json
from dataclasses import replace
from math import inf

import numpy as np
import pytest
import torch

from agents.decision.decision import Decision
from agents.decision.guard_rails import GuardRails
from agents.decision.json_form import from_json, to_json
from agents.decision.service import DecisionService
from agents.decision.wording import sentence
from envs.activities import Activity
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy

CURRICULUM = builtin("algebra-16")
COURSE = Course(learners=3, lessons=1, minutes=20)


def a_policy(config: PolicyConfig) -> AttentionPolicy:
    torch.manual_seed(0)
    spaces = observation_space(3, 16), action_space(3, 16)
    policy = AttentionPolicy(*spaces, lambda _: 0.0, config)
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return policy


POLICY = a_policy(PolicyConfig(layers=1))


def classes(batch: int) -> Simulation:
    simulation = Simulation(batch, COURSE, CURRICULUM, Constants())
    simulation.seed(np.arange(batch))
    simulation.start()
    return simulation


def test_a_course_is_taught_by_the_service_alone() -> None:
    """Every action is legal (the classroom refuses others), every decision explains itself."""
    simulation, service = classes(2), DecisionService(POLICY, CURRICULUM)
    while not simulation.done.any():
        decisions = service.decide_all(simulation.observation, simulation.world.events)
        simulation.step(np.array([decision.action for decision in decisions]))
        for decision in decisions:
            assert decision.attended is not None
            assert decision.choice_probability is not None
            overruled = {"sickness", "rest", "neglect"} & {v.rule for v in decision.vetoes}
            assert bool(decision.grounds) != bool(overruled)
            shares = sum(each.share for each in decision.modality_attention)
            assert shares == pytest.approx(1.0, abs=1e-5)
            content = json.loads(json.dumps(to_json(decision), allow_nan=False))
            assert from_json(Decision, content) == decision
        for told in service.feedback(simulation.world.events, simulation.observation):
            assert bool(told.causes) == (not told.correct)


def test_one_class_is_decided_as_in_a_batch() -> None:
    simulation = classes(3)
    likeliest = DecisionService(POLICY, CURRICULUM, seed=None)
    together = likeliest.decide_all(simulation.observation)
    for b, among in enumerate(together):
        one = {key: array[b] for key, array in simulation.observation.items()}
        alone = DecisionService(POLICY, CURRICULUM, seed=None).decide(one)
        assert alone.action == among.action
        assert alone.choice_probability == pytest.approx(among.choice_probability, rel=1e-4)
        assert [g.about for g in alone.grounds[:1]] == [g.about for g in among.grounds[:1]]


def test_sampled_decisions_repeat_from_the_seed() -> None:
    seen = {key: array[0] for key, array in classes(1).observation.items()}
    service = DecisionService(POLICY, CURRICULUM, seed=3)
    first = [service.decide(seen).action for _ in range(4)]
    service.reset()
    assert [service.decide(seen).action for _ in range(4)] == first
    assert len(set(first)) > 1


def test_a_veto_shows_in_the_decision_and_its_sentence() -> None:
    limits = replace(GuardRails(), minutes_without_rest=0.0, sway=inf)
    service = DecisionService(POLICY, CURRICULUM, guard_rails=limits, seed=None)
    seen = {key: array[0] for key, array in classes(1).observation.items()}
    free = DecisionService(POLICY, CURRICULUM, guard_rails=None, seed=None).decide(seen)
    assert free.activity != Activity.REST
    decision = service.decide(seen)
    assert decision.activity == Activity.REST
    assert [veto.rule for veto in decision.vetoes] == ["rest"]
    assert decision.grounds == ()
    assert f"Guard-rail rest vetoes {free.activity.name.lower()}" in sentence(decision)


def test_alternatives_are_the_next_likeliest_activities() -> None:
    seen = classes(1).observation
    decision = DecisionService(POLICY, CURRICULUM, guard_rails=None, seed=None).decide_all(seen)[0]
    told = POLICY.explain(seen)
    order = np.argsort(-told.activity_probs[0])
    assert decision.activity == order[0]
    assert [option.activity for option in decision.alternatives] == order[1:4].tolist()
    for option in decision.alternatives:  # what it would have chosen, had this been the activity
        only = {**seen, "activity_mask": np.zeros_like(seen["activity_mask"])}
        only["activity_mask"][:, option.activity] = 1
        chosen = POLICY.explain(only).actions[0]
        assert option.target == chosen[1]


def test_one_policy_decides_for_other_sizes_as_if_made_for_them() -> None:
    """A policy trained in rooms of many sizes, hence padded, must explain itself in any."""
    size = observation_space(5, 19), action_space(5, 19)
    padded, seen = POLICY.at_size(*size), classes(2).observation
    own, other = (DecisionService(policy, CURRICULUM) for policy in (POLICY, padded))
    assert own.decide_all(seen) == other.decide_all(seen)


def test_an_observation_of_another_size_is_named() -> None:
    service = DecisionService(POLICY, CURRICULUM)
    seen = {key: array[0] for key, array in classes(1).observation.items()}
    with pytest.raises(ValueError, match=r"observation's gaze has shape \(1, 2, 4\)"):
        service.decide({**seen, "gaze": seen["gaze"][:2]})
    with pytest.raises(ValueError, match=r"concepts has shape \(1, 9, 6\); expected \(B, \*\(16,"):
        service.decide({**seen, "concepts": seen["concepts"][:9]})
    flat = DecisionService(a_policy(PolicyConfig(mixing="flat")), CURRICULUM)
    fewer = Simulation(1, replace(COURSE, learners=2), CURRICULUM, Constants()).observation
    with pytest.raises(ValueError, match=r"expected \(B, \*\(3,"):  # of one size
        flat.decide_all(fewer)
    del seen["gaze"]
    with pytest.raises(ValueError, match="observation lacks gaze"):
        service.decide(seen)


def test_a_network_without_tokens_decides_without_grounds() -> None:
    flat = a_policy(PolicyConfig(mixing="flat"))
    decision = DecisionService(flat, CURRICULUM).decide_all(classes(1).observation)[0]
    assert decision.choice_probability is not None
    assert decision.grounds == decision.learner_attention == decision.modality_attention == ()
    assert "speaks for it" not in sentence(decision)
