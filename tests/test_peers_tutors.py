"""Rules and references on the peers' benchmarks."""

import itertools

import numpy as np
import pytest

from agents.peers.benchmarks import BENCHMARKS, Effort, entrants
from agents.peers.item_rules import LeastRecent, RandomItem, RoundRobin
from agents.peers.kss_beam import KssBeam
from agents.peers.kss_belief import Belief, KssBeliefPlanner
from agents.peers.kss_fixed_path import KssFixedPath, anneal, mean_worth
from agents.peers.kss_optimum import KssOptimum, optimum
from agents.peers.kss_rules import FirstUnmastered, TargetRepeat
from agents.peers.leitner_queues import LeitnerQueues
from agents.peers.recall_threshold import RecallThreshold, TrueRecallThreshold
from agents.peers.references import LookAhead, OneStepOracle
from agents.peers.scoring import score, tuned
from agents.peers.sm2_items import Sm2Items
from envs.peers.answer_history import AnswerHistory
from envs.peers.kss import ORDER, KssLearners
from envs.peers.kss_learning import ITEMS, PREREQUISITES, initial_ability, learn, masters
from envs.peers.spaced_repetition import FlashcardLearners

SEED = 40_000
SMALL = Effort(
    tuning_learners=4,
    path_tries=5,
    path_restarts=1,
    beam_width=2,
    optimum_nodes=100,
    exact_steps=5,
    slow_learners=2,
)


def fresh(learners: KssLearners | FlashcardLearners, count: int) -> None:
    learners.start([np.random.default_rng(SEED + n) for n in range(count)])


def history_of(answers: list[tuple[int, bool]], items: int) -> AnswerHistory:
    history = AnswerHistory(1, items, 0, 50)
    for item, right in answers:
        history.add(np.array([0]), np.array([item]), np.array([right]))
    return history


def brute_force(learners: KssLearners, row: int) -> float:
    """The best E_p over all action sequences, illegal ones included."""
    weights, best = learners.history.weights[row], 0.0
    start = float((weights * masters(learners.ability[row])).sum())
    paths = np.array(list(itertools.product(range(ITEMS), repeat=learners.steps)))
    ability = np.repeat(learners.ability[row : row + 1], len(paths), axis=0)
    last = np.repeat(learners.last[row], len(paths))
    for item in paths.T:
        ability, last = learn(ability, last, item)
    best = float((weights * masters(ability)).sum(axis=1).max())
    return (best - start) / float(learners.to_gain[row])


def test_optimum_equals_brute_force() -> None:
    learners = KssLearners(4)
    fresh(learners, 12)
    found = optimum(learners, 1_000_000)
    np.testing.assert_array_equal(found.lower, found.upper)
    assert found.lower.tolist() == [brute_force(learners, row) for row in range(12)]
    assert found.lower.max() > 0.0


def test_optimum_is_reached_by_its_paths_and_by_nobody_surpassed() -> None:
    best = KssOptimum(200_000)
    reached = score(best, KssLearners(6), 25, SEED)
    np.testing.assert_allclose(reached, best.upper)
    for other in (KssBeam(16), OneStepOracle(), RandomItem(legal=True), LeastRecent(ORDER)):
        assert (score(other, KssLearners(6), 25, SEED) <= best.upper + 1e-12).all()


def test_given_up_search_still_bounds_the_optimum() -> None:
    learners = KssLearners(6)
    fresh(learners, 25)
    exact, rough = optimum(learners, 200_000), optimum(learners, 1)
    assert (rough.lower <= exact.lower).all()
    assert (rough.upper >= exact.upper).all()
    assert (rough.upper > rough.lower).any()


def test_wider_beams_find_more_and_the_beam_beats_one_step() -> None:
    means = [score(KssBeam(width), KssLearners(10), 60, SEED).mean() for width in (1, 32)]
    assert means[1] > means[0] + 0.05
    assert means[1] > score(OneStepOracle(), KssLearners(10), 60, SEED).mean() + 0.1


def test_masked_chance_is_better_than_chance_so_both_are_reported() -> None:
    """As measured with the original: .336 against .120 at 20 steps, on 1,000 other learners."""
    legal, free = (
        score(RandomItem(legal=legal), KssLearners(20), 400, SEED).mean() for legal in (True, False)
    )
    assert abs(legal - 0.336) < 0.04
    assert abs(free - 0.120) < 0.03


