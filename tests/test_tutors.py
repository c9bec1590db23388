"""Every tutor: legal on any size, better than nothing, and doing what its name says."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents.evaluation import evaluate, teach
from agents.tutors.attention_care import CareSettings
from agents.tutors.fixed_curriculum import TimetableSettings
from agents.tutors.greedy_choice import Gains, best_tasks, cue_strength, greedy_decision
from agents.tutors.instruction import StudySettings
from agents.tutors.mastery_threshold import MasterySettings, MasteryThreshold
from agents.tutors.protocol import Tutor
from agents.tutors.reading import first_in_order, topological_order
from agents.tutors.registry import SETTINGS, TUTORS, make_tutor, names, recorded, tuned
from agents.tutors.round_robin import RoundRobin, RoundRobinSettings
from agents.tutors.rule import RuleTutor
from agents.tutors.target_repeat import TargetRepeat, TargetRepeatSettings
from agents.tutors.tuning import GRIDS
from envs.activities import Activity, Task
from envs.course import EVALUATION_SEED, Course
from envs.curriculum import builtin
from envs.curriculum_generate import generate
from envs.spaces import CHANNELS
from envs.vector import ClassroomVectorEnv

SIZES = [(1, 2), (1, 16), (8, 2), (8, 16), (40, 2), (40, 16)]
Arrays = dict[str, np.ndarray[Any, Any]]


def classrooms(tutor: Tutor, learners: int, concepts: int, batch: int) -> ClassroomVectorEnv:
    course = Course(learners=learners, lessons=1, minutes=10)
    return ClassroomVectorEnv(
        batch,
        course=replace(course, tracer=getattr(tutor, "tracer", None) or course.tracer),
        curriculum=generate(concepts, 0),
        on_illegal=getattr(tutor, "on_illegal", "error"),
    )


def first_observation(learners: int = 4, concepts: int = 5, batch: int = 1) -> Arrays:
    course = Course(learners=learners)
    env = ClassroomVectorEnv(batch, course=course, curriculum=generate(concepts, 0))
    observation, _ = env.reset(seed=EVALUATION_SEED)
    return {key: array.copy() for key, array in observation.items()}


@pytest.mark.parametrize(("learners", "concepts"), SIZES)
@pytest.mark.parametrize("name", TUTORS)
def test_tutor_acts_legally_at_any_size(name: str, learners: int, concepts: int) -> None:
    tutor = make_tutor(name)
    env = classrooms(tutor, learners, concepts, batch=2)
    outcome = teach(tutor, env, EVALUATION_SEED)  # an illegal action raises
    assert outcome.kind == TUTORS[name].kind
    assert np.isfinite(outcome.figures["nlg_delayed"]).all()


def test_tutor_notices_new_courses_in_a_batch() -> None:
    for name in names("rule"):
        tutor = make_tutor(name)
        env = classrooms(tutor, 3, 4, batch=2)
        observation, _ = env.reset(seed=EVALUATION_SEED)
        tutor.reset(2)
        for _ in range(60):
            observation, *_ = env.step(tutor.act(observation))
        tutor.act(observation)
        if isinstance(tutor, RuleTutor) and tutor._record is not None:
            assert tutor._record.decisions.max() < 60
            evidence = env.simulation.world.state.evidence
            np.testing.assert_array_equal(tutor._record.attempts, evidence.attempts)


def test_every_tutor_beats_doing_nothing() -> None:
    tutors = [make_tutor(name) for name in TUTORS if name != "beam on truth"]
    outcomes = evaluate(tutors, Course(lessons=2, minutes=20), builtin("algebra-16"), 8)
    for outcome in outcomes:  # doing nothing has a normalised gain of 0 by its definition
        assert outcome.figures["nlg_delayed"].mean() > 0.005, outcome.name


def test_true_state_beats_belief_beats_random() -> None:
    order = ["greedy on truth", "greedy on belief", "random"]
    tutors = [make_tutor(name) for name in order]
    outcomes = evaluate(tutors, Course(lessons=3), builtin("algebra-16"), 16)
    gains = [outcome.figures["nlg_delayed"].mean() for outcome in outcomes]
    assert gains[0] > gains[1] + 0.01
    assert gains[1] > gains[2] + 0.05


def gains_of(example: float, practice: list[list[float]]) -> Gains:
    shown = np.array([practice])  # (1, S, C)
    rest = [np.full_like(shown, example) for _ in range(4)]
    return Gains(rest[0], shown, *rest[1:], lapsed=np.zeros(shown.shape[:2]))


def test_greedy_gives_everybody_their_best_task() -> None:
    gains = gains_of(0.25, [[0.1, 0.5, 0.2], [0.1, 0.2, 0.1]])
    level = np.full((1, 2, 3), Task.PRACTISE_HARDER)
    tasks = best_tasks(gains, level, together=1.0)
    assert tasks.concept[0, 0] == 1
    assert tasks.task[0].tolist() == [Task.PRACTISE_HARDER, Task.WORKED_EXAMPLE]
    assert tasks.gain[0].tolist() == [0.5, 0.25]


def test_greedy_joins_those_who_gain_more_together() -> None:
    gains = gains_of(0.0, [[0.5, 0.4, 0.1], [0.1, 0.5, 0.1], [0.1, 0.2, 0.5]])
    level = np.full((1, 3, 3), Task.PRACTISE_MATCHED)
    assert best_tasks(gains, level, together=1.0).concept[0].tolist() == [0, 1, 2]
    assert best_tasks(gains, level, together=1.5).concept[0].tolist() == [1, 1, 2]


def test_greedy_explains_where_it_adds_most_and_cues_when_due() -> None:
    observation = first_observation(learners=2, concepts=3)
    gains = gains_of(0.01, [[0.02, 0.01, 0.01], [0.02, 0.01, 0.01]])
    gains.explain[0, 1, 2] = 0.3
    tasks = best_tasks(gains, np.full((1, 2, 3), Task.PRACTISE_MATCHED), together=1.0)
    due = cue_strength(np.array([[40.0, 40.0]]), gap=4.0)
    decision = greedy_decision(gains, tasks, observation, 1.0, due)
    assert decision.action(observation)[0, :3].tolist() == [Activity.EXPLAIN, 2, 2]
    gains.explain[0, 1, 2] = 0.03
    decision = greedy_decision(gains, tasks, observation, 1.0, due)
    assert decision.action(observation)[0, :3].tolist() == [Activity.CUE, 0, 0]
    soon = cue_strength(np.array([[2.0, 2.0]]), gap=4.0)
    decision = greedy_decision(gains, tasks, observation, 1.0, soon)
    assert decision.action(observation)[0, 0] == Activity.EXPLAIN


def test_reference_refuses_to_act_without_the_hidden_state() -> None:
    for name in names("reference"):
        tutor = make_tutor(name)
        tutor.reset(1)
        with pytest.raises(RuntimeError, match="attach"):
            tutor.act(first_observation())


def test_round_robin_rotates() -> None:
    observation = first_observation(concepts=5)
    tutor = RoundRobin(RoundRobinSettings(turn_decisions=2))
    tutor.reset(1)
    seen = [int(tutor.act(observation)[0, 4]) for _ in range(14)]
    order = topological_order(observation)[0].tolist()
    assert seen == [concept for concept in [*order, *order] for _ in range(2)][:14]


def test_target_repeat_works_on_the_weakest_concept() -> None:
    observation = first_observation(learners=2, concepts=4)
    observation["belief"][:, :, :, 0] = [[[1.0, 0.5, -2.0, 0.0], [-1.0, 2.0, 2.0, 2.0]]]
    tutor = TargetRepeat(TargetRepeatSettings())
    tutor.reset(1)
    assert tutor.act(observation)[0, [4, 6]].tolist() == [2, 0]


def test_mastery_moves_on_only_when_mastered() -> None:
    observation = first_observation(learners=2, concepts=4)
    order = topological_order(observation)[0]
    observation["belief"][..., 0] = 3.0
    observation["belief"][0, 1, order[1], 0] = -3.0
    observation["belief"][0, 0, order[3], 0] = 0.0
    observation["understanding"][..., 0] = 1.0
    observation["understanding"][0, 1, order[1], 0] = 0.1
    tutor = MasteryThreshold(MasterySettings(threshold=0.8, understood=0.5))
    tutor.reset(1)
    plan = tutor.act(observation)[0, 3:].reshape(2, 2)
    assert plan[:, 1].tolist() == [order[3], order[1]]
    assert plan[0, 0] >= Task.PRACTISE_EASIER
    assert plan[1, 0] == Task.WORKED_EXAMPLE


def silence(observation: Arrays) -> Arrays:
    for modality in CHANNELS:
        observation[modality][:] = 0.0
    return observation


def test_care_cues_the_learner_whose_sensors_show_a_lapse() -> None:
    observation = silence(first_observation())
    observation["gaze"][0, 2] = [-3.0, 0.0, 0.0, 1.0]
    observation["face"][0, 2, 0] = -3.0
    care = CareSettings(cue_below=-0.5, class_share=2.0, cue_gap_minutes=0.0)
    tutor = RoundRobin(RoundRobinSettings(), care)
    tutor.reset(1)
    assert tutor.act(observation)[0, :2].tolist() == [Activity.CUE, 3]
    tutor.reset(1)
    assert tutor.act(silence(observation))[0, 0] != Activity.CUE


def test_care_rests_when_somebody_sways() -> None:
    observation = silence(first_observation())
    care = CareSettings(cue_below=-9.0, rest_sway=1.0, rest_gap_minutes=0.0)
    tutor = RoundRobin(RoundRobinSettings(), care)
    tutor.reset(1)
    assert tutor.act(observation)[0, 0] != Activity.REST
    observation["head"][0, 1, 3] = 2.0  # mean of the second channel, sway
    tutor.reset(1)
    assert tutor.act(observation)[0, 0] == Activity.REST


def test_explaining_goes_round() -> None:
    observation = first_observation(learners=4)
    tutor = RoundRobin(RoundRobinSettings(turn_minutes=1.0, introduction_minutes=1000.0))
    tutor.reset(1)
    actions = [tutor.act(observation)[0] for _ in range(8)]
    assert [action[0] for action in actions] == [Activity.EXPLAIN] * 8
    assert sorted(action[1] for action in actions[:4]) == [1, 2, 3, 4]


def test_first_in_order_finds_the_first_wanted() -> None:
    order = np.array([[2, 0, 1]])
    wanted = np.array([[[True, True, False], [False, False, False]]])
    concept, found = first_in_order(wanted, order)
    assert concept[0].tolist() == [0, 2]
    assert found[0].tolist() == [True, False]


def test_timetable_refuses_more_than_all_the_time() -> None:
    with pytest.raises(ValueError, match=r"add up to 1\.2; expected at most 1"):
        TimetableSettings(present=0.6, example=0.6)


def test_unknown_tutor_is_named() -> None:
    with pytest.raises(ValueError, match=r"tutor is 'socrates'; expected one of random"):
        make_tutor("socrates")


def test_recorded_tuning_is_what_tutors_use() -> None:
    assert set(recorded()) == set(GRIDS)
    for name, found in recorded().items():
        settings = tuned(name)
        assert isinstance(settings, SETTINGS[name])
        assert found["nlg_delayed"] >= found["before"]
        grid = json.loads(json.dumps([dict(stage) for stage in GRIDS[name]]))
        assert found["grid"] == grid, f"{name} was tuned on another grid; run --tune again"
        for field, value in found["settings"].items():
            assert getattr(settings, field) == value
    leitner: Any = make_tutor("Leitner")
    assert isinstance(leitner.study, StudySettings)
    assert leitner.study == tuned("Leitner")
