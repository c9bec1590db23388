"""Sweeps: what is searched is what training knows, and a sweep goes on only with its own."""

import importlib.util
import json
from pathlib import Path

import pytest

from agents.presets import PRESETS
from agents.search_space import SPACE, Interval, as_flags, changed, present, within
from scripts import sweep, train

HAS_RAY = importlib.util.find_spec("ray") is not None
DEFAULT = PRESETS["default"]


def ends(low: bool) -> dict[str, float]:
    """Every setting at one end of what the sweep may choose."""
    return {
        name: (values.low if low else values.high)
        if isinstance(values, Interval)
        else values.values[0 if low else -1]
        for name, values in SPACE.items()
    }


@pytest.mark.parametrize("low", [True, False])
def test_both_ends_of_the_space_are_settings_that_training_accepts(low: bool) -> None:
    """A range that training refuses would end trials after their imitation."""
    config = changed(DEFAULT, ends(low))
    assert config.ppo.entropy.plan == ends(low)["ppo.entropy.plan"]
    assert config.ppo.epochs == ends(low)["ppo.epochs"]
    assert changed(config, {"ppo.clip": 0.2}) != config


def test_what_a_sweep_prints_trains_with_the_same_settings() -> None:
    settings = ends(low=True)
    parsed = train.parse(["--preset", "default", *as_flags(settings).split()])
    assert parsed.train == changed(DEFAULT, settings)


def test_a_setting_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"setting is 'ppo\.speed'; expected one of PPOConfig's"):
        changed(DEFAULT, {"ppo.speed": 3})


def test_population_based_steps_stay_in_their_intervals() -> None:
    """Ray Tune multiplies by 1.2: a discount of .99 would become 1.19, which PPO refuses."""
    stepped = {
        name: value * 1.2 if isinstance(SPACE[name], Interval) else value
        for name, value in ends(low=False).items()
    }
    assert within(stepped) == ends(low=False)


def test_settings_are_ranked_on_enough_classes() -> None:
    """The quick preset tries a policy on 32, whose mean is off by more than settings differ."""
    assert sweep.Arguments(preset="quick").config.evaluation_classes == 256
    assert sweep.Arguments(preset="large").config.evaluation_classes == 512
    assert sweep.Arguments(quick=True).config.evaluation_classes == 32


def test_a_folder_of_another_sweep_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going on with other settings would mix two sweeps in one table."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    sweep.check_folder(sweep.Arguments(folder=tmp_path))
    sweep.check_folder(sweep.Arguments(folder=tmp_path))
    with pytest.raises(ValueError, match="holds a sweep of other settings"):
        sweep.check_folder(sweep.Arguments(folder=tmp_path, decisions=5000))


def test_no_decisions_are_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    assert sweep.main(["--decisions=0", f"--folder={tmp_path / 'new'}"]) == 2
    assert "decisions is 0; expected at least 1" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(HAS_RAY, reason="Ray Tune is installed")
def test_without_ray_tune_the_command_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sweep.main(["--folder", str(tmp_path / "new")]) == 2
    assert "ray is not installed; expected by pip install -e '.[sweep]'" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
@pytest.mark.skipif(not HAS_RAY, reason="needs Ray Tune, the optional extra `sweep`")
@pytest.mark.parametrize("method", ["asha", "pbt"])
def test_a_sweep_trains_ranks_and_goes_on(method: str, tmp_path: Path) -> None:
    words = ["--quick", "--decisions=12288", f"--method={method}", f"--folder={tmp_path / 'all'}"]
    found = []
    for _ in range(2):  # the second start finds all done
        assert sweep.main([*words, f"--json={tmp_path / 'sweep.json'}"]) == 0
        found.append(json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8")))
    assert found[0] == found[1]
    trials = found[0]["results"]
    assert len(trials) == 2
    if method == "asha":  # population-based, the first may go on from the second
        assert any(each["settings"] == present(PRESETS["quick"]) for each in trials)
    whole = [each for each in trials if each["nlg_tuning"] is not None]
    assert whole == trials[: len(whole)]  # asha ends one early if the other was faster and better
    assert whole
    assert all((Path(each["run"]) / "model.safetensors").exists() for each in whole)
    assert whole == sorted(whole, key=lambda each: -each["nlg_tuning"])
