"""Collecting the facts of one decision: from what the tutor saw, and from the policy's account."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.decision.decision import Decision, Estimate, Ground, Option, Share, Veto
from agents.decision.forecast import gain_per_minute, promise
from agents.tutors.protocol import Observation
from envs.activities import MINUTES, USES_CONCEPT, Activity, Task
from envs.spaces import MODALITIES
from policies.attribution import rolled_out
from policies.explanation import Explanation

ALTERNATIVES: Final = 3
GROUNDS: Final = 5
"""Grounds that a decision keeps, of all tokens."""
THE_MOMENT: Final = "the moment"
PRESENT: Final = ("learner_present", "concept_present")


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a policy says of its choice in one classroom."""

    explanation: Explanation
    """Of this classroom alone: a batch of one."""
    left_out: NDArray[np.float64]
    """(1 + T,) log-probability of activity, target and concept together: with everything known,
    then with each token left out; (1,) where the network has no tokens or was overruled."""
    vetoes: tuple[Veto, ...] = ()


def describe(
    seen: Observation,
    action: NDArray[np.int64],
    concepts: Sequence[str],
    *,
    account: Account | None = None,
    attended: NDArray[np.floating] | None = None,
) -> Decision:
    """Collect the facts behind one classroom's decision.

    Args:
        seen: What the tutor saw: one classroom's observation, without a batch axis.
        action: (3 + 2 S,) what was done.
        concepts: Names of the C concepts.
        account: The policy's own; None for a rule.
        attended: (S,) share of the last decision attended, as `envs.events` estimates it from the
            sensors; None before the first decision.

    Returns:
        The decision.

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
    decision = Decision(
        action=tuple(int(part) for part in action),
        activity=activity,
        target=target,
        concept=concepts[concept] if about else "",
        minutes=float(MINUTES[activity]),
        mastery=mastery,
        understanding=understanding,
        promise=promise(seen, addressed, activity, concept),
        gain=gain_per_minute(seen, action[:3], action[3:].reshape(-1, 2)),
        rank=_rank(seen, target, concept) if mastery is not None else 0,
        class_size=int(seen["learner_present"].sum()),
        attended=None if attended is None else float(attended[addressed].mean()),
        plan=_plan(action, seen["learner_present"]),
        plan_concept=_plan_concept(action, seen["learner_present"], concepts),
    )
    if account is None:
        return decision
    return _with_account(decision, account, seen, concepts, addressed)


def token_attention(explanation: Explanation) -> NDArray[np.float64]:
    """Who looks at what (T, T), rows summing to 1: last layer, mean of heads, first classroom."""
    return np.asarray(explanation.attention[-1][0].mean(axis=0), np.float64)


def _rollout(told: Explanation, seen: Observation) -> list[float]:
    """Share of every token in what the activity is chosen by, [] for a network without attention.

    Of the maps of attention the one that loses least of the choice's reasons; the reasons
    themselves are its grounds (`agents.faithfulness`).
    """
    if not told.attention:
        return []
    layers = [torch.as_tensor(weights) for weights in told.attention]
    present = {key: torch.as_tensor(seen[key])[None] for key in PRESENT}
    shares: list[float] = rolled_out(layers, present)[0].tolist()
    return shares


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


def _with_account(
    decision: Decision,
    account: Account,
    seen: Observation,
    concepts: Sequence[str],
    addressed: NDArray[np.bool_],
) -> Decision:
    """Add the policy's own numbers."""
    told = account.explanation
    learners = [f"learner {i + 1}" for i in range(len(addressed))]
    tokens = [THE_MOMENT, *learners, *concepts]
    looks = [
        Share(name=n, share=w) for n, w in zip(tokens[1:], _rollout(told, seen)[1:], strict=False)
    ]
    modalities = told.modalities[0][addressed].mean(axis=0)  # (M,)
    return replace(
        decision,
        probability=float(told.activity_probs[0, decision.activity]),
        alternatives=_alternatives(decision, told, seen, concepts),
        choice_probability=float(np.exp(account.left_out[0])),
        grounds=_grounds(account.left_out, tokens),
        learner_attention=tuple(looks[: len(learners)]),
        concept_attention=tuple(looks[len(learners) :]),
        modality_attention=tuple(
            Share(name=n, share=float(w)) for n, w in zip(MODALITIES, modalities, strict=False)
        ),
        vetoes=account.vetoes,
        value=float(told.values[0].mean()),
    )


def _alternatives(
    decision: Decision, told: Explanation, seen: Observation, concepts: Sequence[str]
) -> tuple[Option, ...]:
    """The likeliest other activities that are allowed, with the decision's plan."""
    plan = np.array(decision.action[3:]).reshape(-1, 2)
    probabilities = told.activity_probs[0]
    order = np.argsort(-probabilities, kind="stable")
    others = [n for n in order if n != decision.activity and probabilities[n] > 0]
    return tuple(
        Option(
            activity=Activity(int(n)),
            target=int(told.options[0, n, 1]),
            concept=concepts[told.options[0, n, 2]] if USES_CONCEPT[n] else "",
            probability=float(probabilities[n]),
            gain=gain_per_minute(seen, told.options[0, n], plan),
        )
        for n in others[:ALTERNATIVES]
    )


def _grounds(left_out: NDArray[np.float64], tokens: Sequence[str]) -> tuple[Ground, ...]:
    """The tokens without which the choice would have been least likely."""
    without = left_out[1:]
    order = np.argsort(without, kind="stable")[:GROUNDS]
    return tuple(Ground(about=tokens[n], without=float(np.exp(without[n]))) for n in order)


def _sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-logit))
