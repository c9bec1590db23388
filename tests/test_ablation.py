"""Ablations: what is compared differs in one part only, and every figure is what it says."""

import json
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch.utils.tensorboard import SummaryWriter

from agents.ablation import decisions_until, summarise
from agents.ablation_tables import steps_in_words
from agents.failures import FAILURES, NONE
from agents.imitation import WarmStart
from agents.ppo import ClassroomPPO
from agents.presets import PRESETS, TrainConfig
from agents.run_folder import read_config, write_config
from agents.studies import STUDIES, imitated
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from scripts import ablate as command
from scripts import pretrain, train
from tests.answer_logs import generated, write_pid
from tests.test_ppo_runs import SMALL_RUN
from tests.written_up import written_up


def written_curve(folder: Path, values: list[float], course: float = 0.0) -> Path:
    """A run folder with a learning curve: 100 decisions between its points, 10 classrooms."""
    write_config(folder, replace(PRESETS["quick"], classrooms=10), preset="quick", seed=0)
    with SummaryWriter(str(folder)) as writer:
        for place, value in enumerate(values):
            writer.add_scalar("learner/nlg_delayed", value, 100 * (place + 1))
            writer.add_scalar("rollout/ep_len_mean", course, 100 * (place + 1))
    return folder


def test_every_variant_names_parts_that_exist() -> None:
    """A misspelt observation would silently leave the policy whole."""
    space = observation_space(2, 3)
    for study in STUDIES.values():
        for variant in study.values():
            config = variant.of(PRESETS["default"]).policy
            AttentionPolicy(space, action_space(2, 3), lambda _: 0.0, config)
        first = next(iter(study.values()))
        assert first.of(PRESETS["default"]) == PRESETS["default"]
        assert not any(variant == first for variant in list(study.values())[1:])


@pytest.mark.parametrize(
    "words",
    [{"preset": "quick", "decisions": 65_536}, {"preset": "default"}, {"quick": True}],
    ids=["measured", "whole", "quick"],
)
def test_what_costs_more_learns_from_fewer_decisions(words: dict[str, Any]) -> None:
    """Twice the passes at as many decisions would win by the time they take."""
    asked = command.Arguments(study="training", **words)
    whole = asked.training[1]
    trainings = {name: variant.of(whole) for name, variant in asked.chosen.items()}
    update = 0.71  # of the time, with four passes
    for each in trainings.values():
        cost = 1 - update + update * each.ppo.epochs / whole.ppo.epochs
        taught = imitated(each) + each.decisions * cost
        assert taught == pytest.approx(whole.decisions, rel=0.01)
    first = trainings.pop("imitation first")
    assert imitated(first) == 12_288
    assert not any(imitated(each) for each in trainings.values())
    assert asked.settings["imitated"] == 0


def test_the_rule_is_reached_when_the_curve_first_stands_there(tmp_path: Path) -> None:
    run = written_curve(tmp_path, [0.1, 0.3, 0.2, 0.4])
    assert decisions_until(run, 0.3) == pytest.approx(200)
    assert decisions_until(run, 0.35) == 400
    assert decisions_until(run, 0.5) is None


def test_courses_that_the_imitated_rule_taught_do_not_count(tmp_path: Path) -> None:
    """Else every variant would stand where the rule stands before it has learnt anything."""
    run = written_curve(tmp_path, [0.4, 0.4, 0.3, 0.2, 0.4], course=10.0)
    assert decisions_until(run, 0.25) == 500
    assert decisions_until(run, 0.5) is None


def test_where_nobody_was_imitated_every_course_counts(tmp_path: Path) -> None:
    run = written_curve(tmp_path, [0.4, 0.4, 0.3], course=10.0)
    alone = replace(read_config(run)[0], warm_start=WarmStart())
    write_config(run, alone, preset="quick", seed=0)
    assert decisions_until(run, 0.25) == 100


def test_most_runs_must_reach_the_rule(tmp_path: Path) -> None:
    runs = [written_curve(tmp_path / str(i), [top]) for i, top in enumerate((0.4, 0.4, 0.1))]
    gains = np.array([[0.3, 0.4], [0.2, 0.5], [0.1, 0.6]])
    policy = AttentionPolicy(
        observation_space(1, 2), action_space(1, 2), lambda _: 0.0, PolicyConfig(width=8)
    )
    found = summarise("no seats", runs, gains, gains + 0.1, 0.35, policy, 1.0)
    assert found.behind.mean == pytest.approx(-0.1)
    assert found.steps_to_target == 100
    assert found.as_dict()["steps_of_runs"] == [100, 100, None]
    assert summarise("no seats", runs, gains, gains, 0.6, policy, 1.0).steps_to_target is None


@pytest.mark.parametrize(
    ("median", "runs", "said"),
    [
        (3000.0, (1000, 3000, 9000), "3,000 (1,000 to 9,000)"),
        (3000.0, (1000, 3000, None), "3,000 (1,000 to never)"),
        (None, (None, None, 1000), "never (1,000 to never)"),
        (None, (None, None), "never"),
        (1000.0, (1000,), "1,000"),
    ],
)
def test_how_far_apart_the_seeds_reach_a_target_is_told(
    median: float | None, runs: tuple[int | None, ...], said: str
) -> None:
    assert steps_in_words(median, runs) == said


