"""From session records to a refitted population and the better of two policies."""

import json
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch

from agents.checkpoint import has_model, load_policy, save_policy
from agents.improvement import improvement
from agents.iteration import BEFORE, REFITTED, Trial, keeps_new
from agents.learner_population import LearnerPopulation
from agents.population_fit import NAMES, candidates, fewest_candidates, refit
from agents.presets import TrainConfig
from agents.run_folder import read_config
from agents.simulated_sessions import simulate, simulate_all
from agents.tutors.registry import make_tutor
from envs import session_statistics
from envs.course import WATCHING_SEED, Course
from envs.curriculum import builtin
from scripts import iterate, watch
from scripts.recorded_sessions import read_sessions
from tests.untrained import write_untrained_run
from unity_bridge.session_record import LINES, SEEN, read_lines

CURRICULUM = builtin("algebra-16")
COURSE: Final = Course(learners=5, lessons=2, minutes=20)
TUTOR: Final = "random"
RECORDED: Final = 700_000_000
"""Classes of the records; those of the fits have other seeds."""
USUAL = LearnerPopulation()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of an untrained policy."""
    config = TrainConfig(course=COURSE, classrooms=4, inspection_rollouts=0)
    return write_untrained_run(tmp_path_factory.mktemp("run"), config)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One watched course of a rule."""
    folder = tmp_path_factory.mktemp("sessions") / "a"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "Course", partial(Course, learners=5, lessons=2, minutes=20))
        assert watch.main([f"--tutor={TUTOR}", "--seed=3", f"--record={folder}"]) == 0
    return folder


def _statistics(populations: list[LearnerPopulation], first: int) -> Any:
    course = Course(learners=8, lessons=2, minutes=20)
    tutor = make_tutor(TUTOR)  # sets many items
    return simulate_all(tutor, course, CURRICULUM, populations, 24, first, lambda _: None)


def test_intervals_cover_changed_constants_and_exclude_the_old_ones() -> None:
    populations = candidates(60, 0)
    simulated = _statistics(populations, iterate.FIRST_SEED)
    truths = [USUAL, LearnerPopulation(intercept=0.15)]
    for truth, observed in zip(truths, _statistics(truths, RECORDED), strict=True):
        found = refit(populations, simulated, observed, USUAL)
        changed = {each.name for each in found.parameters if each.changed}
        assert changed == ({"intercept"} if truth != USUAL else set())
        for each in found.parameters:
            assert each.low <= getattr(truth, each.name) <= each.high, each
        assert found.plausibility > 0.01
        assert found.draws > 500


def test_what_records_do_not_tell_stays_near_where_it_is() -> None:
    """A real class of strangers must not move constants that its record says nothing about."""
    populations, rng = candidates(200, 0), np.random.default_rng(0)
    noise = rng.normal(size=(200, 7))
    for each in refit(populations, noise, np.zeros(7), USUAL).parameters:
        assert not each.changed
        assert abs(each.told) < 0.15
        assert each.refitted == pytest.approx(each.before, abs=0.2 * (each.high - each.low))


def test_the_posterior_is_the_exact_one_where_statistics_are_linear() -> None:
    """Statistics that are the parameters plus a little noise: the interval is the noise's."""
    populations, rng = candidates(300, 0), np.random.default_rng(0)
    values = np.array([[getattr(each, name) for name in NAMES] for each in populations])
    width = np.ptp(values, axis=0)
    noisy = values + 0.05 * width * rng.normal(size=values.shape)
    truth = values.min(axis=0) + 0.4 * width
    for n, each in enumerate(refit(populations, noisy, truth, USUAL).parameters):
        assert each.refitted == pytest.approx(truth[n], abs=0.02 * width[n])
        assert each.high - each.low == pytest.approx(2 * 1.96 * 0.05 * width[n], rel=0.2)


def test_learners_like_none_are_told_apart() -> None:
    populations, rng = candidates(100, 0), np.random.default_rng(0)
    simulated = rng.normal(size=(100, 7))
    assert refit(populations, simulated, np.full(7, 9.0), USUAL).plausibility < 1e-6
    missing = np.array([*np.zeros(6), np.nan])
    assert refit(populations, simulated, missing, USUAL).plausibility > 0.5
    with pytest.raises(
        ValueError, match=f"candidates is 8; expected at least {fewest_candidates()}"
    ):
        refit(populations[:8], simulated[:8], missing, USUAL)


