"""The probe of the sensors' embedding, and tutors whose sensors fail."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from agents.evaluation import gains, try_out
from agents.probe import Moments, conditions, logistic_weights, probe, watch
from agents.tutors.failing_sensors import SHIFT, FailingSensors
from agents.tutors.registry import make_tutor
from envs.course import TUNING_SEED, Course
from envs.curriculum import builtin
from envs.spaces import MODALITIES, sensor_width
from envs.vector import ClassroomVectorEnv
from scripts import probe as command
from tests.test_policy import make_policy

if TYPE_CHECKING:
    from tests.toy_classroom import Arrays


def test_the_regression_equals_scikit_learns() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(0)
    features = rng.normal(size=(500, 4)).astype(np.float32)
    labels = rng.random(500) < 1 / (1 + np.exp(-features @ [1.0, -2.0, 0.0, 0.5] - 0.3))
    theirs = linear_model.LogisticRegression(C=1 / (2 * 1e-3 * 500), tol=1e-8)
    theirs.fit(features, labels)
    ours = logistic_weights(torch.from_numpy(features), torch.from_numpy(labels).float())
    np.testing.assert_allclose(ours.numpy(), theirs.coef_[0], rtol=2e-2, atol=5e-3)


def test_a_state_is_found_in_the_modality_that_shows_it_and_in_no_other() -> None:
    torch.manual_seed(0)
    fusion = make_policy(1, 2).encoder.sensors
    sensors = {name: torch.randn(2000, 1, sensor_width(name)) for name in MODALITIES}
    for rows in sensors.values():
        rows[..., -1] = 1
    shown = (sensors["face"][:, 0, 0] > 0).numpy()
    moments = Moments(
        sensors, {"state": shown, "never": shown & False}, np.arange(2000) % 4, np.zeros(2000)
    )
    found = {name: each["state"] for name, each in probe(fusion, moments).items()}
    assert found.keys() == conditions().keys()
    assert (found["face alone"] or 0) > 0.7  # as much as eight random features keep
    assert (found["all"] or 0) > 0.58
    for name in ("no face", "gaze alone", "voice alone"):
        assert found[name] == pytest.approx(0.5, abs=0.06)
    assert probe(fusion, moments)["all"]["never"] is None


def test_moments_are_those_of_learners_who_are_there() -> None:
    env = ClassroomVectorEnv(3, course=Course(learners=2, lessons=1, minutes=10))
    moments = watch(make_tutor("random"), env, TUNING_SEED)
    count = len(moments.classroom)
    assert 0 < count <= 3 * 2 * 20
    assert set(moments.classroom) == {0, 1, 2}
    assert all(len(rows) == count for rows in (*moments.sensors.values(), *moments.truth.values()))
    assert 0 < moments.truth["lapsed"].mean() < 0.7


def test_the_command_probes_a_run_and_refuses_what_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "QUICK_CLASSES", 2)
    assert command.main(["--quick", f"--json={tmp_path / 'probe.json'}"]) == 0
    [found] = json.loads((tmp_path / "probe.json").read_text(encoding="utf-8"))["auc"].values()
    assert found.keys() == conditions().keys()
    assert 0.5 < found["all"]["lapsed"] < 0.9
    assert command.main([str(tmp_path)]) == 2
    assert f"run is {tmp_path}" in capsys.readouterr().err


class Listener:
    """Teaches at random, whatever it sees, and remembers what it saw."""

    name, kind, tracer = "listener", "rule", "gaussian"

    def __init__(self) -> None:
        self.rule = make_tutor("random")
        self.seen: list[Arrays] = []

    def reset(self, batch: int) -> None:
        """Start the rule anew."""
        self.rule.reset(batch)

    def act(self, observation: Any) -> Any:
        """Choose as the rule."""
        self.seen.append({key: array.copy() for key, array in observation.items()})
        return self.rule.act(observation)


def test_failing_sensors_mislead_the_belief_and_change_nothing_of_the_learners() -> None:
    """Sensors that fail for the policy alone, while tracing reads them, would cost nothing."""
    well, ill = Listener(), Listener()
    course, curriculum = Course(learners=4, lessons=1, minutes=20), builtin("algebra-16")
    failing = FailingSensors(ill, missing=("voice",), shifted=("gaze",))  # type: ignore[arg-type]
    outcomes = try_out([well, failing], course, curriculum, 3)  # type: ignore[list-item]
    assert failing.tracer == "gaussian"
    np.testing.assert_array_equal(*gains(outcomes))
    assert any(seen["voice"].any() for seen in well.seen)
    assert not any(seen["voice"].any() for seen in ill.seen)
    for with_all, without in zip(well.seen, ill.seen, strict=True):
        shifted = with_all["gaze"].copy()
        shifted[..., 0] += SHIFT * shifted[..., -1]  # the mean, where present
        np.testing.assert_allclose(without["gaze"], shifted, atol=1e-5)
        for key in ("face", "head", "touch", "behaviour", "evidence"):
            np.testing.assert_array_equal(with_all[key], without[key])
    assert np.abs(well.seen[-1]["belief"] - ill.seen[-1]["belief"]).max() > 1e-3
    with pytest.raises(ValueError, match="modality is 'smell'; expected one of gaze"):
        FailingSensors(ill, missing=("smell",))  # type: ignore[arg-type]
