"""Laws that every course obeys, whatever the tutor does."""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from envs.activities import CLAIMS_CLASS, Activity, Occupation, Task
from envs.constants import Constants
from envs.course import Course, RewardWeights
from envs.curriculum import builtin
from envs.curriculum_generate import generate
from envs.learners.calibrated import expected_score, learned, logit_mastery
from envs.learners.family import FAMILIES
from envs.simulation import Simulation
from envs.tags import Tag
from envs.world import compact
from tests.random_teaching import legal_action

ALGEBRA = builtin("algebra-16")
EVERY_FAMILY = "+".join(FAMILIES)
FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def started(course: Course, batch: int = 4, seed: int = 0, **options: object) -> Simulation:
    constants = options.get("constants", Constants())
    curriculum = options.get("curriculum", ALGEBRA)
    simulation = Simulation(batch, course, curriculum, constants)  # type: ignore[arg-type]
    simulation.seed(np.arange(seed, seed + batch))
    simulation.start()
    return simulation


def teach_randomly(simulation: Simulation, rng: np.random.Generator) -> np.ndarray:
    """Play to the end of the shortest course; returns the rewards (T, B)."""
    rewards = []
    while not simulation.done.any():
        simulation.step(legal_action(simulation.observation, rng))
        rewards.append(simulation.outcome.reward.copy())
    return np.array(rewards)


@pytest.mark.parametrize("family", FAMILIES)
@FEW
@given(seed=st.integers(0, 2**50), tutor=st.integers(0, 2**31))
def test_return_is_the_normalised_learning_gain(family: str, seed: int, tutor: int) -> None:
    simulation = started(Course(lessons=2, minutes=15, family=family), 1, seed)
    before = simulation.world.state.tally.expected.mean()
    rewards = teach_randomly(simulation, np.random.default_rng(tutor))
    after = simulation.world.state.tally.expected.mean()
    assert rewards.sum() == pytest.approx((after - before) / (1 - before), abs=1e-5)
    assert simulation.finish().nlg_delayed[0] == pytest.approx(rewards.sum(), abs=1e-5)


def test_learner_rewards_sum_to_the_reward_with_every_term_weighted() -> None:
    course = Course(lessons=1, reward=RewardWeights(equity=0.5, wellbeing=0.25))
    simulation = started(course)
    rng = np.random.default_rng(1)
    costs = 0.0
    for _ in range(12):
        simulation.step(legal_action(simulation.observation, rng))
        outcome = simulation.outcome
        total = outcome.terms @ np.array([1.0, 0.5, 0.25])
        np.testing.assert_allclose(outcome.learner_reward.sum(1), outcome.reward, atol=1e-12)
        np.testing.assert_allclose(total, outcome.reward, atol=1e-12)
        costs += outcome.terms[:, 2].sum()
    assert costs < 0


@pytest.mark.parametrize("family", FAMILIES)
def test_probabilities_stay_in_their_range(family: str) -> None:
    simulation = started(Course(lessons=2, family=family), 8)
    rng = np.random.default_rng(2)
    while not simulation.done.any():
        simulation.step(legal_action(simulation.observation, rng))
        state = simulation.world.state
        for share in (state.knowledge.understanding, state.mind.recent_share, state.mind.ease):
            assert ((share >= 0) & (share <= 1)).all()
        assert ((state.tally.expected > 0) & (state.tally.expected < 1)).all()
        assert (state.mind.ssq >= 0).all()
        attended = simulation.world.events.attended
        assert ((attended >= 0) & (attended <= 1)).all()


def test_forgetting_only_takes_away_and_never_more_than_was_learnt() -> None:
    simulation = started(Course(lessons=3), 4)
    rng = np.random.default_rng(3)
    for _ in range(60):
        simulation.step(legal_action(simulation.observation, rng))
    state, w = simulation.world.state, simulation.world
    k, m, a = (getattr(w.constants, g) for g in ("knowledge", "memory", "acquisition"))
    for b, i, c in np.ndindex(4, 8, 16):
        hours = state.knowledge[b, i, c].last_hours + np.array([0, 1, 24, 24 * 14, 24 * 365])
        left = [learned(b, i, c, h, state.traits, state.knowledge, k, m) for h in hours]
        assert np.all(np.diff(left) <= 0)
        assert left[-1] >= 0
        args = (state.traits, state.knowledge, w.curriculum, k, m, a)
        masteries = [logit_mastery(b, i, c, h, *args) for h in hours[2:]]
        assert np.all(np.diff(masteries) <= 1e-12)


