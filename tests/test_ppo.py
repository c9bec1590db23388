"""PPO with credit per learner: known answers, learning, and stable-baselines3's manners."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.logger import configure
from torch import Tensor

from agents.imitation import warm_start
from agents.losses import clipped_surrogate, losses
from agents.ppo import ClassroomPPO
from agents.ppo_config import EntropyWeights, PPOConfig
from agents.rollout import ClassroomRollout, Minibatch, learner_advantages, standardise
from agents.sb3_adapter import SB3Classrooms
from envs.activities import Activity, Task
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import Evaluation
from tests.toy_classroom import ToyClassrooms

TINY = PolicyConfig(width=16, layers=1, heads=2, edge_width=8)


def make_model(classrooms: int = 8, *, truncate: bool = False, **changes: Any) -> ClassroomPPO:
    settings: dict[str, Any] = {"steps": 4, "batch": 16, "epochs": 2, "differential": False}
    return ClassroomPPO(
        env=SB3Classrooms(ToyClassrooms(classrooms, truncate=truncate)),
        config=PPOConfig(**(settings | changes)),
        policy_config=TINY,
        seed=1,
        device="cpu",
    )


def test_advantages_are_those_computed_by_hand() -> None:
    # Two learners, three decisions of 1, 2 and 4 minutes; the course ends after the second.
    rewards = torch.tensor([[1.0, 0.0], [2.0, 1.0], [3.0, 1.0]]).unsqueeze(1)
    values = torch.tensor([[0.5, 0.2], [1.0, 0.4], [1.5, 0.6]]).unsqueeze(1)
    next_values = torch.tensor([[1.0, 0.4], [0.0, 0.0], [2.0, 0.8]]).unsqueeze(1)
    discount = 0.9 ** torch.tensor([[1.0], [2.0], [4.0]])
    ended = torch.tensor([[0.0], [1.0], [0.0]])
    found = learner_advantages(
        rewards, values, next_values, torch.stack((discount, 0.8 * discount)), ended
    )
    second = 2.0 - 1.0
    first = 1.0 + 0.9 * 1.0 - 0.5 + 0.9 * 0.8 * second
    third = 3.0 + 0.9**4 * 2.0 - 1.5
    torch.testing.assert_close(found[:, 0, 0], torch.tensor([first, second, third]))
    second = 1.0 - 0.4
    first = 0.9 * 0.4 - 0.2 + 0.9 * 0.8 * second
    torch.testing.assert_close(found[:2, 0, 1], torch.tensor([first, second]))


def test_the_gain_rate_is_subtracted_per_minute_and_only_from_those_present() -> None:
    spaces = observation_space(2, 3), action_space(2, 3)
    rollout = ClassroomRollout(2, *spaces, device="cpu", gae_lambda=0.0, gamma=1.0, n_envs=1)
    rollout.observations["learner_present"][:] = torch.tensor([1.0, 0.0])
    rollout.minutes[:, 0] = torch.tensor([2.0, 6.0])
    rollout.rewards[:, 0] = torch.tensor([[1.0, 0.0], [3.0, 0.0]])
    assert rollout.gain_rate() == pytest.approx(4.0 / 8.0)
    rollout.finish(torch.zeros(1, 2), 0.5)
    torch.testing.assert_close(rollout.advantages[:, 0], torch.zeros(2, 2))


def test_the_future_is_discounted_by_the_minutes_that_pass() -> None:
    spaces = observation_space(1, 2), action_space(1, 2)
    rollout = ClassroomRollout(2, *spaces, device="cpu", gae_lambda=0.5, gamma=0.9, n_envs=1)
    rollout.observations["learner_present"][:] = 1
    rollout.minutes[:, 0] = torch.tensor([2.0, 6.0])
    rollout.finish(torch.ones(1, 1), 0.0)
    late = 0.9**6
    torch.testing.assert_close(rollout.advantages.flatten(), torch.tensor([0.45**2 * late, late]))


def test_a_steady_gain_makes_no_decision_length_look_better() -> None:
    """A class that learns twice as fast as the mean does so in long and in short decisions."""
    spaces = observation_space(1, 2), action_space(1, 2)
    rollout = ClassroomRollout(2, *spaces, device="cpu", gae_lambda=0.5, gamma=0.9, n_envs=1)
    rollout.observations["learner_present"][:] = 1
    rollout.minutes[:, 0] = torch.tensor([0.5, 6.0])
    rollout.rewards[:, 0, 0] = 2.0 * rollout.minutes[:, 0]
    forever = (2.0 - 1.0) / -math.log(0.9)  # the integral of the surplus, discounted
    rollout.values[:] = forever
    rollout.finish(torch.full((1, 1), forever), 1.0)
    torch.testing.assert_close(rollout.advantages, torch.zeros(2, 1, 1))


def test_a_cut_course_is_bootstrapped_and_a_finished_one_is_not() -> None:
    for truncate in (False, True):
        model = make_model(truncate=truncate, steps=6, gamma=1.0, gae_lambda=0.975)
        model.start_courses()
        model.set_logger(configure(None, []))
        model.learn(1, reset_num_timesteps=False)
        rollout = model.rollout_buffer
        assert rollout.ended[-1].all()
        assert bool(rollout.final_values[-1].any()) is truncate
        carried = rollout.final_values[-1] if truncate else torch.zeros(8, 3)
        expected = rollout.rewards[-1] + carried - rollout.values[-1]
        torch.testing.assert_close(rollout.advantages[-1], expected)


def test_values_of_a_cut_course_are_those_of_its_last_observation() -> None:
    model = make_model(truncate=True, steps=6, learning_rate=0.0)
    model.learn(1)
    env = ToyClassrooms(8, truncate=True)
    env.reset(seed=model.seed)
    for actions in model.rollout_buffer.actions.numpy():
        infos = env.step(actions)[-1]
    last = {key: torch.from_numpy(array) for key, array in infos["final_obs"].items()}
    model.policy.encoder.load_state_dict(make_model().policy.encoder.state_dict())
    with torch.no_grad():
        expected = model.policy.learner_values(last)
    torch.testing.assert_close(model.rollout_buffer.final_values[-1], expected)


def minibatch(present: Tensor) -> tuple[Evaluation, Minibatch]:
    torch.manual_seed(0)
    size, learners = present.shape
    pair, one = (size, learners), (size,)
    scored = (torch.randn(shape) for shape in (one, pair, pair, one, one, one, pair))
    remembered = (torch.randn(shape) for shape in (one, pair, one, pair, pair))
    batch = Minibatch({"learner_present": present}, torch.zeros(size, 5).long(), *remembered)
    return Evaluation(*scored), batch


def test_losses_of_one_learner_are_the_textbook_ones() -> None:
    now, batch = minibatch(torch.ones(64, 1))
    found = losses(now, batch, clip=0.2)
    ratio = (now.tutor_log_prob - batch.tutor_log_prob).exp()
    clipped = ratio.clamp(0.8, 1.2)
    surrogate = torch.min(ratio * batch.tutor_advantage, clipped * batch.tutor_advantage)
    torch.testing.assert_close(found.tutor, -surrogate.mean())
    ratio = (now.plan_log_prob - batch.plan_log_prob).exp()
    clipped = ratio.clamp(0.8, 1.2)
    surrogate = torch.min(ratio * batch.plan_advantage, clipped * batch.plan_advantage)
    torch.testing.assert_close(found.plan, -surrogate.mean())
    torch.testing.assert_close(found.value, torch.nn.functional.mse_loss(now.values, batch.returns))
    torch.testing.assert_close(found.plan_clipped, (ratio - clipped).ne(0).float().mean())


def test_the_total_weighs_the_parts_as_configured() -> None:
    now, batch = minibatch(torch.ones(8, 1))
    parts = losses(now, batch, clip=0.2)
    weights = EntropyWeights(activity=0.1, target=0.2, concept=0.3, plan=0.4)
    config = PPOConfig(plan_weight=2.0, value_weight=0.25, entropy=weights)
    undecided = 0.1 * parts.activity_entropy + 0.2 * parts.target_entropy
    undecided = undecided + 0.3 * parts.concept_entropy + 0.4 * parts.plan_entropy
    expected = parts.tutor + 2 * parts.plan + 0.25 * parts.value - 0.5 * undecided
    torch.testing.assert_close(parts.total(config, 0.5), expected)


def test_absent_learners_change_no_loss() -> None:
    present = torch.ones(16, 3)
    present[:, 2] = 0
    now, batch = minibatch(present)
    before = losses(now, batch, 0.2)
    for tensor in (now.plan_log_prob, now.values, now.plan_entropy, batch.returns):
        tensor[:, 2] = 1.5
    batch.plan_advantage[:, 2] = 7.0
    for one, other in zip(before, losses(now, batch, 0.2), strict=True):
        torch.testing.assert_close(one, other)


def test_the_clipped_ratio_has_no_gradient_beyond_the_clip() -> None:
    log_ratio = torch.tensor([0.5, -0.5, 0.5], requires_grad=True)
    clipped_surrogate(log_ratio, torch.tensor([1.0, -1.0, -1.0]), 0.2).sum().backward()
    assert log_ratio.grad is not None
    expected = torch.tensor([0.0, 0.0, math.exp(0.5)])
    torch.testing.assert_close(log_ratio.grad, expected)


def test_standardised_advantages_ignore_the_absent() -> None:
    advantages, present = torch.randn(5, 4, 3), torch.ones(5, 4, 3)
    present[..., 2], advantages[..., 2] = 0, 100.0
    there = standardise(advantages, present)[..., :2]
    assert abs(float(there.mean())) < 1e-6
    assert float(there.square().mean()) == pytest.approx(1, rel=1e-5)


def test_ppo_learns_whom_to_help_and_what_each_needs() -> None:
    settings = {"steps": 6, "batch": 96, "learning_rate": 1e-2, "final_rate_share": 0.2}
    model = ClassroomPPO(
        env=SB3Classrooms(ToyClassrooms(64, learners=2, concepts=3)),
        config=PPOConfig(differential=False, **settings),  # type: ignore[arg-type]  # int or float
        policy_config=TINY,
        seed=1,
        device="cpu",
    )
    model.learn(64 * 6 * 10)
    exam = SB3Classrooms(ToyClassrooms(32, learners=2, concepts=3))
    seen = evaluate_policy(model, exam, 64, deterministic=True)
    assert seen[0] > 1.0  # random play gets 0.1, perfect play 1.2


class Sage:
    """Knows the toy's best decision from its observation."""

    name, kind = "sage", "rule"

    def reset(self, batch: int) -> None:
        """Need nothing."""

    def act(self, observation: Any) -> Any:
        """Explain to the raised hand; set everybody to what the evidence marks."""
        need, hand = observation["evidence"][..., 0].argmax(-1), observation["behaviour"][..., 9]
        actions = np.zeros((len(need), 3 + 2 * need.shape[1]), np.int64)
        actions[:, 0], actions[:, 1] = Activity.EXPLAIN, hand.argmax(-1) + 1
        actions[:, 3::2], actions[:, 4::2] = Task.PRACTISE_MATCHED, need
        return actions


