"""Adaptation round by round: what was taken back stays away until new courses speak for it."""

from pathlib import Path

import numpy as np
import pytest

from agents.adaptation import adaptation as subject
from agents.adaptation.adaptation import Adaptation
from agents.adaptation.class_estimate import NOTHING_SEEN
from agents.adaptation.guard import FEWEST_COURSES, Ruling
from agents.adaptation.learner import AdaptationConfig
from agents.adaptation.shifts import NO_SHIFT, SHIFTS
from agents.adaptation.stream import watched_course
from agents.adaptation.study import classes_of, old_population
from agents.adaptation.told_belief import ToldBelief
from agents.presets import TrainConfig
from agents.trained_run import TrainedRun, read_run
from envs.course import Course
from policies.adapters import weights_of
from tests.untrained import write_untrained_run

SEED = 2**36
HELD = FEWEST_COURSES


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """An untrained tutor for two learners and one short lesson."""
    config = TrainConfig(course=Course(learners=2, lessons=1, minutes=10), classrooms=2)
    return read_run(write_untrained_run(tmp_path_factory.mktemp("run"), config))


@pytest.fixture
def made(run: TrainedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adaptation:
    """An adaptation whose adapters, where they change anything, always promise more."""

    def promising(policy: object, held: object, scale: float) -> np.ndarray:
        del held, scale
        changed = any(w.any() for n, w in weights_of(policy).items() if n.endswith(".up"))
        return 0.01 * changed + np.random.default_rng(0).normal(0.0, 0.001, HELD)

    monkeypatch.setattr(subject, "gain_over_deployed", promising)
    config = AdaptationConfig(updates=4, batch=16, learning_rate=0.01, steps=4)
    policy, ppo = run.tutor.policy, run.config.ppo
    curriculum = SHIFTS[NO_SHIFT].subject(run.config)
    old, belief = old_population(run), ToldBelief(curriculum, NOTHING_SEEN)
    return Adaptation(policy, ppo, tmp_path, config, old, belief, seed=0)


def taught(made: Adaptation, run: TrainedRun, number: int, *, harm: float = 0.0) -> Ruling:
    """One round; courses that adapters teach gain less by `harm` than they would have."""
    live, held = (classes_of(SHIFTS[NO_SHIFT], run, n) for n in (4, HELD))
    less = 0.0 if made.policy is made.deployed else harm
    made.start(4, HELD, 2)
    for move, events in watched_course(live, made.policy, SEED + 100 * number):
        made.see_live(move._replace(tested=move.tested - less), events)
    for move, events in watched_course(held, made.deployed, SEED + 100 * number + 50):
        made.see_held_back(move, events)
    return made.finish()


def test_what_its_own_courses_contradict_begins_anew(made: Adaptation, run: TrainedRun) -> None:
    """Promises brought it in force; the same promises may not bring the same adapters back."""
    assert taught(made, run, 0).event == "promoted"
    before = weights_of(made.learner.policy)
    assert made.policy is not made.deployed
    assert taught(made, run, 1, harm=5.0).event == "rolled back"
    assert made.policy is made.deployed
    now = weights_of(made.learner.policy)
    assert not any(weights.any() for name, weights in now.items() if name.endswith(".up"))
    assert made.learner.live is None
    assert made.held_back == []
    assert any(weights.any() for name, weights in before.items() if name.endswith(".up"))


def test_an_undone_promotion_is_not_made_again_at_once(made: Adaptation, run: TrainedRun) -> None:
    """Whoever takes a promotion back means it: evidence must come from courses after that."""
    assert taught(made, run, 0).event == "promoted"
    made.ledger.undo()
    made.start(4, HELD, 2)
    assert made.policy is made.deployed
    assert made.learner.live is None
    assert made.held_back == []
    assert made.since == []


def test_a_stopped_stream_goes_on_with_what_was_in_force(
    made: Adaptation, run: TrainedRun, tmp_path: Path
) -> None:
    assert taught(made, run, 0).event == "promoted"
    again = Adaptation(
        made.deployed, made.training, tmp_path, made.config, made.learner.old, made.belief, seed=1
    )
    kept, found = weights_of(made.policy), weights_of(again.learner.policy)
    assert all(kept[name].equal(found[name]) for name in kept)
    assert again.name == made.name
