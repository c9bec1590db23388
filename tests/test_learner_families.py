"""Learner families: each has its own equations behind the one interface of `envs.learners.learner`.

Laws that they share with every course are in `test_simulation_laws`.
"""

import numpy as np
import pytest

from agents.evaluation import evaluate
from agents.tutors.registry import make_tutor
from envs.activities import CLAIMS_CLASS, Activity, Task
from envs.constants import Constants
from envs.course import EVALUATION_SEED, Course
from envs.curriculum import builtin
from envs.curriculum_generate import generate
from envs.learners import bkt, das3h, fsrs
from envs.learners.family import FAMILIES, Family, Result, mixture
from envs.learners.learner import chance, expected_at, mastery, understanding
from envs.simulation import Simulation
from tests.random_teaching import legal_action

ALGEBRA = builtin("algebra-16")
OTHERS = FAMILIES[1:]


def classes(family: str, batch: int = 4, **course: int) -> Simulation:
    simulation = Simulation(batch, Course(family=family, **course), ALGEBRA, Constants())  # type: ignore[arg-type]
    simulation.seed(np.arange(batch))
    simulation.start()
    return simulation


def taught(family: str, decisions: int = 60) -> Simulation:
    simulation, rng = classes(family, lessons=3), np.random.default_rng(3)
    for _ in range(decisions):
        simulation.step(legal_action(simulation.observation, rng))
    return simulation


@pytest.mark.parametrize("family", FAMILIES)
def test_time_without_teaching_never_raises_mastery_or_the_expected_score(family: str) -> None:
    w = taught(family).world
    now = w.events.clock[0]
    later = now + np.array([0.0, 2.0, 24.0, 24.0 * 14, 24.0 * 365])
    for b, i in np.ndindex(4, 8):
        scores = [expected_at(b, i, h, w) for h in later]
        assert np.all(np.diff(scores) <= 1e-12)
        assert scores[-1] > 0.0
        assert scores[0] < 1.0
        for c in range(16):
            masteries = [mastery(b, i, c, h, w) for h in later]
            assert np.all(np.diff(masteries) <= 1e-12)
            assert 0.0 <= understanding(b, i, c, now, w) <= 1.0


@pytest.mark.parametrize("family", FAMILIES)
def test_harder_items_and_lapses_make_right_answers_rarer(family: str) -> None:
    w = taught(family).world
    for b, i, c in np.ndindex(4, 2, 16):
        levels = [chance(b, i, c, d, 0.0, 30.0, w) for d in (-8.0, -1.0, 0.0, 1.0, 8.0)]
        assert np.all(np.diff(levels) < 0)
        assert levels[-1] >= 0.0
        assert levels[0] <= 1.0
        assert chance(b, i, c, 0.0, -1.1, 30.0, w) < chance(b, i, c, 0.0, 0.0, 30.0, w)