def test_round_robin_on_kss_scores_as_measured_with_the_original() -> None:
    means = [score(RoundRobin(ORDER), KssLearners(s), 400, SEED).mean() for s in (10, 20)]
    np.testing.assert_allclose(means, [0.059, 0.168], atol=0.03)


@pytest.mark.parametrize(
    ("model", "round_robin", "threshold"), [("efc", 18, 30), ("hlr", 1, 62), ("dash", 3, -6)]
)
def test_flashcard_rules_gain_on_chance_as_measured_with_the_original(
    model: str, round_robin: float, threshold: float
) -> None:
    learners = FlashcardLearners(model)
    floor = score(RandomItem(legal=False), learners, 60, SEED).mean()
    turns = score(RoundRobin(np.arange(30)), learners, 60, SEED).mean()
    best, _ = tuned(TrueRecallThreshold, (0.2, 0.25, 0.4), learners, 60, SEED)
    told = score(best, learners, 60, SEED).mean()
    assert abs(100 * (turns / floor - 1) - round_robin) < 3
    assert abs(100 * (told / floor - 1) - threshold) < 6


def test_belief_planner_gains_most_of_the_optimum_without_the_hidden_state() -> None:
    learners = KssLearners(5)
    fresh(learners, 25)
    best = optimum(learners, 100_000).lower.mean()
    planned = score(KssBeliefPlanner(drawn=300, planned=24, width=8), learners, 25, SEED)
    assert planned.mean() > 0.65 * best  # chance reaches .22 of it, one step on the truth .44


def test_belief_is_of_those_who_would_have_answered_the_same() -> None:
    """With the truth among a few possible learners, contradictions leave it alone."""
    learners = KssLearners(5)
    learners.start([np.random.default_rng(3)])
    history = learners.history
    drawn = initial_ability(np.random.default_rng(3), 1)
    possible = np.concatenate([np.full((1, ITEMS), 4.0), drawn, np.full((1, ITEMS), -9.0)])
    belief = Belief(possible)
    belief.read(history.item[0], history.correct[0], int(history.answers[0]))
    np.testing.assert_allclose(belief.ability, learners.ability)
    assert belief.last == learners.last[0]


def test_a_fixed_path_is_tuned_by_what_it_teaches() -> None:
    learners = KssLearners(8)
    fresh(learners, 30)
    path = anneal(learners, tries=200, restarts=1)
    start = np.sort(np.random.default_rng(0).integers(0, ITEMS, 8))
    assert mean_worth(learners, path) > mean_worth(learners, start)
    reached = score(KssFixedPath(path), KssLearners(8), 30, SEED)
    assert reached.mean() > 0.2


def test_target_repeat_takes_the_weakest_target() -> None:
    history = history_of([(0, True), (1, False), (2, False), (2, True), (3, False)], 4)
    history.weights[0] = [1, 1, 1, 0]
    assert TargetRepeat().choose(history) == [1]
    history.allowed[0] = [True, False, True, True]
    assert TargetRepeat().choose(history) == [2]
    history.allowed[0] = [False, False, False, True]
    assert TargetRepeat().choose(history) == [3]


def test_target_repeat_drills_the_weakest_card_where_every_card_is_a_target() -> None:
    """New cards first; among equals turns, so that one hard card does not take every decision."""
    rule, answers = TargetRepeat(), [(0, False), (1, True)]
    taken = []
    for right in (False, False, False, True):
        taken.append(int(rule.choose(history_of(answers, 3))[0]))
        answers.append((taken[-1], right))
    assert taken == [2, 0, 2, 0]
    assert rule.choose(history_of(answers, 3)) == [2]


def test_first_unmastered_follows_the_prerequisites_of_the_targets() -> None:
    rule = FirstUnmastered(ORDER, PREREQUISITES)
    history = history_of([(0, True), (5, False)], ITEMS)
    history.weights[0] = np.eye(ITEMS)[3]  # builds on 1, that on 0; not on 5
    assert rule.choose(history) == [1]
    history.add(np.array([0]), np.array([1]), np.array([True]))
    assert rule.choose(history) == [3]
    history.add(np.array([0]), np.array([3]), np.array([True]))
    assert rule.choose(history) == [3]  # mastered and yet the only target
    history.allowed[0] = np.eye(ITEMS, dtype=np.bool_)[6]
    assert rule.choose(history) == [6]