def test_a_training_leaves_nothing_to_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparisons train forty times in one process; five models at a time filled its memory."""
    make, made = train.make_model, []

    def remembered(config: TrainConfig, seed: int) -> ClassroomPPO:
        assert not any(model() for model in made)
        made.append(weakref.ref(model := make(config, seed)))
        return model

    monkeypatch.setattr(train, "make_model", remembered)
    for seed in range(3):
        assert train.main([*SMALL_RUN, f"--seed={seed}", f"--run={tmp_path / str(seed)}"]) == 0
    assert len(made) == 3


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Presets of a second."""
    quick = PRESETS["quick"]
    tiny = replace(
        quick,
        decisions=320,
        classrooms=5,
        curriculum="generated-4-0",
        course=replace(quick.course, learners=2, lessons=1, minutes=10),
        warm_start=replace(quick.warm_start, rollouts=1),
    )
    for module in (command, pretrain):
        monkeypatch.setattr(module, "PRESETS", {"quick": tiny, "default": tiny})


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_command_trains_compares_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second start uses what the first has trained, and says the same."""
    words = ["--study=parts", "--quick", f"--runs={tmp_path}", "--variants", "perceptron"]
    tables = []
    for name in ("first.json", "second.json"):
        assert command.main([*words, "--json", str(tmp_path / name)]) == 0
        tables.append(json.loads((tmp_path / name).read_text(encoding="utf-8"))["variants"])
    assert tables[0].keys() == {"attention", "perceptron"}
    assert [tables[0][v]["nlg"] for v in tables[0]] == [tables[1][v]["nlg"] for v in tables[1]]
    assert tables[0]["attention"]["behind"]["mean"] == 0
    assert "minus attention" in capsys.readouterr().out
    assert "| perceptron |" in written_up("attention", tmp_path / "second.json")
    assert train.has_state(tmp_path / "quick-perceptron-0" / "checkpoint")


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_losses_are_compared_with_failing_sensors_too(tmp_path: Path) -> None:
    write_pid(tmp_path / "log.csv", generated(4)[0], learners=25)
    words = ["--quick", f"--runs={tmp_path}", "--variants", "L_self", "all, pre-trained"]
    words.append(f"--log={tmp_path / 'log.csv'}")
    assert command.main([*words, f"--json={tmp_path / 'losses.json'}"]) == 0
    found = json.loads((tmp_path / "losses.json").read_text(encoding="utf-8"))
    assert found["variants"].keys() == {"PPO alone", "L_self", "all, pre-trained"}
    for each in found["variants"].values():
        assert each.keys() >= {"steps_to_target", "nlg", "nlg_missing"}
        assert each["nlg_missing"].keys() == FAILURES.keys()
        assert each["nlg_missing"][NONE]["lost"]["mean"] == 0
    foretold = found["next_answer_auc"]
    assert foretold["simulated"].keys() == {"belief", "L_self", "all, pre-trained", "trunk"}
    assert foretold["real"].keys() == {*foretold["simulated"], "tracer"}
    assert "| none there |" in written_up("losses", tmp_path / "losses.json")
    config, _ = read_config(tmp_path / "quick-all-pre-trained-0")
    assert config.init == str(tmp_path / "quick-log-trunk-0")
    assert (config.ppo.auxiliary.self_weight, config.ppo.auxiliary.cross_weight) == (1.0, 1.0)


def test_a_log_is_refused_before_hours_of_training(tmp_path: Path) -> None:
    missing = tmp_path / "none.csv"
    with pytest.raises(ValueError, match=r"none\.csv; expected a file or folder that is there"):
        command.Arguments(log=missing)
    with pytest.raises(ValueError, match=f"log is {tmp_path} with study parts"):
        command.Arguments(log=tmp_path, study="parts")


def test_an_unknown_variant_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):  # tyro reports what the settings refuse
        command.main(["--variants", "no luck"])
    assert "variants has 'no luck'" in capsys.readouterr().err


def test_every_training_can_be_shorter_than_its_preset() -> None:
    """Five seeds of every variant take a day at full length."""
    shorter = command.Arguments(decisions=1000).training[1]
    assert shorter == replace(command.Arguments().training[1], decisions=1000)
    with pytest.raises(ValueError, match="decisions is 1000 with quick"):
        command.Arguments(decisions=1000, quick=True)


def test_trainings_can_begin_without_imitation() -> None:
    """Imitated, all variants stand near the rule at once, and little tells them apart."""
    alone = command.Arguments(imitation=False)
    assert alone.training[1].warm_start.tutor == "none"
    assert (alone.settings["imitated"], command.Arguments().settings["imitated"] > 0) == (0, True)
    assert alone.settings["target"] == "80% of the NLG of greedy on belief"
    assert command.Arguments().settings["target"] == "the NLG of PPO alone"
    assert command.Arguments(study="parts").settings["target"] == "the NLG of greedy on belief"
