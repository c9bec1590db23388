"""The default learner family: a logistic model calibrated on answer logs, with understanding.

Logit mastery of learner i on concept c, h hours after the last practice:

    z = mu + theta_i + beta_c + xi_ic - T (1 - u_ic) + learned_ic
        + kappa mean over parents p of learned_ip + boost
    learned = max(0, u J min(1, n) + (gamma + gamma_c) lambda_i ln(1 + n) - forgotten)
    forgotten = d_i (1 - .2 retrieved) ln(1 + h) max(floor, 1 - r ln(1 + mean gap in days))

theta ability, beta easiness, xi learner by concept, u understanding, T what its lack costs, n
effective opportunities, J the jump at the first, lambda learning rate. Sources: individualised
AFM (Cen 2006; Koedinger 2023) with the first-exposure jump, fitted to ASSISTments 2009; log-hour
forgetting and spacing fitted to Algebra I 2005-06 (values and tags in `envs.constants`).

`envs.learners.learner` asks for them on behalf of the classroom. The tutor's belief (knowledge
tracing, prospects) is that learners are of this family, whatever they are.
"""

import math

from envs.compiled import compiled
from envs.constants import AcquisitionConstants, KnowledgeConstants, MemoryConstants
from envs.curriculum import CurriculumArrays
from envs.state import Records

HOURS_PER_DAY = 24.0
LOGISTIC_NORMAL = math.pi / 8.0
"""MacKay (1992): E sigmoid(z + N(0, v)) is close to sigmoid(z / sqrt(1 + pi v / 8))."""


@compiled
def sigmoid(z: float) -> float:
    """Logistic function, safe for any z."""
    if z >= 0.0:
        return 1.0 / (1.0 + math.exp(-z))
    e = math.exp(z)
    return e / (1.0 + e)


@compiled
def learned(
    b: int,
    i: int,
    c: int,
    hours: float,
    traits: Records,
    knowledge: Records,
    k: KnowledgeConstants,
    m: MemoryConstants,
) -> float:
    """What practice has added to the logit mastery and time has not taken, >= 0.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        hours: Course clock for which it is asked, in hours.
        traits: The learners' traits.
        knowledge: The learners' knowledge.
        k: Constants of growth.
        m: Constants of forgetting.

    Returns:
        Logits, 0 without any practice.
    """
    n = knowledge[b, i, c].opportunities
    if n <= 0.0:
        return 0.0
    slope = (k.growth + knowledge[b, i, c].concept_slope) * traits[b, i].learning_rate
    gain = knowledge[b, i, c].understanding * k.first_exposure_jump * min(1.0, n)
    gain += slope * math.log1p(n)
    since = max(0.0, hours - knowledge[b, i, c].last_hours)
    saving = 1.0 - m.retrieval_saving * knowledge[b, i, c].retrievals / n
    gap = knowledge[b, i, c].gap_days / max(1.0, n)
    spacing = max(m.spacing_floor, 1.0 - m.spacing * math.log1p(gap))
    forgotten = traits[b, i].forgetting * saving * spacing * math.log1p(since)
    left: float = gain - forgotten
    return max(0.0, left)


@compiled
def logit_mastery(
    b: int,
    i: int,
    c: int,
    hours: float,
    traits: Records,
    knowledge: Records,
    curriculum: CurriculumArrays,
    k: KnowledgeConstants,
    m: MemoryConstants,
    a: AcquisitionConstants,
) -> float:
    """Logit z of a correct answer on a matched item, with full attention, at `hours`."""
    z: float = k.intercept + traits[b, i].ability + curriculum.easiness[c]
    z += knowledge[b, i, c].concept_effect - a.gap * (1.0 - knowledge[b, i, c].understanding)
    z += learned(b, i, c, hours, traits, knowledge, k, m)
    parents = 0
    transfer = 0.0
    for p in curriculum.parents[c]:
        if p >= 0:
            transfer += learned(b, i, p, hours, traits, knowledge, k, m)
            parents += 1
    if parents > 0:
        z += k.prerequisite_transfer * transfer / parents
    if knowledge[b, i, c].opportunities > 0.0:
        minutes = max(0.0, hours - knowledge[b, i, c].last_hours) * 60.0
        z += m.boost * 0.5 ** (minutes / m.boost_half_life)
    return z


@compiled
def answer_probability(z: float, difficulty: float, state: float, slip: float) -> float:
    """Probability of a correct free response.

    Args:
        z: Logit mastery.
        difficulty: Of the item, relative to its concept, in logits.
        state: Engagement, session, context and lapse of the moment, in logits.
        slip: Upper asymptote is 1 - slip.

    Returns:
        Probability in [0, 1 - slip].
    """
    return (1.0 - slip) * sigmoid(z - difficulty + state)


@compiled
def aptitude(z: float, a: AcquisitionConstants) -> float:
    """Expertise reversal: multiplier of guided instruction at logit mastery z (Tetzlaff 2025)."""
    if z <= a.novice_logit:
        return a.novice_multiplier
    if z >= a.expert_logit:
        return a.expert_multiplier
    share = (z - a.novice_logit) / (a.expert_logit - a.novice_logit)
    return a.novice_multiplier + share * (a.expert_multiplier - a.novice_multiplier)


@compiled
def practise(
    b: int,
    i: int,
    c: int,
    hours: float,
    amount: float,
    retrieval: bool,
    knowledge: Records,
    blind: float,
) -> None:
    """Add `amount` opportunities at `hours`, worth less where little is understood.

    The worth is blind + (1 - blind) u. The gap since the last practice counts once for spacing.
    """
    worth = amount * (blind + (1.0 - blind) * knowledge[b, i, c].understanding)
    last = knowledge[b, i, c].last_hours
    if last >= 0.0:
        knowledge[b, i, c].gap_days += (hours - last) / HOURS_PER_DAY
    knowledge[b, i, c].opportunities += worth
    if retrieval:
        knowledge[b, i, c].retrievals += worth
    knowledge[b, i, c].last_hours = hours


@compiled
def instruct(b: int, i: int, c: int, amount: float, knowledge: Records) -> None:
    """Raise understanding: u += (1 - u) (1 - exp(-amount)), solving du = (1 - u) rate dt."""
    u = knowledge[b, i, c].understanding
    knowledge[b, i, c].understanding = u + (1.0 - u) * (1.0 - math.exp(-amount))


@compiled
def expected_score(
    b: int,
    i: int,
    hours: float,
    traits: Records,
    knowledge: Records,
    curriculum: CurriculumArrays,
    k: KnowledgeConstants,
    m: MemoryConstants,
    a: AcquisitionConstants,
    noise: float,
) -> float:
    """Expected score of a test taken at `hours` with full attention, in [0, 1].

    The mean over syllabus weights of the probability of a correct answer on an item drawn from the
    concept, in closed form by MacKay's approximation.

    Args:
        b: Classroom.
        i: Learner.
        hours: Course clock of the test.
        traits: The learners' traits.
        knowledge: The learners' knowledge.
        curriculum: Weights, easiness, item spread, parents.
        k: Constants of growth.
        m: Constants of forgetting.
        a: Constants of understanding.
        noise: Variance of engagement, session and context at the test.

    Returns:
        Weighted mean probability.
    """
    score = 0.0
    for c in range(curriculum.weight.shape[0]):
        z = logit_mastery(b, i, c, hours, traits, knowledge, curriculum, k, m, a)
        variance = noise + curriculum.spread[c] ** 2
        score += curriculum.weight[c] * sigmoid(z / math.sqrt(1.0 + LOGISTIC_NORMAL * variance))
    return (1.0 - k.slip) * score
