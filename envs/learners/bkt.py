"""Bayesian knowledge tracing as a learner: a concept is known or not (Corbett & Anderson 1995).

    P(right) = sigmoid(k logit(1 - slip) - difficulty + state)     while the concept is known
               sigmoid(k logit(guess)    - difficulty + state)     while it is not
    learnt   at an opportunity with chance 1 - (1 - learn)^amount; instruction counts as
             `instruction` opportunities for one unit of its rate times minutes
    forgotten at an opportunity with chance 1 - (1 - forget)^amount, and in time at the constant
             rate of `daily_opportunities` such chances a day

Prior, learn, forget, guess and slip of each concept are those of a skill fitted on ASSISTments
2009, drawn for each class. Those learners had been taught, so that a concept is known at the start
with chance prior times prior understanding. k = sqrt(1 + pi v / 8), v the variance of items and
days, makes guess and slip the mean over them that was fitted (MacKay 1992).

A rate constant in time has no memory: so the hour at which a concept will be forgotten is drawn
when it is learnt, and who knows it now will know it t days on with chance exp(-rate t).
"""

import csv
import math
from pathlib import Path

import numpy as np

from envs.compiled import compiled
from envs.draws import CONCEPT_DRAWS, Use, uniform
from envs.learners.calibrated import HOURS_PER_DAY, LOGISTIC_NORMAL
from envs.state import Floats
from envs.world import World, test_noise

PARAMETERS = ("prior", "learn", "forget", "guess", "slip")
PRIOR, LEARN, FORGET, GUESS, SLIP = range(5)
"""Columns of the fitted skills."""
LEAST_ROWS = 500
"""Answers that a skill must have for its fit to be used; 69 skills have."""
NOT_KNOWN = -1.0
_FITTED = Path(__file__).parent.parent / "data" / "fitted" / "bkt_assist2009_per_skill.csv"


def fitted_skills() -> Floats:
    """Parameters of every well-fitted skill, (skills, 5)."""
    with _FITTED.open(encoding="utf-8") as lines:
        rows = [
            [float(row[name]) for name in PARAMETERS]
            for row in csv.DictReader(lines)
            if row["model"] == "forget" and int(row["n_rows"]) >= LEAST_ROWS
        ]
    return np.array(rows)


@compiled
def begin(b: int, i: int, w: World) -> None:
    """Draw which skill each concept is like (the same for the class), and what is known before."""
    low, high = w.state.clock[b].low, w.state.clock[b].high
    for c in range(w.curriculum.weight.shape[0]):
        use = Use.CONCEPT + CONCEPT_DRAWS * c
        skill = int(uniform(low, high, 1, 0, use + 1) * w.skills.shape[0])
        w.state.traces[b, i, c].skill = skill
        w.state.traces[b, i, c].known_until = NOT_KNOWN
        chance = w.skills[skill, PRIOR] * w.state.knowledge[b, i, c].understanding
        _learn(b, i, c, chance, uniform(low, high, 0, i, use + 2), 0.0, w)


@compiled
def _learn(b: int, i: int, c: int, chance: float, draw: float, hours: float, w: World) -> None:
    """Know the concept with this chance, and draw until when; `draw` is uniform in (0, 1)."""
    if draw < chance:
        lifetime = -math.log(draw / chance) / hourly_rate(b, i, c, w)
        w.state.traces[b, i, c].known_until = hours + lifetime


@compiled
def parameter(b: int, i: int, c: int, column: int, w: World) -> float:
    """One of the parameters of the skill that concept c is like in this class."""
    value: float = w.skills[w.state.traces[b, i, c].skill, column]
    return value


@compiled
def hourly_rate(b: int, i: int, c: int, w: World) -> float:
    """Rate at which the concept is forgotten in time, per hour."""
    daily = -math.log1p(-parameter(b, i, c, FORGET, w)) * w.constants.bkt.daily_opportunities
    return daily / HOURS_PER_DAY


@compiled
def known(b: int, i: int, c: int, hours: float, w: World) -> bool:
    """Whether learner i knows concept c at `hours`, if nothing more is learnt before."""
    answer: bool = hours < w.state.traces[b, i, c].known_until
    return answer


@compiled
def mastery(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logit of a right answer on a matched item with full attention."""
    if known(b, i, c, hours, w):
        right = 1.0 - parameter(b, i, c, SLIP, w)
    else:
        right = parameter(b, i, c, GUESS, w)
    variance = test_noise(w) + w.curriculum.spread[c] ** 2
    return math.sqrt(1.0 + LOGISTIC_NORMAL * variance) * math.log(right / (1.0 - right))


@compiled
def practise(
    b: int, i: int, c: int, hours: float, amount: float, step: int, offset: int, w: World
) -> None:
    """Let `amount` opportunities pass: what was unknown may be learnt, what was known forgotten."""
    draw = uniform(w.state.clock[b].low, w.state.clock[b].high, step, i, Use.LEARN + offset)
    if known(b, i, c, hours, w):
        if draw < 1.0 - (1.0 - parameter(b, i, c, FORGET, w)) ** amount:
            w.state.traces[b, i, c].known_until = NOT_KNOWN
    else:
        learnt = 1.0 - (1.0 - parameter(b, i, c, LEARN, w)) ** amount
        _learn(b, i, c, learnt, draw, hours, w)


@compiled
def instruct(b: int, i: int, c: int, amount: float, hours: float, step: int, w: World) -> None:
    """Show how: an unknown concept may be learnt, a known one is left alone."""
    if known(b, i, c, hours, w):
        return
    draw = uniform(w.state.clock[b].low, w.state.clock[b].high, step, i, Use.INSIGHT)
    opportunities = w.constants.bkt.instruction * amount
    learnt = 1.0 - (1.0 - parameter(b, i, c, LEARN, w)) ** opportunities
    _learn(b, i, c, learnt, draw, hours, w)


@compiled
def expected(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Expected share right on concept c in a test at `hours`, by what is known now."""
    guess, right = parameter(b, i, c, GUESS, w), 1.0 - parameter(b, i, c, SLIP, w)
    now = w.events.clock[b]
    if not known(b, i, c, now, w):
        return guess
    return guess + (right - guess) * math.exp(-hourly_rate(b, i, c, w) * (hours - now))
