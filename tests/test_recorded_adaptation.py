"""Adapting to recorded sessions: what was taught comes back as it was, and who may learn of it."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor

from agents.adaptation import adaptation, shelf
from agents.adaptation.experience import Experience, LiveTransition
from agents.adaptation.guard import Ruling
from agents.adaptation.in_force import teaching
from agents.adaptation.ledger import Ledger
from agents.adaptation.recorded import Moment, replay, side_by_side
from agents.adaptation.rounds import Rounds
from agents.adaptation.stream import watched_course
from agents.believed_learners import BelievedLearners
from agents.checkpoint import load_policy, save_policy
from agents.ppo_config import PPOConfig
from agents.presets import TrainConfig
from envs.course import WATCHING_SEED, Course
from envs.curriculum import builtin
from envs.vector import ClassroomVectorEnv
from policies.adapters import weights_of, with_adapters
from policies.policy import AttentionPolicy, Decision
from scripts import adapt, recorded_adaptation, unity, watch
from scripts.recorded_adaptation import read_classes
from scripts.recorded_sessions import read_sessions
from tests.recorded_experience import recorded
from tests.untrained import write_untrained_run
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.session_record import LINES

COURSE, CURRICULUM = Course(learners=3, lessons=2, minutes=12), builtin("algebra-16")
CLASSES = 8


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of an untrained policy."""
    return write_untrained_run(tmp_path_factory.mktemp("run"), TrainConfig(course=COURSE))


