"""Constants of the learner families beside the calibrated one, tagged as in `envs.constants`.

What the families have in common (ability, prior understanding, rates of instruction, readiness,
attention) is in `envs.constants`.
"""

from typing import Annotated, NamedTuple

from envs.tags import Assumed


class BKTLearnerConstants(NamedTuple):
    """What Bayesian knowledge tracing leaves open; its parameters are drawn from fitted skills."""

    instruction: Annotated[
        float, Assumed(1.0, 6.0, "opportunities", "worth of instruction for one unit of its rate")
    ] = 3.0
    daily_opportunities: Annotated[
        float,
        Assumed(
            0.1,
            2.0,
            "opportunities per day",
            "forgetting in time: .011 per opportunity then loses .7 % a day, as the share right in "
            "Algebra I falls from .667 after 1 to 2 days to .603 after 15 to 31 (fsrs_eval.json)",
        ),
    ] = 0.6
