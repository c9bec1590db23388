"""Sizes of the attention policy: the one object that fixes its weights' shapes."""

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class PolicyConfig:
    """How large the policy is; nothing here depends on the number of learners or concepts."""

    width: int = 32
    """Features of a token. Cost grows with the square; 32 suits two CPU cores, 64 a GPU."""
    layers: int = 2
    """Attention layers. Each one passes information one step further along the prerequisites."""
    heads: int = 4
    """Attention heads of a layer; `width` must be a multiple."""
    edge_width: int = 16
    """Features of a learner-concept pair inside the network; S x C pairs make them costly."""
    expansion: int = 2
    """Hidden width of a layer's feed-forward part, in multiples of `width`."""
    reach: int = 3
    """Prerequisite distances told apart in the attention bias; farther concepts get none."""
    dropout: float = 0.0
    """Share of attention weights dropped in training, in [0, 1). PPO is most stable with none."""

    mixing: Literal["attention", "mean", "flat"] = "attention"
    """How tokens learn of one another: by attention, or, to see what that is worth, from plain
    means over the class and over the concepts with as many weights; flat has no tokens, but one
    perceptron on the whole observation, for one size of class."""
    ignores: tuple[str, ...] = ()
    """Observation keys that the network never reads: what is worth knowing, found by leaving it
    out. Masks and who is present cannot be ignored."""

    def __post_init__(self) -> None:
        """Check every size, so that a wrong one is named before any tensor is built."""
        object.__setattr__(self, "ignores", tuple(self.ignores))  # JSON has lists
        for name in self.ignores:
            if name.endswith(("_mask", "_present")):
                raise ValueError(f"ignores has {name!r}; expected no mask and not who is present")
        for field in fields(self):
            value = getattr(self, field.name)
            size = field.name not in ("dropout", "mixing", "ignores")
            if size and (not isinstance(value, int) or value < 1):
                raise ValueError(
                    f"{field.name} is {value!r}; expected a whole number of at least 1"
                )
        if self.width % self.heads:
            raise ValueError(
                f"width is {self.width}; expected a multiple of heads, which is {self.heads}"
            )
        if not 0.0 <= self.dropout < 1.0:
            raise ValueError(f"dropout is {self.dropout!r}; expected a share in [0, 1)")
