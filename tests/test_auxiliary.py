"""Learning beside the reward: nothing hidden leaks, labels are true, and off means off."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.logger import configure
from torch import Tensor

from agents.auxiliary import Auxiliary, AuxiliaryLosses
from agents.auxiliary_config import AuxiliaryConfig
from agents.checkpoint import load_state, save_state
from agents.losses import losses
from agents.next_answers import next_answers
from agents.ppo import ClassroomPPO
from agents.ppo_config import PPOConfig
from agents.rollout import ClassroomRollout, Minibatch
from agents.sb3_adapter import SB3Classrooms
from agents.tutors.random_choice import RandomLegal
from envs.course import Course
from envs.spaces import EVIDENCE, MODALITIES
from envs.vector import ClassroomVectorEnv
from policies.config import PolicyConfig
from policies.encoder import Encoded
from policies.hiding import drop_modalities
from policies.policy import Decision
from tests.test_policy import make_policy, tensors
from tests.test_ppo_runs import anneal_to
from tests.toy_classroom import ToyClassrooms, random_observation

TINY = PolicyConfig(width=8, layers=1, heads=2, edge_width=4)
BOTH = AuxiliaryConfig(self_weight=0.1, cross_weight=0.1, modality_dropout=0.5)


def make_model(auxiliary: AuxiliaryConfig, seed: int = 3, **changes: Any) -> ClassroomPPO:
    settings: dict[str, Any] = {"steps": 5, "batch": 10, "epochs": 2} | changes
    return ClassroomPPO(
        env=SB3Classrooms(ToyClassrooms(4)),
        config=PPOConfig(auxiliary=auxiliary, **settings),
        policy_config=TINY,
        seed=seed,
        device="cpu",
    )


def test_next_answers_are_those_the_learners_gave() -> None:
    """Read off the observations, they equal the events that only the simulation knows."""
    env = ClassroomVectorEnv(3, course=Course(learners=4, lessons=1, minutes=20))
    tutor, (obs, _) = RandomLegal(), env.reset(seed=5)
    tutor.reset(3)
    seen, ended = [obs["evidence"].copy()], []
    expected = np.zeros((40, 3, 4, 16, 2))
    for row in expected:
        obs, _, done, _, infos = env.step(tutor.act(obs))
        events = infos.get("final_events", env.simulation.world.events)
        for b, i in np.argwhere((events.answers > 0) & ~done[:, None]):
            for n in range(events.answers[b, i]):
                row[b, i, events.concept[b, i, n]] += (1, events.correct[b, i, n])
        seen.append(obs["evidence"].copy())
        ended.append(done)
    found = next_answers(torch.from_numpy(np.stack(seen)), torch.from_numpy(np.stack(ended)))
    assert expected[..., 0].sum() > 50
    assert any(done.any() for done in ended)
    np.testing.assert_array_equal(found.numpy(), expected)


def test_sensors_fail_as_often_as_asked_from_none_to_all() -> None:
    obs = tensors(random_observation(5, 2, 2048))
    for name in MODALITIES:
        obs[name][..., -1] = 1
    found = drop_modalities(obs, 0.5, torch.Generator().manual_seed(0))
    gone = torch.stack([found[name][..., -1] == 0 for name in MODALITIES], dim=-1)
    assert float(gone.float().mean()) == pytest.approx(0.25, abs=0.02)
    assert float((~gone).all(2).all(1).float().mean()) > 0.5
    assert float(gone.all(2).all(1).float().mean()) > 0.01
    for place, name in enumerate(MODALITIES):
        assert not found[name][gone[..., place]].any()
        assert torch.equal(found[name][~gone[..., place]], obs[name][~gone[..., place]])
    assert all(torch.equal(found[key], obs[key]) for key in obs if key not in MODALITIES)


def test_the_policy_learns_from_what_it_saw_when_it_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sensors that fail after a decision was scored would falsify its probability ratio."""
    model = make_model(AuxiliaryConfig(modality_dropout=1.0))
    decide, seen = model.policy.decide, []

    def watched(obs: dict[str, Tensor], **settings: Any) -> Decision:
        seen.append({key: value.clone() for key, value in obs.items()})
        return decide(obs, **settings)

    monkeypatch.setattr(model.policy, "decide", watched)
    model.env.env.reset = with_sensors(model.env.env.reset)  # type: ignore[union-attr]
    model.learn(20)
    stored = model.rollout_buffer.observations
    for name in MODALITIES:
        assert torch.equal(torch.stack([row[name] for row in seen]), stored[name])


def with_sensors(reset: Any) -> Any:
    """A reset after which all sensors are there."""

    def reset_with_sensors(**settings: Any) -> Any:
        obs, info = reset(**settings)
        for name in MODALITIES:
            obs[name][:] = 1
        return obs, info

    return reset_with_sensors


