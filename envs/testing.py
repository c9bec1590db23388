"""Tests that learners really sit: answers to one drawn item per concept."""

from envs.compiled import compiled
from envs.draws import CONCEPT_DRAWS, Use, normal, uniform
from envs.learners.learner import chance
from envs.world import World

PRE_TEST, POST_TEST, DELAYED_TEST = 60_001, 60_002, 60_003
"""Step numbers of the tests' draws, beyond those of any course."""


@compiled
def sit_test(b: int, i: int, test: int, hours: float, w: World) -> float:
    """Share correct of a test with one item a concept, weighted by the syllabus.

    The learner attends, with a session effect and engagement of the day; nothing is learnt.

    Args:
        b: Classroom.
        i: Learner.
        test: PRE_TEST, POST_TEST or DELAYED_TEST.
        hours: Course clock at the test.
        w: The world.

    Returns:
        Score in [0, 1].
    """
    low, high = w.state.clock[b].low, w.state.clock[b].high
    k, a = w.constants.knowledge, w.constants.attention
    day = a.session_sd * normal(low, high, test, i, Use.SESSION)
    day += a.engagement_sd * normal(low, high, test, i, Use.ENGAGEMENT)
    items = w.curriculum.difficulties.shape[1]
    score = 0.0
    for c in range(w.curriculum.weight.shape[0]):
        use = Use.CONCEPT + CONCEPT_DRAWS * c
        item = int(uniform(low, high, test, i, use) * items)
        context = k.context_sd * normal(low, high, test, i, use + 1)
        p = chance(b, i, c, w.curriculum.difficulties[c, item], day + context, hours, w)
        if uniform(low, high, test, i, use + 2) < p:
            score += w.curriculum.weight[c]
    return score


@compiled
def normalised(gain: float, start: float) -> float:
    """Gain as a share of what was left to gain (Hake 1998); 0 where nothing was left."""
    return gain / (1.0 - start) if start < 1.0 - 1e-9 else 0.0
