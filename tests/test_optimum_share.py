"""Any chooser's share of the optimum: exact where that is feasible, honest where it is not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.optimum import gain_of, share_of_optimum, solve
from agents.optimum.bounds import full_information
from agents.optimum.share import Observations
from envs.drill import DrillEnv, Instance, InstanceDraw
from envs.drill.mastery import mastery
from envs.drill.suite import four, observed, ordered, pair
from scripts import optimum, train
from tests.written_up import written_up

RELATED = InstanceDraw(concepts=3, decisions=6, prerequisites=0.5, forgetting=True)


def drawn(draw: InstanceDraw, seed: int = 0) -> Instance:
    return draw.instance(np.random.default_rng(seed))


def greedy(observations: Observations) -> NDArray[Any]:
    return np.round(observations["prospects"][:, 0, :, 0], 5).argmax(1)


def round_robin(observations: Observations) -> NDArray[Any]:
    attempts = np.expm1(observations["evidence"][:, 0, :, 0]).sum(1)
    return np.round(attempts).astype(np.int64) % observations["concepts"].shape[1]


def undecided(observations: Observations) -> NDArray[Any]:
    size, concepts = observations["concepts"].shape[:2]
    return np.full((size, concepts), 1 / concepts, np.float32)


def by_last_answers(observations: Observations) -> NDArray[Any]:
    """Probabilities that depend on answers and their order, not on beliefs."""
    evidence = observations["evidence"][:, 0]  # (N, C, 4)
    worth = np.exp(evidence[:, :, 3] - evidence[:, :, 2])
    return worth / worth.sum(1, keepdims=True)


@pytest.mark.parametrize("draw", [RELATED, InstanceDraw(concepts=3, decisions=6)])
def test_rules_as_choosers_gain_what_the_programme_says(draw: InstanceDraw) -> None:
    instance = drawn(draw)
    rules = solve(instance).rules
    for name, chooser in (("greedy", greedy), ("round robin", round_robin)):
        gain = gain_of(instance, chooser)
        assert gain.exact
        assert gain.mean == pytest.approx(rules[name], abs=1e-10)
    assert gain_of(instance, undecided, most=10**5).mean == pytest.approx(
        rules["random"], abs=1e-10
    )


def test_the_optimal_chooser_has_share_one() -> None:
    instance = drawn(InstanceDraw(decisions=12, prerequisites=0.5, forgetting=True, hidden=False))
    m = mastery(instance)
    values = full_information(m, 12)  # (13, X) by decisions left

    def optimal(observations: Observations) -> NDArray[Any]:
        left = np.round(np.expm1(observations["course"][:, 1])).astype(np.int64)
        states = observations["belief"][:, 0, :, 0].astype(np.int64) @ (1 << np.arange(3))
        ahead = np.einsum("ncy,ny->nc", m.moves[:, states].swapaxes(0, 1), values[left - 1])
        choices: NDArray[Any] = (m.gains[states] + ahead).argmax(1)
        return choices

    share = share_of_optimum(instance, optimal)
    assert share.gain.exact
    assert share.of_optimum.mean == pytest.approx(1.0, abs=1e-10)
    assert share_of_optimum(instance, undecided).of_optimum.mean == pytest.approx(
        share.optimum.rules["random"] / share.optimum.gain, abs=1e-10
    )


def test_simulated_learners_agree_with_the_exact_gain() -> None:
    instance = drawn(InstanceDraw(concepts=2, decisions=6, prerequisites=1.0, forgetting=True))
    exact = gain_of(instance, by_last_answers)
    simulated = gain_of(instance, by_last_answers, most=1, learners=20_000)
    assert exact.exact
    assert not simulated.exact
    assert simulated.low < exact.mean < simulated.high
    assert simulated.high - simulated.low < 0.05 * exact.mean


def test_situations_that_only_the_beliefs_merge_are_kept_apart() -> None:
    merging = drawn(InstanceDraw(concepts=2, decisions=6))
    hardly_forgetting = tuple(replace(concept, forget=1e-9) for concept in merging.concepts)
    apart = gain_of(replace(merging, concepts=hardly_forgetting), by_last_answers)
    assert gain_of(merging, by_last_answers).mean == pytest.approx(apart.mean, abs=1e-7)


def test_episodes_of_the_environment_return_the_exact_gain() -> None:
    instance = drawn(RELATED)
    env, returns = DrillEnv(instance=instance), []
    for seed in range(400):
        observation, _ = env.reset(seed=seed)
        done, total = False, 0.0
        while not done:
            batch = {key: array[None] for key, array in observation.items()}
            observation, reward, done, _, _ = env.step(greedy(batch)[0])
            total += float(reward)
        returns.append(total)
    error = np.std(returns) / np.sqrt(len(returns))
    assert np.mean(returns) == pytest.approx(gain_of(instance, greedy).mean, abs=4 * error)


@pytest.mark.parametrize("make", [ordered, observed, pair, four])
def test_drills_to_train_on_have_an_optimum_that_greedy_choices_miss(
    make: Callable[[], DrillEnv],
) -> None:
    """Else a share of the optimum would tell nothing."""
    solved = solve(make().instance)
    assert solved.gain > 0
    assert max(solved.rules.values()) < 0.95 * solved.gain


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.array([3]), r"chose \[3\]; expected concepts, 0 to 2"),
        (np.array([0.2, 0.8]), r"float64 of shape \(2,\); expected concepts \(1,\) or probab"),
        (np.array([[0.5, 0.2, 0.2]]), "expected probabilities that sum to 1"),
        (np.array([[1.5, -0.5, 0.0]]), "expected probabilities that sum to 1"),
        (np.array([[1, 0, 0]]), r"int64 of shape \(1, 3\)"),
    ],
)
def test_a_chooser_that_does_not_choose_is_refused(answer: NDArray[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gain_of(drawn(RELATED), lambda _: answer)


def test_the_command_writes_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "optimum.json"
    assert optimum.main(["--quick", "--depth", "1", "--json", str(path)]) == 0
    rows = json.loads(path.read_text())["rows"]
    assert {row["concepts"] for row in rows} == {2, 3, 4}
    for row in rows:
        assert all(row[rule] <= 1.0 + 1e-12 for rule in ("greedy", "round robin", "random"))
        if row["hidden"]:
            assert row["lower"] <= row["optimum"] + 1e-9 <= row["upper"] + 2e-9
    assert f"{rows[0]['optimum']:.2f}" in capsys.readouterr().out


def test_the_command_refuses_what_it_cannot_compute() -> None:
    with pytest.raises(ValueError, match="instances is 0; expected at least 1"):
        optimum.Arguments(instances=0)


def test_a_depth_that_is_too_much_ends_the_command_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It must not be found out after minutes of solving, nor by a traceback."""
    monkeypatch.setattr(optimum, "solve", pytest.fail)
    assert optimum.main(["--depth", "8"]) == 2
    assert "expected at most 7 decisions" in capsys.readouterr().err


def test_a_trained_run_is_scored_in_its_own_drill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The share of a run is that of its policy's likeliest choices, whatever it has learnt."""
    small = "--decisions 64 --classrooms 4 --ppo.steps 8 --ppo.batch 16 --evaluation-classes 0"
    words = [*small.split(), "--policy.width", "8", "--policy.heads", "2"]
    run = tmp_path / "run"
    assert train.main([*words, "--run", str(run), "--env", "envs.drill.suite:separate"]) == 0
    file = tmp_path / "optimum.json"
    assert optimum.main([str(run), "--quick", "--instances", "1", "--json", str(file)]) == 0
    [found] = json.loads(file.read_text(encoding="utf-8"))["policies"]
    assert found["exact"]
    assert "| separate |" in written_up("optimum", file)
    assert 0 < found["share"] <= 1 + 1e-9
    assert found["greedy"] <= 1 + 1e-9
    drawn_run = tmp_path / "drawn"
    words += ["--run", str(drawn_run), "--env", "envs.drill.suite:drawn"]
    assert train.main(words) == 0
    assert optimum.main([str(drawn_run), "--quick"]) == 2
    assert "expected one fixed drill" in capsys.readouterr().err
