"""Every knob of self-supervised and cross-modal learning, with what it does."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AuxiliaryConfig:
    """What the trunk learns beside the reward: L = L_RL + a L_self + b L_cross.

    Raises:
        ValueError: A field is outside its range; the message names it.
    """

    self_weight: float = 0.0
    """a: of predicting what is hidden and the next answers; 0 leaves it out."""
    cross_weight: float = 0.0
    """b: of the modalities' agreement; 0 leaves it out."""
    hidden_share: float = 0.3
    """Share of learner-concept pairs, learners, concepts and modalities hidden, in (0, 1)."""
    rows: int = 128
    """Decisions of each gradient step that are learnt from in this way; more cost time."""
    modality_dropout: float = 0.0
    """Share of moments in which sensors, from none to all of them, are hidden from the policy; in
    [0, 1]. Higher values make it rely less on what may be missing. Knowledge tracing keeps them:
    the belief is traced with what is hidden."""

    def __post_init__(self) -> None:
        """Check the ranges that would otherwise fail far from here."""
        for name in ("self_weight", "cross_weight"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"auxiliary.{name} is {getattr(self, name)}; expected at least 0")
        if not 0 < self.hidden_share < 1:
            raise ValueError(
                f"auxiliary.hidden_share is {self.hidden_share}; expected a share between 0 and 1"
            )
        if self.rows < 1:
            raise ValueError(f"auxiliary.rows is {self.rows}; expected at least 1")
        if not 0 <= self.modality_dropout <= 1:
            raise ValueError(
                f"auxiliary.modality_dropout is {self.modality_dropout}; expected 0 to 1"
            )

    @property
    def used(self) -> bool:
        """Whether there is anything to learn beside the reward."""
        return self.self_weight > 0 or self.cross_weight > 0
