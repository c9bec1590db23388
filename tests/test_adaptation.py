"""Adaptation: it learns from what can be seen, stays near what was deployed, and can be undone."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import ttest_ind

from agents.adaptation import shelf
from agents.adaptation.experience import Experience, LiveTransition
from agents.adaptation.guard import (
    CONFIDENCE,
    FEWEST_COURSES,
    confidence_at,
    gain_over_deployed,
    rule,
    unpaired,
    verdict,
)
from agents.adaptation.learner import AdaptationConfig, AdapterLearner, divergences
from agents.adaptation.ledger import Ledger
from agents.adaptation.promise import UNIT, promised_gain
from agents.ppo_config import PPOConfig
from envs.activities import Activity, Task
from envs.spaces import BEHAVIOUR, EVIDENCE, PROSPECTS, action_space, observation_space
from policies.adapters import weights_of, with_adapters
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from tests.recorded_experience import recorded
from tests.toy_classroom import random_observation

LEARNERS, CONCEPTS = 3, 5
QUICK = AdaptationConfig(updates=30, batch=64, learning_rate=0.01)


@pytest.fixture(scope="module")
def policy() -> AttentionPolicy:
    torch.manual_seed(3)
    spaces = observation_space(LEARNERS, CONCEPTS), action_space(LEARNERS, CONCEPTS)
    made = AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(layers=1))
    made.set_training_mode(False)
    return made


def moves(
    policy: AttentionPolicy, classes: int, decisions: int, seed: int = 0
) -> list[LiveTransition]:
    """A stream of random states with the policy's choices; class 0 is over after two decisions."""
    sampling, made = torch.Generator().manual_seed(seed), []
    states = [
        random_observation(LEARNERS, CONCEPTS, classes, seed=1000 * seed + n)
        for n in range(decisions + 1)
    ]
    for n in range(decisions):
        tensors = {key: torch.from_numpy(array) for key, array in states[n].items()}
        with torch.no_grad():
            chosen = policy.decide(tensors, generator=sampling)
        live = np.ones(classes, bool)
        live[0] = n < 2
        made.append(
            LiveTransition(
                states[n],
                chosen.actions.numpy(),
                chosen.tutor_log_prob.numpy(),
                chosen.plan_log_prob.numpy(),
                np.full(classes, 2.0),
                states[n + 1],
                (np.arange(classes) == 0) & (n == 1),
                live,
                np.full(classes, 0.4),
            )
        )
    return made


def liking_examples(policy: AttentionPolicy, seed: int) -> Experience:
    """Experience in which worked examples turned out well, and all else badly."""
    piece = recorded(policy, PPOConfig(), *moves(policy, 8, 40, seed))
    good = (piece.actions[:, 3::2] == Task.WORKED_EXAMPLE).float()
    advantage = good - good.mean()
    return piece._replace(plan_advantage=advantage, tutor_advantage=torch.zeros(piece.size))


def test_the_reward_is_what_the_belief_promised_for_what_was_set() -> None:
    """A reward for something else than was chosen would teach nonsense; none of it is hidden."""
    obs = random_observation(3, 4, 1)
    obs["behaviour"][:] = 0
    obs["behaviour"][0, 2, BEHAVIOUR.index("task_worked_example")] = 1
    obs["evidence"][:] = 0
    obs["evidence"][0, 2, 3, EVIDENCE.index("working_on")] = 1
    plan = [Task.PRACTISE_HARDER, 2, Task.WORKED_EXAMPLE, 0, Task.KEEP, 0]
    action = np.array([[Activity.EXPLAIN, 1, 1, *plan]])
    two = np.array([2.0])

    def prospect(learner: int, concept: int, name: str) -> float:
        return float(obs["prospects"][0, learner, concept, PROSPECTS.index(name)]) * 2 / UNIT

    expected = [prospect(0, 1, "explain"), prospect(1, 0, "worked_example")]
    expected.append(prospect(2, 3, "worked_example"))
    np.testing.assert_allclose(promised_gain(obs, action, two), [expected], rtol=1e-6)
    action[0, :2] = Activity.PEER, 0
    expected = [prospect(i, 1, "peer") for i in range(3)]
    np.testing.assert_allclose(promised_gain(obs, action, two), [expected], rtol=1e-6)
    action[0, 0] = Activity.REST
    assert not promised_gain(obs, action, two).any()


