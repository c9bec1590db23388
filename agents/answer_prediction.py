"""How well next answers are foretold on classes that nobody learnt from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.auxiliary import Auxiliary
from agents.classification import classified
from agents.next_answers import next_answers
from agents.pretrained import load_heads
from agents.trained_run import TrainedRun
from agents.tutors.protocol import Tutor
from agents.tutors.registry import make_tutor
from envs.answer_filter import log_loss
from envs.course import EVALUATION_SEED
from envs.learners.calibrated import LOGISTIC_NORMAL
from envs.logs import Floats, Ints
from envs.vector import ClassroomVectorEnv
from policies.encoder import Encoder, Observation
from policies.policy import AttentionPolicy

Predictor = Callable[[Observation], Tensor]
PRACTISING: Final = "fixed curriculum"
"""A rule under which answers come even in a course of minutes."""
LIKELIER: Final = 0.5
"""Probability from which a right answer is foretold."""


@dataclass(frozen=True, kw_only=True)
class AnswerFigures:
    """Of all answers of some classes; a pair's answers between two decisions are alike."""

    auc: float
    log_loss: float
    accuracy: float
    """Of saying what is likelier, as the two below."""
    recall: float
    """Share of the right answers that were foretold."""
    f1: float
    """Harmonic mean of it and the share of right ones among those foretold right."""
    correct: float
    """Share of right answers: the accuracy of always foretelling one."""
    answers: int

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for JSON."""
        return asdict(self)


def by_heads(policy: AttentionPolicy, auxiliary: Auxiliary) -> Predictor:
    """The trunk's own prediction, (B, S, C)."""
    encoder = cast("Encoder", policy.encoder)  # no auxiliary heads on a flat one
    return lambda obs: auxiliary.prediction.next_answers(encoder, obs)


def by_belief(obs: Observation) -> Tensor:
    """What knowledge tracing expects of an item of usual difficulty, (B, S, C)."""
    mean, spread = obs["belief"].unbind(-1)
    return torch.sigmoid(mean / (1 + LOGISTIC_NORMAL * spread.square()).sqrt())


@torch.no_grad()
def foretell(
    predictors: Mapping[str, Predictor], tutor: Tutor, env: ClassroomVectorEnv, seed: int
) -> dict[str, AnswerFigures]:
    """Let a tutor teach each class of the environment one course, and compare with what came.

    Neither the belief nor the heads know which item is asked, or how hard the tutor will set it.

    Args:
        predictors: Of the probability (B, S, C) that each pair's next answer is right, by name.
        tutor: Teaches.
        env: The classes.
        seed: Class i is drawn from seed + i.

    Returns:
        Figures by name; none at all where no answer was right, or none wrong.
    """
    obs, _ = env.reset(seed=seed)
    tutor.reset(env.num_envs)
    over = torch.zeros(env.num_envs)
    counts: list[Tensor] = []
    said: dict[str, list[Tensor]] = {name: [] for name in predictors}
    while not over.all():
        before = {key: torch.from_numpy(array.copy()) for key, array in obs.items()}
        obs, _, done, _, _ = env.step(tutor.act(obs))
        over = torch.maximum(over, torch.from_numpy(done).to(torch.float32))
        evidence = torch.stack((before["evidence"], torch.from_numpy(obs["evidence"])))
        came = next_answers(evidence, over.unsqueeze(0))[0]  # (B, S, C, 2)
        asked = came[..., 0] > 0
        counts.append(came[asked])
        for name, predict in predictors.items():
            said[name].append(predict(before)[asked])
    answers = torch.cat(counts).numpy()
    if not 0 < answers[:, 1].sum() < answers[:, 0].sum():
        return {}
    return {name: _figures(torch.cat(parts).numpy(), answers) for name, parts in said.items()}


def predictors_of(found: Mapping[str, Sequence[TrainedRun]]) -> dict[str, Predictor]:
    """The belief, and the first run of each name that has learnt to foretell answers."""
    predictors: dict[str, Predictor] = {"belief": by_belief}
    for name, runs in found.items():
        config, policy = runs[0].config.ppo.auxiliary, runs[0].tutor.policy.to("cpu")
        if config.self_weight > 0:
            auxiliary = Auxiliary(policy, config)
            load_heads(auxiliary, runs[0].folder)
            predictors[name] = by_heads(policy, auxiliary)
    return predictors


def foretold_by_runs(
    found: Mapping[str, Sequence[TrainedRun]], env: ClassroomVectorEnv
) -> dict[str, AnswerFigures]:
    """Figures of `predictors_of` runs, on the same classes for evaluation.

    A rule that lets all practise teaches them.
    """
    return foretell(predictors_of(found), make_tutor(PRACTISING), env, EVALUATION_SEED)


def answer_figures(said: Floats, correct: Ints) -> AnswerFigures:
    """Of the probability (N,) given to each answer, and whether it was right, 0 or 1."""
    told = classified(said, correct, LIKELIER)
    return AnswerFigures(
        auc=told.auc,
        log_loss=log_loss(said, correct),
        accuracy=told.accuracy,
        recall=told.recall,
        f1=told.f1,
        correct=told.positives,
        answers=told.cases,
    )


def _figures(probability: NDArray[np.float32], answers: NDArray[np.float32]) -> AnswerFigures:
    """Of predictions (N,) and how many answers they were for, and how many right, (N, 2)."""
    right = answers[:, 1].astype(int)
    wrong = answers[:, 0].astype(int) - right
    said = np.concatenate([np.repeat(probability, right), np.repeat(probability, wrong)])
    return answer_figures(said.astype(np.float64), np.repeat([1, 0], [right.sum(), wrong.sum()]))