def test_a_warm_start_copies_the_tutor() -> None:
    model = make_model(32, steps=12, batch=96, epochs=4, learning_rate=1e-2)
    history = list(warm_start(model, Sage(), 6))  # type: ignore[arg-type]  # kind is a plain str
    assert history[-1] < 0.3 * history[0]
    seen = evaluate_policy(model, SB3Classrooms(ToyClassrooms(32)), 64, deterministic=True)
    assert seen[0] > 1.1
    model.learn(32 * 12, reset_num_timesteps=False)


def test_save_load_and_predict_work_as_in_stable_baselines3(tmp_path: Path) -> None:
    model = make_model()
    model.learn(64)
    model.save(tmp_path / "model.zip")
    env = SB3Classrooms(ToyClassrooms(8))
    loaded = ClassroomPPO.load(tmp_path / "model.zip", env=env, device="cpu")
    obs = env.reset()
    before, after = (m.predict(obs, deterministic=True)[0] for m in (model, loaded))
    np.testing.assert_array_equal(before, after)
    assert loaded.config == model.config
    loaded.learn(64)


def test_a_high_divergence_ends_the_update_early() -> None:
    model = make_model(epochs=8, target_kl=1e-9, learning_rate=1e-2)
    model.learn(32)
    assert model._n_updates == 1


def test_bfloat16_takes_nearly_the_same_step() -> None:
    models = [make_model(precision=precision) for precision in ("float32", "bfloat16")]
    for model in models:
        model.learn(32)
    full, half = (model.policy.parameters_to_vector() for model in models)
    assert np.isfinite(half).all()
    assert 0 < np.abs(full - half).max() < 1e-2  # two passes of steps of at most 1e-3


def test_a_wrong_knob_is_named() -> None:
    with pytest.raises(ValueError, match=r"ppo.gamma is 1.5; expected at least 0.01 and at most 1"):
        PPOConfig(gamma=1.5)
