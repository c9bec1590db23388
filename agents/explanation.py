"""Why the tutor acted so: facts of one decision, and one sentence made of them.

The facts come from what the tutor saw (its observation: belief and sensors) and, for a policy,
from its own numbers (probabilities, attention weights, values); never from the hidden state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Observation
from envs.activities import MINUTES, USES_CONCEPT, Activity, Task
from envs.prospects import HORIZON_MINUTES, PER_MINUTES
from envs.spaces import PROSPECTS
from policies.policy import Explanation

SHOWN: Final = 3
"""How many learners and concepts of the attention a reason names."""
_VERBS: Final = {
    Activity.CIRCULATE: "Walks among the learners",
    Activity.PRESENT: "Presents {concept} to {target}",
    Activity.DEMONSTRATE: "Demonstrates {concept} to {target}",
    Activity.QUIZ: "Quizzes {target} on {concept}",
    Activity.EXPLAIN: "Explains {concept} to {target}",
    Activity.PEER: "Pairs neighbours on {concept}",
    Activity.CUE: "Draws the attention of {target} to {concept}",
    Activity.REST: "Lets {target} rest",
}
_TASKS: Final = {
    Task.KEEP: "go on as before",
    Task.WORKED_EXAMPLE: "get a worked example",
    Task.PRACTISE_EASIER: "practise easier items",
    Task.PRACTISE_MATCHED: "practise matched items",
    Task.PRACTISE_HARDER: "practise harder items",
}


@dataclass(frozen=True)
class Estimate:
    """A believed share in [0, 1] and its standard deviation."""

    mean: float
    spread: float

    def __str__(self) -> str:
        """As in 41% (+-12)."""
        return f"{self.mean:.0%} (+-{100 * self.spread:.0f})"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """The facts behind one decision; shares and probabilities are in [0, 1]."""

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
    rank: int
    """1 where the target is believed to be the weakest of all; 0 where unknown or shared."""
    class_size: int
    """Learners present."""
    attention: float | None
    """Share of the last decision that the target (class: mean learner) attended, as estimated from
    the sensors; None before the first."""
    plan: tuple[tuple[Task, int], ...]
    """How many learners are given each task, most first."""
    plan_concept: str
    """The concept that most of the new tasks are about; empty where all go on as before."""
    looks_at_learners: tuple[tuple[int, float], ...] = ()
    """Learners and their share of the policy's attention: last layer, course token's row, mean of
    heads; the course's own share is the rest."""
    looks_at_concepts: tuple[tuple[str, float], ...] = ()
    probability: float | None = None
    """Of the chosen activity; None for a rule, which has no probabilities."""
    runner_up: Activity | None = None
    runner_up_probability: float = 0.0
    value: float | None = None
    """Class mean of the policy's value, in the units of its training return."""

    @property
    def whom(self) -> str:
        """The target in words."""
        return f"learner {self.target}" if self.target else "the class"

    @property
    def sentence(self) -> str:
        """The facts in plain words."""
        parts = (self._act(), self._choice(), self._tasks(), self._look())
        return " ".join(part for part in parts if part)

    def _act(self) -> str:
        act = _VERBS[self.activity].format(concept=self.concept, target=self.whom)
        facts = ", ".join(fact for fact in (self._senses(), self._belief()) if fact)
        return f"{act} for {self.minutes:g} min" + (f": {facts}." if facts else ".")

    def _senses(self) -> str:
        return (
            "" if self.attention is None else f"{self.whom} seemed {self.attention:.0%} attentive"
        )

    def _belief(self) -> str:
        if self.mastery is None or self.understanding is None:
            return ""
        owner = "" if self.target else "mean "
        text = f"{owner}mastery is believed to be {self.mastery}"
        if self.rank:
            place = {1: "the lowest", self.class_size: "the highest"}.get(
                self.rank, f"number {self.rank} from below"
            )
            text += f", {place} of {self.class_size}"
        text += f", understanding {self.understanding}"
        if self.promise is not None:
            text += f", five minutes of it should add {self.promise:.1f} points"
        return text

    def _choice(self) -> str:
        if self.probability is None or self.runner_up is None:
            return ""
        second = f"{self.runner_up.name.lower()} ({self.runner_up_probability:.0%})"
        return f"Chosen with {self.probability:.0%}, next best {second}."

    def _tasks(self) -> str:
        tasks = ", ".join(f"{count} {_TASKS[task]}" for task, count in self.plan)
        about = f", mostly on {self.plan_concept}" if self.plan_concept else ""
        return f"Plan: {tasks}{about}." if tasks else ""

    def _look(self) -> str:
        if not self.looks_at_learners:
            return ""
        learners = ", ".join(f"{number} ({share:.0%})" for number, share in self.looks_at_learners)
        concepts = ", ".join(f"{name} ({share:.0%})" for name, share in self.looks_at_concepts)
        return f"Attention is on learners {learners} and on {concepts}."


