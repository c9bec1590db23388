"""A learner played by a recurrent network that was trained to predict real learners' answers.

The network (`envs.learners.network`) met ASSISTments 2009: which answer comes next, from the
answers before, the easiness of the items, and which of them were on the same concept. It knows
concepts by nothing else, so that any curriculum's can take their place. Played as a learner:

    z = k (intercept + weight easiness + standing + strength) + lapses - T (1 - u) - forgotten
    P(right) = sigmoid(z - k weight difficulty + state)

standing is what the network makes of the learner, strength of the learner on the concept. k as for
`envs.learners.bkt`: the network predicts means over days and contexts, which the classroom adds
(MacKay 1992); lapses: and over lapses, while mastery is that of the attentive.

The trap: such a network takes a right answer as a sign of a good learner, and whoever makes it
right more often, by easy items or attentive hours, would seem to teach. So an answer's step is
taken in two parts. With h1 and h0 the hidden states that a cell would go to after a right and a
wrong answer, q the network's own chance of a right one, and p the one there was in the classroom:

    h += amount (q h1 + (1 - q) h0 - h)      what practice teaches, whatever the answer
       + (y - p) (h1 - h0)                   what the answer reveals; its mean is 0

With a whole opportunity and p = q this is the cell's own step. Attention, readiness and
understanding scale the first part; study without an answer is that part alone. It moves the
concept's cell only: that the network's opinion of learners sinks as they go from skill to skill,
by a third of a logit in 200 answers, and rises while they stay, tells of the order of skills in
the log.

What the log cannot know, and whence it is taken here:
- concepts that nobody has taught yet: the log's had been. Understanding u and what its lack costs,
  T, are the calibrated family's; so are instruction, which builds u, and prerequisites (readiness);
- forgetting: this log has no clock. What practice added to a concept's strength fades as in the
  calibrated family, d_i ln(1 + h), without spacing and savings;
- who a learner is, before the course: the network reads a history of `history` answers on other
  concepts, given by a learner whose standing is the drawn ability.
"""

import math

from envs.compiled import compiled
from envs.draws import Use, uniform
from envs.learners.calibrated import LOGISTIC_NORMAL, sigmoid
from envs.learners.family import Result
from envs.learners.network import CONCEPT, LEARNER, advance, intercept, readout, weight
from envs.world import World, test_noise

SPARE_ROWS = 3
"""Rows of the hidden state after those of the C concepts: the learner's own, and two to work in."""
HISTORY_STEP = 60_004
"""Step number of the history's draws, beyond those of any course and its tests."""
ANSWERS_ON_A_CONCEPT = 7
"""In the history; the mean in ASSISTments 2009 is 7.35 (scorecard_assist2009.json)."""
FARTHEST = 2.0
"""Bound on a hidden state's numbers. The cell's own stay within 1; a surprise at another chance
than the network's may lead a little beyond."""


@compiled
def begin(b: int, i: int, w: World) -> None:
    """Let the network read a history of answers, then start every concept afresh."""
    hidden, concepts = w.state.hidden, w.curriculum.weight.shape[0]
    low, high = w.state.clock[b].low, w.state.clock[b].high
    hidden[b, i, :, :] = 0.0
    ability = w.state.traits[b, i].ability / sharpness(w)
    for n in range(int(w.constants.neural.history)):
        if n % ANSWERS_ON_A_CONCEPT == 0:
            hidden[b, i, 0, :] = 0.0
        p = sigmoid(intercept(w.network) + ability + strength(b, i, 0, w))
        right = uniform(low, high, HISTORY_STEP, i, Use.CONCEPT + n) < p
        read(b, i, 0, 1.0 if right else -1.0, 0.0, w)
    for c in range(concepts):
        hidden[b, i, c, :] = 0.0
        w.state.traces[b, i, c].learned = 0.0


@compiled
def read(b: int, i: int, c: int, answer: float, easiness: float, w: World) -> None:
    """Take the network's own step after an answer (1 right, -1 wrong) on concept c."""
    hidden, own, before = w.state.hidden, w.curriculum.weight.shape[0], standing(b, i, w)
    advance(hidden, b, i, own, own + 1, answer, easiness, before, LEARNER, w.network)
    advance(hidden, b, i, c, own + 2, answer, easiness, before, CONCEPT, w.network)
    hidden[b, i, own, :] = hidden[b, i, own + 1, :]
    hidden[b, i, c, :] = hidden[b, i, own + 2, :]


@compiled
def standing(b: int, i: int, w: World) -> float:
    """Logits that the network adds for what it makes of the learner."""
    own = w.curriculum.weight.shape[0]
    return readout(w.state.hidden, b, i, own, LEARNER, w.network)


@compiled
def strength(b: int, i: int, c: int, w: World) -> float:
    """Logits that it adds for what it makes of the learner on concept c."""
    return readout(w.state.hidden, b, i, c, CONCEPT, w.network)


