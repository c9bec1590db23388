"""What the benchmark says of growth with size is what was measured, and the fits find the truth."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agents.presets import PRESETS
from agents.speed import growth, training_together
from agents.speed.growth_law import law
from agents.speed.growth_tables import axis_table
from agents.speed.side_by_side import side_by_side
from scripts import benchmark

SIZES = (4, 8, 16, 32, 64, 128, 256)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_known_exponent_is_found(power: float) -> None:
    rng = np.random.default_rng(0)
    noise = np.exp(0.02 * rng.standard_normal(len(SIZES)))
    found = law(SIZES, 3e-4 * np.array(SIZES) ** power * noise)
    assert found.exponent == pytest.approx(power, abs=0.05)
    assert 0 < found.error < 0.05


def test_the_exponent_is_that_of_the_upper_half() -> None:
    """A cost that is constant at first and square later must not look linear."""
    costs = [1.0 if n < 32 else (n / 32) ** 2 for n in SIZES]
    assert law(SIZES, costs).exponent == pytest.approx(2.0)


def test_constant_linear_and_square_parts_are_told_apart() -> None:
    costs = [5.0 + 0.2 * n + 0.003 * n**2 for n in SIZES]
    found = law(SIZES, costs)
    assert found.constant == pytest.approx(5.0 / costs[-1])
    assert found.linear == pytest.approx(0.2 * 256 / costs[-1])
    assert found.square == pytest.approx(0.003 * 256**2 / costs[-1])


def test_two_sizes_give_no_law() -> None:
    with pytest.raises(ValueError, match="sizes are 2; expected at least 3"):
        law((1, 2), (1.0, 2.0))


def test_memory_grows_with_learners_and_their_concepts_and_the_graph_with_its_square() -> None:
    """Whoever plans a larger class can reckon: no array holds more than pairs, seats or graph."""
    learners = [growth.bytes_of(growth.Size(1, learners=n)) for n in (2, 3, 4, 5)]
    assert np.diff(learners, 3) == pytest.approx(0.0, abs=0.5)  # a quadratic in the learners,
    seats = np.diff(learners, 2)[0] / 2  # with only the seats' weights in its square
    assert 0 < seats <= 16
    concepts = [growth.bytes_of(growth.Size(1, concepts=n)) for n in (8, 16, 24, 32)]
    assert np.diff(concepts, 3) == pytest.approx(0.0, abs=0.5)
    graph = np.diff(concepts, 2)[0] / (2 * 8**2)
    assert graph == 4  # bytes of the observation's float32


def test_every_number_of_processes_is_measured() -> None:
    rates = side_by_side((1, 2), 4, 0.2, 1)
    assert rates.keys() == {"1", "2"}
    assert min(rates.values()) > 0


def test_trainings_in_several_processes_divide_what_a_preset_has() -> None:
    """Else hours of measuring would end with the last of them refused."""
    for preset in PRESETS.values():
        for count in growth.Scope().trainers:
            assert preset.classrooms % count == preset.ppo.batch % count == 0


def test_a_training_that_fails_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_together, "ALONE", ("--device", "nowhere"))
    with pytest.raises(ValueError, match="training in 1 processes failed"):
        training_together.trained_together("quick", 2048, (1,), 1)


def test_what_cannot_train_is_told_before_a_quarter_of_an_hour_is_spent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> dict[str, float]:
        raise ValueError("training in 2 processes failed")

    def measured(*_: object) -> dict[str, object]:
        raise AssertionError("an axis was measured first")

    monkeypatch.setattr(growth, "trained_together", refused)
    monkeypatch.setattr(growth, "along", measured)
    assert benchmark.main(["--growth", "--quick"]) == 2
    assert capsys.readouterr().err == "error: training in 2 processes failed\n"


def test_every_part_is_timed_at_every_size_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MOST_LEARNT_FROM", 8)
    scope = growth.Scope(classrooms=(2, 4, 8, 16), repeats=1)
    found = growth.along("classrooms", PRESETS["quick"], scope)
    lengths = {part: len(costs) for part, costs in found["seconds_per_decision"].items()}
    assert lengths == {"simulation": 4, "action": 4, "update": 3}
    assert min(min(costs) for costs in found["seconds_per_decision"].values()) > 0
    assert len(set(found["bytes_per_classroom"])) == 1
    assert found["laws"]["bytes"]["exponent"] == pytest.approx(1.0)
    assert axis_table("classrooms", found).row_count == 4 + 2


@pytest.mark.slow
def test_the_command_writes_growth_and_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "growth.json"
    assert benchmark.main(["--growth", "--quick", "--preset", "quick", "--json", str(path)]) == 0
    found = json.loads(path.read_text())["growth"]
    assert found["axes"].keys() == {"classrooms", "learners", "concepts"}
    assert found["processes"].keys() == found["trainers"].keys() == {"1", "2"}
    assert min(found["trainers"].values()) > 0
    shown = capsys.readouterr().out
    assert "cost by concepts" in shown
    assert "all train one policy" in shown
    with Image.open(tmp_path / "growth.png") as picture:
        assert picture.width > picture.height > 500