def test_least_recent_takes_new_items_in_order_then_the_oldest() -> None:
    rule = LeastRecent(np.array([2, 0, 1]))
    assert rule.choose(history_of([], 3)) == [2]
    assert rule.choose(history_of([(2, True), (0, True)], 3)) == [1]
    assert rule.choose(history_of([(2, True), (0, True), (1, True), (2, True)], 3)) == [0]


def test_leitner_moves_cards_up_and_down_and_takes_the_oldest() -> None:
    learners = FlashcardLearners("efc", items=3, presentations=10)
    fresh(learners, 1)
    rule = LeitnerQueues(arrival=0.0)
    rule.begin(learners)
    queues = []
    for item, right in ((0, True), (0, True), (0, False), (1, False), (2, False)):
        history = history_of([(item, right)], 3)
        rule.choose(history)
        queues.append(rule.queue[0].tolist())
    assert queues == [[1, 0, 0], [2, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert rule.choose(history_of([(1, False), (0, False), (2, False)], 3)) == [1]


def test_leitner_introduces_new_cards_at_its_rate() -> None:
    learners = FlashcardLearners("efc")
    fresh(learners, 2000)
    rule = LeitnerQueues(arrival=0.3)
    rule.begin(learners)
    seen = learners.history.latest()[0]
    new = rule.choose(learners.history) != seen
    assert abs(new.mean() - 0.3) < 0.04


def test_sm2_repeats_failures_waits_for_successes_and_introduces_meanwhile() -> None:
    learners = FlashcardLearners("efc", items=3, presentations=30)
    fresh(learners, 1)
    rule = Sm2Items(day=2.0)
    rule.begin(learners)
    answers: list[tuple[int, bool]] = []
    taken = []
    for item, right in ((0, False), (0, True), (1, True), (2, True), (0, True)):
        answers.append((item, right))
        taken.append(int(rule.choose(history_of(answers, 3))[0]))
    assert taken == [0, 1, 2, 0, 1]  # 0 passes at 2, is due at 4, passes again: 12 answers later


def test_threshold_with_typical_parameters_reads_answers_alone() -> None:
    """On the population's typical learner it equals the one that is told the truth."""
    learners = FlashcardLearners("hlr", items=5, presentations=40)
    fresh(learners, 8)
    learners.memory = learners.assumed(8)
    item, correct = learners.history.latest()
    chosen = item[:, None] == np.arange(5)
    learners.memory.review(chosen, np.repeat(correct[:, None], 5, axis=1), 1)
    blind, told = RecallThreshold(0.4), TrueRecallThreshold(0.4)
    blind.begin(learners)
    told.begin(learners)
    for _ in range(20):
        items = told.choose(learners.history)
        np.testing.assert_array_equal(blind.choose(learners.history), items)
        learners.practise(items)


def test_look_ahead_beats_threshold_and_one_step() -> None:
    learners = FlashcardLearners("hlr")
    ahead = score(LookAhead((1, 5)), learners, 40, SEED).mean()
    assert ahead > score(TrueRecallThreshold(0.4), learners, 40, SEED).mean() + 0.02
    assert ahead > score(OneStepOracle(), learners, 40, SEED).mean() + 0.1


@pytest.mark.parametrize("benchmark", ["kss-5", "efc"])
def test_every_entrant_teaches_and_has_a_name_of_its_own(benchmark: str) -> None:
    learners = BENCHMARKS[benchmark].learners()
    found = entrants(learners, SMALL)
    assert len({entrant.chooser.name for entrant in found}) == len(found)
    for entrant in found:
        returns = score(entrant.chooser, learners, 3, SEED)
        assert np.isfinite(returns).all()
        assert (returns <= 1.0).all()


def test_learners_of_another_benchmark_are_refused() -> None:
    with pytest.raises(ValueError, match="expected FlashcardLearners"):
        score(RecallThreshold(0.5), KssLearners(5), 2, SEED)
    with pytest.raises(ValueError, match="expected KssLearners"):
        score(KssBeam(), FlashcardLearners("efc", 3, 5), 2, SEED)
    with pytest.raises(ValueError, match="count is 0"):
        score(RandomItem(legal=True), KssLearners(5), 0, SEED)
