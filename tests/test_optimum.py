"""The optimum is the optimum: against brute force, by its own laws, and between its bounds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from agents.optimum import bounds, solvable, solve
from agents.optimum.bounds import full_information
from agents.optimum.joint_beliefs import JointBeliefs
from agents.optimum.separate_beliefs import SeparateBeliefs
from agents.optimum.situations import situation_counts
from envs.drill import DrillConcept, Instance, InstanceDraw
from envs.drill.instance import chain
from envs.drill.mastery import mastery

CONCEPTS = (
    DrillConcept(prior=0.4, learn=0.3, guess=0.2, slip=0.1, forget=0.05),
    DrillConcept(prior=0.2, learn=0.25, guess=0.3, slip=0.15, forget=0.1),
)
RELATED = chain(CONCEPTS, unready=0.2, decisions=3)
State = tuple[int, ...]


def step(instance: Instance, state: State, c: int) -> Iterator[tuple[float, int, State]]:
    """Probability, answer and next state of one opportunity, from the definition in words."""
    mastered = [state[d] * (1.0 - concept.forget) for d, concept in enumerate(instance.concepts)]
    ready = all(state[parent] for parent, child in instance.prerequisites if child == c)
    learn = instance.concepts[c].learn * (1.0 if ready else instance.unready)
    mastered[c] = 1.0 if state[c] else learn
    right = 1.0 - instance.concepts[c].slip if state[c] else instance.concepts[c].guess
    for answer, after in product((0, 1), product((0, 1), repeat=len(state))):
        p = right if answer else 1.0 - right
        for d, known in enumerate(after):
            p *= mastered[d] if known else 1.0 - mastered[d]
        yield p, answer, after


def score(instance: Instance, state: State) -> float:
    chances = [
        1.0 - concept.slip if known else concept.guess
        for known, concept in zip(state, instance.concepts, strict=True)
    ]
    return sum(chances) / len(chances)


def start(instance: Instance) -> dict[State, float]:
    """Probability of every state before the first decision."""
    sides = [((0, 1.0 - concept.prior), (1, concept.prior)) for concept in instance.concepts]
    return {
        tuple(known for known, _ in sides): float(np.prod([p for _, p in sides]))
        for sides in product(*sides)
    }


def gain_of_tree(instance: Instance, tree: dict[tuple[int, ...], int]) -> float:
    """Gain of choosing by the answers so far, over all paths of mastery and answers."""
    ways: list[tuple[float, tuple[int, ...], State]] = [
        (p, (), state) for state, p in start(instance).items()
    ]
    before = sum(p * score(instance, state) for p, _, state in ways)
    for _ in range(instance.decisions):
        ways = [
            (p * q, (*answers, answer), after)
            for p, answers, state in ways
            for q, answer, after in step(instance, state, tree[answers])
            if q > 0
        ]
    return sum(p * score(instance, state) for p, _, state in ways) - before


@pytest.mark.parametrize("instance", [RELATED, Instance(concepts=CONCEPTS[::-1], decisions=3)])
def test_hidden_optimum_and_rules_by_trying_every_tree(instance: Instance) -> None:
    if not instance.prerequisites:
        instance = replace(
            instance, concepts=tuple(replace(k, forget=0.0) for k in instance.concepts)
        )
    histories = [h for t in range(3) for h in product((0, 1), repeat=t)]
    gains = {
        choices: gain_of_tree(instance, dict(zip(histories, choices, strict=True)))
        for choices in product((0, 1), repeat=len(histories))
    }
    solved = solve(instance)
    assert solved.gain == pytest.approx(max(gains.values()), abs=1e-12)
    assert solved.rules["round robin"] == pytest.approx(gains[0, 1, 1, 0, 0, 0, 0], abs=1e-12)
    assert solved.rules["random"] == pytest.approx(np.mean(list(gains.values())), abs=1e-12)


def test_observed_optimum_by_trying_every_policy() -> None:
    instance = replace(RELATED, decisions=2, hidden=False)
    states = list(start(instance))
    best = -1.0
    for choices in product((0, 1), repeat=2 * len(states)):
        here, gain = start(instance), 0.0
        for t in range(2):
            after: dict[State, float] = dict.fromkeys(states, 0.0)
            for place, (state, p) in enumerate(here.items()):
                for q, _, reached in step(instance, state, choices[len(states) * t + place]):
                    after[reached] += p * q
            gain += sum((after[s] - here[s]) * score(instance, s) for s in states)
            here = after
        best = max(best, gain)
    assert solve(instance).gain == pytest.approx(best, abs=1e-12)


def best_by_recursion(concepts: tuple[DrillConcept, ...], known: State, left: int) -> float:
    """Optimal gain of separate concepts by plain recursion over answers, on marginals."""
    if left == 0:
        return 0.0
    best = -1.0
    for c, k in enumerate(concepts):
        value = k.learn * (1 - known[c]) * (1 - k.guess - k.slip) / len(concepts)
        for if_known, if_not in ((1 - k.slip, k.guess), (k.slip, 1 - k.guess)):
            p = known[c] * if_known + (1 - known[c]) * if_not
            after = known[c] * if_known / p
            reached = (*known[:c], after + (1 - after) * k.learn, *known[c + 1 :])
            value += p * best_by_recursion(concepts, reached, left - 1)
        best = max(best, value)
    return best


def test_separate_concepts_by_plain_recursion() -> None:
    instance = InstanceDraw(concepts=3, decisions=5).instance(np.random.default_rng(4))
    priors = tuple(concept.prior for concept in instance.concepts)
    expected = best_by_recursion(instance.concepts, priors, 5)
    assert solve(instance).gain == pytest.approx(expected, abs=1e-12)


def best_of_related(instance: Instance, belief: dict[State, float], left: int) -> float:
    """Final score under the best choices, times the belief's weight: recursion over answers."""
    if left == 0:
        return sum(p * score(instance, state) for state, p in belief.items())
    worth = []
    for c in range(len(instance.concepts)):
        reached: list[dict[State, float]] = [{}, {}]  # by answer
        for state, p in belief.items():
            for q, answer, after in step(instance, state, c):
                reached[answer][after] = reached[answer].get(after, 0.0) + p * q
        worth.append(sum(best_of_related(instance, each, left - 1) for each in reached))
    return max(worth)