def score_after(family: str, activity: Activity, task: Task) -> float:
    """Mean expected delayed score after an hour on the first concept, the same learners each."""
    simulation = classes(family, 24, lessons=1, minutes=60)
    actions = np.zeros((24, 19), np.int64)
    while not simulation.done.any():
        there = simulation.masks.task_mask[:, :, task] > 0
        actions[:, 3::2] = np.where(there, task, 0)
        allowed = simulation.masks.activity_mask[:, activity] > 0
        target = np.argmax(simulation.masks.target_mask[:, activity], axis=1)
        actions[:, 0] = np.where(allowed, activity, 0)
        actions[:, 1] = np.where(allowed, target, 0)
        simulation.step(actions)
    return float(simulation.world.state.tally.expected.mean())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_way_of_teaching_teaches(family: str) -> None:
    """In no family is an activity or a task without effect: tutors would learn to leave it out."""
    idle = score_after(family, Activity.CIRCULATE, Task.KEEP)
    for activity in (Activity.PRESENT, Activity.DEMONSTRATE, Activity.EXPLAIN, Activity.PEER):
        assert score_after(family, activity, Task.KEEP) > idle + 1e-3, activity
    for task in (Task.WORKED_EXAMPLE, Task.PRACTISE_EASIER, Task.PRACTISE_MATCHED):
        assert score_after(family, Activity.CIRCULATE, task) > idle + 1e-3, task
    assert CLAIMS_CLASS[Activity.REST]
    assert score_after(family, Activity.REST, Task.KEEP) == pytest.approx(idle, abs=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_simple_tutor_gains_where_learners_know_some_of_it(family: str) -> None:
    names = ("random", "fixed curriculum")
    course = Course(family=family)
    random, fixed = evaluate([make_tutor(name) for name in names], course, ALGEBRA, 12)
    assert 0.2 < fixed.pre_test.mean() < 0.5
    assert fixed.figures["nlg_delayed"].mean() > random.figures["nlg_delayed"].mean() + 0.05


def test_a_class_of_a_mixture_is_the_class_of_its_family() -> None:
    mixed = classes("+".join(FAMILIES), 24, lessons=1, minutes=10)
    pure = [classes(family, 24, lessons=1, minutes=10) for family in FAMILIES]
    for simulation in (mixed, *pure):
        rng = np.random.default_rng(0)
        simulation.step(legal_action(simulation.observation, rng))
    found = mixed.world.family
    assert set(found) == set(range(len(FAMILIES)))
    for b, family in enumerate(found):
        np.testing.assert_array_equal(
            mixed.world.state.tally.expected[b], pure[family].world.state.tally.expected[b]
        )


def test_a_family_named_twice_weighs_double_and_episodes_draw_anew() -> None:
    simulation = classes("bkt+bkt+fsrs", 1500, learners=1)
    first = simulation.world.family.copy()
    assert (first == Family.BKT).mean() == pytest.approx(2 / 3, abs=0.04)
    simulation.start()
    assert (simulation.world.family != first).mean() == pytest.approx(4 / 9, abs=0.04)


@pytest.mark.parametrize("text", ["", "dkt", "bkt+", "bkt, fsrs"])
def test_an_unknown_family_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"course\.family is .*; expected one or, joined by \+"):
        Course(family=text)


@pytest.mark.parametrize("name", ["greedy on truth", "beam on truth"])
def test_references_refuse_learners_whose_equations_they_lack(name: str) -> None:
    course = Course(family="calibrated+bkt", learners=2, lessons=1, minutes=5)
    with pytest.raises(ValueError, match=r"course\.family is 'calibrated\+bkt'; expected 'calib"):
        evaluate([make_tutor(name)], course, generate(3, 0), 1)


@pytest.mark.parametrize("family", OTHERS)
def test_the_truth_tracer_shows_the_mastery_of_any_family(family: str) -> None:
    simulation = Simulation(1, Course(family=family, tracer="truth"), ALGEBRA, Constants())
    simulation.seed(np.array([EVALUATION_SEED]))
    simulation.start()
    shown = simulation.observation["belief"][0, 2, :, 0]
    own = [mastery(0, 2, c, 0.0, simulation.world) for c in range(16)]
    np.testing.assert_allclose(shown, own, rtol=1e-6)


def test_bkt_learns_and_forgets_as_its_parameters_say() -> None:
    """Shares over many classes against the closed forms; 3,200 learners on one concept."""
    w = classes("bkt", 400).world
    cells = [(b, i) for b in range(400) for i in range(8)]
    error = 3.5 / np.sqrt(len(cells))

    def share(values: list[float] | list[bool]) -> float:
        return float(np.mean(values))

    prior = [bkt.parameter(b, i, 0, bkt.PRIOR, w) for b, i in cells]
    before = [
        p * w.state.knowledge[b, i, 0].understanding for p, (b, i) in zip(prior, cells, strict=True)
    ]
    known = [bkt.known(b, i, 0, 0.0, w) for b, i in cells]
    assert abs(share(known) - share(before)) < error
    for b, i in cells:
        bkt.practise(b, i, 0, 0.0, 1.0, 1, 0, w)
    learn, forget = (
        np.array([bkt.parameter(b, i, 0, which, w) for b, i in cells])
        for which in (bkt.LEARN, bkt.FORGET)
    )
    after = np.where(known, 1.0 - forget, learn)
    known = [bkt.known(b, i, 0, 0.0, w) for b, i in cells]
    assert abs(share(known) - after.mean()) < error
    rate = np.array([bkt.hourly_rate(b, i, 0, w) for b, i in cells])
    for hours in (24.0, 24.0 * 30):
        left = [bkt.known(b, i, 0, hours, w) for b, i in cells]
        assert abs(share(left) - (np.exp(-rate * hours) * known).mean()) < error


