"""The probe of the sensors' embedding, and tutors whose sensors fail."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents.probe import Moments, conditions, logistic_weights, probe, watch
from agents.tutors.failing_sensors import SHIFT, FailingSensors
from agents.tutors.registry import make_tutor
from envs.course import TUNING_SEED, Course
from envs.spaces import MODALITIES, sensor_width
from envs.vector import ClassroomVectorEnv
from scripts import probe as command
from tests.test_policy import make_policy
from tests.toy_classroom import Arrays, random_observation


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
    moments = watch(make_tutor("fixed curriculum"), env, TUNING_SEED)
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
    """Remembers what it saw."""

    name, kind, tracer = "listener", "rule", "bkt"

    def reset(self, batch: int) -> None:
        """Need nothing."""

    def act(self, observation: Any) -> Any:
        """Choose nothing."""
        self.seen: Arrays = observation
        return np.zeros((len(observation["course"]), 3), np.int64)


def test_failing_sensors_are_missing_or_shifted_and_nothing_else_changes() -> None:
    obs, listener = random_observation(3, 4, 5), Listener()
    before = {key: array.copy() for key, array in obs.items()}
    tutor: Any = FailingSensors(listener, missing=("voice",), shifted=("gaze",))  # type: ignore[arg-type]
    tutor.act(obs)
    assert tutor.tracer == "bkt"
    assert not listener.seen["voice"].any()
    present = obs["gaze"][..., -1]
    np.testing.assert_allclose(listener.seen["gaze"][..., 0], obs["gaze"][..., 0] + SHIFT * present)
    np.testing.assert_array_equal(listener.seen["gaze"][..., 1:], obs["gaze"][..., 1:])
    for key, array in obs.items():
        np.testing.assert_array_equal(array, before[key])
        if key not in ("voice", "gaze"):
            assert listener.seen[key] is array
    with pytest.raises(ValueError, match="modality is 'smell'; expected one of gaze"):
        FailingSensors(listener, missing=("smell",))  # type: ignore[arg-type]
