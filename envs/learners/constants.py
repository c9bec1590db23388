"""Constants of the learner families beside the calibrated one, tagged as in `envs.constants`.

What the families have in common (ability, prior understanding, rates of instruction, readiness,
attention) is in `envs.constants`.
"""

from typing import Annotated, NamedTuple

from envs.tags import Assumed, Cited, Fitted

_FSRS = "default of FSRS-6 (fsrs 6.3); the range is a quarter about it, within FSRS's own bounds"
_POWER = "Algebra I 2005-06, power_asym in envs/data/fitted/fsrs_eval.json"
_WINDOWS = "Algebra I 2005-06; ASSISTments 2017 in the range: envs/data/fitted/das3h_windows.json"
_EVER = (
    "PFA on ASSISTments 2009, no windows: median .80 (.33 to 1.25); beside windows .11 and .14, "
    "in logs that begin when learners do: here it also holds what came before the course"
)


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


class ReviewConstants(NamedTuple):
    """What a review does to stability and difficulty; FSRS calls them w4 to w15 and w17 to w19.

    Its w1 to w3 and w16 (first reviews that were hard or easy, and easy ones) do not occur here.
    """

    difficulty: Annotated[float, Cited(4.8, 8.0, "w4", _FSRS)] = 6.4133
    difficulty_slope: Annotated[float, Cited(0.63, 1.04, "w5", _FSRS)] = 0.8334
    difficulty_step: Annotated[float, Cited(2.3, 3.8, "w6", _FSRS)] = 3.0194
    difficulty_reversion: Annotated[float, Cited(0.001, 0.01, "w7", _FSRS)] = 0.001
    recall_growth: Annotated[float, Cited(1.4, 2.3, "w8", _FSRS)] = 1.8722
    recall_saturation: Annotated[float, Cited(0.12, 0.21, "w9", _FSRS)] = 0.1666
    recall_spacing: Annotated[float, Cited(0.6, 1.0, "w10", _FSRS)] = 0.796
    lapse_scale: Annotated[float, Cited(1.1, 1.9, "w11", _FSRS)] = 1.4835
    lapse_difficulty: Annotated[float, Cited(0.046, 0.077, "w12", _FSRS)] = 0.0614
    lapse_stability: Annotated[float, Cited(0.2, 0.33, "w13", _FSRS)] = 0.2629
    lapse_spacing: Annotated[float, Cited(1.2, 2.1, "w14", _FSRS)] = 1.6483
    hard_share: Annotated[float, Cited(0.45, 0.75, "w15", _FSRS)] = 0.6014
    same_day_growth: Annotated[float, Cited(0.4, 0.68, "w17", _FSRS)] = 0.5425
    same_day_offset: Annotated[float, Cited(0.068, 0.114, "w18", _FSRS)] = 0.0912
    same_day_saturation: Annotated[float, Cited(0.049, 0.082, "w19", _FSRS)] = 0.0658


class DeckConstants(NamedTuple):
    """A deck in the memory model, for concepts: forgotten slowly, hard to apply."""

    decay: Annotated[float, Fitted(0.1, 0.3, "w20", _POWER + "; none in ASSISTments 2017")] = 0.194
    first_good: Annotated[
        float, Fitted(5.0, 40.0, "days", _POWER + ": (1 + t / 28.5)^-.194 is .9 after 20.5")
    ] = 20.5
    first_again: Annotated[
        float, Assumed(0.5, 5.0, "days", "in FSRS-6's proportion to first_good")
    ] = 1.9
    application: Annotated[
        float, Assumed(1.0, 3.0, "logit", "right .8 to .9 of the time where all is recalled")
    ] = 2.0
    instruction: Annotated[
        float, Assumed(0.25, 1.0, "ratio", "taken in for one unit of instruction's rate")
    ] = 0.5
    feedback: Annotated[
        float, Assumed(0.05, 0.4, "share", "taken in from the feedback on one wrong answer")
    ] = 0.1
    restudy: Annotated[
        float, Assumed(0.2, 0.8, "share", "of a review: testing effect g = .5, Rowland 2014")
    ] = 0.5
    prior_stability: Annotated[float, Assumed(30.0, 300.0, "days", "of what came before")] = 100.0
    prior_days: Annotated[float, Assumed(7.0, 90.0, "days", "since then, at the start")] = 30.0