def test_related_concepts_by_plain_recursion() -> None:
    draw = InstanceDraw(concepts=3, decisions=4, prerequisites=1.0, forgetting=True)
    instance = draw.instance(np.random.default_rng(2))
    first = start(instance)
    before = sum(p * score(instance, state) for state, p in first.items())
    expected = best_of_related(instance, first, 4) - before
    assert solve(instance).gain == pytest.approx(expected, abs=1e-12)


def test_both_forms_of_belief_agree() -> None:
    separate = InstanceDraw(concepts=3, decisions=6).instance(np.random.default_rng(1))
    without_effect = replace(separate, prerequisites=((0, 2),), unready=1.0)
    plain, joint = solve(separate), solve(without_effect)
    assert joint.gain == pytest.approx(plain.gain, abs=1e-12)
    assert joint.rules == pytest.approx(plain.rules, abs=1e-12)


def random_instances(number: int, **settings: object) -> Iterator[Instance]:
    rng = np.random.default_rng(11)
    for _ in range(number):
        draw = InstanceDraw(
            concepts=int(rng.integers(1, 4)),
            decisions=int(rng.integers(1, 6)),
            forgetting=bool(rng.integers(2)),
            prerequisites=float(rng.choice([0.0, 0.5, 1.0])),
        )
        yield replace(draw.instance(rng), **settings)


def test_reachable_beliefs_are_as_many_as_the_formula_says() -> None:
    for instance in random_instances(12):
        form = JointBeliefs if instance.prerequisites or instance.forgetting else SeparateBeliefs
        beliefs = form(instance, instance.decisions)
        levels = [len(beliefs.gains(t)) for t in range(beliefs.levels)]
        assert levels == situation_counts(instance)


def test_no_rule_beats_the_optimum_and_seeing_mastery_never_hurts() -> None:
    for instance in random_instances(12):
        solved = solve(instance)
        assert max(solved.rules.values()) <= solved.gain + 1e-12
        assert solved.gain <= solve(replace(instance, hidden=False)).gain + 1e-12


def test_greedy_is_optimal_for_the_last_decision_only() -> None:
    last = solve(replace(RELATED, decisions=1))
    assert last.rules["greedy"] == pytest.approx(last.gain, abs=1e-15)
    far = chain((DrillConcept(prior=0.1, learn=0.05), DrillConcept(prior=0.1, learn=0.4)))
    longer = solve(replace(far, unready=0.2, decisions=8))
    assert longer.rules["greedy"] < 0.95 * longer.gain


def test_bounds_enclose_the_optimum_and_tighten_with_depth() -> None:
    for instance in random_instances(25):
        gain, outer = solve(instance).gain, (-1.0, 1.0)
        for depth in range(instance.decisions):
            lower, upper = bounds(instance, depth=depth, width=2)
            assert outer[0] - 1e-12 <= lower <= gain + 1e-12
            assert gain - 1e-12 <= upper <= outer[1] + 1e-12
            outer = lower, upper
        assert outer == pytest.approx((gain, gain), abs=1e-12)


def test_upper_bound_is_below_full_information() -> None:
    for instance in random_instances(12):
        full = solve(replace(instance, hidden=False)).gain
        assert bounds(instance, depth=0).upper <= full + 1e-12


def test_a_wide_beam_finds_the_best_plan_that_looks_at_no_answer() -> None:
    for instance in random_instances(8, decisions=4):
        plans = product(range(len(instance.concepts)), repeat=4)
        histories = [h for t in range(4) for h in product((0, 1), repeat=t)]
        best = max(gain_of_tree(instance, {h: plan[len(h)] for h in histories}) for plan in plans)
        assert bounds(instance, depth=0, width=81).lower == pytest.approx(best, abs=1e-12)


def test_the_beam_ranks_by_what_full_information_could_yet_gain() -> None:
    for instance in random_instances(8):
        m = mastery(instance)
        full = full_information(m, instance.decisions)[-1]
        seen = solve(replace(instance, hidden=False)).gain
        assert m.start @ full == pytest.approx(seen, abs=1e-12)


def test_drills_too_large_are_refused_before_they_are_begun() -> None:
    draw = InstanceDraw(concepts=4, decisions=12, forgetting=True)
    large = draw.instance(np.random.default_rng(0))
    assert not solvable(large)
    with pytest.raises(ValueError, match=r"8,589,934,592 beliefs; expected at most 7 decisions"):
        solve(large)
    lower, upper = bounds(large, depth=2)
    assert 0.75 * upper < lower < upper
    assert solvable(InstanceDraw(concepts=4, decisions=12).instance(np.random.default_rng(0)))


def test_bounds_refuse_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="hidden is False"):
        bounds(replace(RELATED, hidden=False))
    with pytest.raises(ValueError, match="depth is -1 and width 8"):
        bounds(RELATED, depth=-1)
    large = InstanceDraw(concepts=4, decisions=12, forgetting=True)
    instance = large.instance(np.random.default_rng(0))
    with pytest.raises(ValueError, match="beliefs; expected at most 7 decisions"):
        bounds(instance, depth=8)
