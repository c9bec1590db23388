"""The benchmark measures what it prints, and writes it as JSON."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.presets import PRESETS
from agents.speed import exchanges, inference
from agents.speed import simulation as simulation_speed
from agents.speed.simulation import bytes_per_classroom, make_simulation, parts_of_a_decision
from agents.speed.training import beside_a_device
from envs.course import Course
from envs.simulation import Simulation
from scripts import benchmark
from unity_bridge.build import BuildSettings


@pytest.mark.slow
def test_benchmark_writes_speeds_and_shares_that_sum_to_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "speed.json"
    assert benchmark.main(["--quick", "--preset", "quick", "--json", str(path)]) == 0
    results = json.loads(path.read_text())
    assert results["env_steps_per_s"].keys() == {"1", "256", "4096"}
    assert all(rate > 0 for rate in results["env_steps_per_s"].values())
    assert results["train_decisions_per_s"] > 0
    assert results["shares"].keys() == {"simulation", "inference", "update"}
    assert sum(results["shares"].values()) == pytest.approx(1.0)
    for name in ("action_ms", "exported_action_ms", "decision_ms"):
        assert 0 < results[name]["median"] <= results[name]["p99"]
    assert results["ratio_to_sb3"] > 0
    per_decision, rate = results["flop_per_decision"], results["train_decisions_per_s"]
    assert results["flop_per_s"] == pytest.approx(per_decision * rate)
    assert per_decision == pytest.approx(14.85e6, rel=0.02)  # the default network
    assert results["ratio_of_bfloat16"] > 0
    blind = results["perceptron"]
    assert blind.keys() == {"our training", "stable-baselines3", "sbx", "plain loop"}
    for each in blind.values():
        assert each is None or min(each.values()) > 0
    assert (results["device"], results["ratio_to_cpu"]) == ("cpu", None)
    assert results["ratio_to_c"] is None or results["ratio_to_c"] > 0
    assert results["decision_parts_us"].keys() == {"lesson", "prospects", "tracing"}
    assert results["exchanges_per_s"].keys() == {"1", "64", "empty"}
    for number, steps in results["exchanged_classroom_steps_per_s"].items():
        assert steps == results["exchanges_per_s"][number] * int(number) * 4  # 2 min of 30 s
    assert "decisions/s" in capsys.readouterr().out


def test_an_empty_exchange_is_the_quickest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what the protocol itself costs; a build that was quicker would not have played."""
    monkeypatch.setattr(exchanges, "CLASSROOMS", (1, 8))
    course = Course(learners=2, lessons=1, minutes=10)
    rates = exchanges.exchanges_per_second(BuildSettings(course=course), 0.2, repeats=1)
    assert rates["empty"] > max(rates["1"], rates["8"]) > 0
    assert exchanges.classroom_steps_per_second(rates).keys() == {"1", "8"}


def test_quick_shortens_every_repeat() -> None:
    quick = benchmark.Arguments(quick=True, seconds=5.0)
    assert (quick.seconds, quick.rollouts, quick.decisions) == (0.1, 1, 100)


def test_the_memory_of_a_classroom_is_as_documented() -> None:
    """Whoever plans 65,536 classrooms needs 3.7 GB: more would be a surprise."""
    one, many = (bytes_per_classroom(make_simulation(batch)) for batch in (1, 16))
    assert one == many
    assert one == pytest.approx(57_000, rel=0.01)


def test_decisions_are_played_in_the_memory_that_there_is() -> None:
    simulation = make_simulation(64)
    watch = np.zeros((64, 3 + 2 * 8), np.int64)
    simulation.step(watch)
    before = {name: array.ctypes.data for name, array in simulation.observation.items()}
    tracemalloc.start()
    simulation.step(watch)
    start, _ = tracemalloc.get_traced_memory()
    for _ in range(10):
        simulation.step(watch)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept - start < 100_000  # bytes; the classrooms have 3,600,000
    after = {name: array.ctypes.data for name, array in simulation.observation.items()}
    assert after == before


def test_the_parts_of_a_decision_are_timed_while_learners_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An idle class takes half of the time: its parts would not be those of the speed shown."""
    made: list[Simulation] = []

    def remembered(*size: int, **settings: str) -> Simulation:
        made.append(make_simulation(*size, **settings))
        return made[-1]

    monkeypatch.setattr(simulation_speed, "make_simulation", remembered)
    parts = parts_of_a_decision(4, 2)
    assert parts["lesson"] > 0
    assert parts["prospects"] > 0
    assert all(each.world.state.evidence.attempts.any() for each in made)
    assert len(made) == 2


@pytest.mark.parametrize("preset", ["default", "large"])
def test_a_cpu_beside_a_device_learns_from_whole_minibatches_but_few_classrooms(
    preset: str,
) -> None:
    """All 4,096 classrooms of the large preset would take it minutes a turn."""
    config = PRESETS[preset]
    small = beside_a_device(config)
    assert small == replace(config, classrooms=small.classrooms)
    assert small.classrooms <= min(config.classrooms, 512)
    assert small.classrooms * config.ppo.steps >= config.ppo.batch


def test_a_model_that_cannot_be_made_is_no_reason_to_measure_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inference, "missing", lambda: ["onnx"])
    assert inference.exported_ms(PRESETS["quick"], 100) is None
    [(_, said, _)] = benchmark.of_latency("the same by its ONNX model", None, "2 ms")
    assert said == "not installed (extra onnx)"


def test_benchmark_refuses_what_it_cannot_measure() -> None:
    with pytest.raises(ValueError, match=r"seconds is 0\.0; expected at least 0\.1"):
        benchmark.Arguments(seconds=0.0)
    with pytest.raises(ValueError, match="decisions is 9; expected at least 100"):
        benchmark.Arguments(decisions=9)
    with pytest.raises(ValueError, match="preset is 'huge'; expected one of quick"):
        benchmark.Arguments(preset="huge")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="torch finds no CUDA device here"):
        benchmark.Arguments(device="cuda")
