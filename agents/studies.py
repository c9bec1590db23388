"""What trainings are compared: one whole, and the same with parts left out, put in or changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from agents.presets import BEST_RULE, TrainConfig
from agents.search_space import changed
from envs.spaces import MODALITIES


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What differs from a preset."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of `agents.presets.TrainConfig`, by dotted name."""
    pretrained: bool = False
    """Whether its trunk is pre-trained, with the training's own seed."""
    decisions: float = 1.0
    """Decisions learnt from in shares of the preset's, so that what costs more takes as long."""

    def of(self, config: TrainConfig) -> TrainConfig:
        """The preset with what differs; decisions imitated beyond its own are not learnt from."""
        differing = changed(config, self.settings)
        decisions = round(self.decisions * config.decisions)
        more = max(0, imitated(differing) - imitated(config))
        return replace(differing, decisions=max(1, decisions - more))


def imitated(config: TrainConfig) -> int:
    """Decisions in which a rule is imitated before anything is learnt from."""
    if config.warm_start.tutor == "none":
        return 0
    return config.warm_start.rollouts * config.ppo.steps * config.classrooms


_SELF: Final = {"ppo.auxiliary.self_weight": 1.0}
_CROSS: Final = {"ppo.auxiliary.cross_weight": 1.0, "ppo.auxiliary.modality_dropout": 0.3}
_IMITATED: Final = {"warm_start.tutor": BEST_RULE, "warm_start.rollouts": 6}
_SIZES: Final = {"variety.groups": 4, "variety.learners": (4, 8), "variety.lessons": (3, 6)}
STUDIES: Final[Mapping[str, Mapping[str, Variant]]] = MappingProxyType(
    {
        "parts": {
            "attention": Variant(),
            "mean pooling": Variant(settings={"policy.mixing": "mean"}),
            "perceptron": Variant(settings={"policy.mixing": "flat"}),
            "no prerequisite links": Variant(settings={"policy.ignores": ("prerequisites",)}),
            "no seats": Variant(settings={"policy.ignores": ("seats",)}),
            "no belief": Variant(
                settings={"policy.ignores": ("belief", "understanding", "prospects")}
            ),
            "no prospects": Variant(settings={"policy.ignores": ("prospects",)}),
            "no sensors": Variant(settings={"policy.ignores": MODALITIES}),
        },
        "losses": {
            "PPO alone": Variant(),
            "L_self": Variant(settings=_SELF),
            "L_cross": Variant(settings=_CROSS),
            "all": Variant(settings=_SELF | _CROSS),
            "all, pre-trained": Variant(settings=_SELF | _CROSS, pretrained=True),
        },
        "training": {
            "as it is": Variant(),
            "imitation first": Variant(settings=_IMITATED),
            "2 passes": Variant(settings={"ppo.epochs": 2}, decisions=1.55),
            "8 passes": Variant(settings={"ppo.epochs": 8}, decisions=0.585),
            "rollouts twice as long": Variant(settings={"ppo.steps": 64}),
            "mean gain not subtracted": Variant(settings={"ppo.differential": False}),
            "returns three times as large": Variant(settings={"ppo.reward_scale": 30.0}),
            "two class sizes and lengths": Variant(settings=_SIZES),
        },
    }
)
"""Variants of each question; the first is what the others are compared with. Without prerequisite
links the attention biases along the graph go, and what a pair shows of its parents and children;
what the environment has computed from the graph stays: depth, degrees, the belief and the
prospects. Of the losses' weights .01, .1, 1, 3 and 10 (L_cross: to 1) were tried on tuning classes
with seeds 100 and 101 (65,536 decisions, nobody imitated; .01 and 10 with one seed): but for L_self
at 3 (-.003 and -.005) all are within .005 of none, as far as seeds differ, and from 1 on L_self
learns its task; 1 is taken. The share of hidden sensors is chosen, and so are the weights of
pre-training (1 and .1, `scripts.pretrain`). In `training` nobody is imitated but where that is what
differs, and all take about as long: the shares of decisions follow from an update's share of the
time, .71 with four passes (`scripts.benchmark`), and a decision imitated takes as long as one
learnt from."""