@pytest.mark.parametrize("activity", [a for a in Activity if CLAIMS_CLASS[a]])
def test_claiming_the_class_suspends_every_task(activity: Activity) -> None:
    simulation = started(Course())
    actions = np.zeros((4, 19), np.int64)
    actions[:, 3::2], actions[:, 4::2] = Task.PRACTISE_MATCHED, 0
    actions[:, 0] = activity
    if activity != Activity.REST:
        actions[:, 2] = 5
    simulation.step(actions)
    assert (simulation.world.state.work.minutes == 0).all()
    assert (simulation.world.events.on_concept <= 5).all()
    touched = simulation.world.state.knowledge.opportunities[:, :, 0]
    assert (touched == 0).all()


def test_explain_suspends_only_its_targets_task() -> None:
    simulation = started(Course())
    actions = np.zeros((4, 19), np.int64)
    actions[:, 3::2], actions[:, 4::2] = Task.WORKED_EXAMPLE, 2
    actions[:, :3] = Activity.EXPLAIN, 4, 1
    simulation.step(actions)
    occupations = simulation.world.events.occupation
    assert (occupations[:, 3] == Occupation.EXPLAIN).all()
    assert (np.delete(occupations, 3, axis=1) == Occupation.WORKED_EXAMPLE).all()
    minutes = simulation.world.state.work.minutes
    assert (minutes[:, 3] == 0).all()
    assert (np.delete(minutes, 3, axis=1) > 0).all()


def test_masks_are_never_empty_even_when_everybody_left() -> None:
    simulation = started(Course(learners=2))
    simulation.world.state.mind.present[:] = 0
    simulation.step(np.zeros((4, 7), np.int64))
    for name, mask in simulation.masks._asdict().items():
        if name.endswith("_mask"):
            assert (mask.sum(axis=-1) > 0).all(), name
    allowed = np.flatnonzero(simulation.masks.activity_mask[0])
    assert allowed.tolist() == [Activity.CIRCULATE, Activity.REST]


def cue_strengths(pauses: list[int], target: int = 0) -> np.ndarray:
    """Strength of the cue that is at work in both learners after each cue of a lesson: (T, 2)."""
    simulation = started(Course(lessons=1, learners=2), 1)
    cue, circulate = np.zeros((2, 1, 7), np.int64)
    cue[0, :2] = Activity.CUE, target
    strengths = []
    for pause in pauses:
        for _ in range(pause):
            simulation.step(circulate)  # 2 min each
        simulation.step(cue)
        mind = simulation.world.state.mind
        strengths.append(mind.cue_strength[0] * (mind.cue_minutes[0] > 0))
    return np.array(strengths)


def test_learners_habituate_to_cues_and_recover() -> None:
    """A tutor cannot hold attention by cueing without pause; one that waits is heard again."""
    first, soon, late = cue_strengths([0, 1, 10])[:, 0]
    assert first == pytest.approx(1.0, abs=1e-3)
    assert soon == pytest.approx(1 - np.exp(-2.5 / 5), rel=1e-6)
    assert late == pytest.approx(1 - np.exp(-20.5 / 5), rel=1e-6)


def test_a_weak_cue_does_not_undo_a_strong_one() -> None:
    first, again = cue_strengths([0, 0])[:, 0]
    assert again == first


def test_only_the_learner_who_is_cued_habituates() -> None:
    strengths = cue_strengths([0, 0], target=1)
    assert strengths[0, 0] > 0.99
    assert (strengths[:, 1] == 0).all()


