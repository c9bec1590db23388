"""The stock baseline: stable-baselines3's PPO with an MLP on the summary of the answers.

With a mask, as every tutor of ours has one, or plain.
"""

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import gymnasium as gym
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecNormalize

from agents.peers.benchmarks import BENCHMARKS
from agents.peers.chooser import Chooser, Integers
from agents.peers.masked_mlp import MaskedMlpPolicy
from agents.tutors.trained_policy import SAMPLING_SEED
from envs.peers.answer_history import AnswerHistory
from envs.peers.learners import Learners
from envs.whole_file import write_json

MODEL: Final = "model.zip"
CONFIG: Final = "config.json"
NAMES: Final = {True: "PPO (MLP, masked)", False: "stock PPO (MLP)"}
"""By whether the network is kept from what is not allowed."""


@dataclass(frozen=True, kw_only=True)
class MlpSettings:
    """What differs from stable-baselines3's defaults, and how long is trained."""

    decisions: int = 500_000
    """Decisions of training."""
    masked: bool = True
    """Whether the network is kept from items that are not allowed; plain stock PPO is not."""
    environments: int = 16
    """Learners taught at the same time."""
    steps: int = 256
    """Decisions of each between updates."""
    batch: int = 512
    """Decisions in a minibatch."""
    gamma: float = 1.0
    """Discount; the published figures are undiscounted."""
    entropy: float = 0.01
    """Weight of the entropy bonus."""


class TrainedMlp(Chooser):
    """Chooses the most probable item of a trained network, or samples one.

    Args:
        model: Trained on the same benchmark.
        settings: That it was trained with.
        seed: Of its training.
    """

    kind = "policy"

    def __init__(self, model: PPO, settings: MlpSettings, seed: int) -> None:
        super().__init__(NAMES[settings.masked])
        self._model, self.settings, self.seed = model, settings, seed
        self.sampled = False

    @property
    def decisions(self) -> int:
        """That it was trained with: whole updates, so a few more than were asked for."""
        return int(self._model.num_timesteps)

    def begin(self, learners: Learners) -> None:
        """Sample for new learners as for those before."""
        del learners
        torch.manual_seed(SAMPLING_SEED)  # stable-baselines3 draws from torch's own generator

    def choose(self, history: AnswerHistory) -> Integers:
        """The network's choice for each learner."""
        action, _ = self._model.predict(history.summary(), deterministic=not self.sampled)
        return np.asarray(action, np.int64)


def train(benchmark: str, seed: int, settings: MlpSettings, folder: Path) -> TrainedMlp:
    """Train on fresh learners and keep the model in the folder, or take what was trained there.

    Args:
        benchmark: One of BENCHMARKS.
        seed: Of the learners and the network; the learners are none of those who test.
        settings: How.
        folder: Where `load` finds it again.

    Raises:
        ValueError: The folder holds a run with other settings.
    """
    content = {"benchmark": benchmark, "seed": seed, "settings": asdict(settings)}
    if (folder / MODEL).exists():
        held = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        if held != content:
            raise ValueError(f"folder is {folder}, which holds {held}; expected {content}, or none")
        return load(folder)[1]
    torch.set_num_threads(1)
    chosen = BENCHMARKS[benchmark]
    make = partial(gym.make, chosen.env_id, disable_env_checker=True, **chosen.settings)
    env = make_vec_env(make, settings.environments)
    model = PPO(
        MaskedMlpPolicy if settings.masked else "MlpPolicy",
        VecNormalize(env, norm_obs=False, gamma=settings.gamma),
        n_steps=settings.steps,
        batch_size=settings.batch,
        gamma=settings.gamma,
        ent_coef=settings.entropy,
        seed=seed,
        device="cpu",
    )
    env.seed(seed * settings.environments)  # each its own from there on: no learner of another seed
    model.learn(settings.decisions)
    write_json(folder / CONFIG, content)
    model.save(folder / MODEL)
    return TrainedMlp(model, settings, seed)


def load(folder: Path) -> tuple[str, TrainedMlp]:
    """Benchmark and policy of a run folder.

    Raises:
        ValueError: The folder holds no run of `train`.
    """
    if not (folder / CONFIG).exists() or not (folder / MODEL).exists():
        raise ValueError(f"run is {folder}; expected a folder with {CONFIG} and {MODEL}")
    content: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if content.get("benchmark") not in BENCHMARKS:
        raise ValueError(
            f"benchmark of {folder} is {content.get('benchmark')!r}; expected one of "
            f"{', '.join(BENCHMARKS)}"
        )
    model = PPO.load(folder / MODEL, device="cpu")
    settings = MlpSettings(**content["settings"])
    return content["benchmark"], TrainedMlp(model, settings, int(content["seed"]))
