"""What a policy chose by itself, before any guard-rail, for a session's record.

To importance weighting guard-rails are a part of the class: what counts is how likely the policy
made its own choice, whatever was then played in its place. The probabilities are those of sampling,
as `scripts.watch` and `scripts.unity play` do; a policy that took its likeliest choice would have
tried nothing else, and no weight could say what that would have been worth.
"""

from typing import Any

import numpy as np

from agents.decision.facts import Account


def own_choice(account: Account) -> dict[str, Any]:
    """The choice of one classroom of S learners.

    Returns:
        `action` (3 + 2 S,) integers; `log_prob` of activity, target and concept together;
        `plan_log_prob` (S,) of each learner's task and concept.
    """
    told = account.explanation
    action = told.actions[0]
    stages = (told.activity_probs, told.target_probs, told.concept_probs)
    own = [probabilities[0, n] for probabilities, n in zip(stages, action[:3], strict=True)]
    tasks, concepts = action[3::2], action[4::2]
    plan = told.plan_probs[0, np.arange(len(tasks)), tasks, concepts]  # (S,)
    return {
        "action": action.tolist(),
        "log_prob": float(np.log(own).sum()),
        "plan_log_prob": np.log(plan),
    }
