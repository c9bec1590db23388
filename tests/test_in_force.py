"""What is put in force in a folder teaches, and what is taken back does not."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.adaptation import shelf
from agents.adaptation.in_force import teaching
from agents.adaptation.ledger import Ledger
from agents.checkpoint import load_policy
from agents.decision.service import DecisionService
from agents.presets import TrainConfig
from envs.course import Course
from envs.curriculum import builtin
from envs.vector import ClassroomVectorEnv
from policies.adapters import weights_of, with_adapters
from policies.policy import AttentionPolicy
from scripts import evaluate, watch
from tests.untrained import write_untrained_run

COURSE, CURRICULUM = Course(learners=3, lessons=1, minutes=10), builtin("algebra-16")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of an untrained policy."""
    return write_untrained_run(tmp_path_factory.mktemp("run"), TrainConfig(course=COURSE))


@pytest.fixture
def folder(run: Path, tmp_path: Path) -> Path:
    """Adapters that change much, in force."""
    deployed = load_policy(run, "cpu")
    torch.manual_seed(0)
    weights = {name: torch.randn_like(w) for name, w in weights_of(with_adapters(deployed)).items()}
    shelf.keep(tmp_path, "promotion-1", weights, deployed, {})
    Ledger(tmp_path).write("promoted", "promotion-1", "for the test", 10, {})
    return tmp_path


def chosen(policy: AttentionPolicy) -> tuple[list[int], float]:
    """A service's first decision, and how likely it was."""
    seen, _ = ClassroomVectorEnv(1, course=COURSE, curriculum=CURRICULUM).reset(seed=3)
    decision = DecisionService(policy, CURRICULUM).decide_all(seen)[0]
    assert decision.choice_probability is not None
    return list(decision.action), decision.choice_probability


def test_a_service_decides_as_what_is_in_force(run: Path, folder: Path) -> None:
    """And as deployed, to the last bit, once somebody has taken the promotion back."""
    deployed = load_policy(run, "cpu")
    plain = teaching(deployed, None)
    assert plain.policy is deployed
    adapted = teaching(deployed, folder)
    assert chosen(adapted.policy) != chosen(deployed)
    identity = adapted.identity
    assert identity["policy"] == plain.identity["policy"] == shelf.digest(deployed)
    assert identity["adapters"] == {"name": "promotion-1", "digest": shelf.digest(adapted.policy)}
    assert str(adapted) == f"with adapters promotion-1 of {folder}"
    Ledger(folder).undo()
    back = teaching(deployed, folder)
    assert chosen(back.policy) == chosen(deployed)
    assert back.identity == plain.identity
    assert "as deployed" in str(back)


def test_a_watched_class_is_taught_by_it_and_says_so(
    run: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = []
    for words in ([], ["--adapters", str(folder)]):
        assert watch.main([str(run), *words]) == 0
        shown.append(capsys.readouterr().out)
    first, _, rest = shown[1].partition("\n")
    assert first == f"{run} teaches with adapters promotion-1 of {folder}"
    assert rest != shown[0]
    Ledger(folder).undo()
    assert watch.main([str(run), "--adapters", str(folder)]) == 0
    first, _, rest = capsys.readouterr().out.partition("\n")
    assert first == f"{run} teaches as deployed; {folder} has no adapters in force"
    assert rest == shown[0]


def test_what_cannot_teach_is_refused(
    run: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A mistyped folder must not quietly teach as deployed."""
    empty = tmp_path_factory.mktemp("empty")
    other = load_policy(run, "cpu")
    with torch.no_grad():
        other.value_head.out.bias.add_(np.float32(1))
    with pytest.raises(ValueError, match="'promotion-1', learnt on another policy"):
        teaching(other, folder)
    for words, message in (
        ([str(run), "--adapters", str(empty)], f"adapters is {empty}; expected a folder that hold"),
        (["--tutor", "Leitner", "--adapters", str(folder)], "expected a run's policy"),
    ):
        assert watch.main(words) == 2
        assert message in capsys.readouterr().err


def test_evaluation_compares_a_policy_with_itself_adapted(
    run: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before and after, on the same unseen classes; with nothing in force it says so."""
    path = tmp_path / "evaluation.json"
    words = [str(run), "--classes", "2", "--workers", "1", "--json", str(path)]
    words += ["--tutors", "fixed curriculum", "--adapters", str(folder)]
    assert evaluate.main(words) == 0
    tutors = json.loads(path.read_text(encoding="utf-8"))["tutors"]
    policies = [name for name, each in tutors.items() if each["kind"] == "policy"]
    assert sorted(policies) == ["attention (quick)", "attention (quick), promotion-1"]
    before, after = (tutors[name]["nlg_delayed"]["mean"] for name in sorted(policies))
    assert before != after
    Ledger(folder).write("undone", None, "for the test", 11, {})
    assert evaluate.main(words) == 2
    assert f"adapters is {folder}, which has none in force" in capsys.readouterr().err
    assert evaluate.main([str(run), *words]) == 2
