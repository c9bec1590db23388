"""What every tracer promises, whatever its formulas."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from envs.activities import Occupation
from envs.constants import Constants
from envs.curriculum import CurriculumArrays
from envs.events import Events
from envs.tracing import Tracer, make_tracer
from tests.traced_events import answered, chain, instructed, random_events

NAMES = ("gaussian", "bkt")
LEARNERS, CONCEPTS = 3, 5


def _tracer(
    name: str, batch: int = 1, learners: int = 1, *, concepts: int = CONCEPTS, threads: int = 1
) -> Tracer:
    return make_tracer(name, chain(concepts), Constants(), batch, learners, threads=threads)


def _rows(events: Events, rows: slice) -> Events:
    return Events(*(np.ascontiguousarray(field[rows]) for field in events))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_batch_of_seven_equals_seven_alone(name: str, threads: int) -> None:
    together = _tracer(name, 7, LEARNERS, threads=threads)
    alone = [_tracer(name, 1, LEARNERS) for _ in range(7)]
    for events in random_events(np.random.default_rng(1), 7, LEARNERS, CONCEPTS, 12):
        together.update(events)
        for b, tracer in enumerate(alone):
            tracer.update(_rows(events, slice(b, b + 1)))
    for b, tracer in enumerate(alone):
        np.testing.assert_array_equal(together.belief[b], tracer.belief[0])
        np.testing.assert_array_equal(together.understanding[b], tracer.understanding[0])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_no_events_however_extreme_break_the_belief(name: str, seed: int) -> None:
    tracer = _tracer(name, 4, LEARNERS)
    for events in random_events(np.random.default_rng(seed), 4, LEARNERS, CONCEPTS, 60):
        tracer.update(events)
        assert np.isfinite(tracer.belief).all()
        assert (tracer.belief[..., 1] > 0).all()
        assert ((tracer.understanding >= 0) & (tracer.understanding <= 1)).all()
        assert ((tracer.predicted >= 0) & (tracer.predicted <= 1)).all()


@pytest.mark.parametrize("name", NAMES)
def test_renaming_the_concepts_renames_the_belief(name: str) -> None:
    order = np.array([3, 0, 4, 1, 2])  # new place -> old concept
    place = np.argsort(order)
    old = chain(CONCEPTS)
    parents = np.where(old.parents >= 0, place[old.parents], -1)[order]
    new = CurriculumArrays(
        weight=old.weight[order],
        easiness=old.easiness[order],
        depth=old.depth[order],
        parents=parents,
        difficulties=old.difficulties[order],
        spread=old.spread[order],
        adjacency=np.ascontiguousarray(old.adjacency[np.ix_(order, order)]),
    )
    first = make_tracer(name, old, Constants(), 2, LEARNERS)
    second = make_tracer(name, new, Constants(), 2, LEARNERS)
    for events in random_events(np.random.default_rng(2), 2, LEARNERS, CONCEPTS, 20):
        first.update(events)
        on = np.where(events.on_concept >= 0, place[events.on_concept], -1).astype(np.int32)
        second.update(
            events._replace(concept=place[events.concept].astype(np.int32), on_concept=on)
        )
    np.testing.assert_allclose(second.belief, first.belief[:, :, order], atol=1e-5)
    np.testing.assert_allclose(second.understanding, first.understanding[:, :, order], atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_reset_restarts_only_the_chosen_classrooms(name: str) -> None:
    tracer = _tracer(name, 2, LEARNERS)
    prior = tracer.belief.copy()
    for events in random_events(np.random.default_rng(3), 2, LEARNERS, CONCEPTS, 5):
        tracer.update(events)
    later = tracer.belief.copy()
    tracer.reset(np.array([False, True]))
    np.testing.assert_array_equal(tracer.belief[1], prior[1])
    np.testing.assert_array_equal(tracer.belief[0], later[0])
    assert not np.array_equal(later[0], prior[0])


@pytest.mark.parametrize("name", NAMES)
def test_the_belief_is_written_into_the_callers_arrays(name: str) -> None:
    shape = (1, 1, CONCEPTS, 2)
    belief, understanding = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    tracer = make_tracer(
        name, chain(CONCEPTS), Constants(), 1, 1, belief=belief, understanding=understanding
    )
    tracer.update(answered(0, [1, 1]))
    assert tracer.belief is belief
    assert (understanding[..., 0] > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_plain_python_gives_the_same_belief(name: str, tmp_path: Path) -> None:
    target = tmp_path / "belief.npy"
    program = f"""
