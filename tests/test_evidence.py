"""What the report compares with is trained by one command, once, into folders the report finds."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.run_folder import write_config
from agents.transfer import SETTINGS, Setting
from envs.entry_point import find_classroom
from envs.learners.family import FAMILIES
from scripts import evidence, train


def words_of(kind: str) -> dict[str, list[str]]:
    """What the trainer is told, by name."""
    return {name: shlex.split(words) for name, words in evidence.WORDS[kind].items()}


def spelt(name: str, value: object) -> list[str]:
    """An option as it is typed."""
    return [f"--{name}", *map(str, value if isinstance(value, tuple) else (value,))]


def test_a_policy_is_trained_on_every_family_and_on_their_mixture() -> None:
    """A family that is left out has an empty column's worth of evidence."""
    found = {name: train.parse(words).train for name, words in words_of("families").items()}
    assert set(FAMILIES) | {"mixture", "mixture-varied"} == set(found)
    assert all(found[name].course.family == name for name in FAMILIES)
    assert found["mixture-varied"].variety.constants
    assert set(found["mixture"].course.family.split("+")) == set(FAMILIES)


def test_specialists_learn_in_settings_of_the_transfer() -> None:
    """One that learnt elsewhere would be refused after hours."""
    for words in words_of("specialists").values():
        config = train.parse(words).train
        assert Setting(course=config.course, curriculum=config.curriculum) in SETTINGS


@pytest.mark.parametrize("kind", ["drills", "peers"])
def test_drills_and_benchmarks_exist(kind: str) -> None:
    for words in words_of(kind).values():
        assert find_classroom(words[words.index("--env") + 1])


def test_what_is_trained_is_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C the same command goes on with what is missing."""
    told: list[list[str]] = []
    codes = iter([0, train.INTERRUPTED, 0, 0, 0])

    def trained(words: list[str]) -> int:
        told.append(words)
        code, run = next(codes), Path(words[words.index("--run") + 1])
        if code == 0:
            asked = train.parse(words)
            write_config(run, asked.train, preset=asked.preset, seed=asked.seed)
            (run / "training.json").touch()
        return code

    monkeypatch.setattr(train, "main", trained)
    given: dict[str, Any] = {
        "kinds": ("drills",),
        "names": ("pair", "four"),
        "seeds": (3, 5),
        "folder": tmp_path,
    }
    words = [word for name, value in given.items() for word in spelt(name, value)]
    assert evidence.main(words) == train.INTERRUPTED
    assert evidence.main(words) == 0
    names = [Path(each[each.index("--run") + 1]).name for each in told]
    order = [Path(run).name for _, _, _, run in evidence.trainings(evidence.Arguments(**given))]
    assert names == [order[0], order[1], *order[1:]]
    assert evidence.main(words) == 0
    assert len(told) == len(order) + 1


def test_a_run_with_other_settings_is_not_taken_for_what_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a change of settings, seeds trained before and after would count as one policy's."""
    run = tmp_path / "drills" / "pair-0"
    before = train.parse(words_of("drills")["pair"])
    write_config(run, replace(before.train, decisions=7), preset=before.preset, seed=0)
    (run / "training.json").touch()
    asked = ["--seeds", "0", "--folder", str(tmp_path)]
    assert evidence.main(["--kinds", "drills", "--names", "pair", *asked]) == 2
    assert f"run is {run}; it holds a run with other settings" in capsys.readouterr().err
    held = tmp_path / "mlp" / "efc-0"
    held.mkdir(parents=True)
    (held / "model.zip").touch()
    (held / "config.json").write_text("{}", encoding="utf-8")
    assert evidence.main(["--kinds", "mlp", "--names", "efc", *asked]) == 2
    assert f"folder is {held}, which holds {{}}" in capsys.readouterr().err


def test_stock_ppo_has_as_many_decisions_and_our_discount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another budget, or a discount chosen for ours alone, would make the comparison unfair."""
    kept: list[tuple[str, int, int, float]] = []
    monkeypatch.setattr(
        evidence.mlp,
        "train",
        lambda name, seed, how, _: kept.append((name, seed, how.decisions, how.gamma)),
    )
    words = ["--kinds", "mlp", "--names", "efc", "--seeds", "2", "--folder", str(tmp_path)]
    assert evidence.main(words) == 0
    ours = train.parse(words_of("peers")["efc"]).train
    assert kept == [("efc", 2, ours.decisions, ours.ppo.gamma)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kinds": ("drill",)}, "kinds has 'drill'; expected some of drills"),
        ({"kinds": ("drills",), "names": ("efc",)}, "names has 'efc'; expected some of four"),
        ({"seeds": (1, 1)}, "expected at least one, each once"),
    ],
)
def test_bad_input_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evidence.Arguments(**given)
