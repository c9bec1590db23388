"""Refit the learner model's parameters from an answer log (growth, forgetting, state).

Every fit takes a log and gives named estimates with standard errors; nothing in them can be traced
to a learner, a skill or an item, except the effects that `latent_state` uses inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import curve_fit
from scipy.special import expit

from envs.compiled import compiled
from envs.logs import AnswerLog, Floats, Ints
from envs.mixed_logistic import Estimate, Group, fit

SESSION_BREAK_SECONDS: Final = 1800.0
"""A pause of half an hour ends a session."""
LAG_MINUTES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0)
"""Edges of the bins of clock lag, in minutes."""
SESSION_MINUTES: Final = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0)
"""Edges of the bins of minutes since a session's start."""
LONG_SESSION_MINUTES: Final = 30.0
SECONDS_PER_HOUR, SECONDS_PER_DAY = 3600.0, 86400.0


def fit_growth(log: AnswerLog, *, draws: int = 200, seed: int = 0) -> dict[str, Estimate]:
    """Individualised additive factors model with items and learner-by-skill effects.

    logit p = mu + theta_u + beta_k + delta_i + xi_uk + (gamma + gamma_k + gamma_u) ln(1 + n), with
    n the answers the learner gave to the skill before (Cen 2006; Koedinger et al. 2023).

    Args:
        log: With or without times.
        draws: Posterior draws kept; half as many are thrown away before.
        seed: Of the sampler.

    Returns:
        "intercept", "slope" (logit per ln(1 + n)) and the seven standard deviations.
    """
    practice = np.log(log.opportunity)
    groups = (
        Group("ability sd", log.learner),
        Group("learner slope sd", log.learner, practice),
        Group("skill sd", log.skill),
        Group("skill slope sd", log.skill, practice),
        Group("item sd", log.item),
        Group("learner by skill sd", log.pair),
    )
    columns = {"intercept": np.ones(log.learner.size), "slope": practice}
    model = fit(log.correct, columns, groups, draws=draws, warm_up=draws // 2, seed=seed)
    return dict(model.fixed) | dict(model.sd)


def fit_forgetting(log: AnswerLog, *, draws: int = 200, seed: int = 0) -> dict[str, Estimate]:
    """Effect of the hours since the last practice, and how spacing bends it.

    Two fits of logit p = mu + learner + skill + item + a ln(1 + S) + b ln(1 + F) - d ln(1 + h), S
    and F earlier right and wrong answers; the second adds g, the mean of the gaps before (days),
    and its product with ln(1 + h). The first gives all but the two spacing terms.

    Args:
        log: With times.
        draws: Posterior draws kept.
        seed: Of the sampler.

    Returns:
        "ln(1 + successes)", "ln(1 + failures)", "ln(1 + hours)" and, from the second fit,
        "ln(1 + past gap days)", "ln(1 + hours) x ln(1 + past gap days)".
    """
    hours, past_gap = gaps(log)
    columns = {
        "intercept": np.ones(log.learner.size),
        "ln(1 + successes)": np.log1p(log.before(log.correct == 1)),
        "ln(1 + failures)": np.log1p(log.before(log.correct == 0)),
        "ln(1 + hours)": np.log1p(hours),
    }
    groups = (
        Group("learner sd", log.learner),
        Group("skill sd", log.skill),
        Group("item sd", log.item),
    )
    options = {"draws": draws, "warm_up": draws // 2, "seed": seed}
    plain = fit(log.correct, columns, groups, **options)
    spacing = {
        "ln(1 + past gap days)": np.log1p(past_gap),
        "ln(1 + hours) x ln(1 + past gap days)": np.log1p(hours) * np.log1p(past_gap),
    }
    spaced = fit(log.correct, columns | spacing, groups, **options)
    return dict(plain.fixed) | {name: spaced.fixed[name] for name in spacing}


def gaps(log: AnswerLog) -> tuple[Floats, Floats]:
    """Hours since the last answer of the pair, and the mean gap before that in days, (N,) each.

    Raises:
        ValueError: The log has no times.
    """
    clock = times(log)
    previous = log.previous()
    hours = np.where(previous >= 0, (clock - clock[previous]) / SECONDS_PER_HOUR, 0.0)
    start = np.full(int(log.pair.max()) + 1, np.inf)
    np.minimum.at(start, log.pair, clock)
    earlier = np.maximum(log.opportunity - 2, 1)
    span = np.where(previous >= 0, clock[previous] - start[log.pair], 0.0)
    return hours, span / SECONDS_PER_DAY / earlier


def times(log: AnswerLog) -> Floats:
    """Clock of every answer in seconds, (N,); ValueError where the log has none."""
    if log.seconds is None:
        raise ValueError("log.seconds is None; expected a log with times (--format timed)")
    return log.seconds


def sessions(log: AnswerLog) -> Ints:
    """Session of every answer, (N,), from 0: a pause of 30 min or a new learner starts one."""
    clock = times(log)
    new = (np.diff(log.learner) != 0) | (np.diff(clock) > SESSION_BREAK_SECONDS)
    number: Ints = np.r_[0, np.cumsum(new)].astype(np.int64)
    return number


@dataclass(frozen=True)
class LatentState:
    """What answers to different skills share, by clock lag: the trace of attention in a log."""

    covariance: Floats  # (bins,) logit^2, for lags in LAG_MINUTES
    other_session: float  # logit^2, between sessions
    session_curve: Floats  # (bins,) mean logit residual by SESSION_MINUTES, sessions >= 30 min
    parameters: Mapping[str, float]  # of the double exponential


def latent_state(log: AnswerLog, *, draws: int = 60, seed: int = 0) -> LatentState:
    """Residual covariance between answers to different skills, and the course of a session.

    The residuals are those of a model with learner, skill, item and learner-by-skill effects,
    practice and hours; a covariance is divided by the mean product of p (1 - p), which brings it
    to the logit scale.

    Args:
        log: With times.
        draws: Posterior draws kept.
        seed: Of the sampler.

    Returns:
        Covariances, curve and v1 exp(-t / tau1) + v2 exp(-t / tau2) + floor fitted to them.
    """
    probability = _without_session(log, draws, seed)
    residual = log.correct - probability
    weight = probability * (1.0 - probability)
    session = sessions(log)
    sums = np.zeros((len(LAG_MINUTES), 2))  # the last row is for other sessions
    lag_edges = np.array(LAG_MINUTES)
    products(log.learner, log.skill, session, times(log), residual, weight, lag_edges, sums)
    covariance = sums[:, 0] / np.maximum(sums[:, 1], 1e-12)
    curve = session_curve(log, session, residual, weight)
    parameters = double_exponential(covariance[:-1], sums[:-1, 1])
    return LatentState(covariance[:-1], float(covariance[-1]), curve, parameters)


def _without_session(log: AnswerLog, draws: int, seed: int) -> Floats:
    """Probability of each answer, (N,), from everything lasting: the session's effect left out."""
    hours, _ = gaps(log)
    columns = {
        "intercept": np.ones(log.learner.size),
        "practice": np.log(log.opportunity),
        "hours": np.log1p(hours),
    }
    lasting = (
        Group("learner", log.learner),
        Group("skill", log.skill),
        Group("item", log.item),
        Group("learner by skill", log.pair),
    )
    groups = (*lasting, Group("session", sessions(log)))
    model = fit(log.correct, columns, groups, draws=draws, warm_up=draws // 2, seed=seed)
    logit = np.zeros(log.learner.size)
    for name, column in columns.items():
        logit += model.fixed[name].value * column
    for group in lasting:
        logit += model.effects[group.name][group.level]
    probability: Floats = expit(logit)
    return probability


@compiled
def products(
    learner: Ints,
    skill: Ints,
    session: Ints,
    clock: Floats,
    residual: Floats,
    weight: Floats,
    edges: Floats,
    sums: Floats,
) -> None:
    """Sum products of residuals and of weights over pairs of answers to different skills.

    Args:
        learner: (N,) sorted.
        skill: (N,).
        session: (N,) sorted.
        clock: (N,) seconds.
        residual: (N,) answer less probability.
        weight: (N,) p (1 - p).
        edges: (bins + 1,) minutes.
        sums: (bins + 1, 2) added to; the last row takes pairs of different sessions.
    """
    others = edges.shape[0] - 1
    for n in range(learner.shape[0]):
        m = n + 1
        while m < learner.shape[0] and learner[m] == learner[n]:
            lag = (clock[m] - clock[n]) / 60.0
            if skill[m] != skill[n]:
                row = others
                if session[m] == session[n]:
                    row = np.searchsorted(edges, lag, side="right") - 1
                if row < others or session[m] != session[n]:
                    sums[row, 0] += residual[n] * residual[m]
                    sums[row, 1] += weight[n] * weight[m]
            m += 1


def session_curve(log: AnswerLog, session: Ints, residual: Floats, weight: Floats) -> Floats:
    """Mean logit residual by minute of the session, (bins,), less each session's own mean."""
    clock = times(log)
    starts = np.r_[0, np.flatnonzero(np.diff(session)) + 1]
    ends = np.r_[starts[1:] - 1, session.size - 1]
    long = (clock[ends] - clock[starts] >= 60.0 * LONG_SESSION_MINUTES)[session]
    minute = (clock - clock[starts][session]) / 60.0
    mean = np.bincount(session, residual) / np.bincount(session, weight)
    own = residual - mean[session] * weight
    which = np.digitize(minute, SESSION_MINUTES) - 1
    bins = len(SESSION_MINUTES) - 1
    kept = long & (which < bins)
    total = np.bincount(which[kept], own[kept], minlength=bins)
    curve: Floats = total / np.maximum(np.bincount(which[kept], weight[kept], minlength=bins), 1e-9)
    return curve


def double_exponential(covariance: Floats, pairs: Floats) -> dict[str, float]:
    """Fit v1 exp(-t / tau1) + v2 exp(-t / tau2) + floor to covariances by lag.

    Args:
        covariance: (bins,) logit^2, for the bins of LAG_MINUTES.
        pairs: (bins,) weights: how much each bin rests on.

    Returns:
        "lapse variance", "lapse minutes", "drift variance", "drift minutes", "session variance".
    """
    edges = np.array(LAG_MINUTES)
    lag = (edges[1:] + edges[:-1]) / 2.0

    def curve(t: Floats, *p: float) -> Floats:
        shape: Floats = p[0] * np.exp(-t / p[1]) + p[2] * np.exp(-t / p[3]) + p[4]
        return shape

    sigma = 1.0 / np.sqrt(np.maximum(pairs, 1.0))
    limits = ([0.0, 0.05, 0.0, 3.0, 0.0], [3.0, 2.9, 3.0, 80.0, 1.0])
    values, _ = curve_fit(
        curve, lag, covariance, [0.3, 0.5, 0.2, 12.0, 0.1], sigma=sigma, bounds=limits
    )
    names = ("lapse variance", "lapse minutes", "drift variance", "drift minutes")
    return dict(zip((*names, "session variance"), values.tolist(), strict=True))
