"""Learning beside stock PPO: both start alike, and every course counts in its part."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import torch
from stable_baselines3.common.logger import Logger

from agents.presets import PRESETS
from agents.speed import curves
from envs.course import Course
from scripts import curves as command

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv

    from agents.sb3_adapter import Arrays
    from policies.encoder import Encoder

SMALL = replace(
    PRESETS["quick"],
    classrooms=4,
    course=Course(learners=2, lessons=1, minutes=10),
    curriculum="generated-4-0",
)
"""A course takes less than ten decisions."""


def test_both_start_with_one_network_among_the_same_learners() -> None:
    """Else the better start would look like the better training."""
    ours, stock = (make(SMALL, 3) for make in curves.TRAININGS.values())
    theirs = stock.policy.state_dict()
    for name, weights in ours.policy.state_dict().items():
        assert torch.equal(weights, theirs[name]), name
    begun, beside = (cast("Arrays", cast("VecEnv", each.env).reset()) for each in (ours, stock))
    for key, seen in begun.items():
        assert (seen == beside[key]).all(), key


def test_stock_ppo_sees_inputs_standardised_as_ours() -> None:
    """Raw minutes and counts beside standardised ones would decide the comparison."""
    spreads = []
    for name, make in curves.TRAININGS.items():
        model = make(SMALL, 0)
        model.set_logger(Logger(folder=None, output_formats=[]))
        model.learn(256, callback=[curves.StandardisedInputs()] if name == curves.STOCK else [])
        encoder = cast("Encoder", model.policy.encoder)
        spreads.append(encoder.edges.spread)
        assert encoder.edges.count > 0
    assert torch.allclose(*spreads, rtol=0.5)


def test_a_course_counts_in_the_part_in_which_it_ended() -> None:
    ended = [(800 // curves.PARTS * part, 0.1 * part) for part in range(1, curves.PARTS + 1)]
    ended.append((1, 0.3))
    first, *others = curves.by_part(ended, 800)
    assert first == pytest.approx(0.2)
    assert others == pytest.approx([0.1 * part for part in range(2, curves.PARTS + 1)])
    with pytest.raises(ValueError, match="decisions is 800; expected more"):
        curves.by_part(ended[1:-1], 800)


@pytest.mark.slow
def test_command_compares_and_keeps_what_it_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second start, as after Ctrl-C, trains nothing again and says the same."""
    monkeypatch.setattr(command, "PRESETS", {"quick": SMALL})
    monkeypatch.setattr(command, "QUICK_DECISIONS", 512)
    words = ["--quick", f"--folder={tmp_path}", f"--json={tmp_path / 'curves.json'}"]
    assert command.main(words) == 0
    first = json.loads((tmp_path / "curves.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(command, "learn", None)
    assert command.main(words) == 0
    again = json.loads((tmp_path / "curves.json").read_text(encoding="utf-8"))
    assert first["curves"] == again["curves"]
    for part in range(curves.PARTS):
        gap = (
            first["curves"][curves.OURS][part]["mean"] - first["curves"][curves.STOCK][part]["mean"]
        )
        assert first["difference"][part]["mean"] == pytest.approx(gap)
    assert (tmp_path / "curves.png").exists()
    assert "8 unseen classes" in capsys.readouterr().out


def test_a_folder_with_another_comparison_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ours-0.json").write_text('{"settings": {"decisions": 1}}', encoding="utf-8")
    assert command.main([f"--folder={tmp_path}"]) == 2
    assert "ours-0.json was trained with other settings" in capsys.readouterr().err
