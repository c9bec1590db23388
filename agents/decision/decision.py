"""One decision with the facts behind it: what the service answers and the record keeps.

The facts come from what the tutor saw (its observation: belief and sensors) and, for a policy, from
its own numbers (probabilities, values, what leaving something out would change); never from the
hidden state. Shares and probabilities are in [0, 1].
"""

from dataclasses import dataclass
from typing import Final

from envs.activities import Activity, Task

VERSION: Final = 2
"""Of the form of `Decision` and `Feedback` as JSON; every change of a field raises it."""


@dataclass(frozen=True)
class Estimate:
    """A believed share in [0, 1] and its standard deviation."""

    mean: float
    spread: float

    def __str__(self) -> str:
        """As in 41% (+-12)."""
        return f"{self.mean:.0%} (+-{100 * self.spread:.0f})"


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something else that the tutor could have done itself, with the same plan."""

    activity: Activity
    target: int
    """0 for the class, else the learner's number: those the policy likes best for the activity."""
    concept: str
    """Empty where the activity is about none."""
    probability: float
    """Of the activity."""
    gain: float | None
    """As `Decision.gain`."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A part of what is known, and how much the choice rests on it."""

    about: str
    """A learner ("learner 3"), a concept by its name, or "the moment": course and time."""
    without: float
    """Probability that the choice would have had, were an average in the place of this part."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """One part of an attention that sums to 1 with the rest."""

    name: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Veto:
    """A guard-rail that changed the policy's choice."""

    rule: str
    """One of `agents.decision.guard_rails.RULES`, by name."""
    vetoed: str
    """What the policy would have done."""
    learner: int
    """Whom the rule protects; 0 for the class."""
    value: float
    """What was seen, in the limit's unit."""
    limit: float


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The facts behind one decision; what belongs to a policy alone is empty or None for a rule."""

    action: tuple[int, ...]
    """(3 + 2 S) integers of `envs.spaces.action_space`."""
    activity: Activity
    target: int
    """0 for the class, else the learner's number from 1."""
    concept: str
    """Empty where the activity is about none."""
    minutes: float
    mastery: Estimate | None
    """Belief about the target's (class: mean learner's) mastery of the concept; None without a
    concept or without knowledge tracing."""
    understanding: Estimate | None
    promise: float | None
    """Points of 100 of the delayed score that five minutes of it should add by that belief, on the
    concept itself, mean of the addressed; None where `envs.spaces.PROSPECTS` lacks the activity."""
    gain: float | None
    """Points of 100 of the class's mean delayed score that the decision, plan included, should add
    per minute by that belief; None where it foresees nothing: presentations, quizzes."""
    rank: int
    """1 where the target is believed to be the weakest of all; 0 where unknown or shared."""
    class_size: int
    """Learners present."""
    attended: float | None
    """Share of the last decision that the target (class: mean learner) attended, as estimated from
    the sensors; None before the first."""
    plan: tuple[tuple[Task, int], ...]
    """How many learners are given each task, most first."""
    plan_concept: str
    """The concept that most of the new tasks are about; empty where all go on as before."""
    probability: float | None = None
    """Of the chosen activity, before any guard-rail."""
    alternatives: tuple[Option, ...] = ()
    """The next three activities by probability."""
    choice_probability: float | None = None
    """Of activity, target and concept together, before any guard-rail."""
    grounds: tuple[Ground, ...] = ()
    """What the choice rests on most, first the part without which it would be least likely; none
    where a guard-rail replaced what the tutor itself would have done."""
    learner_attention: tuple[Share, ...] = ()
    """Every learner's share of the attention rollout, from what the activity is chosen by back
    through all layers. The course's own share is the rest. Not a reason: those are the grounds."""
    concept_attention: tuple[Share, ...] = ()
    modality_attention: tuple[Share, ...] = ()
    """Shares of the sensors' fusion, of the target (class: mean learner)."""
    vetoes: tuple[Veto, ...] = ()
    value: float | None = None
    """Class mean of the policy's value, in the units of its training return."""

    @property
    def whom(self) -> str:
        """The target in words."""
        return f"learner {self.target}" if self.target else "the class"