@pytest.fixture(scope="module")
def records(run: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Watched courses of several classes."""
    root = tmp_path_factory.mktemp("sessions")
    return [watched(run, root / str(seed), seed) for seed in range(CLASSES)]


def watched(run: Path, folder: Path, seed: int, *words: str) -> Path:
    assert watch.main([str(run), "--seed", str(seed), "--record", str(folder), *words]) == 0
    return folder


def edited(record: Path, folder: Path, drop: str) -> Path:
    """A copy of a record all of whose lines lack something."""
    folder.mkdir()
    lines = [json.loads(line) for line in (record / LINES).read_text().splitlines()]
    text = "".join(
        json.dumps({name: value for name, value in line.items() if name != drop}) + "\n"
        for line in lines
    )
    (folder / LINES).write_text(text)
    (folder / "curriculum.json").write_bytes((record / "curriculum.json").read_bytes())
    return folder


class Again:
    """Takes recorded decisions once more, as likely as the policy now finds them."""

    def __init__(self, policy: AttentionPolicy, course: list[Moment]) -> None:
        self.policy, self.moves = policy, iter([move for move, _ in course])

    def decide(self, obs: dict[str, Tensor], **_: Any) -> Decision:
        """Take the next one; what was to be sampled from is not asked."""
        move = next(self.moves)
        own = self.policy.evaluate(obs, torch.from_numpy(move.actions))
        played = torch.from_numpy(move.played)
        return Decision(played, own.tutor_log_prob, own.plan_log_prob, own.values)


def experience(policy: AttentionPolicy, stream: list[LiveTransition]) -> Experience:
    return recorded(policy, PPOConfig(differential=False), *stream)  # the rate is of all classes


@pytest.mark.parametrize("believed", [BelievedLearners(), BelievedLearners(forgetting=0.3)])
def test_a_recorded_class_is_the_same_experience_as_the_simulated_one(
    run: Path, tmp_path: Path, believed: BelievedLearners
) -> None:
    """Within float32, whatever a belief is told; else adapters would learn from what never was."""
    policy, told = load_policy(run, "cpu"), f"--believed.forgetting={believed.forgetting}"
    record = watched(run, tmp_path / "record", 3, told)
    classes = read_classes([record], shelf.digest(policy))
    [own] = classes.courses.values()
    course = list(replay(own, classes.course, classes.curriculum))
    known = believed.constants
    env = ClassroomVectorEnv(1, course=COURSE, curriculum=CURRICULUM, believed=known)
    again = cast("AttentionPolicy", Again(policy, course))
    simulated = list(watched_course(env, again, WATCHING_SEED + 3))
    assert len(simulated) == len(course)
    overruled = 0
    for (ours, seen), (theirs, happened) in zip(course, simulated, strict=True):
        overruled += int((ours.actions != ours.played).any())
        for name in ("obs", "following"):
            for key, array in getattr(theirs, name).items():
                np.testing.assert_allclose(getattr(ours, name)[key], array, atol=1e-5, err_msg=key)
        for name in ("minutes", "ended", "live"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        for name in ("tutor_log_prob", "plan_log_prob"):
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=1e-4)
        for name in ("answers", "on_concept", "minutes", "clock"):
            np.testing.assert_array_equal(getattr(seen, name), getattr(happened, name))
    assert overruled > 0  # by guard-rails: the policy's choice and what was played differ
    assert ours.tested == pytest.approx(theirs.tested)
    played = [move._replace(actions=own.actions, played=own.played)
              for (own, _), (move, _) in zip(course, simulated, strict=True)]  # fmt: skip
    pieces = [experience(policy, stream) for stream in ([m for m, _ in course], played)]
    for name in ("tutor_log_prob", "plan_log_prob", "tutor_advantage", "plan_advantage"):
        torch.testing.assert_close(*(getattr(p, name) for p in pieces), atol=2e-4, rtol=1e-3)
    assert torch.equal(pieces[0].actions, pieces[1].actions)


def test_courses_side_by_side_are_what_they_are_alone(run: Path, records: list[Path]) -> None:
    """Shorter courses wait for longer ones, and nothing of the waiting is learnt from."""
    policy = load_policy(run, "cpu")
    classes = read_classes(records[:3], shelf.digest(policy))
    course, curriculum = classes.course, classes.curriculum
    first, second, third = classes.courses.values()
    five, sixth = second.played[:5], second.played[5]
    short = dataclasses.replace(second, played=(*five, dataclasses.replace(sixth, last=True)))
    each = [list(replay(own, course, curriculum)) for own in (first, short, third)]
    together = experience(policy, [move for move, _ in side_by_side([iter(o) for o in each])])
    alone = [experience(policy, [move for move, _ in one]) for one in each]
    assert together.size == sum(one.size for one in alone)
    for number, one in enumerate(alone):
        rows = together.rows(torch.nonzero(together.course == number).squeeze(-1))
        assert torch.equal(rows.actions, one.actions)
        torch.testing.assert_close(rows.tutor_log_prob, one.tutor_log_prob)
        torch.testing.assert_close(rows.obs["belief"], one.obs["belief"])
        torch.testing.assert_close(rows.plan_advantage, one.plan_advantage)


def test_rewards_are_of_what_was_played_and_weights_of_what_was_chosen(
    run: Path, records: list[Path]
) -> None:
    policy = load_policy(run, "cpu")
    classes = read_classes(records[:1], shelf.digest(policy))
    [own] = classes.courses.values()
    stream = [move for move, _ in replay(own, classes.course, classes.curriculum)]
    found = experience(policy, stream)
    unruled = experience(policy, [move._replace(played=None) for move in stream])
    assert torch.equal(found.actions, unruled.actions)
    assert not torch.allclose(found.plan_advantage, unruled.plan_advantage)
    recomputed = policy.evaluate(found.obs, found.actions)
    torch.testing.assert_close(found.tutor_log_prob, recomputed.tutor_log_prob, atol=1e-4, rtol=0)


def test_a_course_keeps_its_part_and_none_that_adapters_taught_judges(tmp_path: Path) -> None:
    """Who learnt from a course must never be judged by it, in whatever order records are named."""
    rounds, ledger = Rounds(tmp_path), Ledger(tmp_path)
    deployed = {f"d{n}": False for n in range(10)}
    first = rounds.parts(deployed, 0.2)
    assert (len(first.live), len(first.held_back)) == (8, 2)
    rounds.write(first)
    assert ledger.path.exists()
    assert ledger.now is None
    more = {"a1": True, **dict(reversed(deployed.items())), "a2": True, "d10": False, "d11": False}
    second = rounds.parts(more, 0.4)
    assert set(first.held_back) < set(second.held_back)
    assert {*first.live, "a1", "a2"} <= set(second.live)
    ledger.write("promoted", "promotion-1", "better", 10, {})
    rounds.write(second)
    assert rounds.parts(more, 0.2).set_aside == []
    ledger.undo()
    third = rounds.parts({**more, "a3": True, "d12": False}, 0.2)
    assert set(third.set_aside) == set(more)
    assert (third.live, third.held_back) == (["a3"], ["d12"])
    assert rounds.looks == 1  # the first had two courses to judge by


def always(event: str) -> Any:
    """A guard that decides so, whatever it sees."""
    verdict = {"mean": 0.01, "low": 0.005, "high": 0.015, "courses": 4}
    return lambda *_: Ruling(event=event, reason="for the test", figures={"candidate": verdict})


def test_adapters_from_records_teach_until_they_are_taken_back(
    run: Path,
    records: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, path = tmp_path / "adapted", tmp_path / "found.json"
    words = [str(run), "--adaptation.held-back", "0.5", "--folder", str(folder)]
    words += ["--json", str(path), "--from", *map(str, records)]
    old = recorded_adaptation.old_population(adapt.read_run(run))
    monkeypatch.setattr(recorded_adaptation, "old_population", lambda _: old)
    with monkeypatch.context() as patch:
        patch.setattr(adaptation.Adaptation, "_put_in_force", lambda *_: None)
        assert adapt.main(words) == 0  # as the guard rules
    found = json.loads(path.read_text())
    assert (found["live"], found["held_back"], found["set_aside"]) == (4, 4, 0)
    assert found["figures"]["candidate"]["courses"] == 4
    with monkeypatch.context() as patch:
        patch.setattr(adaptation, "rule", always("promoted"))
        assert adapt.main(words) == 0
    shown = capsys.readouterr().out
    assert "for the test" in shown
    said = re.search(r"--believed\.forgetting (\d\.\d+)", shown)
    assert said is not None
    seen = found["learners"]["memory.forgetting"]["value"]
    assert float(said[1]) == pytest.approx(seen, abs=6e-4)
    assert "answers held back not surely better" in " ".join(shown.split())
    name = Ledger(folder).now
    assert name is not None
    assert f"teaches with adapters {name} of {folder}" in " ".join(shown.split())
    with_adapters = watched(run, tmp_path / "a", 50, "--adapters", str(folder))
    assert f"{run} teaches with adapters {name} of {folder}" in capsys.readouterr().out
    unknown = edited(with_adapters, tmp_path / "people", "tested")
    with pytest.raises(ValueError, match=f"taught with adapters '{name}'"):
        read_sessions([with_adapters])
    seen: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(adaptation, "rule", lambda *given: seen.append(given) or always("")())
        patch.setattr(adaptation.Adaptation, "_put_in_force", lambda *_: None)
        for record, tests in ((with_adapters, 1), (unknown, 0)):
            assert adapt.main([*words, str(record)]) == 0
            (_, incumbent, (ours, theirs), _, look) = seen.pop()
            assert len(incumbent) == 4  # the one with adapters judges nobody
            assert (len(ours), len(theirs)) == (tests, 4)
        assert look == 4
    assert adapt.main(["--undo", "--folder", str(folder)]) == 0
    again = watched(run, tmp_path / "b", 0, "--adapters", str(folder))
    assert "as deployed" in capsys.readouterr().out
    assert read_lines_of(again) == read_lines_of(records[0])
    assert adapt.main(words) == 2
    assert "8 from before the last rollback or undoing do not count" in capsys.readouterr().err


def test_what_a_unity_scene_recorded_can_be_learnt_from(run: Path, tmp_path: Path) -> None:
    """Guard-rails, a missing test and all: with the probabilities that the adapters chose by."""
    deployed, adapters = load_policy(run, "cpu"), tmp_path / "adapted"
    torch.manual_seed(0)
    weights = {name: torch.randn_like(w) for name, w in weights_of(with_adapters(deployed)).items()}
    shelf.keep(adapters, "promotion-1", weights, deployed, {})
    Ledger(adapters).write("promoted", "promotion-1", "for the test", 10, {})
    settings = BuildSettings(course=COURSE, classrooms=1, blind=True)
    build, folder = write_build(tmp_path / "build", settings), tmp_path / "session"
    words = ["--run", str(run), "--build", str(build), "--folder", str(folder), "--courses", "1"]
    assert unity.main(["play", *words, "--adapters", str(adapters)]) == 0
    policy = teaching(deployed, adapters).policy
    classes = read_classes([folder], shelf.digest(deployed))
    [own] = classes.courses.values()
    stream = [move for move, _ in replay(own, classes.course, classes.curriculum)]
    found = experience(policy, stream)
    again = policy.evaluate(found.obs, found.actions)
    torch.testing.assert_close(found.tutor_log_prob, again.tutor_log_prob, atol=1e-4, rtol=0)
    torch.testing.assert_close(found.plan_log_prob, again.plan_log_prob, atol=1e-4, rtol=0)
    assert own.adapters == shelf.digest(policy)
    assert len(stream) > 5
    assert np.isnan(stream[-1].tested).all()


def read_lines_of(record: Path) -> list[Any]:
    """What was decided in a session."""
    lines = [json.loads(line) for line in (record / LINES).read_text().splitlines()]
    return [line["action"] for line in lines if line["type"] == "decision"]


def test_records_that_adapters_must_not_learn_from_are_refused_by_name(
    run: Path, records: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_untrained_run(tmp_path / "other", TrainConfig(course=COURSE))
    torch.manual_seed(1)
    weights = load_policy(other, "cpu")
    with torch.no_grad():
        next(weights.parameters()).add_(0.01)
    save_policy(weights, other)
    foreign = watched(other, tmp_path / "foreign", 0)
    older = edited(records[0], tmp_path / "older", "choice")
    unnamed = edited(records[0], tmp_path / "unnamed", "policy")
    for record, message in (
        (foreign, f"{foreign} is of {other} (policy "),
        (older, f"{older} does not tell what the policy itself chose"),
        (unnamed, "a rule, or an older record"),
        (tmp_path / "none", "expected a folder that holds"),
    ):
        words = [str(run), "--from", str(record), "--folder", str(tmp_path / "x")]
        assert adapt.main(words) == 2
        assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
