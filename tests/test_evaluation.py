"""Evaluation: paired, reproducible, refusing training classes, with a fixed JSON form."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.checkpoint import save_policy
from agents.comparison import Row, compare
from agents.evaluation import CURVE_POINTS, Outcome, evaluate
from agents.learner_population import LearnerPopulation
from agents.presets import TrainConfig
from agents.run_folder import REFERENCE, write_config
from agents.trained_run import read_run
from agents.tutors.protocol import Actions, Kind, Observation
from agents.tutors.registry import make_tutor
from envs.activities import Activity
from envs.course import EVALUATION_SEED, TUNING_SEED, Course
from envs.curriculum_generate import generate
from envs.spaces import action_space, observation_space
from policies.config import PolicyConfig
from policies.policy import AttentionPolicy
from scripts import evaluate as command
from tests.untrained import write_untrained_run
from tests.written_up import written_up

SHORT = Course(learners=3, lessons=2, minutes=10)
CURRICULUM = generate(4, 0)


def outcomes(*names: str, classes: int = 5, workers: int = 1) -> list[Outcome]:
    tutors = [make_tutor(name) for name in names]
    return evaluate(tutors, SHORT, CURRICULUM, classes, workers=workers)


def test_same_tutor_same_classes_same_figures() -> None:
    first, second = outcomes("fixed curriculum", "fixed curriculum", workers=2)
    for name, figure in first.figures.items():
        np.testing.assert_array_equal(figure, second.figures[name])


def test_classes_do_not_depend_on_how_many_there_are() -> None:
    (few,), (many,) = outcomes("mastery", classes=2), outcomes("mastery", classes=5)
    np.testing.assert_array_equal(few.gain, many.gain[:2])
    np.testing.assert_array_equal(few.curve, many.curve[:2])


def test_tutors_teach_the_same_learners() -> None:
    first, second = outcomes("random", "mastery")
    np.testing.assert_array_equal(first.pre_test, second.pre_test)
    assert (first.gain != second.gain).any()


def test_curve_ends_at_the_normalised_gain() -> None:
    (taught,) = outcomes("mastery")
    assert taught.curve.shape == (5, CURVE_POINTS)
    assert (taught.curve[:, 0] == 0.0).all()
    np.testing.assert_allclose(taught.curve[:, -1], taught.figures["nlg_delayed"], atol=1e-9)


class Uneven:
    """Hurries through the first classroom by long activities, and lingers in the others."""

    name = "uneven"
    kind: Kind = "rule"

    def reset(self, batch: int) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> Actions:
        """Demonstrate in the first classroom, cue in the others."""
        batch, learners = observation["learner_present"].shape
        action = np.zeros((batch, 3 + 2 * learners), np.int64)
        action[:, 0] = Activity.CUE
        action[0, 0] = Activity.DEMONSTRATE
        return action


def test_only_the_first_course_of_a_class_counts() -> None:
    (alone,) = evaluate([Uneven()], SHORT, CURRICULUM, 1)
    (with_slow_ones,) = evaluate([Uneven()], SHORT, CURRICULUM, 3)
    np.testing.assert_array_equal(alone.gain, with_slow_ones.gain[:1])
    np.testing.assert_array_equal(alone.curve, with_slow_ones.curve[:1])
    np.testing.assert_array_equal(alone.minutes_by_belief, with_slow_ones.minutes_by_belief[:1])


def test_classes_for_another_purpose_are_refused() -> None:
    for seed in (5, EVALUATION_SEED - 1, TUNING_SEED - 1, TUNING_SEED):
        with pytest.raises(ValueError, match=f"seed is {seed}; expected {EVALUATION_SEED} to"):
            evaluate([make_tutor("random")], SHORT, CURRICULUM, 2, seed=seed)
    with pytest.raises(ValueError, match="classes is 0"):
        evaluate([make_tutor("random")], SHORT, CURRICULUM, 0)


def test_a_policy_does_not_meet_the_classes_it_was_trained_on() -> None:
    """Whatever a foreign run records: one shared class is enough to refuse."""
    tutor = make_tutor("random")
    tutor.trained_on = range(EVALUATION_SEED - 60, EVALUATION_SEED + 4)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="on which random was trained"):
        evaluate([tutor], SHORT, CURRICULUM, 1, seed=EVALUATION_SEED + 3)
    evaluate([tutor], SHORT, CURRICULUM, 1, seed=EVALUATION_SEED + 4)


def rows() -> dict[str, Row]:
    taught = outcomes("random", "fixed curriculum", "greedy on truth")
    return {row.name: row for row in compare([*taught, *outcomes("random")])}


def test_comparison_is_against_the_fixed_curriculum() -> None:
    found = rows()
    effect = found["fixed curriculum"].cohens_d
    assert effect is not None
    assert (effect.value, effect.low, effect.high) == (0.0, 0.0, 0.0)
    assert found["fixed curriculum"].figures["worse_than_fixed"].mean == 0.0
    assert found["random"].figures["worse_than_fixed"].mean > 0.0


def test_comparison_counts_runs_and_places_tutors_between_floor_and_ceiling() -> None:
    found = rows()
    assert found["random"].runs == 2
    assert found["random"].position == pytest.approx(0.0)
    assert found["greedy on truth"].position == pytest.approx(1.0)
    means = [row.figures["nlg_delayed"].iqm for row in found.values()]
    assert means == sorted(means, reverse=True)


def test_quartiles_resample_classes_as_one() -> None:
    """Forty copies of a class are still one class: they must not narrow its interval."""
    [taught] = outcomes("random", classes=8)
    crowd = replace(
        taught,
        pre_test=np.repeat(taught.pre_test, 40, axis=1),
        gain=np.repeat(taught.gain, 40, axis=1),
    )
    [few], [many] = compare([taught]), compare([crowd])
    for one, other in zip(few.quartiles, many.quartiles, strict=True):
        assert other.value == pytest.approx(one.value)
        assert other.high - other.low == pytest.approx(one.high - one.low)
    gain, rank = taught.gain.ravel(), np.argsort(taught.pre_test.ravel(), kind="stable")
    assert few.quartiles[0].value == pytest.approx(gain[rank[:6]].mean())


def test_runs_of_one_policy_must_teach_the_same_classes() -> None:
    with pytest.raises(ValueError, match="runs of random"):
        compare([*outcomes("random"), *outcomes("random", classes=2)])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Run folder of an untrained policy for three learners and 16 concepts."""
    torch.manual_seed(0)
    spaces = observation_space(3, 16), action_space(3, 16)
    policy = AttentionPolicy(*spaces, lambda _: 0.0, PolicyConfig(layers=1))
    write_config(tmp_path / "run", TrainConfig(course=SHORT), preset="quick", seed=7)
    save_policy(policy, tmp_path / "run")
    return tmp_path / "run"


