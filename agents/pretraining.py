"""Learning without rewards: the trunk sees how classes are taught, and predicts what is hidden."""

from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from typing import TYPE_CHECKING, Final, cast

import torch
from torch import Tensor

from agents.auxiliary import Auxiliary, AuxiliaryLosses
from agents.imitation import fill_rollout
from agents.ppo import ClassroomPPO
from agents.replayed_log import Question
from agents.rollout import Minibatch
from agents.tutors.mixture import Mixture
from agents.tutors.protocol import Tutor
from agents.tutors.registry import make_tutor
from policies.hiding import draw
from policies.masked_prediction import SelfLosses

if TYPE_CHECKING:
    from policies.encoder import Encoder

TUTORS: Final = ("random", "round robin", "target repeat", "fixed curriculum", "greedy on belief")
"""Who teaches by default: from aimless to good, so that much happens that a policy may yet meet."""


def mixture(names: tuple[str, ...], tracer: str) -> Mixture:
    """The tutors of these names, with their tuned settings.

    Args:
        names: Of tutors.
        tracer: What fills the belief that all of them read.

    Raises:
        ValueError: A name is unknown, or its tutor reads another belief.
    """
    tutors = [make_tutor(name) for name in names]
    for tutor in tutors:
        if getattr(tutor, "tracer", tracer) not in (None, tracer):
            raise ValueError(
                f"tutors has {tutor.name!r}; expected some that read belief {tracer!r}"
            )
    return Mixture(tutors)


def pretrain(
    model: ClassroomPPO,
    tutor: Tutor,
    rollouts: int,
    log: Iterable[Iterable[Question]] | None = None,
    done: int = 0,
) -> Iterator[dict[str, Tensor]]:
    """Let the tutor teach the model's classrooms, and fit the trunk to what is observed there.

    A log is learnt from in between. Only the classrooms standardise the inputs: reinforcement
    learning, which meets no log, then starts from what it will see. The learning rate falls as in
    training.

    Args:
        model: Whose config gives the losses weights.
        tutor: Teaches all classrooms at once.
        rollouts: How many rollouts of the model's own length.
        log: Questions to learn from after each rollout.
        done: Rollouts after which the model's state was saved. The classrooms go on as they were;
            the tutor begins anew, so that what follows is not the same bit for bit.

    Yields:
        Mean losses of each further rollout and of the log's questions after it, by name.

    Raises:
        ValueError: No loss has a weight, or with a log the one of answers has none.
    """
    if model.auxiliary is None:
        raise ValueError("ppo.auxiliary has weights of 0; expected something to learn")
    if log is not None and not model.config.auxiliary.self_weight:
        raise ValueError("self_weight is 0; expected more to learn from a log")
    tutor.reset(model.n_envs)
    if not done:
        model.start_courses()
    shares = repeat(()) if log is None else log
    for number, share in enumerate(islice(shares, done, rollouts), start=done):
        for group in model.policy.optimizer.param_groups:
            group["lr"] = model.lr_schedule(1 - number / rollouts)
        fill_rollout(model, tutor)
        model.policy.set_training_mode(True)
        steps = [_fit(model, batch) for _ in range(model.n_epochs) for batch in model.minibatches()]
        model.standardise()
        found = AuxiliaryLosses(*torch.stack(steps).mean(0))._asdict()
        if told := [_answer(model, model.auxiliary, question) for question in share]:
            means = SelfLosses(*torch.stack(told).mean(0))
            found |= {"log_pairs": means.pairs, "log_answers": means.answers}
        yield found


def _fit(model: ClassroomPPO, batch: Minibatch) -> Tensor:
    found = model.learn_besides(batch)
    assert found is not None  # noqa: S101  # `pretrain` has seen the heads
    model.descend(found.total(model.config.auxiliary))
    return torch.stack([part.detach() for part in found])


def _answer(model: ClassroomPPO, heads: Auxiliary, question: Question) -> Tensor:
    """Fit one question. Its concept is never hidden: nothing else says which item is asked."""
    encoder = cast("Encoder", model.policy.encoder)  # no auxiliary heads on a flat one
    obs, answers = question
    hidden = draw(obs, heads.config.hidden_share, model.hiding)
    hidden = hidden._replace(pairs=hidden.pairs & (answers[..., 0] == 0))
    found = heads.prediction(encoder, obs, hidden, answers)
    model.descend(heads.config.self_weight * torch.stack(found).sum())
    return torch.stack([part.detach() for part in found])
