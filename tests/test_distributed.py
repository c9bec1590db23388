"""Training in several processes learns what one process learns, and survives what may happen."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributed as dist
from safetensors.numpy import load_file
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

from agents import distributed
from agents.imitation import _imitate, warm_start
from agents.losses import Losses
from agents.ppo import ClassroomPPO, _kl
from agents.rollout import ClassroomRollout, Minibatch
from agents.tutors.protocol import Tutor
from agents.tutors.registry import make_tutor
from policies.policy import Decision
from scripts import train
from tests.launched import CONFIG, Weights, assert_same, fresh_model, launched, played, weights_of

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
COMMAND = (
    *("--preset=quick", "--device=cpu", "--classrooms=4", "--evaluation-classes=0"),
    *("--inspection-rollouts=0", "--checkpoint-minutes=0", "--warm-start.tutor=none"),
    *("--ppo.steps=4", "--ppo.batch=16", "--policy.width=8", "--policy.heads=2"),
    *("--course.learners=2", "--course.lessons=1", "--course.minutes=10"),
)


def assert_close(found: Weights, expected: Weights) -> None:
    """As near as sums of floats in another order are."""
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=2e-5, atol=2e-6, err_msg=name)


def taught() -> tuple[Weights, int, list[float]]:
    """Ten updates on what a rule does, first copied and then learnt from with PPO."""
    with distributed.together():
        model, tutor = fresh_model(), make_tutor("round robin")
        assert len(list(warm_start(model, tutor, 2))) == 2

        def decide(rollout: ClassroomRollout) -> Decision:
            return as_tutor(model, tutor, rollout)

        setattr(model, "decide", decide)  # noqa: B010  # a method
        model.learn(CONFIG.decisions, reset_num_timesteps=False)
        assert model.ep_info_buffer is not None
        gains = sorted(course["nlg_delayed"] for course in model.ep_info_buffer)
        return weights_of(model), model.num_timesteps, gains


@torch.no_grad()
def as_tutor(model: ClassroomPPO, tutor: Tutor, rollout: ClassroomRollout) -> Decision:
    """The rule's actions, with the policy's own probabilities and values of them."""
    row, encoded = model.see(rollout)
    actions = torch.as_tensor(tutor.act(model.observation))
    choices = model.policy.taken(row, encoded, actions)
    values = model.policy.learner_values(row, encoded)
    return Decision(actions, choices.tutor_log_prob, choices.plan_log_prob, values)


def test_two_processes_take_the_steps_of_one() -> None:
    """Given the same decisions: classes, advantages, losses, gradients and input statistics.

    A rule decides, since processes have dice of their own, and each minibatch is a whole rollout.
    Classes differ in size, so that means over learners must be taken over both processes.
    """
    alone, decisions, gains = taught()
    first, second = launched(taught)
    assert_same(first[0], second[0])
    assert_close(first[0], alone)
    assert first[1] == decisions == CONFIG.decisions
    assert first[2] == second[2] == pytest.approx(gains)


def improved(path: Path) -> Weights:
    """One step of PPO and one of imitation on this process's share of some decisions."""
    with distributed.together():
        model = fresh_model()
        whole: dict[str, Any] = torch.load(path)
        own = {
            name: part.chunk(distributed.size())[distributed.rank()] for name, part in whole.items()
        }
        obs = {name.removeprefix("obs."): own.pop(name) for name in list(own) if "obs." in name}
        model.improve(Minibatch(obs, **own))
        _imitate(model, Minibatch(obs, **own))
        return weights_of(model)


def test_learners_count_the_same_whichever_process_teaches_them(tmp_path: Path) -> None:
    """Minibatches differ in their numbers of learners: a mean of two means would not do."""
    model, tutor = fresh_model(), make_tutor("round robin")
    assert list(warm_start(model, tutor, 1))
    [batch] = model.minibatches()
    order = batch.obs["learner_present"].sum(1).argsort()  # small classes first
    parts = batch._asdict() | {f"obs.{name}": part for name, part in batch.obs.items()}
    torch.save(
        {k: p[order] for k, p in parts.items() if isinstance(p, torch.Tensor)}, tmp_path / "batch"
    )
    alone = improved(tmp_path / "batch")
    for found in launched(improved, tmp_path / "batch"):
        assert_close(found, alone)


def test_a_run_goes_on_exactly_in_as_many_processes(tmp_path: Path) -> None:
    launched(played, tmp_path / "half", 64)
    whole = launched(played, tmp_path / "whole", 96)
    resumed = launched(played, tmp_path / "resumed", 96, tmp_path / "half")
    assert_same(whole[0][0], whole[1][0])
    assert_same(whole[0][0], resumed[0][0])
    state, expected = (load_file(tmp_path / n / "state.safetensors") for n in ("resumed", "whole"))
    assert_same(expected, state)
    dice = np.array_split(state["random.sampling"], 2)
    assert not np.array_equal(*dice)  # else the halves of a batch would explore alike


