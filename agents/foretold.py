"""What sensors, belief and policies foretell of classes that nobody learnt from.

Lapses of attention, at the moment of each decision while the best rule teaches, and next answers
while the fixed curriculum does: the same moments for all runs.
"""

from collections.abc import Sequence
from typing import Any, Final

from agents.answer_prediction import foretold_by_runs
from agents.classification import Classified, best_threshold, classified
from agents.presets import BEST_RULE
from agents.probe import Moments, scores, watch
from agents.trained_run import TrainedRun
from agents.tutors.registry import make_tutor
from envs.course import EVALUATION_SEED
from envs.logs import Floats
from envs.vector import ClassroomVectorEnv
from policies.encoder import Encoder

LAPSED: Final = "lapsed"
ESTIMATE: Final = "sensors' estimate"
"""The share of the last decision not attended, as knowledge tracing estimates it."""


def foretold(runs: Sequence[TrainedRun], env: ClassroomVectorEnv) -> dict[str, Any]:
    """Figures of lapses and of answers, as plain data by who foretells.

    Args:
        runs: Of the first of each name, a linear probe of the sensors' embedding is read for
            lapses, and the heads for answers where it has any.
        env: Its classrooms teach unseen classes; lapses are judged on every other one, thresholds
            and probes are fitted on the rest.
    """
    first = {run.tutor.name: [run] for run in reversed(runs)}
    answers = foretold_by_runs(first, env)
    found = lapses(watch(make_tutor(BEST_RULE), env, EVALUATION_SEED), first)
    return {
        "classes": env.num_envs,
        "lapses": {name: each and each.as_dict() for name, each in found.items()},
        "answers": {name: each.as_dict() for name, each in answers.items()},
    }


def lapses(moments: Moments, runs: dict[str, list[TrainedRun]]) -> dict[str, Classified | None]:
    """By the sensors' estimate, and by a probe of each run's embedding; None: all of one kind."""
    told: dict[str, Floats] = {ESTIMATE: 1.0 - moments.attended}
    for name, (run, *_) in runs.items():
        encoder = run.tutor.policy.to("cpu").encoder
        if isinstance(encoder, Encoder):
            told[name] = scores(encoder.sensors, moments, LAPSED)
    return {name: _judged(score, moments) for name, score in told.items()}


def _judged(score: Floats, moments: Moments) -> Classified | None:
    """On classrooms of odd number, with the threshold that is best on the others."""
    lapsed, fitted = moments.truth[LAPSED].astype(int), moments.fitted
    judged = lapsed[~fitted]
    if judged.all() or not judged.any():
        return None
    return classified(score[~fitted], judged, best_threshold(score[fitted], lapsed[fitted]))
