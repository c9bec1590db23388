"""How soon a policy learns by our training, and by stock PPO: same network, same classrooms.

Both begin with the same untrained network of a seed and learn from as many decisions. Stock PPO is
helped as far as it can be unchanged: rewards scaled by the spread of returns, advantages and inputs
standardised, our falling learning rate, and an entropy bonus of its own. What is left between them:
credit, values and clipping for every learner, not one for the class; time in minutes; rewards less
their running mean; and settings that were chosen for ours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.utils import LinearSchedule
from stable_baselines3.common.vec_env import VecNormalize
from torch import Tensor

from agents.classrooms import classrooms
from agents.evaluation import evaluate, gains
from agents.imitation import WarmStart
from agents.ppo import STANDARDISED_ON
from agents.presets import TrainConfig
from agents.progress import ProgressCallback
from agents.speed.models import our_model
from agents.speed.stock import stock_ppo
from agents.statistics import Floats, estimate
from agents.tutors.trained_policy import SAMPLING_SEED, TrainedPolicy
from envs.curricula import find

OURS: Final = "ours"
STOCK: Final = "stock PPO"
PARTS: Final = 8
"""Equal parts of a training, each with the mean of the courses that ended in it."""
GAIN: Final = "nlg_delayed"
STOCK_ENTROPY: Final = 0.0004
"""Weight of stock PPO's bonus for the entropy of all choices together: as much for a learner's plan
as ours has at first (.003 on the mean of eight). Ours besides rewards activities' entropy more.
With 0, .003 or .01 it ended level (training courses of seed 100: .308 to .312 after 65,536
decisions); with a third of our learning rate, or discounts of .97 and .99, below (.288 to .306)."""


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """One training."""

    curve: list[float]
    """Mean NLG (delayed) of the courses that ended in each of PARTS equal parts of it; every course
    has learners of its own. The first courses began with nothing taught, some shortly before their
    end."""
    unseen: list[float]
    """NLG of every unseen class, taught by the trained policy."""


def helped_stock(config: TrainConfig, seed: int) -> BaseAlgorithm:
    """Stock PPO, helped."""
    ppo = config.ppo
    env = VecNormalize(classrooms(config), norm_obs=False, gamma=ppo.gamma)
    falling = LinearSchedule(ppo.learning_rate, ppo.learning_rate * ppo.final_rate_share, 1.0)
    return stock_ppo(
        env,
        ppo,
        config.policy,
        seed,
        learning_rate=falling,
        normalize_advantage=True,
        ent_coef=STOCK_ENTROPY,
    )


TRAININGS: Final[Mapping[str, Callable[[TrainConfig, int], BaseAlgorithm]]] = MappingProxyType(
    {OURS: lambda config, seed: our_model(config, seed=seed), STOCK: helped_stock}
)


class StandardisedInputs(BaseCallback):
    """Updates the means and spreads of a policy's inputs, as our training does by itself.

    From each rollout once it has been learnt from: between two updates the network stays a fixed
    function.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, Tensor] | None = None

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        kept: Any = self.model.rollout_buffer  # type: ignore[attr-defined]  # of PPO
        arrays = {
            key: array.reshape(-1, *array.shape[2:]) for key, array in kept.observations.items()
        }
        step = max(1, len(next(iter(arrays.values()))) // STANDARDISED_ON)
        self.seen = {key: torch.as_tensor(array[::step].copy()) for key, array in arrays.items()}

    def _on_rollout_start(self) -> None:
        if self.seen is not None:
            policy: Any = self.model.policy
            policy.encoder.observe(self.seen)


class CourseGains(BaseCallback):
    """Remembers when each course ended, and with what gain."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[tuple[int, float]] = []

    def _on_step(self) -> bool:
        reports = (info["episode"] for info in self.locals["infos"] if "episode" in info)
        self.ended += [(self.num_timesteps, report[GAIN]) for report in reports]
        return True


def learn(name: str, config: TrainConfig, seed: int, classes: int) -> Learnt:
    """Train from nothing, showing progress, and let the policy teach unseen classes.

    Args:
        name: One of TRAININGS.
        config: What is trained, with how many decisions; nobody is imitated.
        seed: Of the network, and of the classrooms.
        classes: Unseen ones, at least 1.

    Raises:
        ValueError: So few decisions that no course ends in a part.
    """
    model = TRAININGS[name](replace(config, warm_start=WarmStart()), seed)
    model.set_logger(Logger(folder=None, output_formats=[]))
    courses = CourseGains()
    watching: list[BaseCallback] = [courses, ProgressCallback(config.decisions)]
    if name == STOCK:
        watching.append(StandardisedInputs())
    model.learn(config.decisions, callback=watching)
    curve = by_part(courses.ended, model.num_timesteps)
    policy: Any = model.policy  # an AttentionPolicy, which both train
    tutor = TrainedPolicy(policy, seed=SAMPLING_SEED, trained_on=config.class_seeds(seed))
    outcomes = evaluate([tutor], config.course, find(config.curriculum), classes)
    return Learnt(curve=curve, unseen=gains(outcomes)[0].tolist())


def by_part(ended: Sequence[tuple[int, float]], decisions: int) -> list[float]:
    """Mean gain of the courses that ended in each part of a training of so many decisions.

    Raises:
        ValueError: None ended in one.
    """
    parts: list[list[float]] = [[] for _ in range(PARTS)]
    for when, gain in ended:
        parts[min(PARTS - 1, (when - 1) * PARTS // decisions)].append(gain)
    if not all(parts):
        raise ValueError(
            f"decisions is {decisions}; expected more: no course ends in an {PARTS}th of them"
        )
    return [float(np.mean(part)) for part in parts]


def compared(found: Mapping[str, Sequence[Learnt]]) -> dict[str, Any]:
    """Every training's curve and unseen classes, and ours less stock PPO's, over the seeds."""
    curves = {name: _curves(each) for name, each in found.items()}
    unseen = {name: np.array([one.unseen for one in each]) for name, each in found.items()}
    return {
        "curves": {name: _estimates(curve) for name, curve in curves.items()},
        "difference": _estimates(curves[OURS] - curves[STOCK]),
        "unseen": {name: estimate(each).as_dict() for name, each in unseen.items()},
        "unseen_difference": estimate(unseen[OURS] - unseen[STOCK]).as_dict(),
    }


def _curves(trainings: Sequence[Learnt]) -> Floats:
    return np.array([each.curve for each in trainings])  # (R, PARTS)


def _estimates(curves: Floats) -> list[dict[str, float]]:
    """Of every part over the seeds."""
    return [estimate(part[:, None]).as_dict() for part in curves.T]