def test_observation_knows_hidden_state_only_through_events_and_readings() -> None:
    """Other learners behind the same events and readings look the same, be they of any family."""
    course = Course(family=EVERY_FAMILY)
    simulation = started(course, 1)
    rng = np.random.default_rng(4)
    for _ in range(10):
        simulation.step(legal_action(simulation.observation, rng))
    other = started(course, 1, seed=99)
    other.load_state_dict(simulation.state_dict())
    hidden = other.world.state
    for group in (hidden.traits, hidden.knowledge, hidden.traces):
        for field in group.dtype.names or ():
            group[field] = group[field] * 1.7
    hidden.hidden[:] *= 1.7
    other.world.family[:] = (other.world.family + 1) % len(FAMILIES)
    for field in ("engagement", "session", "context", "ssq", "recent_share"):
        hidden.mind[field] += 0.3
    hidden.mind.affect[:] = 3
    hidden.mind.lapsed[:] = 1
    from envs.lessons import show  # noqa: PLC0415  # the one function under test here

    for each in (simulation, other):
        show(0, 0, each.world, each.views, each.masks)
        each.views.prospects[:] = -1.0
        each._belief.foresee(np.ones(1, np.int64))
    for name, array in simulation.observation.items():
        np.testing.assert_array_equal(array, other.observation[name], err_msg=name)


def within(tag: Tag, share: float) -> float:
    return min(tag.high, tag.low + share * (tag.high - tag.low))


CONSTANTS = len(list(Constants().tagged()))


@pytest.mark.parametrize("family", FAMILIES)
@FEW
@example(share=[0.0] * CONSTANTS)
@example(share=[1.0] * CONSTANTS)
@given(share=st.lists(st.floats(0, 1), min_size=CONSTANTS, max_size=CONSTANTS))
def test_nothing_is_nan_for_any_constants_in_their_range(family: str, share: list[float]) -> None:
    values: dict[str, dict[str, float]] = {}
    for (path, _, tag), s in zip(Constants().tagged(), share, strict=True):
        group, name = path.split(".")
        values.setdefault(group, {})[name] = within(tag, s)
    default = Constants()
    groups = {g: type(getattr(default, g))(**fields) for g, fields in values.items()}
    course = Course(lessons=2, minutes=20, family=family)
    simulation = started(course, 2, constants=Constants(**groups))  # type: ignore[arg-type]
    rewards = teach_randomly(simulation, np.random.default_rng(0))
    assert np.isfinite(rewards).all()
    for name, array in simulation.observation.items():
        assert np.isfinite(array).all(), name
        assert np.abs(array).max() <= 100, name


@pytest.mark.parametrize(("learners", "concepts"), [(1, 2), (1, 16), (40, 2), (3, 256)])
def test_any_size_of_class_and_curriculum_runs(learners: int, concepts: int) -> None:
    course = Course(learners=learners, lessons=2, minutes=10)
    simulation = started(course, 2, curriculum=generate(concepts, seed=0))
    rewards = teach_randomly(simulation, np.random.default_rng(0))
    assert np.isfinite(rewards).all()
    report = simulation.finish()
    assert all(np.isfinite(array).all() for array in report)


@pytest.mark.parametrize("family", FAMILIES)
def test_expected_score_predicts_the_measured_one(family: str) -> None:
    """The closed form of the reward agrees with tests that learners really sit."""
    simulation = started(Course(lessons=1, minutes=10, family=family), 400)
    actions = np.zeros((400, 19), np.int64)
    actions[:, 3::2] = Task.PRACTISE_MATCHED
    for _ in range(5):
        simulation.step(actions)
        actions[:, 3::2] = Task.KEEP
    assert simulation.done.all()
    report = simulation.finish()
    expected = simulation.world.state.tally.expected
    error = report.delayed_test - expected
    standard_error = error.mean(axis=1).std() / np.sqrt(400)
    assert abs(error.mean()) < 0.01 + 3 * standard_error
    for low in (0.0, 0.25, 0.5, 0.75):  # also of those of whom little is expected, and of whom much
        few = error[(expected >= low) & (expected < low + 0.25)]
        assert few.size < 100 or abs(few.mean()) < 0.02 + 3 * few.std() / np.sqrt(few.size)


def test_constants_reach_the_kernels() -> None:
    constants = compact(Constants())
    simulation = started(Course(), 1)
    w = simulation.world
    args = (w.state.traits, w.state.knowledge, w.curriculum)
    noise = 1.0
    score = expected_score(
        0, 0, 500.0, *args, constants.knowledge, constants.memory, constants.acquisition, noise
    )
    lower = constants.knowledge.copy()
    lower.intercept -= 0.4  # type: ignore[attr-defined]  # a record here
    less = expected_score(0, 0, 500.0, *args, lower, constants.memory, constants.acquisition, noise)
    assert less < score