def reason_for(
    seen: Observation,
    action: NDArray[np.int64],
    concepts: Sequence[str],
    *,
    explanation: Explanation | None = None,
    attended: NDArray[np.floating] | None = None,
) -> Reason:
    """Collect the facts behind one classroom's decision.

    Args:
        seen: What the tutor saw: one classroom's observation, without a batch axis.
        action: (3 + 2 S,) what it chose.
        concepts: Names of the C concepts.
        explanation: The policy's own account, a batch of one; None for a rule.
        attended: (S,) share of the last decision attended, as `envs.events` estimates it from the
            sensors; None before the first decision.

    Returns:
        The reason.

    Raises:
        ValueError: The action or the names do not fit the observation.
    """
    learners, known = seen["belief"].shape[:2]
    if action.shape != (3 + 2 * learners,):
        raise ValueError(f"action has shape {action.shape}; expected ({3 + 2 * learners},)")
    if len(concepts) != known:
        raise ValueError(f"concepts has {len(concepts)} names; expected {known}")
    activity, target, concept = Activity(int(action[0])), int(action[1]), int(action[2])
    about = bool(USES_CONCEPT[activity])
    addressed = _addressed(seen["learner_present"], target)
    mastery, understanding = _belief(seen, addressed, concept) if about else (None, None)
    reason = Reason(
        activity=activity,
        target=target,
        concept=concepts[concept] if about else "",
        minutes=float(MINUTES[activity]),
        mastery=mastery,
        understanding=understanding,
        promise=_promise(seen, addressed, activity, concept),
        rank=_rank(seen, target, concept) if mastery is not None else 0,
        class_size=int(seen["learner_present"].sum()),
        attention=None if attended is None else float(attended[addressed].mean()),
        plan=_plan(action, seen["learner_present"]),
        plan_concept=_plan_concept(action, seen["learner_present"], concepts),
    )
    return reason if explanation is None else _with_account(reason, explanation, concepts)


def token_attention(explanation: Explanation) -> NDArray[np.float64]:
    """Who looks at what (T, T), rows summing to 1: last layer, mean of heads, first classroom."""
    return np.asarray(explanation.attention[-1][0].mean(axis=0), np.float64)


def _addressed(present: NDArray[np.float32], target: int) -> NDArray[np.bool_]:
    """Mark the target, or everybody present (everybody, where nobody is)."""
    if target:
        return np.isin(np.arange(len(present)), target - 1)
    return np.asarray((present > 0) | (not present.any()))


def _belief(
    seen: Observation, addressed: NDArray[np.bool_], concept: int
) -> tuple[Estimate | None, Estimate | None]:
    logit, spread = seen["belief"][addressed, concept].astype(np.float64).T
    if not seen["belief"].any():
        return None, None
    low, high = _sigmoid(logit - spread), _sigmoid(logit + spread)
    level = seen["understanding"][addressed, concept].astype(np.float64).mean(axis=0)
    return (
        Estimate(float(_sigmoid(logit).mean()), float((high - low).mean() / 2)),
        Estimate(float(level[0]), float(level[1])),
    )


def _promise(
    seen: Observation, addressed: NDArray[np.bool_], activity: Activity, concept: int
) -> float | None:
    name = activity.name.lower()
    if name not in PROSPECTS or not seen["prospects"].any():
        return None
    rate = seen["prospects"][addressed, concept, PROSPECTS.index(name)].mean()
    return float(rate * HORIZON_MINUTES / PER_MINUTES)


def _rank(seen: Observation, target: int, concept: int) -> int:
    if not target:
        return 0
    logits = seen["belief"][:, concept, 0]
    here = seen["learner_present"] > 0
    alike = np.isclose(logits, logits[target - 1]) & here
    if alike.sum() != 1:
        return 0
    return 1 + int(((logits < logits[target - 1]) & here).sum())


def _plan(action: NDArray[np.int64], present: NDArray[np.float32]) -> tuple[tuple[Task, int], ...]:
    counts = np.bincount(action[3::2][present > 0], minlength=len(Task))
    order = np.argsort(-counts, kind="stable")
    return tuple((Task(int(task)), int(counts[task])) for task in order if counts[task])


def _plan_concept(
    action: NDArray[np.int64], present: NDArray[np.float32], concepts: Sequence[str]
) -> str:
    given = (action[3::2] != Task.KEEP) & (present > 0)
    if not given.any():
        return ""
    return concepts[int(np.bincount(action[4::2][given]).argmax())]


def _with_account(reason: Reason, explanation: Explanation, concepts: Sequence[str]) -> Reason:
    """Add the policy's own numbers."""
    probabilities = explanation.activity_probs[0].astype(np.float64)
    others = probabilities.copy()
    others[reason.activity] = 0.0
    second = int(others.argmax())
    weights = token_attention(explanation)[0]
    first_concept = len(weights) - len(concepts)
    on_learners, on_concepts = weights[1:first_concept], weights[first_concept:]
    return replace(
        reason,
        looks_at_learners=tuple((i + 1, share) for i, share in _largest(on_learners)),
        looks_at_concepts=tuple((concepts[i], share) for i, share in _largest(on_concepts)),
        probability=float(probabilities[reason.activity]),
        runner_up=Activity(second) if others[second] > 0 else None,
        runner_up_probability=float(others[second]),
        value=float(explanation.values[0].mean()),
    )


def _largest(shares: NDArray[np.float64]) -> list[tuple[int, float]]:
    return [(int(i), float(shares[i])) for i in np.argsort(-shares, kind="stable")[:SHOWN]]


def _sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-logit))