def test_bkt_guess_and_slip_hold_on_average_over_items_and_days() -> None:
    """They were fitted on answers that differ in item and day, and the classroom adds both."""
    w = classes("bkt", 2).world
    rng = np.random.default_rng(0)
    a, k = w.constants.attention, w.constants.knowledge
    sd = np.sqrt(a.engagement_sd**2 + a.session_sd**2 + k.context_sd**2)
    for c in range(16):
        items = rng.choice(w.curriculum.difficulties[c], 4000)
        days = sd * rng.standard_normal(4000)
        right = np.mean([chance(0, 0, c, d, s, 1.0, w) for d, s in zip(items, days, strict=True)])
        is_known = bkt.known(0, 0, c, 1.0, w)
        slip, guess = (bkt.parameter(0, 0, c, which, w) for which in (bkt.SLIP, bkt.GUESS))
        assert right == pytest.approx(1.0 - slip if is_known else guess, abs=0.025)


@pytest.mark.parametrize("later", [0.1, 5.0, 100.0, 600.0])
def test_das3h_windows_sum_over_past_events(later: float) -> None:
    """The running counts are the sums over all past events that they stand for."""
    w = classes("das3h", 1).world
    k, cell = w.constants.das3h, w.state.traces[0, 0, 3]
    k.day_wins, k.day_attempts = 0.1, 0.05  # type: ignore[misc]  # a record; fitted, both are 0
    rng = np.random.default_rng(1)
    hours = np.sort(rng.uniform(0.0, 900.0, 60))
    right = rng.random(60) < 0.95  # so that every window adds something
    start = float(cell.ever_wins), float(cell.ever_attempts)
    for t, r in zip(hours, right, strict=True):
        das3h.practise(0, 0, 3, float(t), 0.7, Result.RIGHT if r else Result.WRONG, w)
    age = hours[-1] + later - hours
    z = 0.0
    for name, length in (("hour", 1.0), ("day", 24.0), ("week", 168.0), ("month", 720.0)):
        weight = 0.7 * np.exp(-age / length)
        wins, attempts = getattr(k, f"{name}_wins"), getattr(k, f"{name}_attempts")
        gain = wins * np.log1p(weight[right].sum()) - attempts * np.log1p(weight.sum())
        assert gain > 0
        z += gain
    ever = k.ever_wins * np.log1p(start[0] + 0.7 * right.sum())
    ever -= k.ever_attempts * np.log1p(start[1] + 0.7 * 60)
    assert das3h.windows(cell, hours[-1] + later, k) == pytest.approx(z + ever, rel=1e-9)


def test_what_was_never_taken_in_cannot_lapse() -> None:
    """In the memory model a wrong answer weakens only what had been taken in."""
    w = classes("fsrs", 1).world
    w.state.knowledge[0, 0, 2].understanding = 0.0
    before = float(w.state.traces[0, 0, 2].stability)
    fsrs.practise(0, 0, 2, 50.0, 1.0, Result.UNEXPLAINED, 1, 0, w)
    assert w.state.traces[0, 0, 2].stability == before
    fsrs.practise(0, 0, 2, 50.0, 1.0, Result.WRONG, 1, 0, w)
    feedback = w.constants.fsrs.feedback
    assert w.state.knowledge[0, 0, 2].understanding == pytest.approx(feedback)
    assert w.state.traces[0, 0, 2].stability == pytest.approx(w.constants.fsrs.first_again)


def test_families_are_numbered_as_they_are_named() -> None:
    assert mixture("calibrated+das3h") == (Family.CALIBRATED, Family.DAS3H)