def test_without_foresight_an_advantage_is_the_reward(policy: AttentionPolicy) -> None:
    """Discounts and values must not leak from one class, or one course, into another."""
    blind = with_adapters(policy)
    with torch.no_grad():
        blind.value_head.out.weight.zero_()
        blind.value_head.out.bias.zero_()
    config = PPOConfig(gamma=1.0, gae_lambda=0.0, differential=False)
    stream = moves(blind, 3, 4)
    piece = recorded(blind, config, *stream)
    assert piece.size == 2 + 4 + 4
    assert (piece.course == 0).sum() == 2
    promised = np.concatenate([promised_gain(m.obs, m.actions, m.minutes)[m.live] for m in stream])
    expected = torch.as_tensor(10 * promised / 0.65, dtype=torch.float32)
    torch.testing.assert_close(piece.plan_advantage, expected)
    torch.testing.assert_close(piece.tutor_advantage, expected.mean(-1))


def test_what_pays_is_chosen_more_often_and_the_deployed_policy_stays(
    policy: AttentionPolicy,
) -> None:
    """Adaptation that cannot learn the plainest lesson is none; a rollback needs the old policy."""
    before = shelf.digest(policy)
    learner = AdapterLearner(policy, QUICK, liking_examples(policy, 1), seed=0)
    learner.remember(liking_examples(policy, 2))
    learner.improve(1.0)
    apart = liking_examples(policy, 3)
    gains = gain_over_deployed(learner.policy, apart, 1.0)
    assert len(gains) == 8
    assert verdict(gains).low > 0
    assert shelf.digest(policy) == before
    np.testing.assert_allclose(gain_over_deployed(policy, apart, 1.0), 0.0, atol=1e-4)


def test_adapters_never_leave_the_bound(policy: AttentionPolicy) -> None:
    """Neither on live states nor on those of the old population, however long they learn."""
    config = AdaptationConfig(updates=30, batch=64, learning_rate=0.2, kl_weight=0.0, kl_bound=0.01)
    old, live = liking_examples(policy, 1), liking_examples(policy, 2)
    learner = AdapterLearner(policy, config, old, seed=0)
    learner.remember(live)
    learner.improve(1.0)
    moved = 0.0
    for piece in (live, old):
        states = piece.rows(torch.arange(piece.size))
        encoded = learner.policy.encoder(states.obs)[0]
        choices = learner.policy.taken(states.obs, encoded, states.actions)
        far = [float(each.detach()) for each in divergences(states, choices)]
        assert max(far) < 1.5 * config.kl_bound  # the bound is kept on a sample of the states
        moved = max(moved, *far)
    assert moved > 0


def test_a_number_of_updates_repeats_and_none_change_nothing(policy: AttentionPolicy) -> None:
    """The time budget of a live class is no experiment that can be repeated."""
    old, live = liking_examples(policy, 1), liking_examples(policy, 2)
    found = []
    for updates in (5, 5, 0):
        config = AdaptationConfig(updates=updates, batch=32)
        learner = AdapterLearner(policy, config, old, seed=0)
        learner.remember(live)
        learner.improve(1.0)
        assert learner.steps == updates
        found.append(weights_of(learner.policy))
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])
    ups = [name for name in found[2] if name.endswith(".up")]
    assert all(not found[2][name].any() for name in ups)
    assert any(found[0][name].any() for name in ups)


def test_updates_end_when_their_time_is_spent(policy: AttentionPolicy) -> None:
    """A class must not wait for its tutor."""
    learner = AdapterLearner(
        policy, AdaptationConfig(seconds=0.0), liking_examples(policy, 1), seed=0
    )
    learner.remember(liking_examples(policy, 2))
    learner.improve(5.0)
    assert learner.steps == 0