def test_weights_of_zero_leave_training_bit_for_bit_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The oracle is PPO's own gradient step, written out without anything beside it."""

    def plain_step(model: ClassroomPPO, batch: Minibatch) -> Tensor:
        parts = losses(model.policy.evaluate(batch.obs, batch.actions), batch, 0.2)
        bonus = 0.1 + 0.9 * model._current_progress_remaining
        model.descend(parts.total(model.config, bonus))
        return torch.stack([part.detach() for part in parts])

    def plain_view(
        model: ClassroomPPO, rollout: ClassroomRollout
    ) -> tuple[dict[str, Tensor], Encoded]:
        row = rollout.observe(model.observation)
        return row, model.policy.encoder(row)[0]

    ours = make_model(AuxiliaryConfig())
    ours.learn(60)
    monkeypatch.setattr(ClassroomPPO, "improve", plain_step)
    monkeypatch.setattr(ClassroomPPO, "see", plain_view)
    plain = make_model(AuxiliaryConfig())
    plain.learn(60)
    assert ours.rollout_buffer.answers is None
    expected = plain.policy.state_dict()
    assert all(torch.equal(value, expected[key]) for key, value in ours.policy.state_dict().items())
    assert ours.policy.optimizer.state_dict().keys() == plain.policy.optimizer.state_dict().keys()
    assert len(ours.policy.optimizer.param_groups) == 1


def test_hiding_draws_no_random_number_that_decisions_use() -> None:
    """Two runs that never learn decide alike, whether or not something is hidden from the heads."""
    models = [
        make_model(AuxiliaryConfig(self_weight=weight, cross_weight=weight), learning_rate=0.0)
        for weight in (0.0, 0.1)
    ]
    for model in models:
        model.learn(60)
    plain, besides = (model.rollout_buffer.actions for model in models)
    assert torch.equal(plain, besides)


def test_resuming_with_everything_on_equals_never_stopping_bit_for_bit(tmp_path: Path) -> None:
    whole = make_model(BOTH)
    whole.learn(80, reset_num_timesteps=False)
    first = make_model(BOTH)
    first._total_timesteps = 80
    anneal_to(first, 80)
    first.learn(40, reset_num_timesteps=False)
    save_state(first, tmp_path / "checkpoint")
    second = make_model(BOTH, seed=99)
    load_state(second, tmp_path / "checkpoint")
    second.learn(80 - second.num_timesteps, reset_num_timesteps=False)
    assert second.auxiliary is not None
    assert whole.auxiliary is not None
    for ours, theirs in ((second.policy, whole.policy), (second.auxiliary, whole.auxiliary)):
        expected = theirs.state_dict()
        for key, value in ours.state_dict().items():
            assert torch.equal(value, expected[key]), key


def test_stable_baselines3_saves_and_loads_the_heads(tmp_path: Path) -> None:
    model = make_model(BOTH)
    model.learn(20)
    model.save(tmp_path / "model.zip")
    env = SB3Classrooms(ToyClassrooms(4))
    loaded = ClassroomPPO.load(tmp_path / "model.zip", env=env, device="cpu")
    assert model.auxiliary is not None
    assert loaded.auxiliary is not None
    expected = model.auxiliary.state_dict()
    assert all(torch.equal(v, expected[k]) for k, v in loaded.auxiliary.state_dict().items())
    loaded.learn(20)


def test_every_loss_shows_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    model, shown = make_model(BOTH), dict[str, float]()
    logger = configure(None, [])
    monkeypatch.setattr(logger, "record", lambda tag, value, **_: shown.update({tag: value}))
    model.set_logger(logger)
    model.learn(20)
    assert {f"train/{name}" for name in AuxiliaryLosses._fields} <= shown.keys()
    assert shown["train/cross_temperature"] == pytest.approx(0.07, rel=0.1)


def test_a_network_without_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match=r"weights 0.1 and 0.1 and policy.mixing is 'flat'"):
        ClassroomPPO(
            env=SB3Classrooms(ToyClassrooms(2)),
            config=PPOConfig(auxiliary=BOTH),
            policy_config=PolicyConfig(width=8, heads=2, mixing="flat"),
            device="cpu",
        )


def test_a_wrong_knob_is_named() -> None:
    with pytest.raises(ValueError, match=r"auxiliary.self_weight is -1; expected at least 0"):
        AuxiliaryConfig(self_weight=-1)
    with pytest.raises(ValueError, match=r"auxiliary.hidden_share is 1; expected a share"):
        AuxiliaryConfig(hidden_share=1)
    with pytest.raises(ValueError, match=r"auxiliary.modality_dropout is 2; expected 0 to 1"):
        AuxiliaryConfig(modality_dropout=2)


def test_evidence_without_what_labels_are_read_from_is_refused() -> None:
    policy = make_policy(2, 3, config=TINY)
    short = spaces.Box(0, 1, (2, 3, 2), np.float32)
    policy.observation_space = spaces.Dict({**policy.observation_space.spaces, "evidence": short})
    with pytest.raises(ValueError, match="evidence has 2 features; expected at least 4: log1p_att"):
        Auxiliary(policy, BOTH)


def test_what_a_new_course_starts_with_is_no_answer() -> None:
    evidence = torch.zeros(2, 1, 1, 1, len(EVIDENCE))
    evidence[1, ..., :2] = torch.tensor([3.0, 1.0]).log1p()
    for ended, expected in ((0.0, [3.0, 1.0]), (1.0, [0.0, 0.0])):
        found = next_answers(evidence, torch.full((1, 1), ended))
        torch.testing.assert_close(found.flatten(), torch.tensor(expected))
