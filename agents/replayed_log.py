"""A real answer log as lessons for the trunk: to predict each answer from what came before it.

On ASSISTments 2009 (57,551 answers of 830 held-out learners; `scripts.pretrain --rollouts 8`
with 4 passes, one seed) the default trunk has an AUC of .785 and a log loss of .516; the tracer,
which knows the momentary state as well, .784 and .517; the belief that the trunk reads, .779 and
.531. The standard error over learners is .006 for each.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor

from agents.answer_prediction import Predictor, answer_figures
from agents.held_out_learners import known_answers, part, quality
from envs.item_easiness import easiness_from_others
from envs.log_replay import CONCEPTS, Replay, replay
from envs.logs import AnswerLog, Floats, read_pid
from envs.spaces import MODALITIES, observation_space
from policies.encoder import Observation

DRAWS: Final = 40
"""Posterior draws of each model of the items' easiness, as `scripts.fit_learner` has."""
UNTOLD: Final = ("prerequisites", "seats", *MODALITIES)
"""What a log does not tell, all zeros: sensors then count as missing."""
STEP: Final = 128
"""Answers of a gradient step: as many as `AuxiliaryConfig.rows` has decisions."""
AT_ONCE: Final = 4096
"""Answers foretold together."""


class Question(NamedTuple):
    """What was seen before M answers, and what they were."""

    obs: Observation  # (M, ...) of classes of one learner
    answers: Tensor  # (M, 1, K, 2) as `agents.next_answers`: one answer each, on the first concept


class ReplayedLog:
    """All answers of a log as questions; some learners are held out.

    Args:
        log: The answers.
        draws: Posterior draws of each model of the items' easiness.
        seed: Of the draws.

    Raises:
        ValueError: There are too few learners to hold some out, or these answered all alike.
    """

    def __init__(self, log: AnswerLog, draws: int = DRAWS, seed: int = 0) -> None:
        self.log, self.known = log, known_answers(log)
        held_out = log.correct[~self.known]
        if (held_out == held_out[0]).all():
            raise ValueError(
                f"log.correct of all held-out learners is {held_out[0]}; expected 0 and 1"
            )
        easiness = easiness_from_others(log, self.known, draws=draws, seed=seed)
        self.replay: Replay = replay(log, easiness)

    def question(self, rows: Tensor, device: torch.device | str = "cpu") -> Question:
        """The answers of these rows (M,) of the log."""
        told = {
            name: torch.from_numpy(array)[rows].to(device)
            for name, array in self.replay.observations.items()
        }
        space = observation_space(1, CONCEPTS)
        rest = {name: torch.zeros(shape_of(space, name), device=device) for name in UNTOLD}
        rest["learner_present"] = torch.ones(1, device=device)
        untold = {name: row.expand(len(rows), *row.shape) for name, row in rest.items()}
        answers = torch.zeros(len(rows), 1, CONCEPTS, 2)
        answers[:, 0, 0, 0] = 1
        answers[:, 0, 0, 1] = torch.from_numpy(self.replay.correct)[rows].float()
        return Question({**told, **untold}, answers.to(device))

    def shares(
        self, count: int, passes: int, seed: int, device: torch.device | str = "cpu"
    ) -> Iterator[Iterator[Question]]:
        """The answers to learn from, in random order, in equal shares of questions of `STEP`.

        Args:
            count: Shares.
            passes: How often every answer comes in all shares together.
            seed: Of the order.
            device: Where to.
        """
        generator = torch.Generator().manual_seed(seed)
        known = torch.from_numpy(np.flatnonzero(self.known))
        orders = [torch.randperm(len(known), generator=generator) for _ in range(passes)]
        for rows in known[torch.cat(orders)].tensor_split(count):
            parts = rows.chunk(-(-len(rows) // STEP)) if len(rows) else ()
            yield (self.question(some, device) for some in parts)

    def foretold(self, predictors: Mapping[str, Predictor], seed: int = 0) -> dict[str, Any]:
        """Figures of all held-out answers by name, the tracer's own beside the others.

        The tracer knows the learner's momentary state beside the belief. Errors are standard errors
        over learners (bootstrap).

        Args:
            predictors: As of `agents.answer_prediction.foretell`; they know which item is asked.
            seed: Of the bootstrap.
        """
        chances = {name: self._chances(predict) for name, predict in predictors.items()}
        chances["tracer"] = self.replay.predicted[~self.known]
        there = part(self.log, ~self.known)
        return {
            name: answer_figures(chance, there.correct).as_dict() | quality(chance, there, seed)
            for name, chance in chances.items()
        }

    @torch.no_grad()
    def _chances(self, predict: Predictor) -> Floats:
        rows = torch.from_numpy(np.flatnonzero(~self.known))
        parts = [predict(self.question(some).obs)[:, 0, 0] for some in torch.split(rows, AT_ONCE)]
        found: Floats = torch.cat(parts).double().numpy()
        return found


def shape_of(space: spaces.Dict, name: str) -> tuple[int, ...]:
    """Shape of a key of the contract."""
    return cast("tuple[int, ...]", space[name].shape)


def read_log(source: Path, *, quick: bool, seed: int = 0) -> ReplayedLog:
    """Read a log in the ASSISTments pid format and replay it; quickly, with few draws."""
    return ReplayedLog(read_pid(source), draws=10 if quick else DRAWS, seed=seed)
