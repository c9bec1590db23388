"""Learning without rewards: the trunk sees how classes are taught, and predicts what is hidden."""

from collections.abc import Iterator
from typing import Final

import torch
from torch import Tensor

from agents.auxiliary import AuxiliaryLosses
from agents.imitation import fill_rollout
from agents.ppo import ClassroomPPO
from agents.rollout import Minibatch
from agents.tutors.mixture import Mixture
from agents.tutors.protocol import Tutor
from agents.tutors.registry import make_tutor

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


def pretrain(model: ClassroomPPO, tutor: Tutor, rollouts: int) -> Iterator[AuxiliaryLosses]:
    """Let the tutor teach the model's classrooms, and fit the trunk to what is observed there.

    Args:
        model: Whose config gives the losses weights.
        tutor: Teaches all classrooms at once.
        rollouts: How many rollouts of the model's own length.

    Yields:
        Mean losses of each rollout.

    Raises:
        ValueError: No loss has a weight.
    """
    if model.auxiliary is None:
        raise ValueError("ppo.auxiliary has weights of 0; expected something to learn")
    tutor.reset(model.n_envs)
    model.start_courses()
    for _ in range(rollouts):
        fill_rollout(model, tutor)
        model.policy.set_training_mode(True)
        steps = [_fit(model, batch) for _ in range(model.n_epochs) for batch in model.minibatches()]
        model.standardise()
        yield AuxiliaryLosses(*torch.stack(steps).mean(0))


def _fit(model: ClassroomPPO, batch: Minibatch) -> Tensor:
    found = model.learn_besides(batch)
    assert found is not None  # noqa: S101  # `pretrain` has seen the heads
    model.descend(found.total(model.config.auxiliary))
    return torch.stack([part.detach() for part in found])
