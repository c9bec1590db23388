"""Ablations: what is compared differs in one part only, and every figure is what it says."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch.utils.tensorboard import SummaryWriter

from agents.ablation import VARIANTS, WHOLE, decisions_until, network, summarise
from agents.presets import PRESETS
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from scripts import ablation as command
from scripts import train


def written_curve(folder: Path, values: list[float]) -> Path:
    """A run folder with a learning curve: 100 decisions between its points."""
    with SummaryWriter(str(folder)) as writer:
        for place, value in enumerate(values):
            writer.add_scalar("learner/nlg_delayed", value, 100 * (place + 1))
    return folder


def test_every_variant_names_parts_that_exist() -> None:
    """A misspelt observation would silently leave the policy whole."""
    space = observation_space(2, 3)
    for variant in VARIANTS:
        config = network(PRESETS["default"].policy, variant)
        AttentionPolicy(space, action_space(2, 3), lambda _: 0.0, config)
    assert network(PRESETS["default"].policy, WHOLE) == PRESETS["default"].policy


def test_the_rule_is_reached_when_the_curve_first_stands_there(tmp_path: Path) -> None:
    run = written_curve(tmp_path, [0.1, 0.3, 0.2, 0.4])
    assert decisions_until(run, 0.3) == pytest.approx(200)
    assert decisions_until(run, 0.35) == 400
    assert decisions_until(run, 0.5) is None


def test_most_runs_must_reach_the_rule(tmp_path: Path) -> None:
    runs = [written_curve(tmp_path / str(i), [top]) for i, top in enumerate((0.4, 0.4, 0.1))]
    gains = np.array([[0.3, 0.4], [0.2, 0.5], [0.1, 0.6]])
    policy = AttentionPolicy(
        observation_space(1, 2), action_space(1, 2), lambda _: 0.0, PolicyConfig(width=8)
    )
    found = summarise("no seats", runs, gains, gains + 0.1, 0.35, policy, 1.0)
    assert found.behind.mean == pytest.approx(-0.1)
    assert found.decisions_to_rule == 100
    assert summarise("no seats", runs, gains, gains, 0.6, policy, 1.0).decisions_to_rule is None


@pytest.mark.slow
def test_command_trains_compares_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second start uses what the first has trained, and says the same."""
    quick = PRESETS["quick"]
    small = replace(
        quick,
        decisions=256,
        classrooms=4,
        curriculum="generated-4-0",
        course=replace(quick.course, learners=2, lessons=1, minutes=10),
        warm_start=replace(quick.warm_start, rollouts=1),
    )
    monkeypatch.setattr(command, "PRESETS", {"quick": small, "default": small})
    arguments = ["--quick", "--runs", str(tmp_path), "--variants", "perceptron"]
    tables = []
    for name in ("first.json", "second.json"):
        assert command.main([*arguments, "--json", str(tmp_path / name)]) == 0
        tables.append(json.loads((tmp_path / name).read_text(encoding="utf-8"))["attention"])
    assert tables[0].keys() == {WHOLE, "perceptron"}
    assert [tables[0][v]["nlg"] for v in tables[0]] == [tables[1][v]["nlg"] for v in tables[1]]
    assert tables[0][WHOLE]["behind"]["mean"] == 0
    assert "minus whole" in capsys.readouterr().out
    assert train.has_state(tmp_path / "quick-perceptron-0" / "checkpoint")


def test_an_unknown_variant_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):  # tyro reports what the settings refuse
        command.main(["--variants", "no luck"])
    assert "variants has 'no luck'" in capsys.readouterr().err
