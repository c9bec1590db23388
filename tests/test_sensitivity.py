"""Sensitivity: every assumed constant is varied, and a conclusion that turns round is found."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.populations import (
    CLASSROOM,
    HIGH,
    LOW,
    SAMPLE,
    Variation,
    all_together,
    assumed,
    one_at_a_time,
)
from agents.report.sensitivity import alone, together
from agents.sensitivity import decided, finding
from envs.constants import Constants
from envs.tags import Assumed
from scripts import sensitivity as command
from tests.written_up import written_up

USUAL = Constants()
RANGES = assumed(USUAL, CLASSROOM)


OTHER_FAMILIES = {"bkt", "fsrs", "flashcards", "das3h", "neural"}
"""Groups that no calibrated learner reads."""


def test_every_assumed_constant_is_varied_but_those_of_other_families() -> None:
    """A group that is forgotten would never be questioned."""
    tagged = {name for name, _, tag in USUAL.tagged() if isinstance(tag, Assumed)}
    assert {name.split(".")[0] for name in tagged} >= OTHER_FAMILIES  # none is named in vain
    assert set(RANGES) == {name for name in tagged if name.split(".")[0] not in OTHER_FAMILIES}


def test_one_constant_changes_at_a_time_to_an_end_of_its_range() -> None:
    usual = {name: value for name, value, _ in USUAL.tagged()}
    for variation in one_at_a_time(USUAL, RANGES):
        variation.constants.check()
        tag = RANGES[variation.name]
        changed = {n: v for n, v, _ in variation.constants.tagged() if v != usual[n]}
        assert set(changed) <= {variation.name}  # a default may stand at the end of its range
        value = {n: v for n, v, _ in variation.constants.tagged()}[variation.name]
        assert value == (tag.low if variation.end == LOW else tag.high)


def test_samples_spread_over_every_range_and_depend_on_the_seed() -> None:
    """Each constant falls into every tenth of its range exactly once: a Latin hypercube."""
    drawn = list(all_together(USUAL, RANGES, 10, seed=1))
    for variation in drawn:
        variation.constants.check()
    for name, tag in RANGES.items():
        values = [{n: v for n, v, _ in d.constants.tagged()}[name] for d in drawn]
        share = (np.array(values) - tag.low) / (tag.high - tag.low)
        assert sorted(np.minimum(share * 10, 9.99).astype(int)) == list(range(10))
    again, other = (list(all_together(USUAL, RANGES, 10, seed=s)) for s in (1, 2))
    assert [v.constants for v in drawn] == [v.constants for v in again]
    assert [v.constants for v in drawn] != [v.constants for v in other]


def gains(**means: float) -> dict[str, np.ndarray]:
    """NLG of tutors on 50 classes, nearly the same in each."""
    noise = np.random.default_rng(0).normal(0, 0.01, 50)
    return {name: (mean + noise)[None] for name, mean in means.items()}


def test_an_order_that_turns_round_is_a_flip_and_noise_is_none() -> None:
    usual = gains(policy=0.4, fixed=0.3, random=0.1)
    variation = Variation(name="acquisition.scale", end=HIGH, constants=USUAL)
    found = finding(variation, gains(policy=0.2, fixed=0.3, random=0.1), usual)
    assert found.flips == [("policy", "fixed")]
    assert found.lead.mean == pytest.approx(-0.1)
    assert found.agreement == pytest.approx(1 / 3)  # two of three pairs as before
    same = finding(variation, usual, usual)
    assert same.flips == []
    assert same.agreement == 1
    rng = np.random.default_rng(1)
    close = {"a": rng.normal(0.3, 0.1, (1, 20)), "b": rng.normal(0.3, 0.1, (1, 20))}
    assert decided(close) == []


def found(name: str, end: str, low: float, high: float, **other: Any) -> dict[str, Any]:
    """A finding as the report reads it."""
    lead = {"mean": (low + high) / 2, "mean_low": low, "mean_high": high}
    return {"name": name, "end": end, "lead": lead, "agreement": 1.0, "flips": []} | other


def test_report_names_constants_that_turn_a_conclusion_round() -> None:
    """Losing certainty is not yet the opposite conclusion."""
    findings = [
        found("default", "", 0.01, 0.03),
        found("affect.novelty", LOW, -0.03, -0.01),
        found("affect.novelty", HIGH, 0.01, 0.02),
        found("memory.decay", LOW, -0.01, 0.01),
    ]
    assert "side of 0: affect.novelty (low end)." in alone(findings)
    assert "side of 0: none." in alone([findings[0], *findings[2:]])
    assert "no conclusion" in alone([found("default", "", -0.01, 0.03), *findings[1:]])


def test_report_says_how_far_the_order_of_tutors_holds() -> None:
    drawn = [
        found("0", SAMPLE, 0.01, 0.03),
        found("1", SAMPLE, -0.03, -0.01, agreement=0.4, flips=[["a", "b"], ["a", "c"]]),
        found("2", SAMPLE, -0.01, 0.01, agreement=0.8),
    ]
    [text] = together(drawn)
    assert "of 3 populations) the policy is above the rule in 1, below in 1." in text
    assert "0.80 in the median and 0.40 at the least; the order" in text
    assert text.endswith("in 1 of them.")
    assert together([]) == []


def test_command_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An hour of measuring must survive Ctrl-C."""
    taught: list[str] = []

    def teach(_: command.Arguments, variation: Variation) -> dict[str, np.ndarray]:
        taught.append(variation.name + variation.end)
        if len(taught) == 4:
            raise KeyboardInterrupt
        return gains(policy=0.4, rule=0.3)

    monkeypatch.setattr(command, "teach", teach)
    words = ["--quick", "--json", str(tmp_path / "found.json")]
    assert command.main(words) == command.INTERRUPTED
    assert not (tmp_path / "found.json").exists()  # a part must not look like the whole
    assert command.main([*words, "--rules", "Leitner", "random"]) == 2
    assert "expected" in capsys.readouterr().err
    assert command.main(words) == 0
    findings = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["findings"]
    expected = 1 + 2 * command.QUICK_CONSTANTS + command.QUICK_SAMPLES
    assert len(findings) == expected
    assert len(taught) == 1 + expected + 1  # the stopped one, and the default for comparison, again
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]
    assert "with the default constants" in written_up("sensitivity", tmp_path / "found.json")
