"""Threads: measured once where asked for, kept with the run, and one in every worker."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numba
import pytest
import torch

from agents import distributed
from agents.checkpoint import load_policy
from agents.evaluation import evaluate
from agents.presets import PRESETS, TrainConfig
from agents.run_folder import read_config
from agents.speed import threads
from agents.tutors.protocol import Actions, Observation
from agents.tutors.registry import make_tutor
from envs.course import Course
from envs.curricula import find
from policies.config import PolicyConfig
from scripts import train
from scripts.sweep import Arguments as Sweep
from tests.launched import CONFIG, launched

AUTO = replace(PRESETS["quick"], threads="auto", device="cpu")
SMALL_RUN = (
    *("--preset=quick", "--decisions=32", "--classrooms=4", "--device=cpu"),
    *("--evaluation-classes=0", "--inspection-rollouts=0", "--warm-start.tutor=none"),
    *("--ppo.steps=4", "--ppo.batch=16", "--policy.width=8", "--policy.heads=2"),
    *("--course.learners=2", "--course.lessons=1", "--course.minutes=10"),
)


@pytest.fixture(autouse=True)
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A machine of eight cores on which nothing was measured; the threads that torch was told."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads, "cores", lambda: 8)
    told: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    return told


class Measured:
    """In place of measuring: says what it took, and counts how often it was asked."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.seconds, self.asked = seconds, 0

    def __call__(self, _: TrainConfig, numbers: Sequence[int]) -> dict[int, float]:
        """As `timed`."""
        self.asked += 1
        return {number: self.seconds.get(number, 9.0) for number in numbers}


def measured(monkeypatch: pytest.MonkeyPatch, seconds: dict[int, float]) -> Measured:
    found = Measured(seconds)
    monkeypatch.setattr(threads, "timed", found)
    return found


def test_powers_of_two_are_tried_and_all_cores() -> None:
    assert [threads.candidates(most) for most in (1, 2, 6, 8)] == [
        [1],
        [1, 2],
        [1, 2, 4, 6],
        [1, 2, 4, 8],
    ]


def test_threads_that_bring_little_are_left_to_others() -> None:
    assert threads.fewest({1: 1.0, 2: 0.95, 4: 0.92}) == 1
    assert threads.fewest({1: 1.0, 2: 0.6, 4: 0.58, 8: 2.0}) == 2


def test_a_machine_is_measured_once_for_each_kind_of_run(
    monkeypatch: pytest.MonkeyPatch, given: list[int]
) -> None:
    found = measured(monkeypatch, {1: 1.0, 2: 0.5})
    assert [threads.with_threads(AUTO).threads for _ in range(2)] == [2, 2]
    assert (found.asked, given) == (1, [2, 2])
    wider = replace(AUTO, policy=PolicyConfig(width=64))
    for other in (wider, replace(AUTO, ppo=replace(AUTO.ppo, batch=64))):
        threads.with_threads(other)
    assert found.asked == 3


def test_a_number_asked_for_is_taken_without_measuring(
    monkeypatch: pytest.MonkeyPatch, given: list[int]
) -> None:
    found = measured(monkeypatch, {1: 1.0})
    assert threads.with_threads(replace(AUTO, threads=3)).threads == 3
    assert (found.asked, given) == (0, [3])
    with pytest.raises(ValueError, match="threads is 0; expected at least 1"):
        replace(AUTO, threads=0)


@pytest.mark.parametrize(("limit", "most"), [("1", 1), ("4", 4), ("4,2", 4), ("64", 8), ("", 8)])
def test_no_more_threads_are_tried_than_are_left(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    """OMP_NUM_THREADS is what torchrun gives its processes, and people theirs."""
    monkeypatch.setenv("OMP_NUM_THREADS", limit)
    assert threads.most_threads(AUTO) == most


def test_a_run_keeps_the_number_that_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[int]
) -> None:
    """Another number would change sums in their last bits, and the run could not be repeated."""
    run = tmp_path / "run"
    asked = [*SMALL_RUN, "--threads=auto", f"--run={run}"]
    measured(monkeypatch, {1: 1.0, 2: 0.5})
    assert train.main(asked) == 0
    assert read_config(run)[0].threads == 2
    for again in (asked, [f"--resume={run}"]):
        now = measured(monkeypatch, {1: 1.0, 2: 9.0})
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "emptied"))
        given.clear()
        assert train.main(again) == 0
        assert (now.asked, given[0]) == (0, 2)


def test_measuring_changes_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cores", lambda: 2)
    monkeypatch.setattr(threads, "WORTH", 1e9)  # measure, and take one thread
    weights = []
    for wanted in ("1", "auto"):
        run = tmp_path / wanted
        assert train.main([*SMALL_RUN, f"--threads={wanted}", f"--run={run}"]) == 0
        weights.append(load_policy(run).state_dict())
    assert list((tmp_path / "cache").rglob("*.json"))
    for name, one in weights[0].items():
        assert torch.equal(one, weights[1][name]), name


def agreed() -> int | str:
    """The number in one of two processes, of which each finds another one the fastest."""
    with distributed.together():
        measure = threads.timed

        def own(config: TrainConfig, numbers: Sequence[int]) -> dict[int, float]:
            seconds = measure(config, numbers)  # together: gradients are averaged
            return {n: 0.5 if n == 2 - distributed.rank() else 1.0 for n in seconds}

        setattr(threads, "timed", own)  # noqa: B010  # of this fork alone
        return threads.with_threads(replace(CONFIG, threads="auto")).threads


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_processes_that_train_together_measure_together_and_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "cores", lambda: 8)
    assert launched(agreed) == [2, 2]
    [kept] = (tmp_path / "cache").rglob("*.json")
    assert json.loads(kept.read_text())["facts"]["most"] == 4  # half of the cores


class Asked:
    """A tutor that notes how many threads torch has where it works."""

    name, kind = "asked", "rule"

    def __init__(self) -> None:
        self.tutor, self.threads = make_tutor("random"), set[int]()

    def reset(self, classrooms: int) -> None:
        """As the tutor that it leaves its work to."""
        self.tutor.reset(classrooms)

    def act(self, observation: Observation) -> Actions:
        """Note the threads, and leave the choice to the tutor."""
        self.threads.add(torch.get_num_threads())
        return self.tutor.act(observation)


def test_workers_have_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers with a team on all cores each would hinder one another."""
    monkeypatch.undo()
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    tutors = [Asked(), Asked(), Asked()]
    course = Course(learners=2, lessons=1, minutes=10)
    evaluate(tutors, course, find("generated-4-0"), 2, workers=2)
    assert [tutor.threads for tutor in tutors] == [{1}, {1}, {1}]
    assert torch.get_num_threads() == 4  # of whoever asked for the evaluation
    torch.set_num_threads(before)
    with pytest.raises(ValueError, match="not initialized"):  # the kernels run in the worker's own
        numba.threading_layer()


def test_trainings_of_a_sweep_have_a_core_each() -> None:
    assert Sweep(preset="large").config.simulation_threads == 1
