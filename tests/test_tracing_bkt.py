"""Bayesian knowledge tracing agrees with pyBKT and does what a tracer must."""

import numpy as np
import pytest
from pyBKT.fit import predict_onestep

from envs.activities import Occupation
from envs.constants import Constants
from envs.events import empty_events
from envs.tracing import make_tracer
from envs.tracing.bkt import WITH_FORGETTING, BKTConstants, BKTTracer
from tests.traced_events import answered, chain, instructed


@pytest.mark.parametrize("constants", [BKTConstants(), WITH_FORGETTING])
def test_predictions_equal_pybkt(constants: BKTConstants) -> None:
    lengths, rng = np.array([1, 5, 24, 24]), np.random.default_rng(3)
    starts = np.cumsum(lengths) - lengths
    correct = rng.integers(0, 2, lengths.sum())
    expected, _ = predict_onestep.run(
        {
            "learns": np.array([constants.learn]),
            "forgets": np.array([constants.forget]),
            "guesses": np.array([constants.guess]),
            "slips": np.array([constants.slip]),
            "prior": constants.prior,
        },
        {
            "data": (correct + 1)[None].astype(np.int32),
            "resources": np.ones(lengths.sum(), np.int64),
            "starts": starts + 1,
            "lengths": lengths,
        },
        parallel=False,
    )
    tracer, events = BKTTracer(1, 1, len(lengths), constants=constants), empty_events(1, 4)
    for learner, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        events.answers[0, learner] = length
        events.correct[0, learner, :length] = correct[start : start + length]
    tracer.update(events)
    predicted = [tracer.predicted[0, i, :length] for i, length in enumerate(lengths)]
    np.testing.assert_allclose(np.concatenate(predicted), expected, rtol=0, atol=1e-6)


def test_belief_is_the_logit_of_the_next_prediction() -> None:
    tracer = make_tracer("bkt", chain(2), Constants(), 1, 1)
    tracer.update(answered(1, [1, 0, 1]))
    belief = tracer.belief[0, 0, 1, 0]
    tracer.update(answered(1, [1], hours=1.0))
    assert tracer.predicted[0, 0, 0] == pytest.approx(1 / (1 + np.exp(-belief)), abs=1e-6)


def test_instruction_counts_as_opportunities_to_learn() -> None:
    tracer = BKTTracer(2, 1, 1)
    tracer.update(instructed(Occupation.PRESENT, 0, minutes=10.0))
    prior = BKTConstants().prior
    known = 1 - (1 - prior) * (1 - BKTConstants().learn) ** 7.0
    assert tracer.understanding[0, 0, 0, 0] == pytest.approx(known, abs=1e-6)
    assert tracer.understanding[0, 0, 1, 0] == pytest.approx(prior, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prior": 1.2}, "bkt.prior is 1.2"),
        ({"guess": 0.6, "slip": 0.4}, "bkt.guess and slip are 0.6 and 0.4"),
        ({"slip": 0.0}, "bkt.guess and slip are 0.218 and 0.0"),
        ({"instruction": -1.0}, "bkt.instruction is -1.0"),
    ],
)
def test_impossible_parameters_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BKTTracer(1, 1, 1, constants=BKTConstants()._replace(**change))
