"""The learner model in a tutor's head: what a minute of each occupation should add to the score.

The mean learner of the calibrated family (`envs.learners.calibrated`), applied to what knowledge
tracing believes. It knows no learner's hidden state and no individual trait.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.tutors.greedy_choice import Gains
from agents.tutors.protocol import Observation
from agents.tutors.reading import attention, days_to_test, feature
from agents.tutors.study_record import StudyRecord
from envs.activities import Task
from envs.constants import Constants
from envs.learners.calibrated import HOURS_PER_DAY, LOGISTIC_NORMAL

Grid = NDArray[np.float64]
_ATTENDING_TASK, _ATTENDING_EXPLAINED = 0.75, 0.9
"""Share of a minute that is attended: .70 (Wong 2022) and a little learning while lapsed; nearly
all of it when the tutor has just turned to the learner."""


class Belief(NamedTuple):
    """What is believed of every learner and concept."""

    base: Grid  # (B, S, C) logit mastery without what practice added
    variance: Grid  # (B, S, C) of the logit of an answer on the delayed test
    understanding: Grid  # (B, S, C)
    opportunities: Grid  # (B, S, C)
    ready: Grid  # (B, S, C) share of instruction that takes
    forgotten: Grid  # (B, 1, 1) logits lost until the delayed test, most practice being retrieval
    weight: Grid  # (B, 1, C) share of the class's score: syllabus weight over S
    mastery: Grid  # (B, S, C) believed logit mastery


def sigmoid(z: Grid) -> Grid:
    """Logistic function."""
    return 1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))


def read_belief(
    observation: Observation, record: StudyRecord, constants: Constants, optimism: float = 0.0
) -> Belief:
    """Turn traced means and spreads into the quantities of the learner model.

    Args:
        observation: Its belief, understanding, evidence, concepts and course.
        record: For the answers and the minutes of instruction.
        constants: Of the learner model.
        optimism: Spreads added to the mean of the understanding.

    Returns:
        What is believed.
    """
    k, a, m = constants.knowledge, constants.acquisition, constants.memory
    z = feature(observation, "belief", "mean").astype(np.float64)
    spread = feature(observation, "belief", "spread").astype(np.float64)
    u = feature(observation, "understanding", "mean").astype(np.float64)
    u = np.clip(u + optimism * feature(observation, "understanding", "spread"), 0.0, 1.0)
    n = record.attempts * (a.blind_practice + (1.0 - a.blind_practice) * u)
    n = n + a.example_opportunities * _ATTENDING_TASK * record.instructed
    hours = np.expm1(feature(observation, "evidence", "log1p_hours_since_event").astype(np.float64))
    learned = k.first_exposure_jump * u * np.minimum(1.0, n) + k.growth * np.log1p(n)
    learned = np.maximum(0.0, learned - m.forgetting * np.log1p(np.maximum(0.0, hours)))
    items = feature(observation, "concepts", "difficulty_spread").astype(np.float64)[:, None, :]
    until = days_to_test(observation)[:, None, None] * HOURS_PER_DAY
    present = observation["concept_present"][:, None, :] > 0
    weight = feature(observation, "concepts", "syllabus_weight").astype(np.float64)[:, None, :]
    weight = np.where(present, weight, 0.0)
    weight = weight / np.maximum(1e-9, weight.sum(axis=2, keepdims=True))
    return Belief(
        base=z - learned,
        variance=spread**2 + items**2 + _test_noise(constants),
        understanding=u,
        opportunities=n,
        ready=_readiness(z, spread, observation, constants),
        forgotten=m.forgetting * (1.0 - m.retrieval_saving) * np.log1p(until),
        weight=weight / z.shape[1],
        mastery=z,
    )


def _test_noise(constants: Constants) -> float:
    a = constants.attention
    return float(a.engagement_sd**2 + a.session_sd**2 + constants.knowledge.context_sd**2)


def _readiness(z: Grid, spread: Grid, observation: Observation, constants: Constants) -> Grid:
    """Expected readiness, limited by the weakest prerequisite: (B, S, C)."""
    a = constants.acquisition
    scale = np.sqrt(1.0 + LOGISTIC_NORMAL * (a.readiness_slope * spread) ** 2)
    single = sigmoid(a.readiness_slope * z / scale)  # (B, S, C) as a prerequisite
    ready = np.ones_like(z)
    edges = observation["prerequisites"] > 0  # (B, C, C)
    for parent in range(z.shape[2]):
        limited = np.where(edges[:, None, parent, :], single[:, :, parent, None], 1.0)
        ready = np.minimum(ready, limited)
    floor = a.readiness_floor
    return floor + (1.0 - floor) * ready


def delayed_score(belief: Belief, understanding: Grid, opportunities: Grid, c: Constants) -> Grid:
    """Expected score on the delayed test with this understanding and practice: (B, S, C)."""
    k = c.knowledge
    learned = k.first_exposure_jump * understanding * np.minimum(1.0, opportunities)
    learned = learned + k.growth * np.log1p(opportunities)
    z = belief.base + c.acquisition.gap * (understanding - belief.understanding)
    z = z + np.maximum(0.0, learned - belief.forgotten)
    return sigmoid(z / np.sqrt(1.0 + LOGISTIC_NORMAL * belief.variance))


def potential(left: Grid, observation: Observation, share: float) -> Grid:
    """Score still to be won on a concept's successors, each step along the graph worth `share`.

    Args:
        left: (B, S, C) score still to be won on each concept itself, weighted.
        observation: For the prerequisite graph.
        share: Worth of a step, in [0, 1].

    Returns:
        (B, S, C), 0 where nothing builds on a concept.
    """
    edges = observation["prerequisites"].astype(np.float64).transpose(0, 2, 1)  # child to parent
    total = np.zeros_like(left)
    layer = left
    for _ in range(left.shape[2]):
        layer = share * (layer @ edges)
        if layer.max() < 1e-6:
            break
        total += layer
    return total


def expected_gains(
    belief: Belief,
    observation: Observation,
    constants: Constants,
    *,
    horizon: float,
    successors: float,
) -> Gains:
    """Gain per minute of every occupation, if kept up for `horizon` minutes.

    Args:
        belief: What is believed.
        observation: For the prerequisite graph, the seats and the sensors.
        constants: Of the learner model.
        horizon: Minutes; the first minutes of practice add little that lasts, so longer horizons
            value practice more.
        successors: Worth of opening a step along the graph, see `potential`; 0 is plain one-step.

    Returns:
        Gains per minute in the class's delayed score.
    """
    a = constants.acquisition
    u, n = belief.understanding, belief.opportunities
    now = delayed_score(belief, u, n, constants)
    opening = belief.mastery * a.readiness_slope
    slope = a.readiness_slope * sigmoid(opening) * (1.0 - sigmoid(opening))
    ahead = slope * potential(belief.weight * (1.0 - now), observation, successors)
    worth = a.blind_practice + (1.0 - a.blind_practice) * u

    def gain(rate: Grid | float, opportunities: Grid | float, attended: float) -> Grid:
        minutes = attended * horizon * belief.ready
        more = (1.0 - u) * (1.0 - np.exp(-a.scale * rate * minutes))
        later = n + opportunities * worth * minutes
        after = delayed_score(belief, u + more, later, constants)
        steps = a.gap * more + constants.knowledge.growth * (np.log1p(later) - np.log1p(n))
        return (belief.weight * (after - now) + ahead * steps) / horizon

    apt = aptitude(belief.mastery, constants)
    partner = _partner_understanding(u, observation)
    return Gains(
        example=gain(a.worked_example * apt, a.example_opportunities * apt, _ATTENDING_TASK),
        practice=gain(a.practise, a.practise_opportunities, _ATTENDING_TASK),
        explain=gain(a.explain * apt, a.explain_opportunities * apt, _ATTENDING_EXPLAINED),
        peer=gain(a.peer * partner, a.peer_opportunities, _ATTENDING_TASK),
        demonstrate=gain(a.demonstrate, a.demonstrate_opportunities, _ATTENDING_TASK),
        lapsed=np.clip(0.3 - attention(observation), 0.0, 1.0),
    )


def aptitude(z: Grid, constants: Constants) -> Grid:
    """Expertise reversal: multiplier of guided instruction at logit mastery z."""
    a = constants.acquisition
    share = np.clip((z - a.novice_logit) / (a.expert_logit - a.novice_logit), 0.0, 1.0)
    return a.novice_multiplier + share * (a.expert_multiplier - a.novice_multiplier)


def levels_at(mastery: Grid) -> NDArray[np.int64]:
    """Practice task at logit mastery: easier under 40 %, harder over 80 % expected success."""
    p = sigmoid(mastery)
    level = np.where(p > 0.8, Task.PRACTISE_HARDER, Task.PRACTISE_MATCHED)
    return np.where(p < 0.4, Task.PRACTISE_EASIER, level).astype(np.int64)


def _partner_understanding(u: Grid, observation: Observation) -> Grid:
    """Believed understanding of everybody's partner in peer work, 0 without one: (B, S, C).

    Neighbours 0-1, 2-3, ... of each row are paired; a row ends where nobody sits beside.
    """
    beside = observation["seats"][0] >= 1.0  # (S, S) the seat plan is the same in all classrooms
    learners = u.shape[1]
    partner = np.full(learners, -1)
    column = 0
    for i in range(learners):
        column = column + 1 if i > 0 and beside[i, i - 1] else 0
        if column % 2 == 1:
            partner[i], partner[i - 1] = i - 1, i
    here = observation["learner_present"] * (partner >= 0)  # (B, S)
    here = here * observation["learner_present"][:, partner]
    return u[:, partner] * here[:, :, None]
