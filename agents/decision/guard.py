"""Guard-rails at work: where a choice breaks a rule, the policy chooses again within the rules."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.decision.class_watch import ClassWatch, Signs
from agents.decision.decision import Veto
from agents.decision.guard_rails import RULES, Bools, GuardRails, Rule
from agents.tutors.protocol import Actions, Observation
from envs.activities import Activity, Task
from policies.encoder import Encoded
from policies.policy import AttentionPolicy

_NAMES: Final = [task.name.lower() for task in Task]


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What may be done."""

    actions: Actions  # (B, 3 + 2 S)
    vetoes: tuple[tuple[Veto, ...], ...]
    """Of each of the B classrooms."""


class Guard:
    """Holds decisions against the rules, and counts what it vetoes.

    Only what breaks a rule is replaced: the tutor's own part, or the tasks of single learners, by
    the policy's likeliest choice (activity, then target, then concept; task, then concept) among
    those that are legal and that the rules allow. A rule that would leave nothing legal is passed
    over.

    Args:
        limits: Of the rules.
    """

    def __init__(self, limits: GuardRails) -> None:
        self.limits = limits
        self.counts: Counter[str] = Counter()
        """Vetoes so far, by rule."""
        self._watch = ClassWatch()

    def reset(self) -> None:
        """Forget the classes; the counts go on."""
        self._watch.reset()

    def apply(
        self,
        policy: AttentionPolicy,
        observation: Observation,
        actions: Actions,
        encoded: Encoded | None = None,
    ) -> Ruling:
        """Let pass what keeps the rules, and replace what breaks one.

        Args:
            policy: Whose likeliest other choice is taken.
            observation: (B, ...) that it saw.
            actions: (B, 3 + 2 S) that it would take, legal.
            encoded: The policy's encoding of the observation, if there is one already.
        """
        signs = self._watch.observe(observation)
        own, plan = _legal(observation)
        broken: list[tuple[Rule, Bools]] = []
        for rule in RULES:
            within = own if rule.about == "own" else plan
            allowed = rule.allows(signs, self.limits)
            axes = (1, 2) if rule.about == "own" else (2, 3)
            possible = (within & allowed).any(axis=axes, keepdims=True)
            broken.append((rule, ~_at(allowed | ~possible, rule, actions)))
            within &= allowed | ~possible
        vetoes = [self._vetoes(b, broken, signs, actions[b]) for b in range(len(actions))]
        changed = np.array([bool(found) for found in vetoes])
        ruled = actions.copy()
        if changed.any():
            narrowed = _narrowed(observation, own, plan)
            again = _choose_within(policy, narrowed, changed, encoded)
            _replace(ruled, again, broken, changed)
        self._watch.note(ruled)
        return Ruling(actions=ruled, vetoes=tuple(vetoes))

    def _vetoes(
        self, b: int, broken: list[tuple[Rule, Bools]], signs: Signs, action: NDArray[np.int64]
    ) -> tuple[Veto, ...]:
        """One veto a rule, for the learner of whom it is truest."""
        found = []
        for rule, where in broken:
            if where[b].any():
                self.counts[rule.name] += 1
                found.append(_veto(rule, b, where[b], signs, action, self.limits))
        return tuple(found)


def _legal(observation: Observation) -> tuple[Bools, Bools]:
    """What the masks allow: own (B, A, S + 1) and plan (B, S, K, C)."""
    own = (observation["activity_mask"][:, :, None] > 0) & (observation["target_mask"] > 0)
    tasks, concepts = observation["task_mask"] > 0, observation["task_concept_mask"] > 0
    return own, tasks[..., None] & concepts[:, None]


def _at(allowed: Bools, rule: Rule, actions: Actions) -> Bools:
    """Whether the actions are among the allowed: (B,) of own, (B, S) of plans."""
    rows = np.arange(len(actions))
    if rule.about == "own":
        return allowed[rows, actions[:, 0], actions[:, 1]]
    tasks, concepts = actions[:, 3::2], actions[:, 4::2]
    return allowed[rows[:, None], np.arange(tasks.shape[1]), tasks, concepts]


def _narrowed(observation: Observation, own: Bools, plan: Bools) -> Observation:
    """The observation with masks that allow only what the rules do."""
    return {
        **observation,
        "activity_mask": observation["activity_mask"] * own.any(axis=2),
        "target_mask": observation["target_mask"] * own,
        "plan_mask": plan.astype(np.float32),
    }


def _choose_within(
    policy: AttentionPolicy, narrowed: Observation, rows: Bools, encoded: Encoded | None
) -> Actions:
    """The policy's likeliest actions (R, 3 + 2 S) under the narrowed masks, for R of B rows."""
    device = policy.device
    tensors = {key: torch.as_tensor(array[rows], device=device) for key, array in narrowed.items()}
    if encoded is not None:
        chosen_rows = torch.as_tensor(rows, device=device)
        encoded = Encoded(*(part[chosen_rows] for part in encoded))
    with torch.no_grad():
        decision = policy.decide(tensors, deterministic=True, encoded=encoded)
    chosen: Actions = decision.actions.cpu().numpy()
    return chosen


def _replace(ruled: Actions, again: Actions, broken: list[tuple[Rule, Bools]], rows: Bools) -> None:
    """Put in what was chosen again, in place, where a rule was broken."""
    own = np.any([where for rule, where in broken if rule.about == "own"], axis=0)  # (B,)
    plan = np.any([where for rule, where in broken if rule.about == "plan"], axis=0)  # (B, S)
    part = np.concatenate([np.repeat(own[:, None], 3, 1), np.repeat(plan, 2, 1)], axis=1)
    ruled[rows] = np.where(part[rows], again, ruled[rows])


def _veto(
    rule: Rule,
    b: int,
    where: Bools,
    signs: Signs,
    action: NDArray[np.int64],
    limits: GuardRails,
) -> Veto:
    values, limit = rule.sees(signs)[b], float(getattr(limits, rule.limit))
    vetoed, learner = Activity(int(action[0])).name.lower(), 0
    if rule.about == "plan":
        task, concept = action[3::2], action[4::2]
        each = values[np.arange(len(task)), task, concept]  # (S,)
        worst = np.where(where, np.abs(each - limit), -1.0).argmax()
        vetoed, learner, value = _NAMES[task[worst]], int(worst) + 1, each[worst]
    elif values.ndim:
        learner, value = int(values.argmax()) + 1, values.max()
    else:
        value = values
    return Veto(rule=rule.name, vetoed=vetoed, learner=learner, value=float(value), limit=limit)