def test_a_watched_class_is_recorded_as_it_was_simulated(record: Path) -> None:
    sessions = read_sessions([record])
    assert (sessions.tutor, sessions.classes, sessions.left_out) == (TUTOR, 1, 0)
    seeds = range(WATCHING_SEED + 3, WATCHING_SEED + 4)
    expected = simulate(make_tutor(TUTOR), COURSE, CURRICULUM, USUAL, seeds)
    order = np.argsort(expected.learner, kind="stable")
    found = np.argsort(sessions.log.learner, kind="stable")
    for name in ("learner", "concept", "item", "correct", "hours"):
        np.testing.assert_allclose(
            getattr(sessions.log, name)[found], getattr(expected, name)[order], rtol=1e-12
        )
    np.testing.assert_array_equal(sessions.log.readings, expected.readings)


def test_a_record_tells_what_a_classroom_could_know(record: Path) -> None:
    lines = list(read_lines(record))
    kinds = [line["type"] for line in lines]
    assert kinds[0] == "session"
    assert kinds[-2:] == ["over", "end"]
    for line in (line for line in lines if line["type"] == "decision"):
        assert line["seen"].keys() == set(SEEN)
        assert line["minutes"] > 0
    assert {"answer", "windows"} < set(kinds)


def test_what_is_hidden_or_not_whole_is_not_recorded(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, message in (
        (["--tutor=greedy on truth", f"--record={tmp_path}"], "sees the hidden state"),
        ([f"--record={record}"], "which holds a session"),
        ([f"--record={tmp_path}", "--lesson=1"], "expected neither lesson nor picture"),
    ):
        assert watch.main(words) == 2
        assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_records_of_a_belief_told_otherwise_are_refused(tmp_path: Path) -> None:
    """Read again, they would be taken for a tutor's whose belief is the usual one."""
    words = [f"--tutor={TUTOR}", "--believed.forgetting=0.2", f"--record={tmp_path / 'told'}"]
    assert watch.main(words) == 0
    with pytest.raises(ValueError, match=r"a belief that was told .*'forgetting': 0\.2"):
        read_sessions([tmp_path / "told"])


def _copy(record: Path, folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / LINES).write_text(text, encoding="utf-8")
    other = record / "curriculum.json"
    (folder / other.name).write_bytes(other.read_bytes())
    return folder


def test_a_record_that_cannot_be_read_is_named_by_file_and_line(
    record: Path, tmp_path: Path
) -> None:
    text = (record / LINES).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if '"type": "decision"' in line)
    broken = [*lines[:first], lines[first].replace('"seen"', '"sean"'), *lines[first + 1 :]]
    cases = {
        "lacks": ("".join(broken), rf"{LINES}, line \d+ lacks 'seen'"),
        "garbled": ("".join([*lines[:3], "{\n", *lines[3:]]), rf"{LINES}, line 4 is no JSON"),
        "tutor": (text.replace('"tutor"', '"tutors"', 1), rf"{LINES}, line 1 .* lacks 'tutor'"),
        "cut": ("".join(lines[: len(lines) // 2]), "hold no whole course"),
    }
    for name, (content, message) in cases.items():
        folder = _copy(record, tmp_path / name, content)
        with pytest.raises(ValueError, match=message):
            read_sessions([folder])
    other = _copy(record, tmp_path / "other", text.replace(TUTOR, "Leitner", 1))
    with pytest.raises(ValueError, match="other has another tutor than"):
        read_sessions([record, other])
    both = read_sessions([record, tmp_path / "cut"])
    assert (both.classes, both.left_out) == (1, 1)


def test_figures_simulated_beside_the_scene_say_nothing_of_people(
    record: Path, tmp_path: Path
) -> None:
    """Refitted on them, a population would be told what the simulation already assumes."""
    lines = [json.loads(line) for line in (record / LINES).read_text().splitlines()]
    given = [line for line in lines if line["type"] == "answer"]
    figure = given[0]["learner"]
    for answer in given:
        answer["simulated"] = answer["learner"] == figure
    marked = "".join(f"{json.dumps(line)}\n" for line in lines)
    everybody = read_sessions([record]).log
    people = read_sessions([_copy(record, tmp_path / "mixed", marked)]).log
    for name, who in (("learner", "learner"), ("hours", "learner"), ("readings", "reader")):
        kept = getattr(everybody, who) != figure - 1
        assert 0 < kept.sum() < len(kept)
        np.testing.assert_array_equal(getattr(people, name), getattr(everybody, name)[kept])


@pytest.mark.parametrize(("gap", "kept"), [(0.03, True), (0.001, False), (-0.03, False)])
def test_the_new_policy_is_kept_only_where_it_surely_gains_more(gap: float, kept: bool) -> None:
    rng = np.random.default_rng(0)
    last, wins = rng.normal(0.3, 0.05, (1, 40)), rng.normal(0.2, 0.01, (1, 40))

    def trial(new: Any) -> Trial:
        return Trial(last=0.0, new=0.0, improvement=improvement(new, last))

    found = {BEFORE: trial(wins), REFITTED: trial(last + gap + rng.normal(0, 0.02, (1, 40)))}
    assert keeps_new(found) is kept


@pytest.mark.parametrize("better", [True, False])
def test_the_command_leaves_a_run_that_holds_the_policy_it_kept(
    better: bool,
    run: Path,
    record: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    quick = {"candidates": fewest_candidates(), "decisions": 128, "classes": 2}
    monkeypatch.setattr(iterate, "QUICK", quick)
    monkeypatch.setattr(iterate, "keeps_new", lambda _: better)
    monkeypatch.setattr(session_statistics, "FEWEST_ANSWERS", 1)
    folder, path = tmp_path / "new", tmp_path / "decision.json"
    words = [str(run), "--from", str(record), f"--folder={folder}", "--quick", f"--json={path}"]
    assert iterate.main(words) == 0
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written == json.loads((folder / iterate.RESULTS).read_text(encoding="utf-8"))
    assert written["kept"] == ("new" if better else "last")
    assert written["fit"]["parameters"].keys() == set(NAMES)
    assert written["trials"].keys() == {BEFORE, REFITTED}
    config, _ = read_config(folder / iterate.CANDIDATE)
    assert (config.init, config.init_parts) == (str(run), "policy")
    for name, each in written["fit"]["parameters"].items():
        assert getattr(config.population, name) == each["refitted"]
    expected = load_policy(folder / iterate.CANDIDATE if better else run).state_dict()
    for name, weight in load_policy(folder).state_dict().items():
        assert torch.equal(weight, expected[name])
    assert "Learners of the records" in capsys.readouterr().out
    assert has_model(folder / iterate.CANDIDATE)
    assert iterate.main(words) == 2
    assert "which holds a run" in capsys.readouterr().err


def test_a_run_trained_anew_is_not_taken_for_the_one_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else its learners would be fitted to what another policy made of them."""
    monkeypatch.setattr(session_statistics, "FEWEST_ANSWERS", 1)
    config = TrainConfig(course=COURSE, classrooms=4, inspection_rollouts=0)
    run = write_untrained_run(tmp_path / "run", config)
    records = [tmp_path / "before", tmp_path / "after"]
    assert watch.main([str(run), f"--record={records[0]}"]) == 0
    policy = load_policy(run)
    with torch.no_grad():
        next(policy.parameters()).add_(0.1)
    save_policy(policy, run)
    assert watch.main([str(run), f"--record={records[1]}"]) == 0
    words = [str(run), "--quick", f"--folder={tmp_path / 'new'}", "--from"]
    assert iterate.main([*words, str(records[0])]) == 2
    assert f"tutor of the records is {run}, whose policy is another" in capsys.readouterr().err
    assert iterate.main([*words, *map(str, records)]) == 2
    assert f"{records[1]} was taught by another policy" in capsys.readouterr().err


def test_ctrl_c_while_fitting_ends_in_a_line(
    run: Path,
    record: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(iterate, "simulate_all", interrupted)
    monkeypatch.setattr(session_statistics, "FEWEST_ANSWERS", 1)
    words = [str(run), "--from", str(record), "--quick", f"--folder={tmp_path / 'new'}"]
    assert iterate.main(words) == 130
    assert "stopped; fits and comparisons begin again" in capsys.readouterr().err