@compiled
def sharpness(w: World) -> float:
    """Logits in the classroom for one of the network's, k."""
    return math.sqrt(1.0 + LOGISTIC_NORMAL * test_noise(w))


@compiled
def forgotten(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logits that practice had added and time has taken, >= 0."""
    added: float = w.state.traces[b, i, c].learned
    if added <= 0.0:
        return 0.0
    since = max(0.0, hours - w.state.knowledge[b, i, c].last_hours)
    fading: float = w.state.traits[b, i].forgetting * math.log1p(since)
    return min(added, fading)


@compiled
def mastery(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Logit of a right answer on a matched item with full attention."""
    z = intercept(w.network) + weight(w.network) * w.curriculum.easiness[c]
    z += standing(b, i, w) + strength(b, i, c, w)
    a = w.constants.attention
    attending = a.lapse_cost * (1.0 - a.usual_share)
    gap = w.constants.acquisition.gap * (1.0 - w.state.knowledge[b, i, c].understanding)
    return float(sharpness(w) * z + attending - gap - forgotten(b, i, c, hours, w))


@compiled
def chance(
    b: int, i: int, c: int, difficulty: float, state: float, hours: float, w: World
) -> float:
    """Probability of a right answer to an item."""
    harder = sharpness(w) * weight(w.network) * difficulty
    return sigmoid(mastery(b, i, c, hours, w) - harder + state)


@compiled
def practise(
    b: int, i: int, c: int, hours: float, amount: float, result: int, difficulty: float, w: World
) -> None:
    """Move the hidden states by what `amount` opportunities teach and by what the answer reveals.

    Args:
        b: Classroom.
        i: Learner.
        c: Concept.
        hours: Course clock.
        amount: Opportunities, whatever the result; one at most counts.
        result: envs.learners.family.Result.
        difficulty: Of the item answered.
        w: The world; mind.ease holds the chance with which the answer was right.
    """
    knowledge, own = w.state.knowledge, w.curriculum.weight.shape[0]
    blind = w.constants.acquisition.blind_practice
    share = min(1.0, amount) * (blind + (1.0 - blind) * knowledge[b, i, c].understanding)
    easiness = w.curriculum.easiness[c] - difficulty
    before = standing(b, i, w)
    z = intercept(w.network) + weight(w.network) * easiness + before + strength(b, i, c, w)
    surprise = 0.0
    if result != Result.STUDIED:
        surprise = (1.0 if result == Result.RIGHT else 0.0) - w.state.mind[b, i].ease
    _ends(b, i, own, LEARNER, easiness, before, w)
    _settle(b, i, own, LEARNER, 0.0, sigmoid(z), surprise, w)
    _ends(b, i, c, CONCEPT, easiness, before, w)
    added = _settle(b, i, c, CONCEPT, share, sigmoid(z), surprise, w)
    w.state.traces[b, i, c].learned += sharpness(w) * added
    knowledge[b, i, c].last_hours = hours


@compiled
def _ends(b: int, i: int, row: int, cell: int, easiness: float, before: float, w: World) -> None:
    """Write where a right and a wrong answer would take this row into the rows to work in."""
    hidden, own = w.state.hidden, w.curriculum.weight.shape[0]
    advance(hidden, b, i, row, own + 1, 1.0, easiness, before, cell, w.network)
    advance(hidden, b, i, row, own + 2, -1.0, easiness, before, cell, w.network)


@compiled
def _settle(
    b: int, i: int, row: int, cell: int, share: float, q: float, surprise: float, w: World
) -> float:
    """Take the step whose two ends are in the rows to work in; returns the logits it taught."""
    hidden, own = w.state.hidden, w.curriculum.weight.shape[0]
    before = readout(hidden, b, i, row, cell, w.network)
    right = readout(hidden, b, i, own + 1, cell, w.network)
    wrong = readout(hidden, b, i, own + 2, cell, w.network)
    for d in range(hidden.shape[3]):
        h1, h0 = hidden[b, i, own + 1, d], hidden[b, i, own + 2, d]
        h = hidden[b, i, row, d]
        h += share * (q * h1 + (1.0 - q) * h0 - h) + surprise * (h1 - h0)
        hidden[b, i, row, d] = min(FARTHEST, max(-FARTHEST, h))
    return share * (q * right + (1.0 - q) * wrong - before)


@compiled
def expected(b: int, i: int, c: int, hours: float, w: World) -> float:
    """Expected share right on concept c in a test at `hours`."""
    items = sharpness(w) * weight(w.network) * w.curriculum.spread[c]
    variance = test_noise(w) + items * items
    return sigmoid(mastery(b, i, c, hours, w) / math.sqrt(1.0 + LOGISTIC_NORMAL * variance))
