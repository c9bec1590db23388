"""Every knob of the learning algorithm, with what it does."""

from dataclasses import dataclass, field
from typing import Literal

from agents.auxiliary_config import AuxiliaryConfig


@dataclass(frozen=True, kw_only=True)
class EntropyWeights:
    """Bonus per nat of entropy, one for each choice; higher values explore longer."""

    activity: float = 0.01
    """For the tutor's activity."""
    target: float = 0.003
    """For whom the activity addresses."""
    concept: float = 0.003
    """For the activity's concept."""
    plan: float = 0.003
    """For each learner's task and concept."""
    final_share: float = 0.1
    """Share of every bonus left at the end; it falls linearly with the decisions made."""


@dataclass(frozen=True, kw_only=True)
class PPOConfig:
    """Proximal policy optimisation with credit per learner (Schulman et al. 2017, 2016)."""

    steps: int = 32
    """Decisions per classroom between two updates; longer rollouts see later consequences."""
    batch: int = 512
    """Decisions per gradient step, of all processes together."""
    epochs: int = 4
    """Passes over a rollout; more learn faster until old decisions no longer fit."""
    learning_rate: float = 1e-3
    """Adam's step size at the start."""
    final_rate_share: float = 0.1
    """Share of the learning rate left at the end; it falls linearly with the decisions made."""
    gamma: float = 0.95
    """Discount per minute. The reward already looks ahead to the delayed test, so that what a
    decision is worth shows within minutes; higher values wait longer and learn from more noise."""
    gae_lambda: float = 0.9
    """Distrust of the value estimate, per minute: lower values trust it more and see less far.
    Per minute as the discount is, so that short decisions do not shorten the sight."""
    clip: float = 0.2
    """How far a choice's probability ratio may move in one update before its gradient is cut."""
    plan_weight: float = 8.0
    """Weight of the plan's loss, a mean over learners, beside that of the tutor's activity."""
    value_weight: float = 0.5
    """Weight of the value loss."""
    entropy: EntropyWeights = EntropyWeights()
    """Bonus for staying undecided."""
    gradient_norm: float = 0.5
    """Longest gradient; longer ones are shortened to it."""
    target_kl: float | None = None
    """Stop the passes over a rollout when the mean KL divergence from its policy exceeds this."""
    reward_scale: float = 10.0
    """Learners' rewards are multiplied by the class size and this, so that returns are near 1."""
    differential: bool = True
    """Subtract the running mean gain per minute times the minutes of each decision, or long
    activities look good while the value estimate is still wrong."""
    gain_memory: float = 0.9
    """Share of the running mean gain kept at each rollout; higher values follow more slowly."""
    auxiliary: AuxiliaryConfig = field(default_factory=AuxiliaryConfig)
    """Self-supervised and cross-modal learning beside it."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Arithmetic of the update's matrix products; bfloat16 is faster where the chip has it."""
    compiled: bool = False
    """Let torch compile the update's passes through the network, on a GPU into CUDA graphs: for
    where starting kernels takes longer than they do. Takes up to minutes at first and needs a C++
    compiler; on a CPU it saved a tenth of an update, on a GPU it has never run."""

    def __post_init__(self) -> None:
        """Check the ranges that would otherwise fail far from here."""
        for name, low, high in (
            ("steps", 1, None),
            ("batch", 2, None),
            ("epochs", 1, None),
            ("learning_rate", 0, None),
            ("gamma", 0.01, 1),
            ("gae_lambda", 0, 1),
            ("clip", 0, None),
            ("gain_memory", 0, 1),
        ):
            value = getattr(self, name)
            if value < low or (high is not None and value > high):
                expected = f"at least {low}" + ("" if high is None else f" and at most {high}")
                raise ValueError(f"ppo.{name} is {value!r}; expected {expected}")