class CardConstants(NamedTuple):
    """The same for flashcards: forgotten at FSRS-6's rates, plain to apply, read as a whole."""

    decay: Annotated[float, Cited(0.116, 0.193, "w20", _FSRS)] = 0.1542
    first_good: Annotated[float, Cited(1.7, 2.9, "days, w2", _FSRS)] = 2.3065
    first_again: Annotated[float, Cited(0.159, 0.265, "days, w0", _FSRS)] = 0.212
    application: Annotated[
        float, Assumed(2.5, 4.5, "logit", "a card recalled is a card answered")
    ] = 3.5
    instruction: Annotated[
        float, Assumed(0.25, 1.0, "ratio", "taken in for one unit of instruction's rate")
    ] = 0.5
    feedback: Annotated[float, Assumed(0.5, 1.0, "share", "the back of a card is all of it")] = 1.0
    restudy: Annotated[
        float, Assumed(0.2, 0.8, "share", "of a review: testing effect g = .5, Rowland 2014")
    ] = 0.5
    prior_stability: Annotated[float, Assumed(30.0, 300.0, "days", "of what came before")] = 100.0
    prior_days: Annotated[float, Assumed(7.0, 90.0, "days", "since then, at the start")] = 30.0


class NetworkConstants(NamedTuple):
    """What the network of the neural learners leaves open; its weights are no constants."""

    history: Annotated[
        float,
        Assumed(20.0, 200.0, "answers", "that it read of a learner; 66 in ASSISTments 2009"),
    ] = 66.0


class WindowConstants(NamedTuple):
    """DAS3H: weights of ln(1 + wins) and, taken away, of ln(1 + attempts) in windows of time."""

    intercept: Annotated[
        float, Assumed(-2.5, -0.5, "logit", "mastery of what was never taught; pre-test near .35")
    ] = -1.5
    hour_wins: Annotated[float, Fitted(0.45, 0.72, "logit", _WINDOWS)] = 0.50
    hour_attempts: Annotated[float, Fitted(0.0, 0.28, "logit", _WINDOWS)] = 0.0
    day_wins: Annotated[float, Fitted(0.0, 0.1, "logit", _WINDOWS + "; at its bound")] = 0.0
    day_attempts: Annotated[float, Fitted(0.0, 0.1, "logit", _WINDOWS + "; at its bound")] = 0.0
    week_wins: Annotated[float, Fitted(0.0, 0.49, "logit", _WINDOWS)] = 0.44
    week_attempts: Annotated[float, Fitted(0.0, 0.33, "logit", _WINDOWS)] = 0.28
    month_wins: Annotated[float, Fitted(0.05, 0.73, "logit", _WINDOWS)] = 0.68
    month_attempts: Annotated[float, Fitted(0.05, 0.67, "logit", _WINDOWS)] = 0.63
    ever_wins: Annotated[float, Assumed(0.1, 1.2, "logit", _EVER)] = 0.6
    ever_attempts: Annotated[float, Fitted(0.0, 0.1, "logit", _WINDOWS + "; at its bound")] = 0.0
    instruction: Annotated[
        float, Assumed(2.0, 20.0, "wins", "worth of instruction for one unit of its rate")
    ] = 6.0
    history: Annotated[
        float, Assumed(10.0, 60.0, "attempts", "on a concept understood before the course")
    ] = 30.0
    history_won: Annotated[float, Assumed(0.65, 0.9, "share", "of these")] = 0.8