import numpy as np
from tests.traced_events import chain, random_events
from envs.constants import Constants
from envs.tracing import make_tracer
tracer = make_tracer("{name}", chain(4), Constants(), 2, 2)
for events in random_events(np.random.default_rng(4), 2, 2, 4, 8):
    tracer.update(events)
np.save(r"{target}", tracer.belief)
"""
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    root = Path(__file__).parent.parent
    command = [sys.executable, "-W", "error", "-c", program]
    subprocess.run(command, check=True, cwd=root, env=plain, timeout=120)  # noqa: S603  # own text
    tracer = _tracer(name, 2, 2, concepts=4)
    for events in random_events(np.random.default_rng(4), 2, 2, 4, 8):
        tracer.update(events)
    np.testing.assert_allclose(tracer.belief, np.load(target), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_instruction_raises_understanding_and_wrong_answers_after_it_lower_it(name: str) -> None:
    tracer = _tracer(name)
    prior = tracer.understanding[0, 0, 1].copy()
    tracer.update(instructed(Occupation.PRESENT, 1, minutes=8.0))
    taught = tracer.understanding[0, 0, 1].copy()
    tracer.update(answered(1, [0, 0, 0, 0], hours=0.2))
    assert taught[0] > prior[0]
    assert tracer.understanding[0, 0, 1, 0] < taught[0]


def test_the_spread_stays_wide_until_there_is_evidence() -> None:
    tracer = _tracer("gaussian")
    prior = tracer.understanding[0, 0, 1, 1]
    for hour in range(3):
        tracer.update(instructed(Occupation.WORKED_EXAMPLE, 1, hours=hour / 5, minutes=1.5))
    taught = tracer.understanding[0, 0, 1, 1]
    tracer.update(answered(1, [1] * 12, hours=1.0))
    assert taught > 0.75 * prior
    assert tracer.understanding[0, 0, 1, 1] < 0.75 * taught


def test_an_answer_moves_the_belief_on_every_concept_of_that_learner_alone() -> None:
    tracer = make_tracer("gaussian", chain(CONCEPTS), Constants(), 1, 2)
    before = tracer.belief.copy()
    one = answered(2, [1, 1, 1])
    events = one._replace(
        **{
            field: np.concatenate([getattr(one, field)] * 2, axis=1)
            for field in Events._fields
            if field != "clock"
        }
    )
    events.answers[0, 0] = 0
    tracer.update(events)
    assert (tracer.belief[0, 1, :, 0] > before[0, 1, :, 0]).all()
    np.testing.assert_allclose(tracer.belief[0, 0], before[0, 0], atol=1e-6)


def test_hours_without_practice_lower_the_belief_and_widen_it() -> None:
    tracer = _tracer("gaussian")
    tracer.update(answered(0, [1] * 10))
    fresh = tracer.belief[0, 0, 0].copy()
    tracer.update(answered(0, [], hours=24 * 30))
    assert tracer.belief[0, 0, 0, 0] < fresh[0] - 0.3
    assert tracer.belief[0, 0, 0, 1] > fresh[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "kalman"}, "tracer is 'kalman'; expected gaussian or bkt"),
        ({"batch": 0}, "batch is 0; expected at least 1"),
        ({"threads": 0}, "threads is 0; expected at least 1"),
        ({"belief": np.zeros((1, 1, 2, 2), np.float32)}, r"belief is float32 \(1, 1, 2, 2\)"),
        ({"understanding": np.zeros((1, 1, 5, 2))}, "understanding is float64"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments: dict[str, object], message: str) -> None:
    chosen = {"name": "gaussian", "batch": 1, "learners": 1, **arguments}
    with pytest.raises(ValueError, match=message):
        make_tracer(curriculum=chain(CONCEPTS), constants=Constants(), **chosen)
