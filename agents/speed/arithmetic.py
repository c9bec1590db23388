"""How much arithmetic a training does, whatever machine it runs on."""

from collections.abc import Callable

from torch.utils.flop_counter import FlopCounterMode

from agents.ppo import ClassroomPPO


def flop_per_decision(model: ClassroomPPO) -> float:
    """Floating-point operations of matrix products for a decision: made once, learnt from E times.

    Counted on one minibatch of the model's last rollout, from which it learns once more, and on one
    decision of its classrooms.
    """
    rollout = model.rollout_buffer
    batch = next(iter(model.minibatches()))
    learnt = _counted(lambda: model.improve(batch)) / len(batch.returns)
    rollout.reset()
    made = _counted(lambda: model.decide(rollout)) / model.n_envs
    return made + model.n_epochs * learnt


def _counted(work: Callable[[], object]) -> int:
    with FlopCounterMode(display=False) as counter:
        work()
    total: int = counter.get_total_flops()
    return total