@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 2)])
def test_a_run_goes_on_in_another_number_of_processes(
    before: int, after: int, tmp_path: Path
) -> None:
    """Weights, optimiser, counters and every classroom are those that were saved."""
    launched(played, tmp_path / "first", 64, processes=before)
    found = launched(played, tmp_path / "second", 64, tmp_path / "first", processes=after)
    assert [written_by for _, written_by in found] == [before] * after
    saved, again = (load_file(tmp_path / n / "state.safetensors") for n in ("first", "second"))
    parts = ("policy.", "optimizer.", "env.")
    assert_same(*({k: v for k, v in s.items() if k.startswith(parts)} for s in (saved, again)))
    counters = [json.loads((tmp_path / n / "state.json").read_text()) for n in ("first", "second")]
    assert [each.pop("processes") for each in counters] == [before, after]
    assert counters[0] == counters[1]
    assert counters[0]["num_timesteps"] == 64
    launched(played, tmp_path / "third", 96, tmp_path / "second", processes=after)


def trained(arguments: list[str], dies_at: int | None = None) -> None:
    """The command; its second process dies once, after as many decisions."""
    collect = ClassroomPPO.collect_rollouts

    def mortal(model: ClassroomPPO, *others: Any, **settings: Any) -> bool:
        is_second = distributed.rank() == 1 and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0"
        if is_second and model.num_timesteps == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return collect(model, *others, **settings)

    setattr(ClassroomPPO, "collect_rollouts", mortal)  # noqa: B010  # in this process alone
    if code := train.main(arguments):
        sys.exit(code)


def test_a_killed_process_ends_the_others_and_all_go_on_from_the_checkpoint(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = [*COMMAND, "--decisions=64"]
    launched(trained, [*words, f"--run={tmp_path / 'whole'}"])
    killed = [*words, f"--run={tmp_path / 'killed'}"]
    launched(trained, killed, 32, max_restarts=1, monitor_interval=1.0)
    printed = capfd.readouterr()
    assert "error: process 0 of 2 lost another, which ended" in printed.err
    assert f"to go on: --resume {tmp_path / 'killed'}" in printed.err
    assert printed.out.count("64 decisions learnt from") == 2  # once for each training
    assert printed.out.count("2 processes") == 3  # once for each start
    whole, killed_once = (
        load_file(tmp_path / n / "model.safetensors") for n in ("whole", "killed")
    )
    assert_same(whole, killed_once)


def test_restarting_without_a_run_folder_is_refused_before_any_work(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Else the processes that start again would begin another run."""
    with pytest.raises(ChildFailedError):
        launched(trained, list(COMMAND), max_restarts=1)
    assert "run is not given and --max-restarts 1; expected --run FOLDER" in capfd.readouterr().err


def agreed() -> tuple[bool, float, list[int], str, int]:
    with distributed.together():
        own = distributed.rank()
        divergences = [torch.full((len(Losses._fields),), float(own))]
        try:
            distributed.from_first(lambda: int("no number"))
        except ValueError as error:
            refusal = str(error)
        stop = distributed.any_of(own == 1)
        return stop, _kl(divergences), distributed.gathered([own]), refusal, distributed.own_seed(3)


def test_processes_agree() -> None:
    """On when to stop, on the passes over a rollout, on errors of the first; not on their dice."""
    first, second = launched(agreed)
    assert first[:4] == second[:4]
    assert first[:3] == (True, 0.5, [0, 1])
    assert "no number" in first[3]
    assert first[4] == 3 != second[4]


def test_what_cannot_be_shared_out_equally_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "size", lambda: 3)
    with pytest.raises(ValueError, match=r"classrooms is 8; expected a multiple of 6: 3 processes"):
        train.make_model(CONFIG, 0)
    with pytest.raises(ValueError, match=r"ppo.batch is 32; expected a multiple of 3"):
        distributed.share(CONFIG.ppo.batch, "ppo.batch")


def test_processes_of_a_machine_share_its_cores_and_devices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (distributed.threads(64), distributed.device("cuda")) == (64, "cuda")  # alone
    monkeypatch.setattr(dist, "is_initialized", lambda: True)
    monkeypatch.setattr(distributed, "cores", lambda: 12)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", lambda _: None)
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert [distributed.threads(n) for n in (1, 6, 64)] == [1, 6, 6]
    assert [distributed.device(name) for name in ("cpu", "auto")] == ["cpu", "cuda:1"]
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "16")
    assert distributed.threads(8) == 1
    with pytest.raises(ValueError, match=r"processes on this machine are 16; expected at most 2"):
        distributed.device("cuda")


def test_torchrun_trains_and_stops_at_ctrl_c_with_a_checkpoint(tmp_path: Path) -> None:
    """The command itself: one process prints and writes, whoever started how many."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*launcher, "-m", "--", "scripts.train", *COMMAND, "--decisions=1000000"]
    with subprocess.Popen(  # noqa: S603  # our own interpreter
        [*command, f"--run={tmp_path}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    ) as running:
        while not (tmp_path / "checkpoint").exists():
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        printed = running.communicate()[0]
    assert running.returncode != 0
    for once in (f"run {tmp_path}", "on cpu, 2 processes", "stopped at", "the last checkpoint:"):
        assert printed.count(once) == 1
    counters = json.loads((tmp_path / "checkpoint" / "state.json").read_text())
    assert counters["processes"] == 2
    assert f"stopped at {counters['num_timesteps']} decisions" in printed
    assert len(list(tmp_path.glob("events.*"))) == 1