def test_command_writes_json_and_pictures(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, plots = tmp_path / "out.json", tmp_path / "plots"
    few = ["--classes", "4", "--slow-classes", "2", "--plots", str(plots), "--json", str(path)]
    tutors = ["--tutors", "random", "fixed curriculum", "beam on truth"]
    assert command.main([str(run), *few, *tutors, "--foretold-classes=2"]) == 0
    written = json.loads(path.read_text(encoding="utf-8"))
    assert not (run / "evaluation.json").exists()  # a look at few classes keeps the whole one
    assert written["classes"] == 4
    assert "| beam on truth, 2 classes |" in written_up("evaluation", path)
    assert written["seeds"] == [7]
    kinds = {name: tutor["kind"] for name, tutor in written["tutors"].items()}
    assert kinds == {
        "attention (quick)": "policy",
        "random": "rule",
        "fixed curriculum": "rule",
        "beam on truth": "reference",
    }
    assert written["tutors"]["beam on truth"]["classes"] == 2
    for tutor in written["tutors"].values():
        assert {"mean", "iqm", "low", "high"} <= set(tutor["nlg_delayed"])
        assert tutor["nlg_delayed"]["low"] <= tutor["nlg_delayed"]["high"]
        assert tutor["cohens_d"].keys() == {"value", "low", "high"}
        assert tutor["decisions_per_second"] > 0
        assert len(tutor["profile"]["share"]) == len(written["profile_thresholds"])
        assert tutor["worst_tenth_gain"].keys() == {"value", "low", "high"}
        for minutes in tutor["minutes_by_belief"].values():
            assert len(minutes) == len(written["belief_edges"]) - 1
    assert written["foretold"]["lapses"].keys() == {"sensors' estimate", "attention (quick)"}
    for told in written["foretold"]["lapses"].values():
        assert {"auc", "accuracy", "recall", "f1", "threshold"} <= told.keys()
    assert {"auc", "accuracy", "recall", "f1"} <= written["foretold"]["answers"]["belief"].keys()
    against = written["against"]["attention (quick)"]
    assert against["best_rule"] in {"random", "fixed curriculum"}
    assert against["rivals"].keys() == kinds.keys() - {"attention (quick)"}
    printed = capsys.readouterr().out
    assert f"attention (quick) minus {against['best_rule']}, the best rule" in printed
    assert f"{against['rivals'][against['best_rule']]['difference']['value']:+.4f}" in printed
    pictures = {
        "gain_by_tutor.png",
        "gain_over_course.png",
        "gain_by_quartile.png",
        "performance_profile.png",
        "probability_of_improvement.png",
        "activity_by_belief.png",
    }
    assert {file.name for file in plots.iterdir()} == pictures
    assert not pictures & {file.name for file in run.iterdir()}


def test_a_run_for_other_learners_is_compared_among_these(tmp_path: Path) -> None:
    """What `scripts.iterate` keeps was refitted to somebody: calibrated ones would be strangers."""
    weak = LearnerPopulation(intercept=0.15)
    folders = [
        write_untrained_run(tmp_path / name, TrainConfig(course=SHORT, population=population))
        for name, population in (("weak", weak), ("usual", LearnerPopulation()))
    ]
    few = ["--classes=2", "--tutors", "random", f"--json={tmp_path / 'out.json'}"]
    gained = []
    for folder in folders:
        assert command.main([str(folder), *few, "--foretold-classes=2"]) == 0
        written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
        assert written["population"] == asdict(read_run(folder).config.population)
        gained.append(written["tutors"]["random"]["nlg_delayed"]["mean"])
    assert gained[0] != gained[1]


def test_results_keep_what_the_committed_evaluation_has() -> None:
    """Readers of older results files (README's table, TensorBoard's lines) read newer ones too."""
    older = json.loads((REFERENCE / "evaluation.json").read_text(encoding="utf-8"))
    taught = outcomes("random", "fixed curriculum", "greedy on truth")
    arguments = command.Arguments(classes=5)
    setting = command.Setting(course=SHORT, curriculum=CURRICULUM, population=LearnerPopulation())
    newer = command.results(compare(taught), [], setting, arguments)
    assert older.keys() - {"command", "foretold", "seconds"} <= newer.keys()  # written later
    for name, tutor in newer["tutors"].items():
        assert older["tutors"][name].keys() <= tutor.keys()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "3"], "seed is 3; expected"),
        (["--seed", str(TUNING_SEED)], "expected"),
        (["--classes", "0"], "classes is 0; expected at least 1"),
        (["--tutors", "socrates"], "tutors has 'socrates'"),
        (["nowhere"], "expected a folder that holds config.json"),
    ],
)
def test_command_says_what_is_wrong(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = command.main(words)
    except SystemExit as stop:  # tyro reports what the settings refuse
        code = int(stop.code or 0)
    assert code == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_command_refuses_a_run_that_was_trained_on_test_classes(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    config["seed"] = EVALUATION_SEED // config["train"]["classrooms"]
    (run / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert command.main([str(run), "--tutors", "random", "--classes", "1"]) == 2
    assert "on which attention (quick) was trained" in capsys.readouterr().err