def test_the_guard_promotes_and_takes_back_by_lower_bounds() -> None:
    """Neither luck nor too few courses may put adapters in force; harm must take them out."""
    rng = np.random.default_rng(0)
    tests = rng.normal(0.4, 0.05, (2, 20))
    good, bad = rng.normal(0.01, 0.005, 20), rng.normal(-0.01, 0.005, 20)
    noise = rng.normal(0.0, 0.02, 20)
    both, worse = (tests[0], tests[1]), (tests[0] - 0.2, tests[1])
    assert rule(good, None, both, 0.004, 1).event == "promoted"
    assert rule(noise, None, both, 0.004, 1).event is None
    assert rule(good[: FEWEST_COURSES - 1], None, both, 0.004, 1).event is None
    assert rule(good, good, both, 0.004, 1).event is None
    few = bad[: FEWEST_COURSES - 1]
    assert rule(few, few, (tests[0, :3], tests[1, :3]), 0.004, 1).event is None
    assert rule(few, few, both, 0.004, 1).figures["incumbent"]["low"] is None
    assert rule(good, bad, both, 0.004, 1).event == "rolled back"
    assert rule(good, good, worse, 0.004, 1).event == "rolled back"
    assert rule(2 * good, good, both, 0.004, 1).event == "promoted"


def test_looking_often_promotes_no_luck() -> None:
    """Adapters that are worth nothing, looked at after every course for a year of courses."""
    shares = [1 - confidence_at(look) for look in range(1, 10_000)]
    assert sum(shares) == pytest.approx(1 - CONFIDENCE, rel=1e-3)
    rng = np.random.default_rng(0)
    lucky = 0
    for _ in range(200):
        gains = rng.normal(0.0, 0.02, 60)
        looks = range(FEWEST_COURSES, len(gains))
        lucky += any(
            rule(gains[:n], None, (gains, gains), 0.0, look).event == "promoted"
            for look, n in enumerate(looks, start=1)
        )
    assert lucky <= 0.09 * 200  # 5 %, and three standard errors


def test_budgets_too_small_for_a_step_add_up(policy: AttentionPolicy) -> None:
    """A single class earns a fraction of a gradient step at each update; none may be lost."""
    learner = AdapterLearner(
        policy, AdaptationConfig(updates=4, batch=8), liking_examples(policy, 1), seed=0
    )
    learner.remember(liking_examples(policy, 2))
    owed = 0.0
    for _ in range(25):
        owed = learner.improve(owed + 0.08)
    assert learner.steps == 8


def test_unpaired_bounds_are_those_of_welch() -> None:
    rng = np.random.default_rng(1)
    ours, theirs = rng.normal(0.4, 0.1, 30), rng.normal(0.35, 0.05, 8)
    expected = ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.9)
    found = unpaired(ours, theirs)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_adapters_are_found_again_by_name_on_their_own_policy(
    policy: AttentionPolicy, tmp_path: Path
) -> None:
    """Adapters of another policy would teach as nobody ever tested."""
    learner = AdapterLearner(policy, QUICK, liking_examples(policy, 1), seed=0)
    learner.remember(liking_examples(policy, 2))
    learner.improve(0.1)
    weights = weights_of(learner.policy)
    shelf.keep(tmp_path, "monday", weights, policy, {"courses": 10})
    again = weights_of(shelf.take(tmp_path, "monday", policy))
    assert all(torch.equal(weights[name], again[name]) for name in weights)
    with pytest.raises(ValueError, match="learnt on another policy"):
        shelf.take(tmp_path, "monday", learner.policy)
    with pytest.raises(ValueError, match=r"'tuesday'; expected one of \['monday'\]"):
        shelf.take(tmp_path, "tuesday", policy)
    with pytest.raises(ValueError, match="small letters"):
        shelf.keep(tmp_path, "../monday", weights, policy, {})


def test_promotions_are_undone_one_by_one_and_stay_on_record(tmp_path: Path) -> None:
    """Whoever is responsible for a class must be able to go back, and see what happened."""
    ledger = Ledger(tmp_path)
    assert ledger.now is None
    ledger.write("promoted", "first", "better", 10, {"low": 0.1})
    ledger.write("promoted", "second", "better still", 20, {"low": 0.2})
    assert ledger.now == "second"
    assert ledger.undo() == ledger.now == "first"
    assert ledger.undo() is None
    assert ledger.now is None
    with pytest.raises(ValueError, match="no change to undo"):
        ledger.undo()
    ledger.write("promoted", "third", "again", 30, {})
    assert Ledger(tmp_path).now == "third"
    events = [entry["event"] for entry in ledger.entries()]
    assert events == ["promoted", "promoted", "undone", "undone", "promoted"]
    assert ledger.entries()[0]["figures"] == {"low": 0.1}
