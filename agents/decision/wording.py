"""A decision's facts in plain words."""

from collections.abc import Sequence
from typing import Final

from agents.decision.decision import Decision, Veto
from envs.activities import Activity, Task

NAMED: Final = 3
"""Grounds that a sentence names."""
VISIBLE: Final = 0.01
"""By as much the chance of the choice must fall without a ground that is named."""
_VERBS: Final = {
    Activity.CIRCULATE: "Walks among the learners",
    Activity.PRESENT: "Presents {concept} to {target}",
    Activity.DEMONSTRATE: "Demonstrates {concept} to {target}",
    Activity.QUIZ: "Quizzes {target} on {concept}",
    Activity.EXPLAIN: "Explains {concept} to {target}",
    Activity.PEER: "Pairs neighbours on {concept}",
    Activity.CUE: "Draws the attention of {target} to {concept}",
    Activity.REST: "Lets {target} rest",
}
_TASKS: Final = {
    Task.KEEP: "go on as before",
    Task.WORKED_EXAMPLE: "get a worked example",
    Task.PRACTISE_EASIER: "practise easier items",
    Task.PRACTISE_MATCHED: "practise matched items",
    Task.PRACTISE_HARDER: "practise harder items",
}
_OWN: Final = frozenset(activity.name.lower() for activity in Activity)
_VETOES: Final = {
    "sickness": "the head of {whom} sways by {value:.1f} (limit {limit:.1f}), a sign of sickness",
    "rest": "the last rest was {value:.0f} minutes ago (limit {limit:.0f})",
    "neglect": "{whom} had not been addressed for {value:.0f} minutes (limit {limit:.0f})",
    "wheel-spinning": "{whom} made {value:.0f} errors in a row (limit {limit:.0f})",
    "too hard": "{whom} would get {value:.0%} of the items right (limit {limit:.0%})",
}


def sentence(decision: Decision) -> str:
    """The facts in plain words."""
    parts = (_act(decision), _choice(decision), _guard(decision), _tasks(decision), _why(decision))
    return " ".join(part for part in parts if part)


def listed(words: Sequence[str]) -> str:
    """As in a, b and c."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _act(decision: Decision) -> str:
    act = _VERBS[decision.activity].format(concept=decision.concept, target=decision.whom)
    facts = ", ".join(fact for fact in (_senses(decision), _belief(decision)) if fact)
    return f"{act} for {decision.minutes:g} min" + (f": {facts}." if facts else ".")


def _senses(decision: Decision) -> str:
    seen = decision.attended
    return "" if seen is None else f"{decision.whom} seemed {seen:.0%} attentive"


def _belief(decision: Decision) -> str:
    if decision.mastery is None or decision.understanding is None:
        return ""
    owner = "" if decision.target else "mean "
    text = f"{owner}mastery is believed to be {decision.mastery}"
    if decision.rank:
        place = {1: "the lowest", decision.class_size: "the highest"}.get(
            decision.rank, f"number {decision.rank} from below"
        )
        text += f", {place} of {decision.class_size}"
    text += f", understanding {decision.understanding}"
    if decision.promise is not None:
        text += f", five minutes of it should add {decision.promise:.1f} points"
    return text


def _choice(decision: Decision) -> str:
    if decision.probability is None or not decision.alternatives or _overruled(decision):
        return ""
    other = decision.alternatives[0]
    text = (
        f"Chosen with {decision.probability:.0%}, likeliest otherwise "
        f"{other.activity.name.lower()} ({other.probability:.0%})"
    )
    if decision.gain is None or other.gain is None:
        return f"{text}."
    return (
        f"{text}; should add {decision.gain:.2f} points a minute to the class's mean, "
        f"the other {other.gain:.2f}."
    )


def _overruled(decision: Decision) -> bool:
    """Whether a guard-rail chose the tutor's own activity: the policy's odds are no reason then."""
    return any(veto.vetoed in _OWN for veto in decision.vetoes)


def _guard(decision: Decision) -> str:
    return " ".join(
        f"Guard-rail {veto.rule} vetoes {veto.vetoed.replace('_', ' ')}: {_veto(veto)}."
        for veto in decision.vetoes
    )


def _veto(veto: Veto) -> str:
    whom = f"learner {veto.learner}" if veto.learner else "the class"
    return _VETOES[veto.rule].format(whom=whom, value=veto.value, limit=veto.limit)


def _tasks(decision: Decision) -> str:
    tasks = ", ".join(f"{count} {_TASKS[task]}" for task, count in decision.plan)
    about = f", mostly on {decision.plan_concept}" if decision.plan_concept else ""
    return f"Plan for whoever is free: {tasks}{about}." if tasks else ""


def _why(decision: Decision) -> str:
    had = decision.choice_probability
    grounds = [
        g for g in decision.grounds[:NAMED] if had is not None and g.without <= had - VISIBLE
    ]
    if had is None or not grounds:
        return ""
    about = listed([ground.about for ground in grounds])
    chances = listed([f"{ground.without:.0%}" for ground in grounds])
    hidden = "it" if len(grounds) == 1 else "each alone"
    return (
        f"What is known of {about} speaks for it most: were {hidden} hidden, the chance of just "
        f"this activity, target and concept would be {chances}, not {had:.0%}."
    )
